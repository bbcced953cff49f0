"""Which figures moved by what somebody has just done at the desk?"""

from __future__ import annotations

import dataclasses
from typing import Any

import pyarrow as pa

from service.answers.changes import moved_figures
from service.api import Ledger
from service.errors import CasualtyError
from service.schema.records import Head
from service.web.pages.page import Reader

MOST_MOVED = 200
"""Figures that a page lists."""


@dataclasses.dataclass(frozen=True)
class Moved:
    """The first figures that moved (CHANGE rows), or why they cannot be named."""

    rows: tuple[dict[str, Any], ...] = ()
    unknown: str = ""

    @classmethod
    def since(cls, ledger: Ledger, before: Head, reader: Reader) -> Moved:
        """Return what moved since ``before``, in the reader's language. What was done stays done where that
        cannot be said."""
        try:
            changes: pa.Table = ledger.changes(since=before, arrow=True)
        except CasualtyError as error:
            return cls(unknown=error.message)
        return cls.of(reader.translation(ledger.reference()).rows(changes))

    @classmethod
    def of(cls, changes: pa.Table, most: int = MOST_MOVED) -> Moved:
        """Return the first of CHANGE rows whose figure moved."""
        return cls(tuple(moved_figures(changes).slice(0, most).to_pylist()))
