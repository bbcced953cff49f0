-- Purpose: every entry of the ledger, oldest first.
-- Grain: one row per entry.
-- Parameters: none.
FROM submission ORDER BY seq
