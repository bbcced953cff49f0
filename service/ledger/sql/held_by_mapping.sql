-- Purpose: the held rows that name a mapping somewhere, one by which they were read among them.
-- Grain: one row per held row (seq, row, raw).
-- Parameters: $mapping_id.
SELECT seq, "row", raw FROM held WHERE contains(raw, $mapping_id::VARCHAR) ORDER BY seq, "row"
