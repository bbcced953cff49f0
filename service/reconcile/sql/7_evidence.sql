-- purpose: what every report did for its cell's estimates, from which day to which, and why
-- grain: one row per (cell, report, span of days) (evidence)
-- parameters: none. Reads claim, walked, misplaced, disowned, suspected, voice, bound, added, cell, speaker.

CREATE TEMP TABLE evidence AS
WITH placed AS (
    -- of the carriers of one statement, the one that stands for it: the origin itself, else the first to carry it
    SELECT report_no, cell_id, origin_no, day, said, is_increment, is_redefined, is_exact, weight, lo, best, hi,
        row_number() OVER (
            PARTITION BY cell_id, origin_no, day, said, is_increment ORDER BY is_own DESC, is_redefined, known_on, report_no
        ) AS place
    FROM claim WHERE withdrawn IS NULL
), judged AS (
    -- what became of its statement, beside the one that its origin was heard with on that day
    SELECT c.*,
        m.true_cell_id, t.place_name AS true_place, s.echo_of, o.name AS echo_name, d.said IS NOT DISTINCT FROM c.said AS is_disowned,
        coalesce(k.said, d.said) AS heard,
        CASE WHEN k.said = c.said THEN k.is_accepted END AS is_accepted,
        CASE WHEN k.said = c.said THEN k.is_leap END AS is_leap,
        CASE WHEN k.said = c.said THEN k.level END AS level,
        CASE WHEN k.said = c.said THEN k.highest_attested END AS highest_attested,
        v.day AS from_day, v.until, v.overtaken_on, v.hi AS voice_hi, v.lo AS voice_lo, v.best AS voice_best,
        v.is_first_days AS is_days_voice,
        v.day IS NOT NULL AND c.place = 1 AND m.true_cell_id IS NULL AND s.echo_of IS NULL AS is_speaking
    FROM placed AS c
    LEFT JOIN misplaced AS m USING (cell_id, origin_no, day, said)
    LEFT JOIN cell AS t ON t.cell_id = m.true_cell_id
    LEFT JOIN suspected AS s USING (cell_id, origin_no, day, said)
    LEFT JOIN speaker AS o ON o.speaker_no = s.echo_of
    LEFT JOIN disowned AS d ON d.cell_id = c.cell_id AND d.origin_no = c.origin_no AND d.day = c.day
    LEFT JOIN walked AS k ON k.cell_id = c.cell_id AND k.origin_no = c.origin_no AND k.day = c.day
    LEFT JOIN voice AS v
        ON NOT v.is_part AND v.cell_id = c.cell_id AND v.origin_no = c.origin_no AND v.day = c.day
        AND v.said = c.said AND v.is_first_days = c.is_increment
), part AS (
    SELECT b.cell_id, b.part_id, b.day, b.until, b.voice, c.report_no, c.origin_no, b.lo, c.best, c.lo AS own_lo,
        row_number() OVER (PARTITION BY b.cell_id, b.origin_no, b.day ORDER BY c.place, c.report_no) AS choice
    FROM bound AS b
    JOIN placed AS c ON c.cell_id = b.part_id AND c.origin_no = b.origin_no AND c.said = b.said AND c.day <= b.day
        AND (CASE WHEN b.part_id = b.cell_id THEN c.is_increment ELSE c.lo = b.lo END)
)
-- the statements that speak, and what became of them
SELECT cell_id, from_day AS date, least(overtaken_on, until) AS until, report_no, origin_no,
    CASE WHEN voice_hi IS NULL THEN 'bound' ELSE 'counted' END AS role, weight, voice_lo AS lo,
    CASE WHEN is_days_voice THEN voice_best ELSE best END AS best, voice_hi AS hi,
    CASE WHEN voice_hi IS NULL THEN 'its origin''s current statement, a lower bound'
         WHEN is_days_voice THEN 'its origin''s counts of single days, added up from the first of the crisis'
         ELSE 'its origin''s current statement' END
    || CASE WHEN is_redefined THEN '; the word for the population is read as its origin defines it' ELSE '' END AS reason
FROM judged WHERE is_speaking
UNION ALL
SELECT cell_id, overtaken_on, until, report_no, origin_no, 'bound', weight, lo, best, 2 * voice_hi + 10,
    'an older total: people counted by then are still counted, and others have counted on; not to more than double'
FROM judged WHERE is_speaking AND overtaken_on IS NOT NULL
UNION ALL
SELECT cell_id, until, NULL, report_no, origin_no, 'superseded', weight, lo, best, hi,
    'its origin has since given a newer figure'
FROM judged WHERE is_speaking AND until IS NOT NULL AND NOT is_days_voice
UNION ALL
-- copies, slips and leftovers
SELECT cell_id, day, NULL, report_no, origin_no,
    CASE WHEN true_cell_id IS NOT NULL THEN 'out_of_scope'
         WHEN echo_of IS NOT NULL THEN 'echo'
         WHEN is_disowned OR (is_leap AND NOT is_accepted) THEN 'outlier'
         WHEN from_day IS NOT NULL THEN 'echo'
         WHEN is_accepted IS NULL AND is_exact AND said < heard THEN 'superseded'
         WHEN is_accepted IS FALSE AND hi < level THEN 'stale'
         ELSE 'echo' END,
    weight, lo, best, hi,
    CASE WHEN true_cell_id IS NOT NULL THEN 'a distorted copy: its origin gave this number for ' || true_place
         WHEN echo_of IS NOT NULL THEN 'no origin is named, and the number is that of ' || echo_name
         WHEN is_disowned THEN 'carried by one only, and later figures of its origin fall below it: a slip'
         WHEN is_leap AND NOT is_accepted THEN 'carried by one only, and more than double its origin''s well-carried ' || highest_attested
         WHEN from_day IS NOT NULL THEN 'carries the same figure of the same origin'
         WHEN is_accepted IS NULL AND is_exact AND said < heard
              THEN 'its origin''s figure grew to ' || heard || ' on the same day'
         WHEN is_accepted IS NULL THEN 'another wording of its origin''s figure of that day, ' || coalesce(heard, said)
         WHEN hi < level THEN 'an older figure of its origin, which stood at ' || level || ' by then'
         WHEN is_exact THEN 'a single undated copy that differs from its origin''s figure of ' || level
         ELSE 'a looser wording of its origin''s figure of ' || coalesce(level, said) END
FROM judged
WHERE NOT is_increment AND NOT is_speaking
UNION ALL
-- parts of the whole, and days counted alone
SELECT part.cell_id, day, until, report_no, origin_no, 'bound', voice, lo, best, NULL,
    CASE WHEN part_id = part.cell_id AND lo > own_lo THEN 'counts some of the days only: a floor, added to those before'
         WHEN part_id = part.cell_id THEN 'counts some of the days only, so it can only raise a floor'
         WHEN voice = 0 THEN 'a nameless claim about a part of the whole: shown, and without weight'
         ELSE 'a part of the whole, so it can only raise a floor: ' || place_name || ', ' || replace(population, '_', ' ') END
FROM part JOIN cell ON cell.cell_id = part_id WHERE choice = 1
UNION ALL
SELECT c.cell_id, c.day + coalesce(a.is_running, false)::INT, NULL, c.report_no, c.origin_no, 'bound', 0, c.lo, c.best, NULL,
    'counts some of the days only; its origin''s sum, own total or a higher floor already takes it in'
FROM placed AS c
LEFT JOIN added AS a USING (cell_id, origin_no, day, said)
ANTI JOIN (SELECT cell_id, report_no FROM part WHERE choice = 1) AS p USING (cell_id, report_no)
WHERE c.is_increment
UNION ALL
SELECT cell_id, day, NULL, report_no, origin_no, 'withdrawn', weight, lo, best, hi, withdrawn
FROM claim WHERE withdrawn IS NOT NULL;
