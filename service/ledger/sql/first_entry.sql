-- Purpose: when the first entry of the ledger was recorded.
-- Grain: one row, or none for an empty ledger.
-- Parameters: none.
SELECT recorded_at FROM submission ORDER BY seq LIMIT 1
