-- Purpose: which reports a question is about; a condition of other statements on dated_reports AS r.
-- Grain: one truth value per report.
-- Parameters: $held (only the first so many entries), $recorded_by, $as_of, $crisis_id, $areas (place sets),
--   $measure, $population, $attributed_to, $source_id (publisher or origin), $counted_from, $counted_to; NULL:
--   any, but for $held.
(
    r.seq <= $held::BIGINT
    AND ($recorded_by::TIMESTAMP IS NULL OR r.recorded_at <= $recorded_by::TIMESTAMP)
    AND {cut_as_of}
    AND ($crisis_id::VARCHAR IS NULL OR r.crisis_id = $crisis_id::VARCHAR)
    AND ($areas::VARCHAR[] IS NULL OR list_contains($areas::VARCHAR[], r.areas))
    AND ($measure::VARCHAR IS NULL OR r.measure = $measure::VARCHAR)
    AND ($population::VARCHAR IS NULL OR r.population = $population::VARCHAR)
    AND ($attributed_to::VARCHAR IS NULL OR r.attributed_to = $attributed_to::VARCHAR)
    AND (
        $source_id::VARCHAR IS NULL
        OR r.source_id = $source_id::VARCHAR
        OR r.origin_id = $source_id::VARCHAR
    )
    AND ($counted_from::DATE IS NULL OR r.counted_to >= $counted_from::DATE)
    AND ($counted_to::DATE IS NULL OR r.counted_to <= $counted_to::DATE)
)
