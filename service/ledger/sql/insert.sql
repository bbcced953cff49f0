-- Purpose: adds the rows of entries to the index as they are.
-- Grain: one row per row of the Arrow table "incoming".
-- Parameters: none; {table} is one of the tables of schema.sql.
INSERT INTO {table} BY NAME FROM incoming
