-- Purpose: puts what stands there now in the place of cells of one column of the index.
-- Grain: one row per cell that differs.
-- Parameters: {table}, {column}: the cells'; {number}: the column that numbers the rows of the table. incoming (record:
--   the entry; row; stands) is registered.
UPDATE {table} AS own SET "{column}" = incoming.stands
FROM incoming
WHERE own.seq = incoming.record AND own."{number}" = incoming."row" AND own."{column}" <> incoming.stands
