-- Purpose: the last entry that took a text out of earlier ones.
-- Grain: one row (seq; NULL where there is none).
-- Parameters: $after (entries up to this sequence number are left out).
SELECT max(seq) AS seq FROM redaction WHERE seq > $after::BIGINT
