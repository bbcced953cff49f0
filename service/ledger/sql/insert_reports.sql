-- Purpose: adds accepted reports, with the dates that the ledger fills in: where the source gives no day
--   counted up to, or no day of publication, the day by which it was public stands in, else that of recording.
-- Grain: one row per report of the Arrow table "incoming" (BATCH_REPORT with seq and recorded_at).
-- Parameters: none.
INSERT INTO report BY NAME
SELECT
    * REPLACE (
        coalesce(counted_to, published_by, recorded_at::DATE) AS counted_to,
        counted_to_inferred OR counted_to IS NULL AS counted_to_inferred
    ),
    coalesce(published_on, published_by, recorded_at::DATE) AS known_on
FROM incoming
