-- Purpose: which reports have a text as their note, or were withdrawn for it.
-- Grain: one row per report, in order of its id, so many at most.
-- Parameters: $texts (VARCHAR[]), $most.
SELECT report_id FROM report WHERE list_contains($texts::VARCHAR[], note)
UNION
SELECT report_id FROM withdrawal WHERE list_contains($texts::VARCHAR[], reason)
ORDER BY report_id
LIMIT $most::BIGINT
