-- purpose: the figure of the most reliable origin, as the Uppsala Conflict Data Program codes its best estimate
-- grain: one row per (cell, day of change)
-- parameters: none. Reads active. Reliability is the weight; among equals the freshest, then the higher figure.

SELECT cell_id, date,
    coalesce(arg_max(best, (weight, said_on, best, origin_no)) FILTER (NOT is_part), max(lo)) AS best,
    false AS is_best_blank
FROM active WHERE weight > 0 GROUP BY ALL ORDER BY ALL;
