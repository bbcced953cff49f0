-- purpose: a range that holds the later settled figure nine times in ten
-- grain: one row per (cell, day) on which the figure, the spread of its statements or its support moved (estimate); one
--        per cell whose days were verified later (verified_late), one per cell (begun)
-- parameters: none. Reads figure, walked, cell, factor, rule.

-- days that were first counted and later verified: by how much the count was off (the last hundred of a cell)
CREATE TEMP TABLE verified_late AS
WITH verified AS (
    SELECT cell_id, day, arg_max(best, (weight, origin_no)) AS best
    FROM walked WHERE is_verified AND is_accepted AND hi IS NOT NULL GROUP BY cell_id, day
), first_said AS (
    SELECT cell_id, day, arg_max(w.best, (w.weight, w.origin_no)) AS best
    FROM walked AS w SEMI JOIN verified USING (cell_id, day)
    WHERE NOT w.is_verified AND NOT w.is_anonymous AND w.is_accepted AND w.hi IS NOT NULL
    GROUP BY cell_id, day
), gap AS (
    SELECT cell_id, day, v.best - f.best AS gap, row_number() OVER (PARTITION BY cell_id ORDER BY day DESC) AS age
    FROM verified AS v JOIN first_said AS f USING (cell_id, day)
)
SELECT cell_id, round(median(gap) FILTER (age <= 10) / 2)::BIGINT AS lift,
    list_sort(list(abs(gap)))[least(count(*), ceil(0.9 * (count(*) + 1)))::BIGINT] AS margin
FROM gap WHERE age <= 100
GROUP BY cell_id HAVING count(*) >= 10;

CREATE TEMP TABLE begun AS
SELECT cell_id, coalesce(any_value(period_start), min(date)) AS since FROM figure JOIN cell USING (cell_id) GROUP BY cell_id;

CREATE TEMP TABLE estimate AS
WITH standing AS (
    SELECT f.*, date - since AS days, least(days, last_stage) AS stage FROM figure AS f JOIN begun USING (cell_id), rule
), ranged AS (
    SELECT s.* EXCLUDE (low, high), s.high AS spread_high,
        CASE WHEN is_settled OR best IS NULL THEN s.low
             WHEN verified_late.cell_id IS NOT NULL THEN least(s.low, s.best - verified_late.margin)
             ELSE least(s.low, floor((s.best + 1) * c.below)::BIGINT - 1) END AS low,
        CASE WHEN is_settled OR NOT is_closed THEN s.high
             WHEN verified_late.cell_id IS NOT NULL THEN greatest(s.high, s.best + verified_late.margin)
             ELSE greatest(s.high, ceil((s.best + 1) * c.above)::BIGINT - 1) END AS high
    FROM standing AS s
    LEFT JOIN verified_late USING (cell_id)
    LEFT JOIN factor AS c
        ON c.stage = s.stage AND s.days BETWEEN c.stage_from AND c.stage_to AND s.best BETWEEN c.best_from AND c.best_to
), capped AS (
    -- the toll of a day is no higher than that of a later one
    SELECT *, min(high) OVER (
            PARTITION BY cell_id ORDER BY date ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS ceiling
    FROM ranged
)
SELECT cell_id, date,
    least(greatest(low, verified_floor, 0), coalesce(best, low)) AS low, best,
    CASE WHEN high IS NOT NULL THEN greatest(spread_high, ceiling, best) END AS high,
    grade, origins, reports
FROM capped;
