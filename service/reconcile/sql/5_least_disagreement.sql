-- purpose: the count with the smallest weighted total distance to the origins' intervals
-- grain: one row per (cell, day of change) (agreed)
-- parameters: none. Reads active.

-- the total distance is convex and piecewise linear: it falls by the weight of every interval above x and rises by
-- the weight of every interval below, so its minimum lies where the running slope first stops being negative, and
-- where it stops at zero it stays least until the next end
CREATE TEMP TABLE agreed AS
WITH slope AS (
    SELECT cell_id, date, x,
        sum(weight) OVER (PARTITION BY cell_id, date ORDER BY x)
            - sum(falling) OVER (PARTITION BY cell_id, date) AS after
    FROM (
        SELECT cell_id, date, lo AS x, weight, weight AS falling FROM active WHERE weight > 0
        UNION ALL
        SELECT cell_id, date, hi, weight, 0 FROM active WHERE hi IS NOT NULL AND weight > 0
    )
), least AS (
    SELECT cell_id, date, min(x) AS leftmost, bool_or(after = 0) AS is_flat, min(x) FILTER (after > 0) AS rightmost
    FROM slope WHERE after >= 0 GROUP BY ALL
), freshest AS (
    SELECT a.cell_id, a.date, arg_max(best, (said_on, weight, origin_id)) AS best
    FROM active AS a SEMI JOIN (SELECT cell_id, date FROM least WHERE is_flat) AS f USING (cell_id, date)
    WHERE weight > 0 GROUP BY ALL
)
SELECT cell_id, date,
    CASE WHEN is_flat THEN greatest(leftmost, least(rightmost, freshest.best)) ELSE leftmost END AS best,
    false AS is_best_blank
FROM least LEFT JOIN freshest USING (cell_id, date);
