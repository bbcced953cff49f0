-- Purpose: the reports with the days that a question takes them to be known on: where it takes stated dates only, a
--   day of publication that is inferred counts for nothing, and the day of recording stands in. For tables in
--   memory the same rule is date_as_stated in service/schema/report_rules.py.
-- Grain: one row per report.
-- Parameters: $dates (all or stated).
SELECT
    * REPLACE (
        CASE
            WHEN $dates = 'stated' AND published_on IS NULL AND published_by IS NOT NULL THEN recorded_at::DATE
            ELSE known_on
        END AS known_on,
        CASE
            WHEN $dates = 'stated' AND published_on IS NULL AND published_by IS NOT NULL AND counted_to_inferred
                THEN recorded_at::DATE
            ELSE counted_to
        END AS counted_to
    )
FROM report
