-- Purpose: opens another index file beside this one, under the name "other".
-- Grain: none.
-- Parameters: none; the caller puts in the path of the file, quoted, since ATTACH takes no parameters.
ATTACH {path} AS other (READ_ONLY)
