-- Purpose: the reports that the public could know on a day, among those this ledger had recorded by a moment.
-- Grain: one row per report, withdrawn ones too: they carry the reason.
-- Parameters: $crisis_id, $as_of (DATE), $recorded_by (TIMESTAMP), $held (entries); NULL: no limit;
--   $dates (all or stated).
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT r.*, w.reason AS withdrawn
FROM ({dated_reports}) AS r
LEFT JOIN withdrawn AS w ON w.report_id = r.report_id
WHERE ($crisis_id::VARCHAR IS NULL OR r.crisis_id = $crisis_id::VARCHAR)
    AND {cut_as_of}
    AND ($held::BIGINT IS NULL OR r.seq <= $held::BIGINT)
    AND ($recorded_by::TIMESTAMP IS NULL OR r.recorded_at <= $recorded_by::TIMESTAMP)
ORDER BY r.seq, r."row"
