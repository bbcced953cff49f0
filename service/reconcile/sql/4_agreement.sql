-- purpose: the count with the smallest weighted total distance to the origins' intervals, cell by cell, day by day
-- grain: one row per (cell, day) on which the figure moved (estimate)
-- parameters: $as_of, the day of knowledge. Reads span, bound, cell.

-- A total counted to one day is a full statement until something fresher of comparable weight comes from another
-- origin: another full statement, or a floor above it. From then on it is a floor.
CREATE TEMP TABLE voice AS
WITH spoken AS (
    SELECT cell_id, cell_id AS part_id, origin_id, day, until, said, lo, hi, best, weight, is_anonymous,
        is_undated, false AS is_part, is_first_days
    FROM span
    UNION ALL BY NAME
    SELECT cell_id, part_id, origin_id, day, until, said, lo, NULL AS hi, lo AS best, voice AS weight, is_anonymous,
        false AS is_undated, true AS is_part, false AS is_first_days
    FROM bound
), overtaken AS (
    SELECT s.cell_id, s.origin_id, s.day, min(t.day) AS overtaken_on
    FROM spoken AS s
    JOIN spoken AS t
        ON t.cell_id = s.cell_id AND t.origin_id <> s.origin_id AND t.day > s.day
        AND (s.until IS NULL OR t.day < s.until)
        AND NOT t.is_anonymous AND NOT t.is_undated AND 2 * t.weight >= s.weight AND (t.hi IS NOT NULL OR t.lo > s.hi)
    WHERE NOT s.is_part AND s.hi IS NOT NULL
    GROUP BY ALL
)
SELECT s.*, o.overtaken_on FROM spoken AS s
LEFT JOIN overtaken AS o ON NOT s.is_part AND o.cell_id = s.cell_id AND o.origin_id = s.origin_id AND o.day = s.day;

CREATE TEMP TABLE active AS
WITH change AS (
    SELECT cell_id, day FROM voice
    UNION
    SELECT cell_id, until FROM voice WHERE until IS NOT NULL
)
SELECT
    change.cell_id, change.day AS date, v.origin_id, v.day AS said_on, v.lo, v.best, v.weight, v.is_anonymous,
    v.is_part,
    CASE WHEN v.overtaken_on <= change.day THEN NULL ELSE v.hi END AS hi,
    v.said, v.part_id
FROM change
JOIN voice AS v ON v.cell_id = change.cell_id AND v.day <= change.day
    AND (v.until IS NULL OR v.until > change.day);

-- the total distance is convex and piecewise linear: it falls by the weight of every interval above x and rises by
-- the weight of every interval below, so its minimum lies where the running slope first stops being negative
CREATE TEMP TABLE agreed AS
WITH endpoint AS (
    SELECT cell_id, date, lo AS x, weight FROM active WHERE weight > 0
    UNION ALL
    SELECT cell_id, date, hi, weight FROM active WHERE hi IS NOT NULL AND weight > 0
), total AS (
    SELECT cell_id, date, sum(weight) AS weight FROM active GROUP BY ALL
), slope AS (
    SELECT e.cell_id, e.date, e.x,
        sum(e.weight) OVER (PARTITION BY e.cell_id, e.date ORDER BY e.x) - total.weight AS after,
        lead(e.x) OVER (PARTITION BY e.cell_id, e.date ORDER BY e.x) AS next_x
    FROM (SELECT cell_id, date, x, sum(weight) AS weight FROM endpoint GROUP BY ALL) AS e
    JOIN total USING (cell_id, date)
), least AS (
    SELECT cell_id, date, min(x) AS leftmost,
        arg_min(CASE WHEN after = 0 THEN next_x ELSE x END, x) AS rightmost,
        arg_min(after = 0 AND next_x IS NULL, x) AS is_open
    FROM slope WHERE after >= 0 GROUP BY ALL
), freshest AS (
    SELECT cell_id, date, arg_max(best, (said_on, weight, origin_id)) AS best
    FROM active WHERE weight > 0 GROUP BY ALL
)
SELECT least.cell_id, least.date,
    greatest(leftmost, CASE WHEN is_open THEN freshest.best ELSE least(rightmost, freshest.best) END) AS best
FROM least JOIN freshest USING (cell_id, date);

CREATE TEMP TABLE estimate AS
WITH described AS (
    SELECT a.cell_id, a.date,
        count(*) FILTER (NOT is_part) AS own_voices,
        count(*) FILTER (NOT is_part AND NOT is_anonymous AND hi IS NOT NULL) AS full_voices,
        min(lo) FILTER (NOT is_part AND hi IS NOT NULL AND NOT is_anonymous) AS low_full,
        max(hi) FILTER (NOT is_part AND hi IS NOT NULL AND NOT is_anonymous) AS high_full,
        max(lo) FILTER (NOT is_anonymous AND weight > 0) AS highest_floor,
        max(lo) FILTER (NOT is_part) AS highest_stated,
        count(hi) FILTER (NOT is_part) AS own_ceilings,
        min(hi) FILTER (NOT is_part AND NOT is_anonymous) AS lowest_ceiling,
        max(said_on) AS newest_day
    FROM active AS a GROUP BY ALL
), ranged AS (
    SELECT d.*, agreed.best AS agreed,
        -- what only parts of the whole reach is a floor, not a figure
        own_voices = 0 OR (own_ceilings = 0 AND agreed.best > highest_stated) AS is_inferred,
        CASE WHEN NOT is_inferred THEN agreed.best END AS best,
        least(coalesce(low_full, agreed.best), agreed.best) AS low,
        CASE WHEN full_voices > 0 THEN greatest(high_full, highest_floor, agreed.best) END AS high
    FROM described AS d JOIN agreed USING (cell_id, date)
), behind AS (
    -- the reports behind a figure: all carriers of the statements that speak for the cell itself, and of the floors
    -- from its parts that reach above them
    SELECT a.cell_id, a.date, max(c.published_on) AS published_on, count(DISTINCT a.origin_id) AS origins,
        count(DISTINCT c.report_id) AS reports
    FROM active AS a
    JOIN described AS d ON d.cell_id = a.cell_id AND d.date = a.date
        AND (NOT a.is_part OR (a.weight > 0 AND a.lo > coalesce(d.highest_stated, -1)))
    JOIN claim AS c ON c.cell_id = a.part_id AND c.origin_id = a.origin_id AND c.said = a.said AND c.withdrawn IS NULL
    GROUP BY ALL
), graded AS (
    SELECT g.*, CASE
        WHEN is_inferred THEN 'inferred'
        WHEN highest_floor > 1.1 * lowest_ceiling THEN 'contested'
        WHEN g.date > $as_of - 7 AND behind.published_on > $as_of - 7 THEN 'provisional'
        WHEN full_voices >= 2 THEN 'corroborated'
        ELSE 'single_source' END AS grade,
        behind.origins, behind.reports
    FROM ranged AS g LEFT JOIN behind USING (cell_id, date)
), moved AS (
    SELECT *, lag((low, best, high)) OVER (PARTITION BY cell_id ORDER BY date) AS before FROM graded
)
SELECT cell_id, date, low, best, high, grade, coalesce(origins, 0) AS origins, coalesce(reports, 0) AS reports
FROM moved WHERE before IS NULL OR (low, best, high) IS DISTINCT FROM before;
