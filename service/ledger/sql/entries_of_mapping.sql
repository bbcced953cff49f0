-- Purpose: the entries that were made to keep a mapping, which bear its name and hash.
-- Grain: one row per entry (seq).
-- Parameters: $mapping_id.
SELECT seq FROM submission WHERE kind = 'mapping' AND document = $mapping_id::VARCHAR ORDER BY seq
