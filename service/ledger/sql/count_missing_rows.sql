-- Purpose: how many rows of one table another table of the same columns lacks; equal rows count one by one.
-- Grain: one row.
-- Parameters: none; {left_table} and {right_table} are tables of schema.sql, of this index or of the attached one.
SELECT count(*) AS missing FROM (FROM {left_table} EXCEPT ALL FROM {right_table})
