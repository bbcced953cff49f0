-- purpose: the settled figure to expect in place of the one agreed on: each origin's count, raised by what counts of its
--          stage, age and size missed in settled crises and levelled with the other origins of its crisis; their middle
-- grain: one row per (cell, day of change, origin) (raised), per origin of a crisis and measure (habit), per (cell, day of
--        change) (expected), per (cell, day), as in estimate
-- parameters: none. Reads active, begun, cell, completion, figure, verified_late, estimate.

-- on the log scale, since counts err by factors; a count weighs more, the closer such counts came once raised
CREATE TEMP TABLE raised AS
SELECT a.cell_id, a.date, a.origin_no, ln((a.best + 1) * c.lift) AS x,
    round(100 / ln(c.off) ** 2)::BIGINT AS closeness, a.weight
FROM active AS a
JOIN begun USING (cell_id)
JOIN completion AS c
    ON greatest(a.said_on - since, 0) BETWEEN c.stage_from AND c.stage_to
    AND a.date - a.said_on BETWEEN c.age_from AND c.age_to AND a.best BETWEEN c.best_from AND c.best_to
WHERE NOT a.is_part AND NOT a.is_anonymous AND a.weight > 0;

-- by how much an origin stands above or below what all agree on, in the middle of the cells that it shares with others as
-- they stand now; taken for what it is in the measure that cells bear it out (half of it for one, two thirds for two)
CREATE TEMP TABLE habit AS
WITH standing AS (
    SELECT * FROM raised
    SEMI JOIN (SELECT cell_id, max(date) AS date FROM active GROUP BY cell_id) USING (cell_id, date)
    QUALIFY count(*) OVER (PARTITION BY cell_id) > 1
), running AS (
    SELECT cell_id, x, sum(weight * closeness) OVER (PARTITION BY cell_id ORDER BY x) AS below,
        sum(weight * closeness) OVER (PARTITION BY cell_id) AS total
    FROM standing
), middle AS (
    SELECT cell_id, min(x) AS x FROM running WHERE 2 * below >= total GROUP BY cell_id
)
SELECT crisis_id, measure, s.origin_no, median(s.x - m.x) * count(*) / (count(*) + 1) AS above
FROM standing AS s JOIN middle AS m USING (cell_id) JOIN cell USING (cell_id)
GROUP BY ALL;

CREATE TEMP TABLE expected AS
WITH levelled AS (
    SELECT r.cell_id, r.date, r.closeness, r.x - coalesce(h.above, 0) AS x
    FROM raised AS r JOIN cell USING (cell_id)
    LEFT JOIN habit AS h USING (crisis_id, measure, origin_no)
), running AS (
    SELECT cell_id, date, x, sum(closeness) OVER (PARTITION BY cell_id, date ORDER BY x) AS below,
        sum(closeness) OVER (PARTITION BY cell_id, date) AS total
    FROM levelled
)
SELECT cell_id, date, round(exp(min(x)) - 1)::BIGINT AS best FROM running WHERE 2 * below >= total GROUP BY cell_id, date;

-- what is verified stands; where days of the cell were verified later, they teach; and the toll of a day is no higher
-- than that of a later one
SELECT e.* REPLACE (
    coalesce(n.best, e.best) AS best,
    least(e.low, n.best) AS low,
    CASE WHEN e.high IS NOT NULL THEN greatest(e.high, n.best) END AS high
)
FROM estimate AS e LEFT JOIN (
    SELECT cell_id, date, greatest(verified_floor, 0, min(
        CASE WHEN is_settled THEN f.best ELSE coalesce(f.best + v.lift, e.best, f.best) END
    ) OVER (
        PARTITION BY cell_id ORDER BY date ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    )) AS best
    FROM figure AS f
    LEFT JOIN expected AS e USING (cell_id, date)
    LEFT JOIN verified_late AS v USING (cell_id)
    WHERE f.best IS NOT NULL
) AS n USING (cell_id, date)
ORDER BY cell_id, date;
