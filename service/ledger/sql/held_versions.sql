-- Purpose: every version of a row of a document that was ever held, and the rows of the document that hold a text.
-- Grain: one row per held row (seq, row, raw, document, sha256), oldest first.
-- Parameters: $document (its name, or the SHA-256 of its content), $row, $text (VARCHAR; NULL: none).
SELECT h.seq, h."row", h.raw, s.document, s.sha256
FROM held AS h
JOIN submission AS s ON s.seq = h.seq
WHERE (s.document = $document::VARCHAR OR s.sha256 = $document::VARCHAR)
    AND (h."row" = $row::BIGINT OR contains(h.raw, $text::VARCHAR))
ORDER BY h.seq, h."row"
