-- Purpose: how many reports each crisis has, withdrawn ones too.
-- Grain: one row per crisis, in order.
-- Parameters: none.
SELECT crisis_id, count(*) AS reports
FROM report
GROUP BY crisis_id
ORDER BY crisis_id
