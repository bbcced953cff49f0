-- Purpose: adds accepted reports, with the dates that the ledger fills in: where the source gives no day
--   counted up to, or no day of publication, the day of recording stands in.
-- Grain: one row per report of the Arrow table "incoming" (BATCH_REPORT with seq and recorded_at).
-- Parameters: none.
INSERT INTO report BY NAME
SELECT
    * REPLACE (
        coalesce(counted_to, recorded_at::DATE) AS counted_to,
        counted_to_inferred OR counted_to IS NULL AS counted_to_inferred
    ),
    coalesce(published_on, recorded_at::DATE) AS known_on
FROM incoming
