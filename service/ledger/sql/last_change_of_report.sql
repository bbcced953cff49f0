-- Purpose: whether the ledger has had a head, and which entry was the last to change a report (what is noticed about
--   it changes nothing of it).
-- Grain: one row: the hash of that head (NULL: there are not so many entries), the last entry (NULL: no such report).
-- Parameters: $report_id, $seq (entries of the head).
SELECT
    (SELECT hash FROM submission WHERE seq = $seq::BIGINT) AS hash,
    (
        SELECT max(seq)
        FROM (
            SELECT seq FROM report WHERE report_id = $report_id::VARCHAR
            UNION ALL
            SELECT seq FROM withdrawal
            WHERE report_id = $report_id::VARCHAR
                OR list_contains(string_split(replaced_by, '|'), $report_id::VARCHAR)
            UNION ALL
            SELECT seq FROM redaction WHERE subject = $report_id::VARCHAR
        )
    ) AS last
