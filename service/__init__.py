"""Casualty Ledger: the notebook's front door.

>>> from service import connect             # doctest: +SKIP
>>> ledger = connect()                      # doctest: +SKIP
>>> ledger.series(area="Latakia")           # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.answers.series import Series
    from service.api import Ledger
    from service.connection import connect

__all__ = ["Ledger", "Series", "connect"]


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: ``casualty --help`` needs none of it."""
    if name == "connect":
        from service.connection import connect

        return connect
    if name == "Series":
        from service.answers.series import Series

        return Series
    if name == "Ledger":
        from service.extras import explain_missing

        with explain_missing():
            from service.api import Ledger

        return Ledger
    raise AttributeError(f"module 'service' has no attribute {name!r}")
