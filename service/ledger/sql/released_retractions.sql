-- Purpose: the standing retractions that full releases of some sources have led to, beside the reports they take back.
-- Grain: one row per (retraction, report that it takes back), of a (crisis_id, source_id) of the Arrow table "incoming".
-- Parameters: $note (VARCHAR: how their note begins), $held and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
),
standing AS (
    SELECT r.*
    FROM report AS r
    SEMI JOIN incoming AS i ON i.crisis_id = r.crisis_id AND i.source_id = r.source_id
    ANTI JOIN (SELECT report_id FROM withdrawn WHERE reason IS NOT NULL) AS w ON w.report_id = r.report_id
    WHERE r.event IS NOT NULL OR r.basis IN ('cumulative', 'retraction', 'removal')
)
SELECT t.report_id, t.crisis_id, t.source_id, t.known_on, s.report_id AS takes_back
FROM (SELECT * FROM standing WHERE basis IN ('retraction', 'removal') AND starts_with(note, $note)) AS t
JOIN (SELECT * FROM standing WHERE basis NOT IN ('retraction', 'removal')) AS s -- what was published later stands beside them
    ON s.known_on <= t.known_on AND t.crisis_id = s.crisis_id AND t.source_id = s.source_id AND t.origin_id = s.origin_id
    AND t.event IS NOT DISTINCT FROM s.event AND (t.event IS NOT NULL OR t.counted_to = s.counted_to)
    AND t.areas = s.areas AND t.measure = s.measure AND t.population = s.population
    AND t.attributed_to = s.attributed_to AND t.number IS NOT DISTINCT FROM s.number
    AND t.low IS NOT DISTINCT FROM s.low AND t.best IS NOT DISTINCT FROM s.best
    AND t.high IS NOT DISTINCT FROM s.high
ORDER BY t.report_id, takes_back
