-- Purpose: the entries with which documents came in that some entries are about.
-- Grain: one row per entry (seq, document, sha256) of a document that has a content.
-- Parameters: $records (BIGINT[]: entries).
SELECT seq, document, sha256
FROM submission
WHERE sha256 IN (SELECT sha256 FROM submission WHERE list_contains($records::BIGINT[], seq) AND sha256 <> '')
ORDER BY seq
