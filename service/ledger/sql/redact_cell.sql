-- Purpose: puts what stands there now in the place of one cell of the index.
-- Grain: one row, or none where that entry is not in the index.
-- Parameters: $stands, $record (the entry), $row; {table} and {column}: the cell's, {number}: the column that numbers
--   the rows of the table.
UPDATE {table} SET "{column}" = $stands::VARCHAR
WHERE seq = $record::BIGINT AND "{number}" = $row::BIGINT AND "{column}" <> $stands::VARCHAR
