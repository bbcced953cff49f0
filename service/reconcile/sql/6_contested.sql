-- purpose: a stated figure that gave way so that others add up is contested by them
-- grain: one row per (cell, day) (figure)
-- parameters: none. Reads settled, figure.

UPDATE figure SET grade = 'contested' FROM settled
WHERE settled.cell_id = figure.cell_id AND settled.date = figure.date AND settled.is_stated
    AND settled.best <> settled.before AND figure.grade <> 'inferred';
