"""Which rows come next, whatever is handed in meanwhile?

A walk through an answer stays at the head it began at: the cursor names that head and the last row given, by
the entry and row it came in (reports), else by its number: an answer at a head never changes. Later reports,
withdrawals and corrections do not show in the walk: it has no gap and no repeat. The addresses of the first,
previous, next and last page stand in the ``Link`` header.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from service.answers.filters import HEAD
from service.errors import QueryError

CURSOR = re.compile(rf"({HEAD})((?:\.\d{{1,18}})+)", re.ASCII)
Place = tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Cursor:
    """The place behind a row of an answer in the state ``head``."""

    head: str
    place: Place

    def __str__(self) -> str:
        return ".".join([self.head, *map(str, self.place)])


def read_cursor(text: str | None, *, numbers: int) -> Cursor | None:
    """The cursor of that name, whose place has so many numbers; None for none. Raises QueryError."""
    if not text:
        return None
    match = CURSOR.fullmatch(text.strip())
    place = tuple(int(number) for number in match[2].split(".")[1:]) if match else ()
    if match is None or len(place) != numbers:
        raise QueryError(
            f"cursor={text[:60]!r} is none of ours.", fix="Follow the Link header, or begin without a cursor."
        )
    return Cursor(match[1], place)


def link(
    path: str, asked: Iterable[tuple[str, str]], pinned: Mapping[str, str], cursors: Mapping[str, str]
) -> str:
    """The ``Link`` header to other pages, by their relation: what was asked, with ``pinned`` and a cursor in
    place of its like."""
    kept = [(name, value) for name, value in asked if name not in {*pinned, "cursor"}]
    addresses = {
        rel: f"{path}?{urlencode([*kept, *pinned.items(), ('cursor', cursor)])}"
        for rel, cursor in cursors.items()
    }
    return ", ".join(f'<{address}>; rel="{rel}"' for rel, address in addresses.items())
