-- purpose: say what each report claims, in the terms of reconciliation: its cell, its interval, its weight
-- grain: one row per source or origin (speaker), per report (stated, claim), per distinct cell (cell), per contained
--        pair (within_cell). Numbers stand for words in the words' own order, so that to compare one is to compare the other
-- parameters: none. Reads report, called, crisis, and what is known.

CREATE TEMP TABLE speaker AS
SELECT c.speaker_no, c.source_id, c.is_heard, coalesce(s.name, c.source_id) AS name,
    coalesce(s.is_anonymous, false) AS is_anonymous,
    coalesce(s.weight, 1) AS kind_weight, coalesce(asked.weight, 1) AS own_weight
FROM called AS c
LEFT JOIN known_source AS s USING (source_id)
LEFT JOIN weighed AS asked ON asked.dimension = 'origin' AND asked.term = c.source_id;

CREATE TEMP TABLE stated AS
SELECT
    r.report_no, r.crisis_no, r.origin_no, r.source_no, r.measure, r.attributed_to,
    coalesce(region.area_code, r.areas) AS areas,
    coalesce(definition.meant, r.population) AS population,
    definition.meant IS NOT NULL AS is_redefined,
    -- a total whose stated beginning lies in the crisis's baseline counts from the crisis's own beginning
    CASE
        WHEN r.counted_to < c.period_start THEN coalesce(r.period_start, r.counted_to)
        WHEN r.period_start IS NULL THEN c.period_start
        WHEN r.basis = 'increment' AND r.period_start >= coalesce(c.baseline_from, c.period_start)
            THEN c.period_start
        WHEN r.period_start BETWEEN c.baseline_from AND c.baseline_to THEN c.period_start
        ELSE r.period_start
    END AS period_start,
    r.basis = 'increment' AS is_increment,
    coalesce(r.period_start, c.period_start, r.counted_to) AS first_day,
    r.counted_to AS day, r.counted_to_inferred AS is_day_inferred, r.known_on, r.published_on,
    r.counted_to_inferred AND r.published_on IS NULL AS is_undated,
    coalesce(r.low, r.best, 0) AS lo,
    CASE WHEN r.high IS NOT NULL THEN r.high WHEN r.low IS NULL THEN r.best END AS hi,
    coalesce(r.best, r.low, r.high) AS best,
    coalesce(r.number, r.best, r.low, r.high) AS said,
    coalesce(r.low = r.high, false) AS is_exact,
    r.source_no = r.origin_no AS is_own,
    (origin.kind_weight * coalesce(standard.weight, 1) * origin.own_weight * rule.scale)::BIGINT AS weight,
    origin.is_anonymous, r.standard = 'verified' AS is_verified,
    r.withdrawn
FROM report AS r
JOIN crisis AS c USING (crisis_no)
JOIN speaker AS origin ON origin.speaker_no = r.origin_no
LEFT JOIN region ON region.members = r.areas
LEFT JOIN definition ON definition.source_id = origin.source_id AND definition.said = r.population
LEFT JOIN weighed AS standard ON standard.dimension = 'standard' AND standard.term = r.standard
CROSS JOIN rule;

CREATE TEMP TABLE cell AS
WITH known AS (
    SELECT crisis_no, areas, measure, population, attributed_to, period_start,
        max(day) FILTER (NOT is_undated) AS newest_on
    FROM stated GROUP BY ALL
), named AS (
    -- what a reader calls a place set
    SELECT areas, string_agg(coalesce(place.name, code), ' + ' ORDER BY code) AS place_name
    FROM (SELECT areas, unnest(string_split(areas, '|')) AS code FROM (SELECT DISTINCT areas FROM known))
    LEFT JOIN place ON place.area_code = code
    GROUP BY areas
)
SELECT * REPLACE (coalesce(newest_on, max(newest_on) OVER (PARTITION BY crisis_no)) AS newest_on),
    row_number() OVER (
        ORDER BY crisis_no, areas, measure, population, attributed_to, period_start
    )::INTEGER AS cell_id
FROM known JOIN named USING (areas);

-- a total without any date says only that so many had been counted when it was read: it stands beside the newest
-- dated figure of its cell (or crisis), and is never taken for fresher
CREATE TEMP TABLE claim AS
SELECT
    s.* EXCLUDE (crisis_no, areas, measure, population, attributed_to, period_start)
        REPLACE (CASE WHEN is_undated THEN coalesce(newest_on, day) ELSE day END AS day),
    cell_id
FROM stated AS s JOIN cell
    ON cell.crisis_no = s.crisis_no AND cell.areas = s.areas AND cell.measure = s.measure
    AND cell.population = s.population AND cell.attributed_to = s.attributed_to
    AND cell.period_start IS NOT DISTINCT FROM s.period_start;

-- which cells lie inside which: same measure, begun no earlier, and every place, population and attribution inside
CREATE TEMP TABLE within_cell AS
WITH code_of AS (
    SELECT crisis_no, areas, unnest(string_split(areas, '|')) AS code
    FROM (SELECT DISTINCT crisis_no, areas FROM cell)
), nested AS (
    SELECT o.crisis_no, o.areas AS outer_areas, i.areas AS inner_areas
    FROM code_of AS o
    JOIN within_area AS w ON w.outer_code = o.code
    JOIN code_of AS i ON i.crisis_no = o.crisis_no AND i.code = w.inner_code
    GROUP BY ALL HAVING count(DISTINCT i.code) = len(string_split(inner_areas, '|'))
)
SELECT o.cell_id AS outer_id, i.cell_id AS inner_id
FROM nested
JOIN cell AS o ON o.crisis_no = nested.crisis_no AND o.areas = nested.outer_areas
JOIN cell AS i ON i.crisis_no = nested.crisis_no AND i.areas = nested.inner_areas
    AND i.measure = o.measure
    AND (i.period_start >= o.period_start OR i.period_start IS NOT DISTINCT FROM o.period_start)
    AND (o.attributed_to = '' OR o.attributed_to = i.attributed_to)
JOIN within_population AS p ON p.outer_code = o.population AND p.inner_code = i.population
WHERE o.cell_id <> i.cell_id;
