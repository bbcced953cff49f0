-- Purpose: one page of reports: those between two positions, as the ledger held them after $held entries.
-- Grain: one row per report, withdrawn ones too: they carry the reason.
-- Parameters: $from_seq and $from_row (the position before the page), $to_seq and $to_row (its last position,
--   from page_ends.sql), $dates (all or stated), and those of report_filter.sql.
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT r.*, w.reason AS withdrawn
FROM ({dated_reports}) AS r
LEFT JOIN withdrawn AS w ON w.report_id = r.report_id
WHERE r.seq BETWEEN $from_seq::BIGINT AND $to_seq::BIGINT -- a condition of its own, by which whole blocks are skipped
    AND (r.seq > $from_seq::BIGINT OR r."row" > $from_row::BIGINT)
    AND (r.seq < $to_seq::BIGINT OR r."row" <= $to_row::BIGINT)
    AND {report_filter}
ORDER BY r.seq, r."row"
