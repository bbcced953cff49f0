-- Purpose: which of a few report ids the ledger holds; much cheaper than to ask what has become of them.
-- Grain: one row per id that the ledger holds.
-- Parameters: $ids (list of VARCHAR), $first, $last (DATE: the first and last day that these reports count up to; NULL:
--   not known).
SELECT report_id
FROM report
WHERE report_id IN (SELECT unnest($ids::VARCHAR[]))
    AND ($first::DATE IS NULL OR counted_to BETWEEN $first::DATE AND $last::DATE)
