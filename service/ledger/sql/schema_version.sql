-- Purpose: the version of the schema by which an index file was made.
-- Grain: one row.
-- Parameters: none.
SELECT schema_version FROM ledger
