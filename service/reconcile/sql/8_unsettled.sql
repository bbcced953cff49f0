-- purpose: tell which figures had to move so that the crisis adds up, by how many people, and beside which others
-- grain: one row per figure stated for its day that moved ; subject is a report's number
-- parameters: none. Reads settled, active, claim, cell.

WITH moved AS (
    SELECT * FROM settled WHERE is_stated AND best <> before
), beside AS (
    SELECT m.cell_id, m.date, string_agg(
        place_name || ', ' || population_name
        || CASE WHEN attributed_to = '' THEN '' ELSE ' (' || attribution_name || ')' END
        || ' ' || figure || ' to ' || on_day,
        '; ' ORDER BY on_day, place_name, population, attributed_to
    ) AS figures
    FROM (
        SELECT n.cell_id, n.date, o.cell_id AS other_id, o.date AS on_day, o.best AS figure
        FROM (SELECT cell_id, date, unnest(because) AS o FROM moved) AS n
    ) AS m JOIN cell ON cell.cell_id = m.other_id
    GROUP BY ALL
), counted AS (
    SELECT a.cell_id, a.date, arg_min(c.report_no, (-a.weight, c.known_on, c.report_no)) AS report_no
    FROM active AS a
    JOIN claim AS c ON c.cell_id = a.cell_id AND c.origin_no = a.origin_no AND c.said = a.said
    WHERE NOT a.is_part
    GROUP BY ALL
)
SELECT 'does_not_add_up' AS code,
    place_name || ', ' || replace(measure, '_', ' ') || ', ' || population_name || ', counted to '
        || date || ': ' || before || ' gives way to ' || best || ', ' || abs(best - before)
        || ' people apart, so that these add up: ' || coalesce(figures, 'its own days') || '.' AS message,
    'See whether they count the same people, in the same places and days; correct the report that does not.' AS fix,
    report_no AS subject
FROM moved JOIN cell USING (cell_id) JOIN counted USING (cell_id, date)
LEFT JOIN beside USING (cell_id, date)
ORDER BY ALL;
