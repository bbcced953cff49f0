-- Purpose: the rows kept aside, with the document they came in.
-- Grain: one row per held row.
-- Parameters: $document, $sha256, $recorded_by (TIMESTAMP); NULL: no limit.
SELECT h.*, s.document
FROM held AS h
JOIN submission AS s ON s.seq = h.seq
WHERE ($document::VARCHAR IS NULL OR s.document = $document::VARCHAR)
    AND ($sha256::VARCHAR IS NULL OR s.sha256 = $sha256::VARCHAR)
    AND ($recorded_by::TIMESTAMP IS NULL OR h.recorded_at <= $recorded_by::TIMESTAMP)
ORDER BY h.seq, h."row"
