"""Which field of a report does a column of a document fill, and which row of it is which?

A layout turns the chunks of a document into ``Laid`` rows under the columns of a report file. ``Native`` is
the layout of report files themselves; ``mapping`` has those that are declared. Rows are numbered through the
whole document, so that each has a number of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnreadableDocument
from service.ingest.readers import Chunk
from service.ingest.readers.chunk import raw
from service.ingest.texts import likest
from service.schema.records import Finding
from service.vocabulary import Severity

FIGURE_COLUMNS = ("count", "low", "best", "high")
REPORT_FILE = (
    "crisis", "source", "origin", "url", "published_on", "counted_to", "period_start", "period_end", "areas",
    "measure", "population", "attributed_to", "basis", *FIGURE_COLUMNS, "standard", "note",
)  # fmt: skip
"""The columns of a report file; their order is free."""
REQUIRED = ("crisis", "source", "areas", "measure", "population")
"""The columns that a file must have, beside ``count`` or one of ``low``, ``best``, ``high``."""

TAKEN_AS = "taken as"
"""The name under which a row held aside keeps how it was read; no column has a name with a space in it."""


class Aside(NamedTuple):
    """A row that is no report: its number, what stood there as a JSON object, and why."""

    row: int
    raw: str
    finding: Finding


class Laid(NamedTuple):
    """Rows under the columns of a report file (those that the document does not have are not there).

    ``rows`` are their numbers; ``places`` says where each stands, if its number does not; ``given`` is what
    is kept of a row that is held; ``spoiled`` are the rows beside them that cannot be read.
    """

    columns: Mapping[str, pa.DictionaryArray]
    rows: pa.Array
    given: pa.Table
    places: pa.Array | None = None
    spoiled: tuple[Aside, ...] = ()
    findings: tuple[Finding, ...] = ()

    def cut(self, at: int) -> tuple[Laid, Laid]:
        """The first ``at`` rows, with what is told of the document, and those behind them."""
        behind = self.rows[at].as_py()
        first = Laid(
            {name: column.slice(0, at) for name, column in self.columns.items()},
            self.rows.slice(0, at),
            self.given.slice(0, at),
            None if self.places is None else self.places.slice(0, at),
            tuple(each for each in self.spoiled if each.row < behind),
            self.findings,
        )
        rest = Laid(
            {name: column.slice(at) for name, column in self.columns.items()},
            self.rows.slice(at),
            self.given.slice(at),
            None if self.places is None else self.places.slice(at),
            self.spoiled[len(first.spoiled) :],
        )
        return first, rest


class Layout(Protocol):
    """How the chunks of one document become the rows of a report file."""

    def lay(self, chunks: Iterator[Chunk], document: str) -> Iterator[Laid]:
        """The rows of each chunk. Raises UnreadableDocument where a column that is needed is not there."""
        ...


class Native:
    """The layout of a report file: its columns are the fields. A strict one refuses a file without them."""

    def __init__(self, *, is_strict: bool = True) -> None:
        self._is_strict = is_strict

    def lay(self, chunks: Iterator[Chunk], document: str) -> Iterator[Laid]:
        base: dict[str, int] = {}
        seen: set[str] = set()
        total = 0
        for chunk in chunks:
            names = chunk.table.column_names
            if names and self._is_strict and chunk.sheet not in base:
                check_columns(f"{document} ({chunk.sheet})" if chunk.sheet else document, names)
            start = base.setdefault(chunk.sheet, total) if names or chunk.spoiled else total
            unknown = [name for name in names if name not in REPORT_FILE and name not in seen]
            seen.update(unknown)
            total += len(chunk.numbers) + len(chunk.spoiled)
            yield Laid(
                {name: chunk.table.column(name).combine_chunks() for name in names if name in REPORT_FILE},
                pc.add(chunk.numbers, pa.scalar(start, pa.int64())),
                chunk.table,
                _places(chunk),
                tuple(Aside(each.number + start, each.raw, each.finding) for each in chunk.spoiled),
                (*chunk.notices, *(_unknown(name) for name in unknown)),
            )


def _places(chunk: Chunk) -> pa.Array | None:
    if not chunk.sheet:
        return None
    return pc.binary_join_element_wise(chunk.sheet, chunk.numbers.cast(pa.string()), " row ")


def check_columns(document: str, columns: list[str]) -> None:
    """Raises UnreadableDocument where a report file lacks a column it must have."""
    missing = [name for name in REQUIRED if name not in columns]
    if not any(name in columns for name in FIGURE_COLUMNS):
        missing.append("count")
    if not missing:
        return
    unknown = [name for name in columns if name not in REPORT_FILE]
    near = [f"“{like}” for {name}" for name in missing if (like := likest(name, unknown))]
    raise UnreadableDocument(
        f"{document} has no column {', '.join(missing)}.",
        fix=(f"Did you write {', '.join(near)}? " if near else "")
        + f"A report file has the columns {', '.join(REPORT_FILE)}; another layout needs a mapping.",
        suggestions=tuple(missing),
    )


def _unknown(name: str) -> Finding:
    """That the values under a heading no report has are not read."""
    like = likest(name, REPORT_FILE)
    return Finding(
        "unknown_column",
        Severity.INFO,
        f"The column {name} is not part of a report; its values were ignored.",
        f"Did you mean {like}?" if like else "Put what matters into note.",
        column=name,
    )


def raw_of(given: pa.Table, place: int) -> str:
    """What is kept of one row, as a JSON object."""
    return raw(next(iter(given.slice(place, 1).to_pylist()), {}))
