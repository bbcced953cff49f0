-- Purpose: notes in a new index file the version of the schema by which it is made.
-- Grain: one row.
-- Parameters: $version.
INSERT INTO ledger VALUES ($version)
