-- Purpose: whether answers were ever kept in this file (SQLite).
-- Grain: one row, or none.
-- Parameters: none.
SELECT name FROM sqlite_master WHERE name = 'answer'
