-- Purpose: forgets the kept answers that were begun before a redaction (SQLite).
-- Grain: one row per answer removed.
-- Parameters: $redaction (the number of its entry).
DELETE FROM answer WHERE redaction < $redaction
