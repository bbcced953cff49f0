-- Purpose: the held rows of which every cell was redacted; a part of other statements.
-- Grain: one row per version of a held row (record: its entry; row).
-- Parameters: none.
SELECT DISTINCT record, "row" FROM redaction WHERE "table" = 'held' AND "column" = ''
