-- Purpose: the rows kept aside, with the document they came in and what has become of them since.
-- Grain: one row per held row. status is open for the newest word about a row of a document that is no report
--   yet, resolved once the row has become one or has been stated anew. Documents are known by their content.
-- Parameters: $document, $sha256, $recorded_by (TIMESTAMP); NULL: no limit.
WITH settled AS (
    SELECT s.sha256, r."row", max(r.seq) AS seq
    FROM resolution AS r
    JOIN submission AS s ON s.seq = r.seq
    WHERE $recorded_by::TIMESTAMP IS NULL OR r.recorded_at <= $recorded_by::TIMESTAMP
    GROUP BY s.sha256, r."row"
)
SELECT
    h.*,
    s.document,
    s.sha256,
    CASE
        WHEN max(h.seq) OVER (PARTITION BY s.sha256, h."row") > h.seq OR d.seq > h.seq THEN 'resolved'
        ELSE 'open'
    END AS status
FROM held AS h
JOIN submission AS s ON s.seq = h.seq
LEFT JOIN settled AS d ON d.sha256 = s.sha256 AND d."row" = h."row"
WHERE ($document::VARCHAR IS NULL OR s.document = $document::VARCHAR)
    AND ($sha256::VARCHAR IS NULL OR s.sha256 = $sha256::VARCHAR)
    AND ($recorded_by::TIMESTAMP IS NULL OR h.recorded_at <= $recorded_by::TIMESTAMP)
ORDER BY h.seq, h."row"
