-- Purpose: what the reports about each crisis are about, and how many there are.
-- Grain: one row per crisis, measure, population and place set, of all reports that were ever taken in.
-- Parameters: none.
SELECT crisis_id, measure, population, areas, count(*) AS reports
FROM report
GROUP BY ALL
ORDER BY ALL
