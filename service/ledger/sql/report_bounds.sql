-- Purpose: how many reports a walk goes through, and where each of its portions ends.
-- Grain: one row per portion: its last report is the n-th of the ``ahead`` that lie ahead; the last may be short.
-- Parameters: $held (entries), $from_seq and $from_row (the place to begin behind), $portion, $limit (reports),
--   and the filters; NULL: any.
WITH numbered AS (
    SELECT row_number() OVER (ORDER BY r.seq, r."row") AS n, r.seq, r."row"
    FROM report AS r
    WHERE r.seq >= $from_seq::BIGINT
        AND (r.seq > $from_seq::BIGINT OR r."row" > $from_row::BIGINT)
        AND {wanted}
),
ahead AS (SELECT count(*) AS reports FROM numbered)
SELECT n, seq, "row", ahead.reports AS ahead
FROM numbered, ahead
WHERE n % $portion::BIGINT = 0 AND n <= $limit::BIGINT OR n = least(ahead.reports, $limit::BIGINT)
ORDER BY n
