-- purpose: a stated figure that gave way so that others add up is contested by them
-- grain: one row per (cell, day), as in estimate
-- parameters: none. Reads settled, estimate.

SELECT e.* REPLACE (
    CASE WHEN s.is_stated AND s.best <> s.before AND e.grade <> 'inferred' THEN 'contested' ELSE e.grade END AS grade
)
FROM estimate AS e LEFT JOIN settled AS s USING (cell_id, date)
ORDER BY cell_id, date;
