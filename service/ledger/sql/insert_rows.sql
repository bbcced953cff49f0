-- Purpose: adds rows of entries to a table of the index as they are.
-- Grain: one row per row of the Arrow table "incoming".
-- Parameters: none; {table} is one of the tables of schema.sql.
INSERT INTO {table} BY NAME FROM incoming
