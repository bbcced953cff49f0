-- purpose: a stated figure that gave way so that others add up is contested by them
-- grain: one row per (cell, day) (estimate)
-- parameters: none. Reads settled, estimate.

UPDATE estimate SET grade = 'contested' FROM settled
WHERE settled.cell_id = estimate.cell_id AND settled.date = estimate.date AND settled.is_stated
    AND settled.best <> settled.before AND estimate.grade <> 'inferred';
