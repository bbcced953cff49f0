-- Purpose: has SQLite empty its log after each transaction, where it would remove it and sync the directory too.
-- Grain: -
-- Parameters: none.
PRAGMA journal_mode = TRUNCATE
