"""How does a command reach the ledger and print its rows?

The heavy libraries are loaded here, when a command runs, and not before. This module must not know what a
command does.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.cli.options import Output, Session
from service.cli.terminal import note, progress, render, write
from service.errors import QueryError, StoreError, StoreHeld
from service.formats.file_format import BINARY
from service.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import RenderableType

    from service.api import Ledger
    from service.client.sync import RemoteLedger

    AnyLedger = Ledger | RemoteLedger

TRIES = 20
PAUSE = 0.1
"""How many times, and how many seconds apart, a ledger is tried that another command holds."""
ALONE = "This command needs the ledger to itself: stop that process first."
TRIED_OUT = "There is no ledger in {} yet: this is what a new one, with the shipped reports, would say."
NO_KEY = (
    "Handing in through it needs a key: set CASUALTY_KEY to one (`casualty keys create`), or run this as the "
    "user who runs the server."
)


@contextmanager
def open_ledger(session: Session, *, begins: bool = False, afresh: bool = False) -> Iterator[Ledger]:
    """Give the ledger in the session's data directory, for this command alone until it ends; ``afresh``: its
    index is made anew first. Raises StoreHeld, and StoreError where there is none, unless the command
    ``begins`` one."""
    with progress("Opening the ledger …", quiet=session.quiet):
        try:
            ledger = _open_own(session, begins=begins, afresh=afresh)
        except StoreHeld as held:
            raise StoreHeld(held.message, fix=ALONE) from None
    with ledger:
        yield ledger


@contextmanager
def reach_ledger(
    session: Session, *, writes: bool = False, begins: bool = False, dry_run: bool = False
) -> Iterator[AnyLedger]:
    """Give the ledger in the session's data directory, or the same one through the server that holds it; or
    that of the server that the session names.

    Raises StoreHeld where neither can be had, or where the command ``writes`` and has no key for the server;
    StoreError where there is no ledger, unless the command ``begins`` one: a ``dry_run`` of it begins one
    that nothing is left of.
    """
    if session.address:
        from service.client.sync import RemoteLedger

        key = Settings().key
        if writes and key is None:
            raise QueryError(
                "Handing in at a server needs a key.",
                fix="Set CASUALTY_KEY to one; whoever runs the server makes keys (`casualty keys create`).",
            )
        leave_pandas_out()
        with RemoteLedger(session.address, key=key) as far:
            yield far
        return
    with progress("Opening the ledger …", quiet=session.quiet):
        ledger: AnyLedger | None
        try:
            ledger = _open_own(session, begins=begins, dry_run=dry_run)
        except StoreError as error:
            ledger = _connect_to_server(session, error if writes else None)
            if ledger is None:
                raise
    with ledger:
        yield ledger


def data_dir_of(session: Session) -> Path:
    """Return the data directory of a session. Raises QueryError where it is the address of a server."""
    if session.address:
        raise QueryError(
            f"{session.address} is a server, and this command works on the data directory itself.",
            fix="Run it on the machine that has the directory, with --data-dir DIR.",
        )
    return Path(session.where) if session.where else Settings().data_dir


def ledger_of(session: Session) -> Path:
    """Return the data directory of a session, which has a ledger, or what is left of one. Raises StoreError.

    None is begun in a directory of a mistyped name, or on a disk that is not mounted: it would be called
    sound, and its shipped reports taken for those that were asked for."""
    from service.ledger.heads import no_ledger_error

    data_dir = data_dir_of(session)
    if _has_ledger(data_dir):
        return data_dir
    raise no_ledger_error(data_dir)


def _has_ledger(data_dir: Path) -> bool:
    from service.ledger.heads import JOURNAL_NAME
    from service.ledger.store import INDEX_NAME
    from service.publication import is_published

    return any((data_dir / name).exists() for name in (JOURNAL_NAME, INDEX_NAME)) or is_published(data_dir)


def _open_own(
    session: Session, *, begins: bool = False, dry_run: bool = False, afresh: bool = False
) -> Ledger:
    """Return the ledger, opened here; tries again for a while if another command holds it."""
    leave_pandas_out()
    from service.api import IN_MEMORY, Ledger
    from service.ledger import holder

    data_dir = data_dir_of(session) if begins else ledger_of(session)
    if dry_run and not _has_ledger(data_dir):
        if not session.quiet:
            note(TRIED_OUT.format(data_dir))
        return Ledger.open(IN_MEMORY)
    for _ in range(TRIES):
        try:
            return Ledger.open(data_dir, afresh=afresh)
        except StoreHeld:
            owner = holder(data_dir)
            if owner and owner.address:
                raise
        time.sleep(PAUSE)
    return Ledger.open(data_dir, afresh=afresh)


def _connect_to_server(session: Session, needs_key: StoreError | None) -> RemoteLedger | None:
    """Return the ledger through the server that holds it; None where none can be reached from here.

    Raises StoreHeld, in place of ``needs_key``, where writing needs a key and there is none.
    """
    from service.client.sync import RemoteLedger
    from service.ledger import holder, local_key

    data_dir = data_dir_of(session)
    try:
        owner = holder(data_dir)
    except OSError:
        return None
    if owner is None or not owner.address or local_key.is_elsewhere(data_dir):
        return None
    key = Settings().key or local_key.read(data_dir, owner)
    if key is None and needs_key is not None:
        raise StoreHeld(needs_key.message, fix=NO_KEY) from needs_key
    return RemoteLedger(_reachable_address(owner.address), key=key, direct=True)


def _reachable_address(address: str) -> str:
    """Return where a server that listens on every address of this machine is reached from it."""
    return address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def deliver(
    output: Output,
    table: pa.Table,
    meta: Mapping[str, Any],
    draw: Callable[[], list[RenderableType]],
) -> None:
    """Print or write ``table``: as ``draw`` shows it to a person, else as the bytes that the API too would
    send.

    Raises QueryError for a binary format on a terminal.
    """
    from service.formats.encode import encode

    wanted = output.format
    if wanted in BINARY and output.file is None and sys.stdout.isatty():
        raise QueryError(f"{wanted} is not for a terminal.", fix=f"Write it to a file: -o FILE.{wanted}.")
    if wanted is None:
        data = render(draw(), io.StringIO() if output.file else sys.stdout).encode()
    else:
        rows = {"rows": table.num_rows, "returned": table.num_rows}
        data = encode(table, wanted, meta={**meta, **rows})
    if output.file is None:
        write(data)
    else:
        output.file.write_bytes(data)
    if output.quiet:
        return
    if output.file is not None:
        note(f"Wrote {count(table.num_rows, 'row')} to {output.file}.")
    elif not table.num_rows and wanted is None:
        is_narrow = "query" in meta
        note(
            "Nothing matches. Widen the filters, or ask for a later --as-of."
            if is_narrow
            else "There is none."
        )


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 row``, ``2 rows``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


class _PandasIsAbsent:
    """A finder of modules that says so."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def leave_pandas_out() -> None:
    """Let PyArrow find, once, that there is no pandas.

    To tell whether a value is a pandas object, its first array would load all of pandas (over a second), and
    no command has such values. Whoever asks for a data frame later still gets it.
    """
    import pyarrow as pa

    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _PandasIsAbsent)
        pa.array([None])
        sys.meta_path.remove(_PandasIsAbsent)
