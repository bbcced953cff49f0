-- Purpose: has SQLite write zeros over what is dropped.
-- Grain: -
-- Parameters: none.
PRAGMA secure_delete = ON
