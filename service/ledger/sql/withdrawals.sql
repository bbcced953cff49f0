-- Purpose: every withdrawal of a report, with its reason and what stands in its place.
-- Grain: one row per withdrawal entry and report; a NULL reason let the report stand again.
-- Parameters: $report_id (NULL: all).
FROM withdrawal
WHERE $report_id::VARCHAR IS NULL OR report_id = $report_id::VARCHAR
ORDER BY seq, "row"
