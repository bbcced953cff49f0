-- purpose: what the days that an origin counted alone come to
-- grain: one row per (cell, origin, day on which the sum moves) (added)
-- parameters: none. Reads claim, cell.

-- days counted alone add up, for each origin: of spans of days that overlap, the one with most people stands (from the
-- day it ends); without a gap since the crisis began, the sum is a running total for as long as the days last
CREATE TEMP TABLE added AS
WITH told AS (
    SELECT cell_id, origin_no, first_day AS from_day, day, said,
        row_number() OVER (
            PARTITION BY cell_id, origin_no, first_day, day
            ORDER BY bool_or(is_own) DESC, count(DISTINCT source_no) >= 2 DESC, said DESC
        ) AS place,
        max(lo) AS lo, CASE WHEN count(hi) = count(*) THEN max(hi) END AS hi, max(best) AS best,
        max(weight) AS weight, any_value(is_anonymous) AS is_anonymous, bool_and(is_verified) AS is_verified
    FROM claim WHERE is_increment AND withdrawn IS NULL
    GROUP BY cell_id, origin_no, first_day, day, said
), spell AS (
    SELECT * EXCLUDE (place), day - from_day + 1 AS days FROM told WHERE place = 1
), standing AS (
    SELECT i.*, min(o.day) AS outdone_on
    FROM spell AS i
    LEFT JOIN spell AS o
        ON o.cell_id = i.cell_id AND o.origin_no = i.origin_no AND o.from_day <= i.day AND o.day >= i.from_day
        AND (o.lo, o.day, o.from_day) > (i.lo, i.day, i.from_day)
    GROUP BY ALL
), step AS (
    SELECT *, day AS from_day_on, 1 AS sign FROM standing
    UNION ALL
    SELECT *, greatest(outdone_on, day), -1 FROM standing WHERE outdone_on IS NOT NULL
), summed AS (
    SELECT cell_id, origin_no, from_day_on AS day,
        sum(sum(sign * lo)) OVER running AS lo,
        sum(sum(sign * coalesce(hi, 0))) OVER running AS hi,
        sum(sum(sign * (hi IS NULL)::INT)) OVER running AS open_spans,
        sum(sum(sign * coalesce(best, lo))) OVER running AS best,
        sum(sum(sign * days)) OVER running AS days,
        min(min(from_day) FILTER (sign = 1)) OVER running AS first_day,
        arg_max(said, (lo, from_day)) FILTER (sign = 1) AS said,
        max(weight) FILTER (sign = 1) AS weight,
        any_value(is_anonymous) AS is_anonymous,
        bool_and(is_verified) FILTER (sign = 1) AS is_verified
    FROM step GROUP BY cell_id, origin_no, from_day_on
    WINDOW running AS (PARTITION BY cell_id, origin_no ORDER BY from_day_on)
)
SELECT cell_id, origin_no, day, said, lo::BIGINT AS lo, CASE WHEN open_spans = 0 THEN hi END::BIGINT AS hi,
    best::BIGINT AS best, weight, is_anonymous, is_verified,
    first_day <= coalesce(period_start, first_day) AND days = day - first_day + 1 AS is_running
FROM summed JOIN cell USING (cell_id)
WHERE said IS NOT NULL;
