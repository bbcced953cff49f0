-- Purpose: the positions of some reports by their number, to begin other pages behind them.
-- Grain: one row per number asked for that there is.
-- Parameters: $places (numbers, the first report is 1), $dates (all or stated), and those of report_filter.sql.
WITH numbered AS (
    SELECT row_number() OVER (ORDER BY r.seq, r."row") AS n, r.seq, r."row"
    FROM ({dated_reports}) AS r
    WHERE {report_filter}
)
SELECT n, seq, "row"
FROM numbered
WHERE list_contains($places::BIGINT[], n)
ORDER BY n
