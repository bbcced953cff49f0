-- purpose: the agreed figures of a crisis as they add up
-- grain: one row per (cell, day of change) (agreed), one per (cell, day, origin) (active)
-- parameters: none. Reads settled, agreed, active, voice.

UPDATE agreed SET best = settled.best FROM settled
WHERE agreed.cell_id = settled.cell_id AND agreed.date = settled.date;

INSERT INTO agreed BY NAME SELECT cell_id, date, best, false AS is_best_blank FROM settled WHERE is_added;

-- a whole gets a row on the day its parts passed it: its own statements are older and only floors by then
INSERT INTO active BY NAME
SELECT s.cell_id, s.date, a.* EXCLUDE (cell_id, date)
FROM settled AS s
JOIN active AS a ON a.cell_id = s.cell_id
WHERE s.is_added AND a.date = (SELECT max(b.date) FROM active AS b WHERE b.cell_id = s.cell_id AND b.date < s.date);

UPDATE active SET hi = NULL, is_full = false FROM settled AS s
WHERE s.cell_id = active.cell_id AND s.date = active.date AND NOT s.is_stated AND active.hi < s.best;
