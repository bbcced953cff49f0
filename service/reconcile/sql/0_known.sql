-- purpose: what the rules say about places, people, sources and ranges, worked out once for all runs that go by them
-- grain: one row per contained pair (within_*), place (place), region (region), source (known_source), word that a
--        source defines (definition), term with a weight (weighed), range of cases and stage (factor), and of single counts (completed); one row (rule)
-- parameters: $scale, the power of ten that makes all weights whole. Reads area, population, source, weight,
-- asked_weight, calibration, completion.

-- every area with all that lies inside it: children of children, and the members of a named region
CREATE OR REPLACE TEMP TABLE within_area AS
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

CREATE OR REPLACE TEMP TABLE within_population AS
WITH RECURSIVE walk AS (
    SELECT population AS outer_code, population AS inner_code FROM population
    UNION
    SELECT walk.outer_code, child.population
    FROM walk JOIN population AS child ON child.parent = walk.inner_code
)
SELECT outer_code, inner_code FROM walk;

CREATE OR REPLACE TEMP TABLE place AS SELECT area_code, name FROM area;

-- a report about exactly a region's members is a report about the region
CREATE OR REPLACE TEMP TABLE region AS
SELECT list_aggregate(list_sort(string_split(members, '|')), 'string_agg', '|') AS members, min(area_code) AS area_code
FROM area WHERE members <> '' GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE weighed AS
SELECT dimension, term, coalesce(asked.weight, shipped.weight) AS weight
FROM weight AS shipped FULL JOIN (
    SELECT split_part(name, ':', 1) AS dimension, substr(name, instr(name, ':') + 1) AS term, weight FROM asked_weight
) AS asked USING (dimension, term);

CREATE OR REPLACE TEMP TABLE known_source AS
SELECT source_id, name, kind = 'anonymous' AS is_anonymous, weight
FROM source LEFT JOIN weighed ON dimension = 'kind' AND term = kind;

CREATE OR REPLACE TEMP TABLE definition AS
SELECT source_id, string_split(pair, '=')[1] AS said, string_split(pair, '=')[2] AS meant
FROM (SELECT source_id, unnest(string_split(counts_as, '|')) AS pair FROM source WHERE counts_as <> '');

CREATE OR REPLACE TEMP TABLE rule AS
SELECT $scale AS scale, max(stage_from) AS last_stage FROM calibration;

-- a row for each stage up to the last, which stands for all later ones
CREATE OR REPLACE TEMP TABLE factor AS
SELECT c.*, unnest(range(stage_from, least(stage_to, last_stage) + 1)) AS stage FROM calibration AS c, rule;

CREATE OR REPLACE TEMP TABLE completed AS FROM completion;
