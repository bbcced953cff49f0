-- Purpose: the reports that came in with some rows of a document.
-- Grain: one row per report, withdrawn or not.
-- Parameters: $sha256 (VARCHAR: of the document), $after and $before (BIGINT: rows of it between these).
SELECT r.*
FROM report AS r
JOIN submission AS s ON s.seq = r.seq
WHERE s.sha256 = $sha256::VARCHAR AND r."row" > $after::BIGINT AND r."row" < $before::BIGINT
ORDER BY r."row", r.report_id
