-- purpose: from which day to which an origin's figure stands
-- grain: one row per (cell, origin, day) (span)
-- parameters: none. Reads walked, suspected, added.

CREATE TEMP TABLE span AS
WITH running AS (
    SELECT cell_id, origin_no, day, said, lo, hi, best, weight, is_anonymous, is_verified, is_undated,
        lead(day) OVER (PARTITION BY cell_id, origin_no ORDER BY day) AS until
    FROM walked ANTI JOIN suspected USING (cell_id, origin_no, day, said)
    WHERE is_accepted
), total AS (
    SELECT cell_id, origin_no, min(day) AS since FROM running GROUP BY ALL
)
SELECT *, false AS is_first_days FROM running
UNION ALL BY NAME
SELECT cell_id, origin_no, day, said, lo, hi, best, weight, is_anonymous, is_verified, false AS is_undated,
    day + 1 AS until, true AS is_first_days
FROM added LEFT JOIN total USING (cell_id, origin_no)
WHERE is_running AND (since IS NULL OR day < since);
