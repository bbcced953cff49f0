-- Purpose: the mappings by which documents of another layout are read.
-- Grain: one row per mapping of an entry, oldest first; the newest of a name stands for the name.
-- Parameters: $recorded_by (TIMESTAMP; NULL: no limit).
FROM mapping
WHERE $recorded_by::TIMESTAMP IS NULL OR recorded_at <= $recorded_by::TIMESTAMP
ORDER BY seq, "row"
