-- Purpose: the reports of the same source and origin that lie nearest in time to some reports, for the checks to
--   compare with.
-- Grain: one row per report that is not withdrawn, of the sources in the Arrow table "incoming" (crisis_id,
--   source_id, origin_id), in the columns that the checks of ingest read.
-- Parameters: $first, $last (DATE: the days that the reports count up to), $most (how many rows at most), $reach
--   (only reports at most so many days away; NULL: any), $held and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
),
nearest AS ( -- few columns first, so that the others are read for these rows only
    SELECT r.rowid AS place
    FROM report AS r
    SEMI JOIN incoming AS i
        ON i.crisis_id = r.crisis_id AND i.source_id = r.source_id AND i.origin_id = r.origin_id
    ANTI JOIN (SELECT report_id FROM withdrawn WHERE reason IS NOT NULL) AS w
        ON w.report_id = r.report_id
    WHERE $reach::INTEGER IS NULL
        OR r.counted_to BETWEEN $first::DATE - $reach::INTEGER AND $last::DATE + $reach::INTEGER
    ORDER BY
        greatest($first::DATE - r.counted_to, r.counted_to - $last::DATE, 0),
        r.counted_to DESC, r.seq DESC, r."row" DESC
    LIMIT $most::BIGINT
)
SELECT
    r.report_id, r.crisis_id, r.source_id, r.origin_id, r.published_on, r.published_by, r.counted_to,
    r.period_start, r.period_end, r.areas, r.measure, r.population, r.attributed_to, r.basis, r.event, r.low, r.best, r.high,
    r.count_stated
FROM report AS r
JOIN nearest AS n ON n.place = r.rowid
ORDER BY r.seq, r."row"
