-- Purpose: how many reports count up to a day near some days; where entries came day after day, most of the
--   ledger is skipped unread.
-- Grain: one row.
-- Parameters: $first, $last (DATE), $reach (how many days before and after them; NULL: all reports).
SELECT count(*) AS reports
FROM report
WHERE $reach::INTEGER IS NULL
    OR counted_to BETWEEN $first::DATE - $reach::INTEGER AND $last::DATE + $reach::INTEGER
