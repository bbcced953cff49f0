-- purpose: what parts say about a whole: a contained cell's floor, and days counted alone, can only raise a floor
-- grain: one row per (cell, origin, day) on which that origin's highest floor rises (bound)
-- parameters: none. Reads span, added, within_cell.

CREATE TEMP TABLE bound AS
WITH total AS (
    SELECT cell_id, origin_no, min(day) AS since FROM span WHERE NOT is_first_days GROUP BY ALL
), floor AS (
    SELECT w.outer_id AS cell_id, s.cell_id AS part_id, s.origin_no, s.day, s.said, s.lo, s.weight, s.is_anonymous, s.is_verified
    FROM span AS s JOIN within_cell AS w ON w.inner_id = s.cell_id
    WHERE s.lo > 0
    UNION ALL
    SELECT cell_id, cell_id, origin_no, CASE WHEN is_running THEN day + 1 ELSE day END, said, lo, weight, is_anonymous,
        is_verified
    FROM added WHERE lo > 0
), rising AS (
    -- an origin that has its own total for the whole needs no voice through the parts; and it has one voice
    SELECT floor.*, since,
        max(lo) OVER (
            PARTITION BY cell_id, origin_no ORDER BY day, lo DESC, weight DESC, part_id, said
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS level
    FROM floor LEFT JOIN total USING (cell_id, origin_no)
    WHERE since IS NULL OR day < since
)
SELECT * EXCLUDE (since, level),
    -- a nameless claim about a part is shown, and moves nothing
    CASE WHEN is_anonymous THEN 0 ELSE weight END AS voice,
    coalesce(lead(day) OVER (PARTITION BY cell_id, origin_no ORDER BY day), since) AS until
FROM rising WHERE level IS NULL OR lo > level;
