-- Purpose: remove the answers that need not be kept any longer.
-- Grain: one row per answer removed.
-- Parameters: $since (ISO text: what was kept up to then goes).
DELETE FROM answer WHERE at <= $since
