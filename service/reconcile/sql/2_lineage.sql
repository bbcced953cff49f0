-- purpose: many carriers of one origin's figure are one statement; of those of a day one is chosen
-- grain: one row per (cell, origin, day, number) (statement), per (cell, origin, day) (chosen)
-- parameters: none. Reads claim, within_cell.

CREATE TEMP TABLE statement AS
WITH carried AS (
    SELECT
        cell_id, origin_no, day, said,
        count(DISTINCT source_no) AS carriers,
        bool_or(is_own) AS is_own,
        count(DISTINCT CASE WHEN is_exact THEN source_no END) AS exact_carriers,
        bool_or(is_own AND is_exact) AS is_own_exact,
        bool_and(is_day_inferred) AS is_day_inferred,
        bool_and(is_undated) AS is_undated,
        any_value(is_anonymous) AS is_anonymous,
        bool_and(is_verified) AS is_verified,
        max(known_on) AS last_known_on,
        max(weight) AS weight,
        min(lo) AS lo,
        CASE WHEN count(hi) = count(*) THEN max(hi) END AS hi,
        max(best) AS best
    FROM claim
    WHERE withdrawn IS NULL AND NOT is_increment
    GROUP BY cell_id, origin_no, day, said
)
SELECT
    * EXCLUDE (lo, hi, best, exact_carriers, is_own_exact), exact,
    -- "at least 1,383" or "about 1,383" in some copies of an exact 1,383 does not make it a floor
    CASE WHEN exact THEN said ELSE lo END AS lo,
    CASE WHEN exact THEN said ELSE hi END AS hi,
    CASE WHEN exact THEN said ELSE best END AS best,
    is_own OR carriers >= 2 AS is_attested
FROM (
    SELECT *,
        CASE WHEN is_own THEN is_own_exact ELSE exact_carriers >= 2 OR 2 * exact_carriers >= carriers END AS exact
    FROM carried
);

-- the same number of the same origin about a wider place set or population, carried more widely: the narrower
-- one is a distorted copy
CREATE TEMP TABLE misplaced AS
WITH placed AS (
    SELECT s.cell_id, origin_no, day, said, is_own, carriers, is_day_inferred, crisis_no, areas, population
    FROM statement AS s JOIN cell USING (cell_id) WHERE said > 0
)
SELECT i.cell_id, i.origin_no, i.day, i.said, arg_max(o.cell_id, (o.is_own, o.carriers, o.cell_id)) AS true_cell_id
FROM placed AS i
JOIN placed AS o
    ON o.crisis_no = i.crisis_no AND o.origin_no = i.origin_no AND o.said = i.said
    AND o.population = i.population AND o.areas <> i.areas
    AND (abs(date_diff('day', o.day, i.day)) <= 1 OR i.is_day_inferred OR o.is_day_inferred)
JOIN within_cell AS w ON w.inner_id = i.cell_id AND w.outer_id = o.cell_id
WHERE NOT i.is_own AND (o.is_own OR o.carriers >= 2 * i.carriers)
GROUP BY i.cell_id, i.origin_no, i.day, i.said;

-- of the figures an origin is given for one day: its own publication, else exact ones, else the most carried;
-- among those carried by at least two, the highest, since a running total only grows within a day
CREATE TEMP TABLE chosen AS
SELECT * FROM statement SEMI JOIN (
    SELECT s.cell_id, s.origin_no, s.day,
        arg_max(s.said, (
            NOT is_undated, is_own, exact, is_attested, CASE WHEN is_attested THEN s.said ELSE carriers END, last_known_on, s.said
        )) AS said
    FROM statement AS s ANTI JOIN misplaced AS m USING (cell_id, origin_no, day, said)
    GROUP BY ALL
) USING (cell_id, origin_no, day, said);

-- a figure carried by one only, and fallen below by two or more later figures of the same origin, was a slip
CREATE TEMP TABLE disowned AS
SELECT s.cell_id, s.origin_no, s.day, s.said
FROM chosen AS s
JOIN chosen AS later
    ON later.cell_id = s.cell_id AND later.origin_no = s.origin_no AND later.day > s.day
    AND later.exact AND NOT later.is_day_inferred AND later.lo < s.lo
WHERE NOT s.is_attested
GROUP BY s.cell_id, s.origin_no, s.day, s.said
HAVING count(*) >= 2;
