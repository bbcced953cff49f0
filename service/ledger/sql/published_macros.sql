-- Purpose: the views of a published DuckDB file that take a day.
-- Grain: reports_as_of: one row per report; figures_up_to: one per series.
-- Parameters: day, a DATE or its text.
CREATE MACRO reports_as_of(day) AS TABLE
SELECT * FROM reports WHERE known_on <= day::DATE ORDER BY known_on, report_id;

CREATE MACRO figures_up_to(day) AS TABLE
SELECT *
FROM estimates
WHERE date <= day::DATE
QUALIFY row_number() OVER (
    PARTITION BY crisis, area_code, measure, population, attributed_to, period_start
    ORDER BY date DESC
) = 1
ORDER BY crisis, area_code, measure, population, attributed_to, period_start;
