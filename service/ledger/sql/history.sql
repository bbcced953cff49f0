-- Purpose: what each entry did to a report: recorded, withdrew, corrected (replaced_by names its successors) or
--   reinstated it, put it in the place of others (replaces), noticed something about it, or
--   took a text of it out for good (redacted).
-- Grain: one row per entry and event, in the order in which they happened.
-- Parameters: $report_id, $recorded_by (TIMESTAMP; NULL: no limit).
WITH own AS (
    SELECT seq, "row" FROM report WHERE report_id = $report_id::VARCHAR
),
event AS (
    SELECT seq, 0 AS part, "row" AS place, 'recorded' AS event, NULL AS reason, '' AS replaces, '' AS replaced_by,
        '' AS code, '' AS severity
    FROM own
    UNION ALL
    SELECT seq, 1, place, 'noticed', message, '', '', code, severity
    FROM finding
    WHERE subject = $report_id::VARCHAR OR (seq, "row") IN (SELECT (seq, "row") FROM own)
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
    UNION ALL
    SELECT seq, 4, 0, 'redacted', min(reason), '', '', '', ''
    FROM redaction
    WHERE subject = $report_id::VARCHAR
    GROUP BY seq
)
SELECT d.event, d.reason, d.replaced_by, d.replaces, d.code, d.severity,
    s.seq, s.hash, s.recorded_at, s.kind, s.document, s.key_id
FROM event AS d
JOIN submission AS s ON s.seq = d.seq
WHERE $recorded_by::TIMESTAMP IS NULL OR s.recorded_at <= $recorded_by::TIMESTAMP
ORDER BY d.seq, d.part, d.place
