-- Purpose: the running totals that a full release of a source no longer lists, as far as they came in with a table
--   of which it lists another place in the same column: a statement of the source about one place is no such table.
-- Grain: one row per report without an event, neither withdrawn nor taken back since it was known.
-- Parameters: $held and $recorded_by (NULL); the
--   Arrow table "incoming" holds the cells that the release lists (LISTED_TOTAL).
WITH withdrawn AS (
{withdrawals_in_force}
),
standing AS (
    SELECT r.*, s.sha256
    FROM report AS r
    JOIN submission AS s ON s.seq = r.seq
    SEMI JOIN incoming AS i ON i.crisis_id = r.crisis_id AND i.source_id = r.source_id AND i.origin_id = r.origin_id
        AND i.measure = r.measure AND i.population = r.population AND i.attributed_to = r.attributed_to
        AND i.period_start IS NOT DISTINCT FROM r.period_start
    ANTI JOIN (SELECT report_id FROM withdrawn WHERE reason IS NOT NULL) AS w ON w.report_id = r.report_id
    WHERE r.event IS NULL AND r.basis IN ('cumulative', 'retraction', 'removal')
),
listed AS (
    SELECT s.report_id, s.sha256
    FROM standing AS s
    SEMI JOIN incoming AS i ON i.crisis_id = s.crisis_id AND i.source_id = s.source_id AND i.origin_id = s.origin_id
        AND i.areas = s.areas AND i.measure = s.measure AND i.population = s.population
        AND i.attributed_to = s.attributed_to AND i.period_start IS NOT DISTINCT FROM s.period_start
)
SELECT s.* EXCLUDE (sha256)
FROM standing AS s
SEMI JOIN listed AS d ON d.sha256 = s.sha256
ANTI JOIN listed AS l ON l.report_id = s.report_id
ANTI JOIN (SELECT * FROM standing WHERE basis IN ('retraction', 'removal')) AS t
    ON t.crisis_id = s.crisis_id AND t.source_id = s.source_id AND t.origin_id = s.origin_id
    AND t.areas = s.areas AND t.measure = s.measure AND t.population = s.population
    AND t.attributed_to = s.attributed_to AND t.counted_to = s.counted_to AND t.known_on >= s.known_on
    AND (t.number IS NULL OR (t.number = s.number AND t.low IS NOT DISTINCT FROM s.low
        AND t.best IS NOT DISTINCT FROM s.best AND t.high IS NOT DISTINCT FROM s.high))
WHERE s.basis = 'cumulative'
ORDER BY s.report_id
