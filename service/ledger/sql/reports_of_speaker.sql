-- Purpose: all reports of one source and origin about a crisis, withdrawn or not, for the checks to compare with: the
--   usual case of nearest_reports.sql, in a quarter of its time.
-- Grain: one row per report, in the columns of nearest_reports.sql.
-- Parameters: $crisis_id, $source_id, $origin_id.
SELECT
    report_id, crisis_id, source_id, origin_id, published_on, published_by, counted_to,
    period_start, period_end, areas, measure, population, attributed_to, basis, event, low, best, high,
    count_stated
FROM report
WHERE crisis_id = $crisis_id::VARCHAR AND source_id = $source_id::VARCHAR AND origin_id = $origin_id::VARCHAR
ORDER BY seq, "row"
