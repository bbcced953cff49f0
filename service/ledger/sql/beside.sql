-- Purpose: what is known of the tellers of some reports, to look at those beside it: the latest statements.
-- Grain: one row per report that stands, of the tellers in the Arrow table "incoming" (crisis_id, source_id,
--   origin_id), in the columns that the checks of ingest read.
-- Parameters: $most (how many rows at most).
SELECT
    r.report_id, r.crisis_id, r.source_id, r.origin_id, r.published_on, r.counted_to, r.period_start,
    r.period_end, r.areas, r.measure, r.population, r.attributed_to, r.basis, r.low, r.best, r.high,
    r.count_stated
FROM report AS r
SEMI JOIN incoming AS i
    ON i.crisis_id = r.crisis_id AND i.source_id = r.source_id AND i.origin_id = r.origin_id
LEFT JOIN withdrawal_current AS w ON w.report_id = r.report_id
WHERE w.reason IS NULL
ORDER BY r.counted_to DESC, r.seq DESC, r."row" DESC
LIMIT $most::BIGINT
