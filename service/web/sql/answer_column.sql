-- Purpose: give the file of an earlier version the column that it lacks (SQLite); an error where it has it.
-- Grain: -
-- Parameters: none.
ALTER TABLE answer ADD COLUMN redaction INTEGER NOT NULL DEFAULT 0
