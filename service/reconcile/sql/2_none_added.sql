-- purpose: where nobody counted days alone, there is nothing to add (to find that out takes as long as to add)
-- grain: as 2_added.sql
-- parameters: none. Reads nothing.

CREATE TEMP TABLE added (
    cell_id INTEGER, origin_no INTEGER, day DATE, said BIGINT, lo BIGINT, hi BIGINT, best BIGINT, weight BIGINT,
    is_anonymous BOOLEAN, is_verified BOOLEAN, is_running BOOLEAN
);
