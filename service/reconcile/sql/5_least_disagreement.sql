-- purpose: the count with the smallest weighted total distance to the origins' intervals
-- grain: one row per (cell, day of change) (agreed)
-- parameters: none. Reads active, heard.

-- the total distance is convex and piecewise linear: it falls by the weight of every interval above x and rises by
-- the weight of every interval below, so its minimum lies where the running slope first stops being negative, and
-- where it stops at zero it stays least until the next end
-- (a loose ceiling takes part in the distance, but is nobody's count: then the nearest counts that somebody gave, above
-- and below, are compared)
CREATE TEMP TABLE agreed AS
WITH disagreeing AS (
    -- where all intervals meet, none disagrees with a count in all of them; only the others need the slope
    SELECT a.cell_id, a.date, a.lo, a.hi, a.weight, h.highest_floor, h.weight AS falling
    FROM active AS a JOIN heard AS h USING (cell_id, date)
    WHERE a.weight > 0 AND h.highest_floor > h.lowest_ceiling
), slope AS (
    -- the ends at which it rises: both ends of an exact count in one, and none above the highest floor
    SELECT cell_id, date, x,
        sum(rise) OVER (PARTITION BY cell_id, date ORDER BY x) - falling AS after
    FROM (
        SELECT cell_id, date, lo AS x, CASE WHEN hi = lo THEN 2 * weight ELSE weight END AS rise, falling FROM disagreeing
        UNION ALL
        SELECT cell_id, date, hi, weight, falling FROM disagreeing WHERE hi > lo AND hi <= highest_floor
    )
), least AS (
    SELECT cell_id, date, highest_floor AS leftmost, lowest_ceiling AS rightmost,
        lowest_ceiling IS NULL OR highest_floor < lowest_ceiling AS is_flat
    FROM heard WHERE highest_floor IS NOT NULL AND (lowest_ceiling IS NULL OR highest_floor <= lowest_ceiling)
    UNION ALL
    SELECT cell_id, date, min(x), min(x) FILTER (after > 0), bool_or(after = 0) FROM slope WHERE after >= 0 GROUP BY ALL
), freshest AS (
    SELECT a.cell_id, a.date, arg_max(best, (said_on, weight, origin_no)) AS best
    FROM active AS a SEMI JOIN (SELECT cell_id, date FROM least WHERE is_flat) AS f USING (cell_id, date)
    WHERE weight > 0 GROUP BY ALL
), middle AS (
    SELECT cell_id, date,
        CASE WHEN is_flat THEN greatest(leftmost, least(rightmost, freshest.best)) ELSE leftmost END AS best
    FROM least LEFT JOIN freshest USING (cell_id, date)
), nobodys AS (
    SELECT m.cell_id, m.date,
        greatest(max(a.lo) FILTER (a.lo < m.best), max(a.hi) FILTER (a.is_full AND a.hi < m.best)) AS below,
        least(min(a.lo) FILTER (a.lo > m.best), min(a.hi) FILTER (a.is_full AND a.hi > m.best)) AS above
    FROM middle AS m JOIN active AS a USING (cell_id, date)
    SEMI JOIN (SELECT cell_id, date, hi FROM active WHERE NOT is_full) AS loose
        ON loose.cell_id = m.cell_id AND loose.date = m.date AND loose.hi = m.best
    WHERE a.weight > 0
    GROUP BY m.cell_id, m.date, m.best
    HAVING NOT bool_or(a.lo = m.best OR (a.is_full AND a.hi = m.best))
), stated AS (
    SELECT n.cell_id, n.date,
        CASE WHEN sum(a.weight * (greatest(a.lo - n.above, n.above - a.hi, 0) - greatest(a.lo - n.below, n.below - a.hi, 0)))
            <= 0 THEN any_value(n.above) ELSE any_value(n.below) END AS best
    FROM nobodys AS n JOIN active AS a USING (cell_id, date)
    GROUP BY n.cell_id, n.date
)
SELECT cell_id, date, coalesce(stated.best, middle.best) AS best, false AS is_best_blank
FROM middle LEFT JOIN stated USING (cell_id, date);
