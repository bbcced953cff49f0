-- purpose: what a careful reader would want to be told about the lineage
-- grain: one row per thing noticed (noticed); subject is a report id
-- parameters: none. Reads evidence, claim, walked, cell, place, source.

CREATE TEMP TABLE noticed AS
WITH named AS (
    SELECT c.report_id, e.role, e.reason, coalesce(origin.name, c.origin_id) || ' as carried by '
        || coalesce(carrier.name, c.source_id) || ': ' || e.reason || '.' AS sentence
    FROM evidence AS e JOIN claim AS c USING (report_no)
    LEFT JOIN source AS origin ON origin.source_id = c.origin_id
    LEFT JOIN source AS carrier ON carrier.source_id = c.source_id
)
SELECT 'distorted_copy' AS code, sentence AS message,
    'Correct the place set of the report if its source says otherwise.' AS fix, report_id AS subject
FROM named WHERE role = 'out_of_scope'
UNION ALL
SELECT 'suspected_echo', sentence, 'Name the origin if the page does.', report_id
FROM named WHERE role = 'echo' AND reason LIKE 'no origin is named%'
UNION ALL
SELECT 'slip', sentence, 'Correct the figure of the report if its page says otherwise.', report_id
FROM named WHERE role = 'outlier'
UNION ALL
SELECT 'stale_copy', sentence, 'Nothing to mend in the ledger: the copy is old.', report_id
FROM named WHERE role = 'stale'
UNION ALL
SELECT 'revised_down', coalesce(any_value(source.name), w.origin_id::VARCHAR)
    || ' went down from ' || w.highest || ' to ' || w.said || ' on ' || w.day || ' ('
    || place_name || ', ' || cell.measure || ', ' || replace(cell.population, '_', ' ') || ').',
    'Both values are kept; check which definition changed.', min(c.report_id)
FROM walked AS w JOIN cell USING (cell_id) JOIN place USING (areas)
JOIN claim AS c ON c.cell_id = w.cell_id AND c.origin_id = w.origin_id AND c.day = w.day AND c.said = w.said
LEFT JOIN source ON source.source_id = w.origin_id
WHERE w.is_anchor AND w.lo < w.highest
GROUP BY w.cell_id, w.origin_id, w.day, w.said, w.highest, place_name, cell.measure, cell.population;
