-- Purpose: whether a document has been handed in before; documents are known by their content.
-- Grain: one row.
-- Parameters: $sha256.
SELECT count(*) > 0 AS came_before FROM submission WHERE sha256 = $sha256::VARCHAR
