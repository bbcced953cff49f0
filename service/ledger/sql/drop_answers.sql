-- Purpose: forgets every kept answer (SQLite); the table is made again when the next one is kept.
-- Grain: -
-- Parameters: none.
DROP TABLE IF EXISTS answer
