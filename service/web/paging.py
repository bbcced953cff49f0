"""Which rows come next, whatever is handed in meanwhile?

A walk through ``/v1/reports`` stays at the head it began at: its cursor carries that head and the place
(submission and row) of the last report it gave. Later reports, withdrawals and corrections do not show in
it, so that it has no gap and no repeat. The next page's address stands in the ``Link`` header.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from urllib.parse import urlencode

from service.errors import QueryError

CURSOR = re.compile(r"(\d{1,18}-[0-9a-f]{12})\.(\d{1,18})\.(\d{1,18})")


@dataclasses.dataclass(frozen=True)
class Cursor:
    """The place behind the report that came as row ``row`` of submission ``seq``, in the state ``head``."""

    head: str
    seq: int
    row: int

    def __str__(self) -> str:
        return f"{self.head}.{self.seq}.{self.row}"


def read_cursor(text: str | None) -> Cursor | None:
    """The cursor of that name, None for none. Raises QueryError."""
    if not text:
        return None
    if not (found := CURSOR.fullmatch(text.strip())):
        raise QueryError(
            f"cursor={text[:60]!r} is none of ours.", fix="Follow the Link header, or begin without a cursor."
        )
    return Cursor(found[1], int(found[2]), int(found[3]))


def link(path: str, asked: Iterable[tuple[str, str]], **pinned: str) -> str:
    """The ``Link`` header to the next page: what was asked, with ``pinned`` in place of its like."""
    kept = [(name, value) for name, value in asked if name not in pinned]
    return f'<{path}?{urlencode([*kept, *pinned.items()])}>; rel="next"'
