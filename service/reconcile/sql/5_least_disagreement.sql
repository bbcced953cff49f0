-- purpose: the count with the smallest weighted total distance to the origins' intervals
-- grain: one row per (cell, day of change) (agreed)
-- parameters: none. Reads active.

-- the total distance is convex and piecewise linear: it falls by the weight of every interval above x and rises by
-- the weight of every interval below, so its minimum lies where the running slope first stops being negative, and
-- where it stops at zero it stays least until the next end
-- (a loose ceiling takes part in the distance, but is nobody's count: then the nearest counts that somebody gave, above
-- and below, are compared)
CREATE TEMP TABLE agreed AS
WITH slope AS (
    SELECT cell_id, date, x, is_stated,
        sum(weight) OVER (PARTITION BY cell_id, date ORDER BY x)
            - sum(falling) OVER (PARTITION BY cell_id, date) AS after
    FROM (
        SELECT cell_id, date, lo AS x, weight, weight AS falling, true AS is_stated FROM active WHERE weight > 0
        UNION ALL
        SELECT cell_id, date, hi, weight, 0, is_full FROM active WHERE hi IS NOT NULL AND weight > 0
    )
), least AS (
    SELECT cell_id, date, min(x) AS leftmost, bool_or(after = 0) AS is_flat, min(x) FILTER (after > 0) AS rightmost
    FROM slope WHERE after >= 0 GROUP BY ALL
), freshest AS (
    SELECT a.cell_id, a.date, arg_max(best, (said_on, weight, origin_id)) AS best
    FROM active AS a SEMI JOIN (SELECT cell_id, date FROM least WHERE is_flat) AS f USING (cell_id, date)
    WHERE weight > 0 GROUP BY ALL
), middle AS (
    SELECT cell_id, date,
        CASE WHEN is_flat THEN greatest(leftmost, least(rightmost, freshest.best)) ELSE leftmost END AS best
    FROM least LEFT JOIN freshest USING (cell_id, date)
), nobodys AS (
    SELECT m.cell_id, m.date,
        max(s.x) FILTER (s.is_stated AND s.x < m.best) AS below, min(s.x) FILTER (s.is_stated AND s.x > m.best) AS above
    FROM middle AS m JOIN slope AS s ON s.cell_id = m.cell_id AND s.date = m.date
    GROUP BY m.cell_id, m.date, m.best HAVING bool_or(s.is_stated) FILTER (s.x = m.best) = false
), stated AS (
    SELECT n.cell_id, n.date,
        CASE WHEN sum(a.weight * (greatest(a.lo - n.above, n.above - a.hi, 0) - greatest(a.lo - n.below, n.below - a.hi, 0)))
            <= 0 THEN any_value(n.above) ELSE any_value(n.below) END AS best
    FROM nobodys AS n JOIN active AS a USING (cell_id, date)
    GROUP BY n.cell_id, n.date
)
SELECT cell_id, date, coalesce(stated.best, middle.best) AS best, false AS is_best_blank
FROM middle LEFT JOIN stated USING (cell_id, date);
