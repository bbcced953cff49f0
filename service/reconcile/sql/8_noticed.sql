-- purpose: what a careful reader would want to be told about the lineage
-- grain: one row per thing noticed (noticed); subject is a report id
-- parameters: none. Reads evidence, claim, walked, cell, suspected.

CREATE TEMP TABLE noticed AS
SELECT 'distorted_copy' AS code, e.origin_id || ' as carried by ' || c.source_id || ': ' || e.reason || '.' AS message,
    'Correct the place set of the report if its source says otherwise.' AS fix, e.report_id AS subject
FROM evidence AS e JOIN claim AS c USING (report_id) WHERE e.role = 'out_of_scope'
UNION ALL
SELECT 'suspected_echo', 'No origin is named; ' || e.reason || '.',
    'Name the origin if the page does.', e.report_id
FROM evidence AS e WHERE e.role = 'echo' AND e.reason LIKE 'no origin is named%'
UNION ALL
SELECT 'stale_copy', e.origin_id || ' as carried by ' || c.source_id || ': ' || e.reason || '.',
    'Nothing to mend in the ledger: the copy is old.', e.report_id
FROM evidence AS e JOIN claim AS c USING (report_id) WHERE e.role = 'stale'
UNION ALL
SELECT 'revised_down', w.origin_id || ' went down from ' || w.highest || ' to ' || w.said || ' on ' || w.day || ' ('
    || cell.areas || ', ' || cell.measure || ', ' || cell.population || ').',
    'Both values are kept; check which definition changed.', min(c.report_id)
FROM walked AS w JOIN cell USING (cell_id)
JOIN claim AS c ON c.cell_id = w.cell_id AND c.origin_id = w.origin_id AND c.day = w.day AND c.said = w.said
WHERE w.is_anchor AND w.lo < w.highest
GROUP BY ALL;
