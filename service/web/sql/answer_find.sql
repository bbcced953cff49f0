-- Purpose: the kept answer to a request with this Idempotency-Key, and the hash of that request.
-- Grain: one row, or none.
-- Parameters: $key_id, $idempotency_key, $since (ISO text: what was kept up to then is forgotten), $redaction (the
--   last redaction: an answer begun before it may hold what was taken out).
SELECT request, status, body
FROM answer
WHERE key_id = $key_id AND idempotency_key = $idempotency_key AND at > $since AND redaction = $redaction
