-- purpose: what a careful reader would want to be told about the lineage
-- grain: one row per thing noticed (noticed); subject is a report id
-- parameters: none. Reads evidence, claim, walked, cell, source.

CREATE TEMP TABLE noticed AS
WITH named AS (
    SELECT c.report_id, e.role, e.reason, coalesce(origin.name, c.origin_id) || ' as carried by '
        || coalesce(carrier.name, c.source_id) || ': ' || e.reason || '.' AS sentence
    FROM evidence AS e JOIN claim AS c USING (report_no)
    LEFT JOIN source AS origin ON origin.source_id = c.origin_id
    LEFT JOIN source AS carrier ON carrier.source_id = c.source_id
)
SELECT code, sentence AS message, fix, report_id AS subject
FROM named JOIN (VALUES
    ('out_of_scope', 'distorted_copy', 'Correct the place set of the report if its source says otherwise.'),
    ('echo', 'suspected_echo', 'Name the origin if the page does.'),
    ('outlier', 'slip', 'Correct the figure of the report if its page says otherwise.'),
    ('stale', 'stale_copy', 'Nothing to mend in the ledger: the copy is old.')
) AS advice (role, code, fix) USING (role)
WHERE role <> 'echo' OR reason LIKE 'no origin is named%'
UNION ALL
SELECT 'revised_down', coalesce(any_value(source.name), w.origin_id::VARCHAR)
    || ' went down from ' || w.highest || ' to ' || w.said || ' on ' || w.day || ' ('
    || place_name || ', ' || cell.measure || ', ' || replace(cell.population, '_', ' ') || ').',
    'Both values are kept; check which definition changed.', min(c.report_id)
FROM walked AS w JOIN cell USING (cell_id)
JOIN claim AS c ON c.cell_id = w.cell_id AND c.origin_id = w.origin_id AND c.day = w.day AND c.said = w.said
LEFT JOIN source ON source.source_id = w.origin_id
WHERE w.is_anchor AND w.lo < w.highest
GROUP BY w.cell_id, w.origin_id, w.day, w.said, w.highest, place_name, cell.measure, cell.population;
