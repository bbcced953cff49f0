-- Purpose: the mappings that the ledger keeps under a name, or the one that a name with a hash stands for.
-- Grain: one row per mapping of an entry, oldest first.
-- Parameters: $name.
FROM mapping
WHERE $name::VARCHAR IN (name, mapping_id)
ORDER BY seq, "row"
