"""What was submitted, and what was known when? ``Store`` is the door to all storage.

The journal is the truth and the DuckDB index is made from it; ``store.py`` says what holds at any moment.
Each name is imported when it is asked for: who reads the columns of a ledger elsewhere needs no DuckDB.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.ledger.clock import ClockRule
    from service.ledger.columns import (
        HISTORY,
        START,
        STORED_FINDING,
        STORED_HELD,
        STORED_WITHDRAWAL,
        SUBMISSION,
        Position,
    )
    from service.ledger.file_lock import Holder, holder
    from service.ledger.published import PublishedStore
    from service.ledger.questions import Questions
    from service.ledger.report_pages import ReportFilter, ReportPages
    from service.ledger.state import State
    from service.ledger.store import Store
    from service.ledger.view import View

__all__ = [
    "HISTORY",
    "START",
    "STORED_FINDING",
    "STORED_HELD",
    "STORED_WITHDRAWAL",
    "SUBMISSION",
    "ClockRule",
    "Holder",
    "Position",
    "PublishedStore",
    "Questions",
    "ReportFilter",
    "ReportPages",
    "State",
    "Store",
    "View",
    "holder",
]
_WHERE = {
    "clock": ("ClockRule",),
    "columns": (
        "HISTORY", "START", "STORED_FINDING", "STORED_HELD", "STORED_WITHDRAWAL", "SUBMISSION", "Position",
    ),
    "file_lock": ("Holder", "holder"),
    "published": ("PublishedStore",),
    "questions": ("Questions",),
    "report_pages": ("ReportFilter", "ReportPages"),
    "state": ("State",),
    "store": ("Store",),
    "view": ("View",),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found
