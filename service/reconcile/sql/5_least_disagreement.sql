-- purpose: the count with the smallest weighted total distance to the origins' intervals
-- grain: one row per (cell, day of change) (agreed)
-- parameters: none. Reads active.

-- the total distance is convex and piecewise linear: it falls by the weight of every interval above x and rises by
-- the weight of every interval below, so its minimum lies where the running slope first stops being negative
CREATE TEMP TABLE agreed AS
WITH endpoint AS (
    SELECT cell_id, date, lo AS x, weight FROM active WHERE weight > 0
    UNION ALL
    SELECT cell_id, date, hi, weight FROM active WHERE hi IS NOT NULL AND weight > 0
), total AS (
    SELECT cell_id, date, sum(weight) AS weight FROM active GROUP BY ALL
), slope AS (
    SELECT e.cell_id, e.date, e.x,
        sum(e.weight) OVER (PARTITION BY e.cell_id, e.date ORDER BY e.x) - total.weight AS after,
        lead(e.x) OVER (PARTITION BY e.cell_id, e.date ORDER BY e.x) AS next_x
    FROM (SELECT cell_id, date, x, sum(weight) AS weight FROM endpoint GROUP BY ALL) AS e
    JOIN total USING (cell_id, date)
), least AS (
    SELECT cell_id, date, min(x) AS leftmost,
        arg_min(CASE WHEN after = 0 THEN next_x ELSE x END, x) AS rightmost,
        arg_min(after = 0 AND next_x IS NULL, x) AS is_open
    FROM slope WHERE after >= 0 GROUP BY ALL
), freshest AS (
    SELECT cell_id, date, arg_max(best, (said_on, weight, origin_id)) AS best
    FROM active WHERE weight > 0 GROUP BY ALL
)
SELECT least.cell_id, least.date,
    greatest(leftmost, CASE WHEN is_open THEN freshest.best ELSE least(rightmost, freshest.best) END) AS best,
    false AS is_best_blank
FROM least JOIN freshest USING (cell_id, date);
