-- Purpose: the reports as they could be known on one day, out of what this ledger had recorded by one moment.
-- Grain: one row per report, withdrawn ones too: they carry the reason. (To leave them out before ranking
--   would bring back what they had replaced.)
-- Parameters: $crisis_id, $as_of (DATE), $recorded_by (TIMESTAMP); NULL: no limit.
WITH taken_back AS (
    SELECT report_id, reason
    FROM withdrawal
    WHERE $recorded_by::TIMESTAMP IS NULL OR recorded_at <= $recorded_by::TIMESTAMP
    QUALIFY row_number() OVER (PARTITION BY report_id ORDER BY seq DESC, "row" DESC) = 1
)
SELECT r.*, w.reason AS withdrawn
FROM report AS r
LEFT JOIN taken_back AS w ON w.report_id = r.report_id
WHERE ($crisis_id::VARCHAR IS NULL OR r.crisis_id = $crisis_id::VARCHAR)
    AND ($as_of::DATE IS NULL OR r.known_on <= $as_of::DATE)
    AND ($recorded_by::TIMESTAMP IS NULL OR r.recorded_at <= $recorded_by::TIMESTAMP)
ORDER BY r.seq, r."row"
