-- Purpose: the last word on each report that was ever withdrawn; a part of other statements. Reports are never
--   filtered by it before ranking: that would bring back what a withdrawn report had replaced.
-- Grain: one row per report ever withdrawn; a NULL reason lets it stand again.
-- Parameters: $held (entries) and $recorded_by (TIMESTAMP); NULL: no limit.
SELECT report_id, reason
FROM withdrawal
WHERE ($held::BIGINT IS NULL OR seq <= $held::BIGINT)
    AND ($recorded_by::TIMESTAMP IS NULL OR recorded_at <= $recorded_by::TIMESTAMP)
QUALIFY row_number() OVER (PARTITION BY report_id ORDER BY seq DESC, "row" DESC) = 1
