-- Purpose: how many reports match a filter.
-- Grain: one row.
-- Parameters: those of report_filter.sql.
SELECT count(*) AS reports
FROM report AS r
WHERE {report_filter}
