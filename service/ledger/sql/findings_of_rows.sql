-- Purpose: the texts that findings about some rows of a document hold, and where.
-- Grain: one row per text (record, row, column); blank ones are left out. row is the place of the finding.
-- Parameters: $sha256, $rows (BIGINT[]: rows of the document).
WITH noticed AS (
    SELECT f.seq, f.place, f.message, f."value", f.fix, f.terms
    FROM finding AS f
    JOIN submission AS s ON s.seq = f.seq
    WHERE s.sha256 = $sha256::VARCHAR AND list_contains($rows::BIGINT[], f."row")
)
SELECT seq AS record, place AS "row", "column", "text"
FROM (UNPIVOT noticed ON message, "value", fix, terms INTO NAME "column" VALUE "text")
WHERE "text" <> ''
ORDER BY ALL
