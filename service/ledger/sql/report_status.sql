-- Purpose: which of some report ids the ledger holds, and whether those reports are withdrawn.
-- Grain: one row per id of the Arrow table "incoming" (report_id) that the ledger holds.
-- Parameters: $first, $last (DATE: the first and last day that these reports count up to; NULL: not known), $held
--   and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT r.report_id, w.reason IS NOT NULL AS is_withdrawn
FROM report AS r
SEMI JOIN incoming AS i ON i.report_id = r.report_id
LEFT JOIN withdrawn AS w ON w.report_id = r.report_id
WHERE $first::DATE IS NULL OR r.counted_to BETWEEN $first::DATE AND $last::DATE
