-- Purpose: a sum over the rows of a table of the index in which any changed, added or missing row shows.
-- Grain: one row (rows, digest); the order of the rows does not matter.
-- Parameters: $held (only the first so many entries); {table} is one of the tables of schema.sql.
SELECT count(*) AS "rows", coalesce(sum(hash(t)::HUGEINT), 0) AS digest
FROM {table} AS t
WHERE t.seq <= $held::BIGINT
