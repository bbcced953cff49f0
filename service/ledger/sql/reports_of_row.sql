-- Purpose: which reports have come of some rows of a document.
-- Grain: one row per report, in order of its id, so many at most.
-- Parameters: $sha256, $rows (BIGINT[]: rows of the document), $most.
SELECT DISTINCT r.report_id
FROM report AS r
JOIN submission AS s ON s.seq = r.seq
WHERE s.sha256 = $sha256::VARCHAR AND list_contains($rows::BIGINT[], r."row")
ORDER BY r.report_id
LIMIT $most::BIGINT
