"""Which columns does the ledger hand out, beside those of reports?

What reads an answer elsewhere needs these, and nothing of what finds it: this module must not know DuckDB.
"""

from __future__ import annotations

import pyarrow as pa

from service.ledger.entry import WITHDRAWAL
from service.schema.tables import FINDING, HELD, MAPPING

Position = tuple[int, int]
"""(seq, row) of a report."""
START: Position = (0, 0)
"""The position before the first report."""
SUBMISSION = pa.schema(
    [
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("hash", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("recorded_at", pa.timestamp("us"), nullable=False),
        pa.field("document", pa.string(), nullable=False),
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("rows", pa.int64(), nullable=False),
        pa.field("accepted", pa.int64(), nullable=False),
        pa.field("duplicate", pa.int64(), nullable=False),
        pa.field("quarantined", pa.int64(), nullable=False),
        pa.field("rejected", pa.int64(), nullable=False),
        pa.field("key_id", pa.string(), nullable=False),
    ]
)
"""One row per entry of the ledger."""
_ENTRY = [
    pa.field("recorded_at", pa.timestamp("us"), nullable=False),
    pa.field("seq", pa.int64(), nullable=False),
]
_DOCUMENT = pa.field("document", pa.string(), nullable=False)
_STATUS = pa.field("status", pa.string(), nullable=False)
STORED_FINDING = pa.schema([*FINDING, *_ENTRY, _DOCUMENT, _STATUS])
"""A finding, where it was noticed, and whether it is ``open``, ``resolved`` or ``noted`` (findings.sql)."""
STORED_HELD = pa.schema([*HELD, *_ENTRY, _DOCUMENT, pa.field("sha256", pa.string(), nullable=False), _STATUS])
"""A row quarantined or rejected, in which document (its name, its content), and whether it is ``open``,
``resolved`` or ``noted`` (held_rows.sql)."""
STORED_MAPPING = pa.schema([*MAPPING, *_ENTRY])
STORED_WITHDRAWAL = pa.schema([*WITHDRAWAL, *_ENTRY])
HISTORY = pa.schema(
    [
        SUBMISSION.field("seq"),
        SUBMISSION.field("recorded_at"),
        pa.field("event", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("replaced_by", pa.string(), nullable=False),  # report ids joined by |
        pa.field("replaces", pa.string(), nullable=False),  # report ids joined by |
        pa.field("code", pa.string(), nullable=False),
        pa.field("severity", pa.string(), nullable=False),
        *(SUBMISSION.field(name) for name in ("kind", "document", "key_id", "hash")),
    ]
)
"""What an entry did to a report: recorded, noticed (``code``, ``severity``; ``reason`` says what), replaces,
withdrawn, corrected, reinstated or redacted; in which entry, and with which API key it was submitted."""
