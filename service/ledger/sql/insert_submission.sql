-- Purpose: adds one entry to the table of entries; many at once come by insert_rows.sql.
-- Grain: one row.
-- Parameters: a value of each column.
INSERT INTO submission (
    seq, hash, kind, recorded_at, document, sha256, "rows", accepted, duplicate, quarantined, rejected, key_id
)
VALUES (
    $seq, $hash, $kind, $recorded_at, $document, $sha256, $rows, $accepted, $duplicate, $quarantined, $rejected, $key_id
)
