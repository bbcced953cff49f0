-- Purpose: what the checks noticed, in which document, and whether it is still open.
-- Grain: one row per stored finding. status is noted for what is only good to know; resolved once the row it is
--   about has become a report, was held again or was redacted as a whole, or the report it is about has been
--   withdrawn; else open.
-- Parameters: $document, $sha256, $recorded_by (TIMESTAMP), $held (entries; for withdrawals); NULL: no limit.
WITH later AS (
    SELECT s.sha256, l."row", max(l.seq) AS seq
    FROM (
        SELECT seq, recorded_at, "row" FROM held
        UNION ALL
        SELECT seq, recorded_at, "row" FROM resolution
    ) AS l
    JOIN submission AS s ON s.seq = l.seq
    WHERE $recorded_by::TIMESTAMP IS NULL OR l.recorded_at <= $recorded_by::TIMESTAMP
    GROUP BY s.sha256, l."row"
),
withdrawn AS (
{withdrawals_in_force}
)
SELECT
    f.*,
    s.document,
    CASE
        WHEN f.severity = 'info' THEN 'noted'
        WHEN l.seq > f.seq OR x.record IS NOT NULL OR w.reason IS NOT NULL THEN 'resolved'
        ELSE 'open'
    END AS status
FROM finding AS f
JOIN submission AS s ON s.seq = f.seq
LEFT JOIN later AS l ON l.sha256 = s.sha256 AND l."row" = f."row"
LEFT JOIN report AS r ON r.seq = f.seq AND r."row" = f."row"
LEFT JOIN withdrawn AS w ON w.report_id = coalesce(r.report_id, f.subject)
LEFT JOIN ({rows_taken_out}) AS x ON x.record = f.seq AND x."row" = f."row"
WHERE ($document::VARCHAR IS NULL OR s.document = $document::VARCHAR)
    AND ($sha256::VARCHAR IS NULL OR s.sha256 = $sha256::VARCHAR)
    AND ($recorded_by::TIMESTAMP IS NULL OR f.recorded_at <= $recorded_by::TIMESTAMP)
ORDER BY f.seq, f.place
