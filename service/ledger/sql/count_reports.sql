-- Purpose: how many reports match a filter.
-- Grain: one row.
-- Parameters: $dates (all or stated), and those of report_filter.sql.
SELECT count(*) AS reports
FROM ({dated_reports}) AS r
WHERE {report_filter}
