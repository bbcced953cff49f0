-- Purpose: which of some crises were met on the way, so that nobody registered them, as they stand.
-- Grain: one row per such crisis.
-- Parameters: $crises (VARCHAR[]).
SELECT crisis.* EXCLUDE (recorded_at, seq, "row")
FROM crisis
JOIN submission USING (seq)
WHERE list_contains($crises, crisis_id)
QUALIFY row_number() OVER (PARTITION BY crisis_id ORDER BY seq DESC, crisis."row" DESC) = 1
    AND submission.kind = 'reports'
ORDER BY crisis_id
