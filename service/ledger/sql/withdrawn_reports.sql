-- Purpose: which reports are withdrawn.
-- Grain: one row per report that is.
-- Parameters: $held and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT report_id FROM withdrawn WHERE reason IS NOT NULL
