-- Purpose: the last entry that changed what is known about each crisis.
-- Grain: one row per crisis (crisis_id, seq, hash, recorded_at) that changed; the crisis '' stands for reference
--   data that every crisis rests on, and for a redaction, after which no answer kept is given again. A new source changes a crisis only through its reports, unless another
--   source counts as it.
-- Parameters: $after (entries up to this sequence number are left out).
SELECT last.crisis_id, last.seq, s.hash, s.recorded_at
FROM (
    SELECT crisis_id, max(seq) AS seq
    FROM (
        SELECT crisis_id, seq FROM report
        UNION ALL
        SELECT r.crisis_id, w.seq FROM withdrawal AS w JOIN report AS r ON r.report_id = w.report_id
        UNION ALL
        SELECT crisis_id, seq FROM crisis
        UNION ALL
        SELECT '', seq FROM (
            SELECT seq FROM area
            UNION ALL
            SELECT fresh.seq
            FROM source AS fresh JOIN source AS other
                ON (other.source_id = fresh.source_id AND (other.seq, other."row") < (fresh.seq, fresh."row"))
                OR (other.counts_as = fresh.source_id AND other.source_id <> fresh.source_id)
            UNION ALL SELECT seq FROM population
            UNION ALL SELECT seq FROM context
            UNION ALL SELECT seq FROM weight
            UNION ALL SELECT seq FROM redaction
        )
    )
    WHERE seq > $after::BIGINT
    GROUP BY crisis_id
) AS last
JOIN submission AS s ON s.seq = last.seq
