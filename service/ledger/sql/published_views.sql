-- Purpose: the views of a published database (DuckDB and SQLite alike).
-- Grain: latest_figures: one row per series; latest_evidence: one per latest figure and report;
--   standing_reports: one per report.
-- Parameters: none.
CREATE VIEW latest_figures AS
SELECT *
FROM estimates
WHERE rowid IN (
    SELECT id
    FROM (
        SELECT
            rowid AS id,
            row_number() OVER (
                PARTITION BY crisis, area_code, measure, population, attributed_to, period_start
                ORDER BY date DESC
            ) AS place
        FROM estimates
    ) AS ranked
    WHERE place = 1
);

CREATE VIEW latest_evidence AS
SELECT p.*, f.date AS figure_date
FROM latest_figures AS f
JOIN evidence AS p
    ON p.crisis = f.crisis
    AND p.area_code = f.area_code
    AND p.measure = f.measure
    AND p.population = f.population
    AND p.attributed_to = f.attributed_to
    AND (p.period_start = f.period_start OR (p.period_start IS NULL AND f.period_start IS NULL))
    AND p.date <= f.date
    AND (p.until IS NULL OR f.date < p.until);

CREATE VIEW standing_reports AS
SELECT * FROM reports WHERE withdrawn IS NULL;
