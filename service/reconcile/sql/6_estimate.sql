-- purpose: the figure with its range, its grade, and how much stands behind it
-- grain: one row per (cell, day) on which the figure, the spread of its statements or its support moved (figure);
--        low and high are the lowest and highest of the independent, named origins' current statements
-- parameters: none. Reads active, agreed, claim, cell, knowledge.

CREATE TEMP TABLE figure AS
WITH described AS (
    SELECT a.cell_id, a.date,
        count(*) FILTER (NOT is_part) AS own_voices,
        count(*) FILTER (NOT is_part AND NOT is_anonymous AND is_full) AS full_voices,
        min(lo) FILTER (NOT is_part AND is_full AND NOT is_anonymous) AS low_full,
        max(hi) FILTER (NOT is_part AND is_full AND NOT is_anonymous) AS high_full,
        max(lo) FILTER (NOT is_anonymous AND weight > 0) AS highest_floor,
        max(lo) FILTER (NOT is_part) AS highest_stated,
        count(*) FILTER (NOT is_part AND is_full) AS own_ceilings,
        min(hi) FILTER (NOT is_part AND NOT is_anonymous AND is_full) AS lowest_ceiling,
        max(lo) FILTER (is_verified AND weight > 0) AS verified_floor,
        coalesce(bool_or(is_verified AND is_full AND NOT is_part AND said_on = a.date), false) AS is_settled
    FROM active AS a GROUP BY ALL
), ranged AS (
    SELECT d.*, agreed.best AS agreed,
        -- what only parts of the whole reach is a floor, not a figure
        own_voices = 0 OR (own_ceilings = 0 AND agreed.best > highest_stated) AS is_inferred,
        CASE WHEN NOT is_inferred AND NOT is_best_blank THEN agreed.best END AS best,
        least(coalesce(low_full, agreed.best), agreed.best) AS low,
        CASE WHEN full_voices > 0 THEN greatest(high_full, highest_floor, agreed.best) END AS high
    FROM described AS d JOIN agreed USING (cell_id, date)
), behind AS (
    -- the reports behind a figure: all carriers of the statements that speak for the cell itself, and of the floors
    -- from its parts that reach above them
    SELECT a.cell_id, a.date, max(c.published_on) AS published_on, count(DISTINCT a.origin_id) AS origins,
        sum(c.reports)::BIGINT AS reports
    FROM (
        SELECT DISTINCT a.cell_id, a.date, a.part_id, a.origin_id, a.said
        FROM active AS a
        JOIN described AS d ON d.cell_id = a.cell_id AND d.date = a.date
            AND (NOT a.is_part OR (a.weight > 0 AND a.lo > coalesce(d.highest_stated, -1)))
    ) AS a
    JOIN (
        SELECT cell_id, origin_id, said, max(published_on) AS published_on, count(*) AS reports
        FROM claim WHERE withdrawn IS NULL GROUP BY ALL
    ) AS c ON c.cell_id = a.part_id AND c.origin_id = a.origin_id AND c.said = a.said
    GROUP BY ALL
), graded AS (
    SELECT g.*, CASE
        WHEN is_inferred THEN 'inferred'
        WHEN highest_floor > 1.1 * least(lowest_ceiling, agreed) THEN 'contested'
        WHEN full_voices >= 2 THEN 'corroborated'
        ELSE 'single_source' END AS support,
        CASE
            WHEN support IN ('single_source', 'corroborated')
                AND g.date > k.as_of - 7 AND behind.published_on > k.as_of - 7 THEN 'provisional'
            ELSE support END AS grade,
        behind.origins, behind.reports
    FROM ranged AS g LEFT JOIN behind USING (cell_id, date)
    JOIN cell USING (cell_id) JOIN knowledge AS k USING (crisis_id)
), moved AS (
    SELECT *, lag((low, best, high, support)) OVER (PARTITION BY cell_id ORDER BY date) AS before FROM graded
)
SELECT cell_id, date, low, best, high, grade, coalesce(origins, 0) AS origins, coalesce(reports, 0) AS reports,
    high IS NOT NULL AND best IS NOT NULL AS is_closed, is_settled, verified_floor
FROM moved WHERE before IS NULL OR (low, best, high, support) IS DISTINCT FROM before;
