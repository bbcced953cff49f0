-- purpose: lowest and highest only, with no best between them, as Iraq Body Count and Airwars publish
-- grain: one row per (cell, day of change)
-- parameters: none. Reads active.

SELECT cell_id, date, coalesce(min(lo) FILTER (NOT is_part AND NOT is_anonymous), max(lo)) AS best,
    true AS is_best_blank
FROM active WHERE weight > 0 GROUP BY ALL ORDER BY ALL;
