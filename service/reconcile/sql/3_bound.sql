-- purpose: what parts say about a whole: a contained cell's floor, and days counted alone, can only raise a floor
-- grain: one row per (cell, origin, day) on which that origin's highest floor rises (bound)
-- parameters: none. Reads span, added, within_cell.

CREATE TEMP TABLE bound AS
WITH floor AS (
    SELECT w.outer_id AS cell_id, s.cell_id AS part_id, s.origin_id, s.day, s.said, s.lo, s.weight, s.is_anonymous, s.is_verified
    FROM span AS s JOIN within_cell AS w ON w.inner_id = s.cell_id
    WHERE s.lo > 0
    UNION ALL
    SELECT cell_id, cell_id, origin_id, CASE WHEN is_running THEN day + 1 ELSE day END, said, lo, weight, is_anonymous,
        is_verified
    FROM added WHERE lo > 0
), best_floor AS (
    -- an origin that has its own total for the whole needs no voice through the parts; and it has one voice
    SELECT f.*, row_number() OVER (
        PARTITION BY cell_id, origin_id, day ORDER BY lo DESC, weight DESC, part_id, said
    ) AS place
    FROM floor AS f
    WHERE NOT EXISTS (
        SELECT 1 FROM span AS s
        WHERE s.cell_id = f.cell_id AND s.origin_id = f.origin_id AND s.day <= f.day AND NOT s.is_first_days
    )
), rising AS (
    SELECT * EXCLUDE (place), max(lo) OVER (
        PARTITION BY cell_id, origin_id ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS level
    FROM best_floor WHERE place = 1
), kept AS (
    SELECT *, lead(day) OVER (PARTITION BY cell_id, origin_id ORDER BY day) AS next_day
    FROM rising WHERE level IS NULL OR lo > level
)
SELECT k.* EXCLUDE (level, next_day),
    -- a nameless claim about a part is shown, and moves nothing
    CASE WHEN k.is_anonymous THEN 0 ELSE k.weight END AS voice,
    least(k.next_day, (
        SELECT min(s.day) FROM span AS s
        WHERE s.cell_id = k.cell_id AND s.origin_id = k.origin_id AND s.day > k.day AND NOT s.is_first_days
    )) AS until
FROM kept AS k;
