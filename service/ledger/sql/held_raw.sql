-- Purpose: held rows as they were kept by entries.
-- Grain: one row per held row (record: its entry; row; raw).
-- Parameters: incoming (record, row) is registered.
SELECT own.seq AS record, own."row", own.raw
FROM held AS own
JOIN incoming ON own.seq = incoming.record AND own."row" = incoming."row"
