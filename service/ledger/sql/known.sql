-- Purpose: which of the report ids that came in the ledger already holds, and whether they stand.
-- Grain: one row per known id of the Arrow table "incoming" (report_id).
-- Parameters: none.
SELECT r.report_id, w.reason IS NOT NULL AS is_withdrawn
FROM report AS r
SEMI JOIN incoming AS i ON i.report_id = r.report_id
LEFT JOIN withdrawal_current AS w ON w.report_id = r.report_id
