-- Purpose: one report, with the reason if it is withdrawn.
-- Grain: one row, or none.
-- Parameters: $report_id; $held and $recorded_by (NULL: as it stands now); $dates (all).
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT r.*, w.reason AS withdrawn
FROM ({dated_reports}) AS r
LEFT JOIN withdrawn AS w ON w.report_id = r.report_id
WHERE r.report_id = $report_id::VARCHAR
