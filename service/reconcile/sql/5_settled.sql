-- purpose: the agreed figures of a crisis as they add up, and who then stands for them
-- grain: one row per (cell, day of change) (settled_agreed), one per (cell, day, voice), the freshest last
-- parameters: none. Reads settled, agreed, active.

CREATE TEMP TABLE settled_agreed AS
SELECT cell_id, date, coalesce(s.best, a.best) AS best, false AS is_best_blank
FROM agreed AS a FULL JOIN settled AS s USING (cell_id, date);

-- a whole gets a row on the day its parts passed it: its own statements are older and only floors by then
WITH standing AS (
    FROM active
    UNION ALL BY NAME
    SELECT a.* REPLACE (s.date AS date)
    FROM settled AS s
    JOIN active AS a ON a.cell_id = s.cell_id
    WHERE s.is_added AND a.date = (SELECT max(b.date) FROM active AS b WHERE b.cell_id = s.cell_id AND b.date < s.date)
)
SELECT a.* REPLACE (
    CASE WHEN NOT is_stated AND a.hi < s.best THEN NULL ELSE a.hi END AS hi,
    is_full AND NOT coalesce(NOT is_stated AND a.hi < s.best, false) AS is_full
)
FROM standing AS a LEFT JOIN settled AS s USING (cell_id, date)
ORDER BY cell_id, date, said_on, weight, origin_no, NOT is_part, part_id, said;
