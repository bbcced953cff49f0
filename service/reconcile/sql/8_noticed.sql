-- purpose: what a careful reader would want to be told about the lineage
-- grain: one row per thing noticed (noticed); subject is a report's number
-- parameters: none. Reads evidence, claim, walked, cell, speaker.

CREATE TEMP TABLE noticed AS
WITH named AS (
    SELECT c.report_no, e.role, e.reason, origin.name || ' as carried by ' || carrier.name || ': ' || e.reason || '.' AS sentence
    FROM evidence AS e JOIN claim AS c USING (report_no)
    JOIN speaker AS origin ON origin.speaker_no = c.origin_no
    JOIN speaker AS carrier ON carrier.speaker_no = c.source_no
)
SELECT code, sentence AS message, fix, report_no AS subject
FROM named JOIN (VALUES
    ('out_of_scope', 'distorted_copy', 'Correct the place set of the report if its source says otherwise.'),
    ('echo', 'suspected_echo', 'Name the origin if the page does.'),
    ('outlier', 'slip', 'Correct the figure of the report if its page says otherwise.'),
    ('stale', 'stale_copy', 'Nothing to mend in the ledger: the copy is old.')
) AS advice (role, code, fix) USING (role)
WHERE role <> 'echo' OR reason LIKE 'no origin is named%'
UNION ALL
SELECT 'revised_down', speaker.name || ' went down from ' || w.highest || ' to ' || w.said || ' on ' || w.day || ' ('
    || place_name || ', ' || cell.measure || ', ' || replace(cell.population, '_', ' ') || ').',
    'Both values are kept; check which definition changed.', min(c.report_no)
FROM walked AS w JOIN cell USING (cell_id)
JOIN claim AS c ON c.cell_id = w.cell_id AND c.origin_no = w.origin_no AND c.day = w.day AND c.said = w.said
JOIN speaker ON speaker.speaker_no = w.origin_no
WHERE w.is_anchor AND w.lo < w.highest
GROUP BY speaker.name, w.cell_id, w.origin_no, w.day, w.said, w.highest, place_name, cell.measure, cell.population;
