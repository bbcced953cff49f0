-- purpose: say what each report claims, in the terms of reconciliation: its cell, its interval, its weight
-- grain: one row per report (claim), one per distinct cell (cell), one per contained pair (within_*)
-- parameters: $scale, the power of ten that makes all weights whole.
-- Reads report, area, population, crisis, source, weight, asked_weight.

-- every area with all that lies inside it: children of children, and the members of a named region
CREATE TEMP TABLE within_area AS
WITH RECURSIVE edge AS (
    SELECT parent_code AS outer_code, area_code AS inner_code FROM area WHERE parent_code <> ''
    UNION
    SELECT area_code, unnest(string_split(members, '|')) FROM area WHERE members <> ''
), walk AS (
    SELECT area_code AS outer_code, area_code AS inner_code FROM area
    UNION
    SELECT walk.outer_code, edge.inner_code FROM walk JOIN edge ON edge.outer_code = walk.inner_code
)
SELECT outer_code, inner_code FROM walk;

CREATE TEMP TABLE within_population AS
WITH RECURSIVE walk AS (
    SELECT population AS outer_code, population AS inner_code FROM population
    UNION
    SELECT walk.outer_code, child.population
    FROM walk JOIN population AS child ON child.parent = walk.inner_code
)
SELECT outer_code, inner_code FROM walk;

-- words that keys and rankings are made of, coded in their own order: a comparison of codes is one of words
CREATE TEMP TYPE origin_code AS ENUM (SELECT DISTINCT origin_id FROM report ORDER BY 1);
CREATE TEMP TYPE source_code AS ENUM (SELECT DISTINCT source_id FROM report ORDER BY 1);
CREATE TEMP TYPE crisis_code AS ENUM (SELECT DISTINCT crisis_id FROM report ORDER BY 1);

CREATE TEMP TABLE claim AS
WITH region AS (
    -- a report about exactly a region's members is a report about the region
    SELECT list_aggregate(list_sort(string_split(members, '|')), 'string_agg', '|') AS members,
           min(area_code) AS area_code
    FROM area WHERE members <> '' GROUP BY ALL
), definition AS (
    SELECT source_id, string_split(pair, '=')[1] AS said, string_split(pair, '=')[2] AS meant
    FROM (SELECT source_id, unnest(string_split(counts_as, '|')) AS pair FROM source WHERE counts_as <> '')
), weighed AS (
    SELECT dimension, term, coalesce(asked.weight, shipped.weight) AS weight
    FROM weight AS shipped FULL JOIN (
        SELECT split_part(name, ':', 1) AS dimension, substr(name, instr(name, ':') + 1) AS term, weight FROM asked_weight
    ) AS asked USING (dimension, term)
), origin AS (
    SELECT source_id, kind, kind.weight FROM source LEFT JOIN weighed AS kind ON dimension = 'kind' AND term = kind
)
SELECT
    r.report_no, r.report_id, r.crisis_id::crisis_code AS crisis_id, r.origin_id::origin_code AS origin_id,
    r.source_id::source_code AS source_id, r.measure, r.attributed_to,
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
    r.source_id = r.origin_id AS is_own,
    (
        coalesce(origin.weight, 1) * coalesce(standard.weight, 1) * coalesce(named.weight, 1) * $scale
    )::BIGINT AS weight,
    coalesce(origin.kind, '') = 'anonymous' AS is_anonymous, r.standard = 'verified' AS is_verified,
    r.withdrawn
FROM report AS r
LEFT JOIN crisis AS c USING (crisis_id)
LEFT JOIN region ON region.members = r.areas
LEFT JOIN origin ON origin.source_id = r.origin_id
LEFT JOIN definition ON definition.source_id = r.origin_id AND definition.said = r.population
LEFT JOIN weighed AS standard ON standard.dimension = 'standard' AND standard.term = r.standard
LEFT JOIN weighed AS named ON named.dimension = 'origin' AND named.term = r.origin_id;

CREATE TEMP TABLE cell AS
WITH place AS (
    -- what a reader calls a place set
    SELECT areas, string_agg(coalesce(area.name, code), ' + ' ORDER BY code) AS place_name
    FROM (SELECT areas, unnest(string_split(areas, '|')) AS code FROM (SELECT DISTINCT areas FROM claim))
    LEFT JOIN area ON area.area_code = code
    GROUP BY areas
)
SELECT *, row_number() OVER (
    ORDER BY crisis_id, areas, measure, population, attributed_to, period_start
)::INTEGER AS cell_id
FROM (SELECT DISTINCT crisis_id, areas, measure, population, attributed_to, period_start FROM claim)
JOIN place USING (areas);

ALTER TABLE claim ADD COLUMN cell_id INTEGER;
UPDATE claim SET cell_id = cell.cell_id FROM cell
WHERE cell.crisis_id = claim.crisis_id AND cell.areas = claim.areas AND cell.measure = claim.measure
  AND cell.population = claim.population AND cell.attributed_to = claim.attributed_to
  AND cell.period_start IS NOT DISTINCT FROM claim.period_start;

-- a total without any date says only that so many had been counted when it was read: it stands beside the newest
-- dated figure of its cell (or crisis), and is never taken for fresher
CREATE TEMP TABLE newest AS
SELECT crisis_id, cell_id, max(day) AS day FROM claim WHERE NOT is_undated
GROUP BY GROUPING SETS ((crisis_id, cell_id), (crisis_id));

UPDATE claim SET day = coalesce(
    (SELECT n.day FROM newest AS n WHERE n.cell_id = claim.cell_id),
    (SELECT n.day FROM newest AS n WHERE n.crisis_id = claim.crisis_id AND n.cell_id IS NULL),
    claim.day
) WHERE is_undated;

-- which cells lie inside which: same measure, begun no earlier, and every place, population and attribution inside
CREATE TEMP TABLE within_cell AS
WITH code_of AS (
    SELECT crisis_id, areas, unnest(string_split(areas, '|')) AS code
    FROM (SELECT DISTINCT crisis_id, areas FROM cell)
), nested AS (
    SELECT o.crisis_id, o.areas AS outer_areas, i.areas AS inner_areas
    FROM code_of AS o
    JOIN within_area AS w ON w.outer_code = o.code
    JOIN code_of AS i ON i.crisis_id = o.crisis_id AND i.code = w.inner_code
    GROUP BY ALL HAVING count(DISTINCT i.code) = len(string_split(inner_areas, '|'))
)
SELECT o.cell_id AS outer_id, i.cell_id AS inner_id
FROM nested
JOIN cell AS o ON o.crisis_id = nested.crisis_id AND o.areas = nested.outer_areas
JOIN cell AS i ON i.crisis_id = nested.crisis_id AND i.areas = nested.inner_areas
    AND i.measure = o.measure
    AND (i.period_start >= o.period_start OR i.period_start IS NOT DISTINCT FROM o.period_start)
    AND (o.attributed_to = '' OR o.attributed_to = i.attributed_to)
JOIN within_population AS p ON p.outer_code = o.population AND p.inner_code = i.population
WHERE o.cell_id <> i.cell_id;
