-- purpose: the lowest and highest of the origins' statements stand as the range
-- grain: one row per (cell, day) on which the figure, its range or its support moved (estimate)
-- parameters: none. Reads figure.

CREATE TEMP TABLE estimate AS
SELECT cell_id, date, low, best, high, grade, origins, reports FROM figure;
