-- Purpose: what each blank figure of a document takes back: what its origin said before of that place, people and
--   day, by a removal what its source carried of that, as far as it stands and was not taken back already.
-- Grain: one row per (row of the Arrow table "incoming", report that it takes back); a row whose report the ledger
--   holds already has one without a report.
-- Parameters: $today (DATE: when the document is public, where it does not say), $held and $recorded_by (NULL).
WITH withdrawn AS (
{withdrawals_in_force}
),
standing AS (
    SELECT r.*
    FROM report AS r
    SEMI JOIN incoming AS i ON i.crisis_id = r.crisis_id AND i.origin_id = r.origin_id
    ANTI JOIN (SELECT report_id FROM withdrawn WHERE reason IS NOT NULL) AS w ON w.report_id = r.report_id
),
blank AS (
    SELECT "row", report_id, coalesce(published_on, published_by, $today::DATE) AS public_on,
        area_stated, crisis_id, basis, source_id, origin_id, areas, measure, population, attributed_to, counted_to, coalesce(event, '') AS event
    FROM incoming
)
SELECT i."row", s.report_id AS taken_back, s.count_stated, s.known_on, i.area_stated, i.measure, i.population,
    i.attributed_to, i.counted_to
FROM blank AS i
JOIN standing AS s
    ON s.crisis_id = i.crisis_id AND s.origin_id = i.origin_id AND s.areas = i.areas AND s.measure = i.measure
    AND s.population = i.population AND s.attributed_to = i.attributed_to AND s.counted_to = i.counted_to
    AND coalesce(s.event, '') = i.event AND s.known_on <= i.public_on
    AND (i.basis = 'retraction' OR s.source_id = i.source_id)
ANTI JOIN (SELECT * FROM standing WHERE basis IN ('retraction', 'removal') AND number IS NULL) AS b
    ON b.crisis_id = s.crisis_id AND b.origin_id = s.origin_id AND b.areas = s.areas AND b.measure = s.measure
    AND b.population = s.population AND b.attributed_to = s.attributed_to AND b.counted_to = s.counted_to
    AND coalesce(b.event, '') = coalesce(s.event, '') AND b.known_on >= s.known_on
    AND (b.basis = 'retraction' OR b.source_id = s.source_id)
WHERE s.basis NOT IN ('retraction', 'removal')
UNION ALL
SELECT i."row", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM blank AS i
SEMI JOIN report AS r ON r.report_id = i.report_id
ORDER BY ALL
