-- Purpose: the entries that touched a report, and how: it was recorded, withdrawn, corrected (replaced_by names
--   what stands in its place), let stand again, put in the place of others (replaces), or something about it
--   was noticed.
-- Grain: one row per entry and thing done, in the order in which they happened.
-- Parameters: $report_id, $recorded_by (TIMESTAMP; NULL: no limit).
WITH brought AS (
    SELECT seq, "row" FROM report WHERE report_id = $report_id::VARCHAR
),
done AS (
    SELECT seq, 0 AS part, "row" AS place, 'recorded' AS event, NULL AS reason, '' AS replaces, '' AS replaced_by,
        '' AS code, '' AS severity
    FROM brought
    UNION ALL
    SELECT seq, 1, place, 'noticed', message, '', '', code, severity
    FROM finding
    WHERE subject = $report_id::VARCHAR OR (seq, "row") IN (SELECT (seq, "row") FROM brought)
    UNION ALL
    SELECT seq, 2, min("row"), 'replaces', min(reason), string_agg(report_id, '|' ORDER BY "row"), '', '', ''
    FROM withdrawal
    WHERE list_contains(string_split(replaced_by, '|'), $report_id::VARCHAR)
    GROUP BY seq
    UNION ALL
    SELECT seq, 3, "row",
        CASE WHEN reason IS NULL THEN 'reinstated' WHEN replaced_by = '' THEN 'withdrawn' ELSE 'corrected' END,
        reason, '', replaced_by, '', ''
    FROM withdrawal
    WHERE report_id = $report_id::VARCHAR
)
SELECT d.event, d.reason, d.replaced_by, d.replaces, d.code, d.severity,
    s.seq, s.hash, s.recorded_at, s.kind, s.document, s.key_id
FROM done AS d
JOIN submission AS s ON s.seq = d.seq
WHERE $recorded_by::TIMESTAMP IS NULL OR s.recorded_at <= $recorded_by::TIMESTAMP
ORDER BY d.seq, d.part, d.place
