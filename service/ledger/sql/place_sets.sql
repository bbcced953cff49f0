-- Purpose: the place sets that the reports about each crisis are about.
-- Grain: one row per crisis and place set, of the reports recorded after an entry.
-- Parameters: $after (entries up to this sequence number are left out).
SELECT DISTINCT crisis_id, areas
FROM report
WHERE seq > $after::BIGINT
ORDER BY ALL
