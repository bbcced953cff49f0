-- Purpose: whether a document was submitted before; documents are known by their content.
-- Grain: one row.
-- Parameters: $sha256.
SELECT count(*) > 0 AS is_known FROM submission WHERE sha256 = $sha256::VARCHAR
