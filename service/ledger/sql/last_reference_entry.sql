-- Purpose: the last entry that changed the reference data.
-- Grain: one row, or none (seq, hash, recorded_at).
-- Parameters: $after (entries up to this sequence number are left out).
SELECT seq, hash, recorded_at
FROM submission
WHERE seq = (
    SELECT max(seq)
    FROM (
        SELECT seq FROM area
        UNION ALL SELECT seq FROM source
        UNION ALL SELECT seq FROM population
        UNION ALL SELECT seq FROM crisis
        UNION ALL SELECT seq FROM context
        UNION ALL SELECT seq FROM weight
    )
    WHERE seq > $after::BIGINT
)
