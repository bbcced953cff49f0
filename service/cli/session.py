"""How does a command get at the ledger, and hand over its rows?

The heavy libraries are loaded here, when a command runs, and not before.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from service.cli.options import BINARY, Format, Output, Session
from service.cli.terminal import note, progress, rendered, write
from service.errors import QueryError

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import RenderableType

    from service.connection import Ledger


@contextmanager
def opened(session: Session) -> Iterator[Ledger]:
    """The ledger of this session, closed when the command ends."""
    with progress("Opening the ledger …", quiet=session.quiet):
        _leave_pandas_out()
        from service.connection import connect

        ledger = connect(session.data_dir)
    with ledger:
        yield ledger


def deliver(
    output: Output,
    table: pa.Table,
    meta: Mapping[str, Any],
    drawn: Callable[[], list[RenderableType]],
) -> None:
    """Hand ``table`` over as asked: ``drawn`` for a person, else the bytes that the API too would send."""
    from service.encoding import Format as FileFormat
    from service.encoding import encode

    wanted = output.format
    if wanted in BINARY and output.file is None and sys.stdout.isatty():
        raise QueryError(f"{wanted} is not for a terminal.", fix=f"Write it to a file: -o FILE.{wanted}.")
    if wanted is Format.TABLE:
        data = rendered(drawn(), io.StringIO() if output.file else sys.stdout).encode()
    else:
        rows = {"rows": table.num_rows, "returned": table.num_rows}
        data = encode(table, FileFormat(wanted), meta={**meta, **rows})
    if output.file is None:
        write(data)
    else:
        output.file.write_bytes(data)
    if output.quiet:
        return
    if output.file is not None:
        note(f"Wrote {count(table.num_rows, 'row')} to {output.file}.")
    elif not table.num_rows and wanted is Format.TABLE:
        note("Nothing matches. Widen the filters, or ask for a later --as-of.")


def count(number: int, one: str, many: str = "") -> str:
    """``1 row``, ``2 rows``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


class _PandasIsAbsent:
    """A finder of modules that says so."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _leave_pandas_out() -> None:
    """Let PyArrow find, once, that there is no pandas.

    To tell whether a value is a pandas object, its first array would load all of pandas (over a second), and
    no command has such values. Whoever asks for a data frame later still gets it.
    """
    import pyarrow as pa

    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _PandasIsAbsent)
        pa.array([None])
        sys.meta_path.remove(_PandasIsAbsent)
