"""Where is the ledger that is asked?

``connect`` opens the one in a directory, or the one at an address. For the second, nothing is needed of what
opens the first: it is imported only where a directory is meant.

>>> connect("https://ledger.example").address
'https://ledger.example'
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, overload

from service.errors import QueryError
from service.extras import explain_missing

if TYPE_CHECKING:
    from service.api import Clock, Ledger
    from service.client.sync import RemoteLedger

ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


@overload
def connect(where: Path | None = None, *, clock: Clock | None = None) -> Ledger: ...


@overload
def connect(where: str, *, clock: Clock | None = None, key: str | None = None) -> Ledger | RemoteLedger: ...


def connect(
    where: str | Path | None = None, *, clock: Clock | None = None, key: str | None = None
) -> Ledger | RemoteLedger:
    """Open the ledger in a directory (default: CASUALTY_DATA_DIR, else ``data``), or the one at an address.

    An empty directory is filled with the shipped seeds first; one that ``casualty export --parquet`` wrote is
    read where it lies, and nothing can be handed in. ``":memory:"`` is an empty directory of its own,
    which is gone once the ledger is closed. ``key`` is needed to hand in at an address. Raises StoreHeld
    where another process has the directory, MissingExtra for a directory where only what reads an address is
    installed.
    """
    if isinstance(where, str) and is_address(where):
        from service.client.sync import RemoteLedger

        return RemoteLedger(where, key=key)
    with explain_missing():
        from service.api import Ledger, now

    return Ledger.open(where, clock=clock or now)


def is_address(where: str) -> bool:
    """Return whether a ledger is at the address of a server, and in no directory. Raises QueryError for an
    address of another kind, which would be taken for the name of a directory."""
    scheme = ADDRESS.match(where)
    if scheme is None:
        return False
    if scheme[1].lower() not in ("http", "https"):
        raise QueryError(
            f"{where!r} is no address of a ledger.", fix="Give http://… or https://…, or a directory."
        )
    return True
