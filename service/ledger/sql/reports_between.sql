-- Purpose: all reports about a run of crises, to be written down elsewhere.
-- Grain: one row per report, withdrawn ones too: they carry the reason.
-- Parameters: $first and $last (the first and the last crisis of the run), $held and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT r.*, w.reason AS withdrawn
FROM report AS r
LEFT JOIN withdrawn AS w ON w.report_id = r.report_id
WHERE r.crisis_id BETWEEN $first::VARCHAR AND $last::VARCHAR
ORDER BY r.crisis_id, r.seq, r."row"
