-- Purpose: the file of kept answers to writing requests (SQLite).
-- Grain: one row per key and Idempotency-Key.
-- Parameters: none.
CREATE TABLE IF NOT EXISTS answer (
    key_id TEXT, idempotency_key TEXT, request TEXT, at TEXT, status INTEGER, body BLOB,
    redaction INTEGER NOT NULL DEFAULT 0, -- the last redaction when the answer was begun; 0: none
    PRIMARY KEY (key_id, idempotency_key)
)
