-- Purpose: begins the transaction of whoever asks in earnest: from here on it sees the index as it is now.
-- Grain: no row.
-- Parameters: none.
SELECT seq FROM submission LIMIT 0
