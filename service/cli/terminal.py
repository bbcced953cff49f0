"""How are words and rows written to a terminal or a pipe?

What was asked for goes to standard output, everything else to standard error. Colours, wrapping and progress
are for terminals only; in a pipe each row is one whole line. No number is ever cut short: a table that does
not fit runs over the edge.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from service.errors import CasualtyError

ENDLESS = 100_000
"""Columns of a line that nobody sees the end of."""
NARROWEST = 14
"""Columns below which a cell of words does not wrap."""


def write(data: str | bytes) -> None:
    """Write to standard output. A reader that went away (``| head``) is no error."""
    stream = sys.stdout
    if isinstance(data, str):
        data = data.encode(stream.encoding or "utf-8", errors="replace")
    if stream.isatty() and not data.endswith(b"\n"):
        data += b"\n"
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def note(text: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{text}\n")


def complain(error: CasualtyError, *, as_json: bool) -> None:
    """Write an error to standard error: a sentence with its remedy, or JSON with the members of an API
    problem."""
    if as_json:
        members = {"code": error.code, "detail": error.message, "fix": error.fix}
        note(json.dumps({**members, "suggestions": error.suggestions}, ensure_ascii=False))
    else:
        note(f"casualty: {error}")


def show(*parts: RenderableType) -> None:
    """Write rich text and tables to standard output, coloured on a terminal."""
    write(render(parts, sys.stdout))


def render(parts: Sequence[RenderableType], stream: TextIO) -> str:
    """Return the text of ``parts`` as ``stream`` should get it.

    In a pipe nothing is coloured or wrapped, so that text and grids need no console.
    """
    if not stream.isatty() and all(isinstance(part, str | Grid) for part in parts):
        lines = (part.lines() if isinstance(part, Grid) else str(part).splitlines() or [""] for part in parts)
        return "".join(f"{line.rstrip()}\n" for each in lines for line in each)
    console = console_for(stream)
    roomy = console.options.update(max_width=ENDLESS)
    tables = [part for part in parts if not isinstance(part, str)]
    console.width = max([console.width, *(console.measure(table, options=roomy).minimum for table in tables)])
    with console.capture() as captured:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, str), markup=False)
    text = captured.get()
    return text if console.is_terminal else "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def console_for(stream: TextIO) -> Console:
    """Return a console on ``stream`` that colours only a terminal, and not where NO_COLOR is set."""
    from rich.console import Console

    terminal = stream.isatty()
    plain = not terminal or bool(os.environ.get("NO_COLOR"))
    return Console(
        file=stream,
        force_terminal=terminal,
        color_system=None if plain else "auto",
        highlight=False,
        width=None if terminal else ENDLESS,
    )


@dataclasses.dataclass(frozen=True)
class Grid:
    """A table with a heading: ``numbers`` stand right, and only ``wrapping`` columns may wrap."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Collection[str] = ()
    wrapping: Collection[str] = ()
    indent: int = 0

    def lines(self) -> Iterator[str]:
        """Yield the heading and each row as one line, however long."""
        cells = [[" ".join(cell.splitlines()) for cell in row] for row in (self.columns, *self.rows)]
        widths = [[_width(cell) for cell in row] for row in cells]
        longest = [max(column) for column in zip(*widths, strict=True)]
        is_right = [column in self.numbers for column in self.columns]
        for row, row_widths in zip(cells, widths, strict=True):
            padded = (
                " " * (room - width) + cell if right else cell + " " * (room - width)
                for cell, width, room, right in zip(row, row_widths, longest, is_right, strict=True)
            )
            yield " " * self.indent + "  ".join(padded)

    def __rich__(self) -> RenderableType:
        """Return the table as a terminal shows it, coloured and wrapped."""
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        cells = [[Text(cell) for cell in row] for row in self.rows]
        longest = [
            max([len(name), *(row[place].cell_len for row in cells)])
            for place, name in enumerate(self.columns)
        ]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for place, column in enumerate(self.columns):
            table.add_column(
                column,
                justify="right" if column in self.numbers else "left",
                no_wrap=column not in self.wrapping,
                min_width=min(NARROWEST, longest[place]) if column in self.wrapping else longest[place],
            )
        for row in cells:
            table.add_row(*row)
        return Padding.indent(table, self.indent) if self.indent else table


def grid(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Collection[str] = (),
    wrapping: Collection[str] = (),
    indent: int = 0,
) -> Grid:
    """Return a table with ``columns`` as its heading."""
    return Grid(columns, list(rows), numbers, wrapping, indent)


def _width(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


@contextmanager
def progress(task: str, *, quiet: bool) -> Iterator[None]:
    """Show a spinner on standard error while the context lasts, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    with console_for(sys.stderr).status(task):
        yield
