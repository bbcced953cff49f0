-- purpose: the middle one of the origins' figures, each counting alike
-- grain: one row per (cell, day of change)
-- parameters: none. Reads active.

SELECT cell_id, date,
    coalesce(
        quantile_disc(best, 0.5) FILTER (NOT is_part AND NOT is_anonymous),
        quantile_disc(best, 0.5) FILTER (NOT is_part),
        max(lo)
    ) AS best,
    false AS is_best_blank
FROM active WHERE weight > 0 GROUP BY ALL ORDER BY ALL;
