-- Purpose: which rows that were held hold a text, in whatever document.
-- Grain: one row per version of a held row (seq, row, document), oldest first, so many at most.
-- Parameters: $texts (VARCHAR[]: as JSON has them, without quotation marks), $most.
SELECT h.seq, h."row", s.document
FROM held AS h
JOIN submission AS s ON s.seq = h.seq
WHERE EXISTS (SELECT 1 FROM unnest($texts::VARCHAR[]) AS wanted(part) WHERE contains(h.raw, wanted.part))
ORDER BY h.seq, h."row"
LIMIT $most::BIGINT
