-- Purpose: on which day crises begin whose beginning nobody has registered: the earliest that their reports state.
-- Grain: one row per crisis of the Arrow table "incoming" (crisis_id) of which a report that stands states a day.
-- Parameters: $recorded_by (TIMESTAMP; NULL: no limit) and $held (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT r.crisis_id, min(r.period_start) AS period_start
FROM report AS r
SEMI JOIN incoming AS i ON i.crisis_id = r.crisis_id
ANTI JOIN (SELECT report_id FROM withdrawn WHERE reason IS NOT NULL) AS w ON w.report_id = r.report_id
WHERE r.period_start IS NOT NULL AND r.basis NOT IN ('retraction', 'removal')
    AND ($recorded_by::TIMESTAMP IS NULL OR r.recorded_at <= $recorded_by::TIMESTAMP)
GROUP BY r.crisis_id
ORDER BY r.crisis_id
