-- Purpose: the latest figures as they stood on a day of knowledge, from the table of vintages.
-- Grain: one row per series that had a figure by then.
-- Parameters: day, a DATE or its text.
CREATE MACRO figures_as_of(day) AS TABLE
SELECT *
FROM (
    SELECT *
    FROM vintages
    WHERE as_of <= day::DATE
    QUALIFY row_number() OVER (
        PARTITION BY crisis, area_code, measure, population, attributed_to, period_start
        ORDER BY as_of DESC
    ) = 1
)
WHERE grade IS NOT NULL -- else nothing of it was left
ORDER BY crisis, area_code, measure, population, attributed_to, period_start;
