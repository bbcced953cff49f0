-- Purpose: a held row as it was kept by one entry.
-- Grain: one row (raw), or none.
-- Parameters: $record (the entry), $row.
SELECT raw FROM held WHERE seq = $record::BIGINT AND "row" = $row::BIGINT
