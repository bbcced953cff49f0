"""Which mappings can a document be read by?

The shipped ones, and of those that the ledger keeps the newest of each name. It must not know what a mapping
does to a document.
"""

from __future__ import annotations

import pyarrow as pa

from service.schema.tables import MAPPING

LISTED_MAPPING = pa.schema(
    [
        MAPPING.field("name"),
        MAPPING.field("title"),
        pa.field("is_shipped", pa.bool_(), nullable=False),
        MAPPING.field("mapping_id"),
        pa.field("recorded_at", pa.timestamp("us")),
        MAPPING.field("text"),
    ]
)
"""A mapping by its name; ``recorded_at`` is when the ledger took it in (NULL: it is shipped)."""


def list_mappings(shipped: pa.Table, kept: pa.Table) -> pa.Table:
    """Return LISTED_MAPPING rows by name: ``shipped`` (MAPPING), and of ``kept`` (STORED_MAPPING, oldest
    first) the newest of each name."""
    newest = {row["name"]: row for row in kept.to_pylist()}
    rows = [
        *({**row, "is_shipped": True, "recorded_at": None} for row in shipped.to_pylist()),
        *({**row, "is_shipped": False} for row in newest.values()),
    ]
    chosen = [{name: row[name] for name in LISTED_MAPPING.names} for row in rows]
    return pa.Table.from_pylist(chosen, schema=LISTED_MAPPING).sort_by(
        [("name", "ascending"), ("mapping_id", "ascending")]
    )
