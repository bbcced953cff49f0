-- Purpose: has the file of the index made anew when it is next opened: it still holds, out of sight, what was redacted.
-- Grain: the one row of ledger.
-- Parameters: none.
UPDATE ledger SET schema_version = -1
