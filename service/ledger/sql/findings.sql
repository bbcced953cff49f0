-- Purpose: what the checks noticed, with the document it was noticed in.
-- Grain: one row per stored finding.
-- Parameters: $document, $sha256, $recorded_by (TIMESTAMP); NULL: no limit.
SELECT f.*, s.document
FROM finding AS f
JOIN submission AS s ON s.seq = f.seq
WHERE ($document::VARCHAR IS NULL OR s.document = $document::VARCHAR)
    AND ($sha256::VARCHAR IS NULL OR s.sha256 = $sha256::VARCHAR)
    AND ($recorded_by::TIMESTAMP IS NULL OR f.recorded_at <= $recorded_by::TIMESTAMP)
ORDER BY f.seq, f.place
