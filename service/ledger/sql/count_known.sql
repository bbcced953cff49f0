-- Purpose: how many reports a question has to read at most.
-- Grain: one row.
-- Parameters: $crises (VARCHAR[]; NULL: all), $as_of (DATE; NULL: any).
SELECT count(*) AS reports
FROM report
WHERE ($crises::VARCHAR[] IS NULL OR crisis_id IN (SELECT unnest($crises::VARCHAR[])))
    AND ($as_of::DATE IS NULL OR known_on <= $as_of::DATE)
