-- Purpose: the reports between two places of the ledger, as it held them after so many entries.
-- Grain: one row per report, withdrawn ones too: they carry the reason.
-- Parameters: those of report_bounds.sql; $to_seq and $to_row, the last place (report_bounds.sql gives it).
WITH taken_back AS (
    SELECT report_id, reason
    FROM withdrawal
    WHERE seq <= $held::BIGINT
        AND ($recorded_by::TIMESTAMP IS NULL OR recorded_at <= $recorded_by::TIMESTAMP)
    QUALIFY row_number() OVER (PARTITION BY report_id ORDER BY seq DESC, "row" DESC) = 1
)
SELECT r.*, w.reason AS withdrawn
FROM report AS r
LEFT JOIN taken_back AS w ON w.report_id = r.report_id
WHERE r.seq BETWEEN $from_seq::BIGINT AND $to_seq::BIGINT -- said apart, so that the rest is skipped unread
    AND (r.seq > $from_seq::BIGINT OR r."row" > $from_row::BIGINT)
    AND (r.seq < $to_seq::BIGINT OR r."row" <= $to_row::BIGINT)
    AND {wanted}
ORDER BY r.seq, r."row"
