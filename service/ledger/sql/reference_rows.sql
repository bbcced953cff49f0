-- Purpose: the reference rows in force: the newest of each key.
-- Grain: one row per key.
-- Parameters: $recorded_by (TIMESTAMP; NULL: no limit);
--   {table} and {key} come from REFERENCE_KEYS in service/schema/tables.py.
SELECT *
FROM {table}
WHERE $recorded_by::TIMESTAMP IS NULL OR recorded_at <= $recorded_by::TIMESTAMP
QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY seq DESC, "row" DESC) = 1
ORDER BY {key}
