-- Purpose: the as-of cut: only what the public could know on a day; a condition of other statements on
--   dated_reports AS r. For tables in memory the same rule is cut_as_of in service/schema/report_rules.py.
-- Grain: one truth value per report.
-- Parameters: $as_of (DATE; NULL: no limit).
($as_of::DATE IS NULL OR r.known_on <= $as_of::DATE)
