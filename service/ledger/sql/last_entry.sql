-- Purpose: the last entry that the index holds.
-- Grain: one row, or none for an empty ledger.
-- Parameters: none.
SELECT seq, hash, recorded_at FROM submission ORDER BY seq DESC LIMIT 1
