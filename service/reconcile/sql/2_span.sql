-- purpose: from which day to which an origin's figure stands
-- grain: one row per (cell, origin, day) (span), per suspected echo (suspected)
-- parameters: none. Reads walked, statement, cell, added.

-- a figure without a named origin that equals what another origin has said is a suspected echo of it
CREATE TEMP TABLE suspected AS
SELECT a.cell_id, a.origin_no, a.day, a.said, arg_min(o.origin_no, (o.cell_id <> a.cell_id, o.day, o.origin_no))
    AS echo_of
FROM walked AS a
JOIN cell AS ac ON ac.cell_id = a.cell_id
JOIN statement AS o ON o.said = a.said AND NOT o.is_anonymous AND date_diff('day', o.day, a.day) BETWEEN -1 AND 14
JOIN cell AS oc ON oc.cell_id = o.cell_id AND oc.crisis_no = ac.crisis_no AND oc.measure = ac.measure
WHERE a.is_anonymous AND a.is_accepted AND (o.cell_id = a.cell_id OR a.said >= 50)
GROUP BY a.cell_id, a.origin_no, a.day, a.said;

CREATE TEMP TABLE span AS
WITH running AS (
    SELECT cell_id, origin_no, day, said, lo, hi, best, weight, is_anonymous, is_verified, is_undated,
        lead(day) OVER (PARTITION BY cell_id, origin_no ORDER BY day) AS until
    FROM walked ANTI JOIN suspected USING (cell_id, origin_no, day, said)
    WHERE is_accepted
), total AS (
    SELECT cell_id, origin_no, min(day) AS since FROM running GROUP BY ALL
)
SELECT *, false AS is_first_days FROM running
UNION ALL BY NAME
SELECT cell_id, origin_no, day, said, lo, hi, best, weight, is_anonymous, is_verified, false AS is_undated,
    day + 1 AS until, true AS is_first_days
FROM added LEFT JOIN total USING (cell_id, origin_no)
WHERE is_running AND (since IS NULL OR day < since);
