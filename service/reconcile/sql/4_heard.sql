-- purpose: what the voices of a cell and day come to together: how many speak, and between which ends
-- grain: one row per (cell, day of change) (heard)
-- parameters: none. Reads active. (Run again where ``active`` has been settled.)

CREATE OR REPLACE TEMP TABLE heard AS
SELECT cell_id, date,
    -- those with a weight
    (sum(weight) FILTER (weight > 0))::BIGINT AS weight,
    max(lo) FILTER (weight > 0) AS highest_floor,
    min(hi) FILTER (weight > 0) AS lowest_ceiling,
    -- and those that speak for the cell itself
    count(*) FILTER (NOT is_part) AS own_voices,
    max(lo) FILTER (NOT is_part) AS highest_stated,
    count(*) FILTER (NOT is_part AND is_full) AS own_ceilings,
    -- named and in full
    count(*) FILTER (NOT is_part AND is_full AND NOT is_anonymous) AS full_voices,
    min(lo) FILTER (NOT is_part AND is_full AND NOT is_anonymous) AS low_full,
    min(hi) FILTER (NOT is_part AND is_full AND NOT is_anonymous) AS named_ceiling,
    max(hi) FILTER (NOT is_part AND is_full AND NOT is_anonymous) AS high_full,
    max(lo) FILTER (weight > 0 AND NOT is_anonymous) AS named_floor,
    max(lo) FILTER (weight > 0 AND is_verified) AS verified_floor,
    coalesce(bool_or(is_verified AND is_full AND NOT is_part AND said_on = date), false) AS is_settled,
    max(published_on) FILTER (NOT is_part) AS published_on,
    sum(reports) FILTER (NOT is_part) AS reports
FROM active GROUP BY ALL;
