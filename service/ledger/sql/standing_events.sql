-- Purpose: the reports about events that stand, of the sources and crises of a full release.
-- Grain: one row per report that names an event, of a (crisis_id, source_id) of the Arrow table "incoming".
-- Parameters: $before (DATE: only those that were known before; NULL: all), $held and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT r.report_id, r.crisis_id, r.source_id, r.event
FROM report AS r
SEMI JOIN incoming AS i ON i.crisis_id = r.crisis_id AND i.source_id = r.source_id
LEFT JOIN withdrawn AS w ON w.report_id = r.report_id
WHERE r.event IS NOT NULL AND w.reason IS NULL AND ($before::DATE IS NULL OR r.known_on < $before::DATE)
ORDER BY r.report_id
