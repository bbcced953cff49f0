-- Purpose: the reports that a full release took back.
-- Grain: one row per report that is withdrawn for that reason.
-- Parameters: $mark (VARCHAR: how the reason begins), $held and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT report_id
FROM withdrawn
WHERE starts_with(reason, $mark)
ORDER BY report_id
