-- Purpose: puts what stands there now in the place of one of the words about an entry.
-- Grain: one row, or none where that entry is not in the index.
-- Parameters: $stands, $record (the entry); {column} is one of the columns of submission.
UPDATE submission SET "{column}" = $stands::VARCHAR WHERE seq = $record::BIGINT
