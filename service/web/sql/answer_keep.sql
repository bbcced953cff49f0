-- Purpose: keep an answer, in place of one under the same Idempotency-Key that has been forgotten.
-- Grain: one row.
-- Parameters: $key_id, $idempotency_key, $request (the hash of the request), $at (ISO text), $status, $body,
--   $redaction (the last redaction when it was begun).
INSERT OR REPLACE INTO answer (key_id, idempotency_key, request, at, status, body, redaction)
VALUES ($key_id, $idempotency_key, $request, $at, $status, $body, $redaction)
