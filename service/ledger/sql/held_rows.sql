-- Purpose: the rows that were not accepted, in which document, and whether they still wait for a decision.
-- Grain: one row per held row. status is resolved once the row has become a report, was held again
--   or was redacted as a whole; noted where all findings about it are only good to know, such as that it states no figure; else open.
--   Documents are known by their content.
-- Parameters: $document, $sha256, $recorded_by (TIMESTAMP); NULL: no limit.
WITH resolved AS (
    SELECT s.sha256, r."row", max(r.seq) AS seq
    FROM resolution AS r
    JOIN submission AS s ON s.seq = r.seq
    WHERE $recorded_by::TIMESTAMP IS NULL OR r.recorded_at <= $recorded_by::TIMESTAMP
    GROUP BY s.sha256, r."row"
),
noted AS (
    SELECT seq, "row", bool_and(severity = 'info') AS is_noted
    FROM finding
    GROUP BY seq, "row"
)
SELECT
    h.*,
    s.document,
    s.sha256,
    CASE
        WHEN x.record IS NOT NULL THEN 'resolved'
        WHEN max(h.seq) OVER (PARTITION BY s.sha256, h."row") > h.seq OR d.seq > h.seq THEN 'resolved'
        WHEN f.is_noted THEN 'noted'
        ELSE 'open'
    END AS status
FROM held AS h
JOIN submission AS s ON s.seq = h.seq
LEFT JOIN resolved AS d ON d.sha256 = s.sha256 AND d."row" = h."row"
LEFT JOIN noted AS f ON f.seq = h.seq AND f."row" = h."row"
LEFT JOIN ({rows_taken_out}) AS x ON x.record = h.seq AND x."row" = h."row"
WHERE ($document::VARCHAR IS NULL OR s.document = $document::VARCHAR)
    AND ($sha256::VARCHAR IS NULL OR s.sha256 = $sha256::VARCHAR)
    AND ($recorded_by::TIMESTAMP IS NULL OR h.recorded_at <= $recorded_by::TIMESTAMP)
ORDER BY h.seq, h."row"
