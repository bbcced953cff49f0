-- purpose: the figure with its range, its grade, and how much stands behind it
-- grain: one row per (cell, day) on which the figure, the spread of its statements or its support moved (figure);
--        low and high are the lowest and highest of the independent, named origins' current statements
-- parameters: none. Reads active, heard, agreed, cell, crisis.

CREATE TEMP TABLE figure AS
WITH ranged AS (
    SELECT h.*, agreed.best AS agreed,
        -- what only parts of the whole reach is a floor, not a figure
        own_voices = 0 OR (own_ceilings = 0 AND agreed.best > highest_stated) AS is_inferred,
        CASE WHEN NOT is_inferred AND NOT is_best_blank THEN agreed.best END AS best,
        least(coalesce(low_full, agreed.best), agreed.best) AS low,
        CASE WHEN full_voices > 0 THEN greatest(high_full, named_floor, agreed.best) END AS high
    FROM heard AS h JOIN agreed USING (cell_id, date)
), above AS (
    -- floors from the parts that reach above all that is said of the cell itself (an origin that speaks for single days
    -- of it may also speak through its parts)
    SELECT a.cell_id, a.date, max(a.published_on) AS published_on,
        count(*) FILTER (own.origin_no IS NULL) AS origins,
        sum(a.reports) FILTER (a.part_id <> a.cell_id OR a.said IS DISTINCT FROM own.said) AS reports
    FROM active AS a
    JOIN heard AS h ON h.cell_id = a.cell_id AND h.date = a.date AND a.lo > coalesce(h.highest_stated, -1)
    LEFT JOIN (SELECT cell_id, date, origin_no, said FROM active WHERE is_first_days) AS own
        ON own.cell_id = a.cell_id AND own.date = a.date AND own.origin_no = a.origin_no
    WHERE a.is_part AND a.weight > 0
    GROUP BY ALL
), graded AS (
    SELECT r.cell_id, r.date, low, best, high, is_settled, verified_floor,
        CASE
            WHEN is_inferred THEN 'inferred'
            WHEN named_floor > 1.1 * least(named_ceiling, agreed) THEN 'contested'
            WHEN full_voices >= 2 THEN 'corroborated'
            ELSE 'single_source' END AS support,
        greatest(r.published_on, above.published_on) AS published_on,
        own_voices + coalesce(above.origins, 0) AS origins,
        (coalesce(r.reports, 0) + coalesce(above.reports, 0))::BIGINT AS reports
    FROM ranged AS r LEFT JOIN above USING (cell_id, date)
), moved AS (
    SELECT *
    FROM graded
    WINDOW days AS (PARTITION BY cell_id ORDER BY date)
    QUALIFY low IS DISTINCT FROM lag(low) OVER days OR best IS DISTINCT FROM lag(best) OVER days
        OR high IS DISTINCT FROM lag(high) OVER days OR support IS DISTINCT FROM lag(support) OVER days
)
SELECT cell_id, date, low, best, high,
    CASE
        WHEN support IN ('single_source', 'corroborated')
            AND date > k.as_of - 7 AND published_on > k.as_of - 7 THEN 'provisional'
        ELSE support END AS grade,
    origins, reports, high IS NOT NULL AND best IS NOT NULL AS is_closed, is_settled, verified_floor
FROM moved JOIN cell USING (cell_id) JOIN crisis AS k USING (crisis_no);
