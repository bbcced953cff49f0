-- Purpose: remove the answers that need not be kept any longer, and those from before the last redaction.
-- Grain: one row per answer removed.
-- Parameters: $since (ISO text: what was kept up to then goes), $redaction.
DELETE FROM answer WHERE at <= $since OR redaction <> $redaction
