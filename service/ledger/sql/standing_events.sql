-- Purpose: the reports about events that stand, of the sources and crises of a full release: neither withdrawn nor
--   taken back since they were known.
-- Grain: one row per report that counts an event, of a (crisis_id, source_id) of the Arrow table "incoming".
-- Parameters: $held and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
),
standing AS (
    SELECT r.*
    FROM report AS r
    SEMI JOIN incoming AS i ON i.crisis_id = r.crisis_id AND i.source_id = r.source_id
    ANTI JOIN (SELECT report_id FROM withdrawn WHERE reason IS NOT NULL) AS w ON w.report_id = r.report_id
    WHERE r.event IS NOT NULL
)
SELECT s.*
FROM standing AS s
ANTI JOIN (SELECT * FROM standing WHERE basis IN ('retraction', 'removal')) AS t
    ON t.crisis_id = s.crisis_id AND t.source_id = s.source_id AND t.origin_id = s.origin_id AND t.event = s.event
    AND t.areas = s.areas AND t.measure = s.measure AND t.population = s.population
    AND t.attributed_to = s.attributed_to AND t.number IS NOT DISTINCT FROM s.number
    AND t.low IS NOT DISTINCT FROM s.low AND t.best IS NOT DISTINCT FROM s.best
    AND t.high IS NOT DISTINCT FROM s.high AND t.known_on >= s.known_on
WHERE s.basis NOT IN ('retraction', 'removal')
ORDER BY s.report_id
