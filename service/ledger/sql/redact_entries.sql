-- Purpose: puts what stands there now in the place of one of the words about entries.
-- Grain: one row per entry.
-- Parameters: {column}: one of the columns of submission. incoming (record: the entry; row; stands) is registered.
UPDATE submission AS own SET "{column}" = incoming.stands FROM incoming WHERE own.seq = incoming.record
