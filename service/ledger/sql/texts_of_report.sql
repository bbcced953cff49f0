-- Purpose: the free text that the ledger keeps of a report, and where: its note, the reasons for which it was
--   withdrawn, corrected or reinstated, and what was noticed about it.
-- Grain: one row per text (kind, record, table, row, column, text); blank ones are left out.
-- Parameters: $report_id.
WITH own AS (
    SELECT seq, "row", note FROM report WHERE report_id = $report_id::VARCHAR
),
noticed AS (
    SELECT CASE code WHEN 'reinstated' THEN 'reason' ELSE 'findings' END AS kind, seq, place, message, "value",
        CASE code WHEN 'reinstated' THEN '' ELSE fix END AS fix, terms
    FROM finding
    WHERE subject = $report_id::VARCHAR OR (seq, "row") IN (SELECT (seq, "row") FROM own)
)
SELECT 'note' AS kind, seq AS record, 'report' AS "table", "row", 'note' AS "column", note AS "text" FROM own
WHERE note <> ''
UNION ALL
SELECT 'reason', seq, 'withdrawal', "row", 'reason', reason FROM withdrawal
WHERE report_id = $report_id::VARCHAR AND reason <> ''
UNION ALL
SELECT kind, seq, 'finding', place, "column", "text"
FROM (UNPIVOT noticed ON message, "value", fix, terms INTO NAME "column" VALUE "text")
WHERE "text" <> ''
ORDER BY ALL
