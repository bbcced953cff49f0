-- Purpose: which of the report ids that came in the ledger already holds, and whether they stand.
-- Grain: one row per known id of the Arrow table "incoming" (report_id).
-- Parameters: $first, $last (DATE: the days that the reports that came in count up to; NULL: not known of all).
SELECT r.report_id, w.reason IS NOT NULL AS is_withdrawn
FROM report AS r
SEMI JOIN incoming AS i ON i.report_id = r.report_id
LEFT JOIN withdrawal_current AS w ON w.report_id = r.report_id
WHERE $first::DATE IS NULL OR r.counted_to BETWEEN $first::DATE AND $last::DATE
