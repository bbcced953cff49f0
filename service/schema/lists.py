"""Which columns hold a list in each cell, and which text stands for a list where a cell holds one value?

JSON, Arrow and Parquet carry the list itself; CSV, spreadsheets and the command line the text, which is made
here and nowhere else. This module must not know where a list leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

ACCOUNT = pa.struct(
    [
        pa.field("origin_id", pa.string(), nullable=False),
        pa.field("origin_name", pa.string(), nullable=False),
        pa.field("source_name", pa.string(), nullable=False),
        pa.field("report_id", pa.string(), nullable=False),
        pa.field("count_stated", pa.string(), nullable=False),
        pa.field("counted_to", pa.date32()),
        pa.field("account_low", pa.int64()),
        pa.field("account_high", pa.int64()),
        pa.field("weight", pa.int64(), nullable=False),
        pa.field("about", pa.string(), nullable=False),
        pa.field("terms", pa.string(), nullable=False),
    ]
)
"""What the account of one origin says of a cell, and the report that stands for it. ``counted_to`` is NULL
where that report gives no day; ``about`` names what it states where that is not the cell itself, and
``terms`` has the names in it as JSON (``service.sentence``)."""

SAYS = pa.list_(pa.field("item", ACCOUNT, nullable=False))

Item = Mapping[str, Any]


def write_account(account: Item) -> str:
    """Return what an origin says, in words.

    >>> write_account({"origin_name": "SOHR", "count_stated": "683", "about": "", "counted_to": "2025-03-12"})
    'SOHR 683 to 2025-03-12'
    """
    about = f" ({account['about']})" if account["about"] else ""
    day = "on no stated day" if account["counted_to"] is None else f"to {account['counted_to']}"
    return f"{account['origin_name']} {account['count_stated']}{about} {day}"


def write_accounts(accounts: Sequence[Item]) -> str:
    """Return what several origins say as one text: ``SNHR 500 to 2025-03-12; SOHR 683 to 2025-03-12``."""
    return "; ".join(map(write_account, accounts))


TEXTS: dict[str, Callable[[Sequence[Item]], str]] = {"says": write_accounts}
"""Of each column that holds lists the function that writes one of them as a text."""


def write_lists(table: pa.Table) -> pa.Table:
    """Return ``table`` with a text in place of each list."""
    for place, field in enumerate(table.schema):
        if pa.types.is_list(field.type) and field.name in TEXTS:
            lists = table.column(field.name).to_pylist()
            texts = [None if each is None else TEXTS[field.name](each) for each in lists]
            written = pa.field(field.name, pa.string(), nullable=field.nullable)
            table = table.set_column(place, written, pa.array(texts, pa.string()))
    return table
