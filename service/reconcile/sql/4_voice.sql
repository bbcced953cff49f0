-- purpose: who speaks for a cell on a day, and with which interval
-- grain: one row per (cell, origin, span of days) (voice)
-- parameters: none. Reads span, bound, claim, speaker.

-- A total counted to one day is a full statement until something fresher of comparable weight comes from another
-- origin: another full statement, or a floor above it. From then on it is a floor, with a loose ceiling: what has been
-- counted once is not taken to have more than doubled (and ten) since, unless more voices say so.
CREATE TEMP TABLE voice AS
WITH spoken AS (
    SELECT cell_id, cell_id AS part_id, origin_no, day, until, said, lo, hi, best, weight, is_anonymous,
        is_verified, is_undated, false AS is_part, is_first_days
    FROM span
    UNION ALL BY NAME
    SELECT cell_id, part_id, origin_no, day, until, said, lo, NULL AS hi, lo AS best, voice AS weight, is_anonymous,
        is_verified, false AS is_undated, true AS is_part, false AS is_first_days
    FROM bound
), overtaken AS (
    SELECT s.cell_id, s.origin_no, s.day, min(t.day) AS overtaken_on
    FROM spoken AS s
    JOIN spoken AS t
        ON t.cell_id = s.cell_id AND t.origin_no <> s.origin_no AND t.day > s.day
        AND (s.until IS NULL OR t.day < s.until)
        AND NOT t.is_anonymous AND NOT t.is_undated AND 2 * t.weight >= s.weight AND (t.hi IS NOT NULL OR t.lo > s.hi)
    JOIN speaker AS other ON other.speaker_no = t.origin_no AND other.is_heard
    JOIN speaker AS own ON own.speaker_no = s.origin_no AND own.is_heard
    WHERE NOT s.is_part AND s.hi IS NOT NULL
    GROUP BY ALL
), carried AS (
    -- all carriers of a number stand behind it, whichever day they give
    SELECT cell_id AS part_id, origin_no, said, max(published_on) AS published_on, count(*) AS reports
    FROM claim WHERE withdrawn IS NULL GROUP BY ALL
)
SELECT s.* EXCLUDE (is_undated), c.published_on, c.reports, o.overtaken_on, speaker.is_heard
FROM spoken AS s
JOIN carried AS c USING (part_id, origin_no, said)
JOIN speaker ON speaker.speaker_no = s.origin_no
LEFT JOIN overtaken AS o ON NOT s.is_part AND o.cell_id = s.cell_id AND o.origin_no = s.origin_no AND o.day = s.day;
