-- Purpose: where each page of reports ends, and how many reports there are to read.
-- Grain: one row per page: its last report is the n-th of the ``ahead`` that follow; the last page may be short.
-- Parameters: $from_seq and $from_row (the position to begin behind), $page_rows (reports in a page), $limit
--   (reports in all), $dates (all or stated), and those of report_filter.sql.
WITH numbered AS (
    SELECT row_number() OVER (ORDER BY r.seq, r."row") AS n, r.seq, r."row"
    FROM ({dated_reports}) AS r
    WHERE r.seq >= $from_seq::BIGINT
        AND (r.seq > $from_seq::BIGINT OR r."row" > $from_row::BIGINT)
        AND {report_filter}
),
ahead AS (SELECT count(*) AS reports FROM numbered)
SELECT n, seq, "row", ahead.reports AS ahead
FROM numbered, ahead
WHERE n % $page_rows::BIGINT = 0 AND n <= $limit::BIGINT OR n = least(ahead.reports, $limit::BIGINT)
ORDER BY n
