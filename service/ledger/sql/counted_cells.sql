-- Purpose: what the reports about each crisis are about, and how many there are.
-- Grain: one row per crisis, measure, population and place set, of the reports that are not withdrawn.
-- Parameters: $held and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
)
SELECT r.crisis_id, r.measure, r.population, r.areas, count(*) AS reports
FROM report AS r
ANTI JOIN (SELECT report_id FROM withdrawn WHERE reason IS NOT NULL) AS w ON w.report_id = r.report_id
GROUP BY ALL
ORDER BY ALL
