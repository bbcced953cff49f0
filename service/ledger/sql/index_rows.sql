-- Purpose: every row of one table of the index, to be written down elsewhere.
-- Grain: one row per row of the table, in the order of its entries.
-- Parameters: {table} and {place}, the column that numbers its rows within an entry.
SELECT *
FROM {table}
ORDER BY seq, "{place}"
