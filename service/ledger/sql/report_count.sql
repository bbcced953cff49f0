-- Purpose: how many reports a question takes in.
-- Grain: one row.
-- Parameters: $held (entries) and the filters; NULL: any.
SELECT count(*) AS reports
FROM report AS r
WHERE {wanted}
