"""Which column of a document fills which field of a report?

A layout turns the chunks of a document into ``ReportRows``: rows under the columns of a report file, numbered
through the whole document. ``ReportFileLayout`` is the layout of report files themselves; ``mapping`` has the
declared ones. A layout must not know what a cell means.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnreadableDocument
from service.ingest.cell_text import closest_match
from service.ingest.privacy import find_personal_data
from service.ingest.readers.chunk import Chunk, RejectedRow
from service.ingest.side_rows import set_aside_side_rows
from service.schema.records import Finding
from service.sentence import did_you_mean, join_sentences, listed, message, sentence
from service.vocabulary import Severity

FIGURE_COLUMNS = ("count", "low", "best", "high")
REPORT_FILE_COLUMNS = (
    "crisis", "source", "origin", "url", "published_on", "published_by", "published_precision", "counted_to",
    "counted_precision", "period_start", "period_end", "areas", "place_precision", "measure", "population",
    "attributed_to", "basis", "event", *FIGURE_COLUMNS, "standard", "note",
)  # fmt: skip
"""The columns of a report file, in any order."""
REQUIRED_COLUMNS = ("crisis", "source", "areas", "measure", "population")
"""The columns that a report file must have, beside ``count`` or one of ``low``, ``best`` and ``high``."""

MOST_TOLD = 100
"""How many columns that are not read have a finding each."""
PROVENANCE = "taken as"
"""The key under which a quarantined row keeps how it was mapped. No column has a name with a space in it."""


class ReportRows(NamedTuple):
    """Rows under the columns of a report file; columns that the document lacks are absent.

    ``numbers`` are the row numbers within the document; ``locations`` say where each row stands in words,
    where the number alone does not (None: it does). ``originals`` holds the cells as the document has them,
    to be kept with a row that is not accepted. ``rejected`` are the rows that cannot be read at all.
    """

    columns: Mapping[str, pa.DictionaryArray]
    numbers: pa.Array
    originals: pa.Table
    locations: pa.Array | None = None
    rejected: tuple[RejectedRow, ...] = ()
    findings: tuple[Finding, ...] = ()

    def split(self, at: int) -> tuple[ReportRows, ReportRows]:
        """Return the first ``at`` rows, with the findings about the document, and the rows after them."""
        next_number = self.numbers[at].as_py()
        first = ReportRows(
            {name: column.slice(0, at) for name, column in self.columns.items()},
            self.numbers.slice(0, at),
            self.originals.slice(0, at),
            None if self.locations is None else self.locations.slice(0, at),
            tuple(row for row in self.rejected if row.number < next_number),
            self.findings,
        )
        rest = ReportRows(
            {name: column.slice(at) for name, column in self.columns.items()},
            self.numbers.slice(at),
            self.originals.slice(at),
            None if self.locations is None else self.locations.slice(at),
            self.rejected[len(first.rejected) :],
        )
        return first, rest


class Layout(Protocol):
    """How the chunks of one document become the rows of a report file."""

    def arrange(self, chunks: Iterator[Chunk], document: str) -> Iterator[ReportRows]:
        """Yield the rows of each chunk. Raises UnreadableDocument where a required column is missing."""
        ...


class ReportFileLayout:
    """The layout of a report file, whose columns are the fields. ``is_strict`` refuses a file that lacks
    required columns."""

    def __init__(self, *, is_strict: bool = True) -> None:
        self._is_strict = is_strict

    def arrange(self, chunks: Iterator[Chunk], document: str) -> Iterator[ReportRows]:
        offsets: dict[str, int] = {}
        reported: set[str] = set()
        total = 0
        for whole_chunk in chunks:
            names = whole_chunk.table.column_names
            if names and self._is_strict and whole_chunk.sheet not in offsets:
                check_columns(
                    f"{document} ({whole_chunk.sheet})" if whole_chunk.sheet else document,
                    names,
                    is_sheet=bool(whole_chunk.sheet),
                )
            chunk = self._set_aside_side_rows(whole_chunk)
            offset = offsets.setdefault(chunk.sheet, total) if names or chunk.rejected else total
            columns = [name for name in names if name in REPORT_FILE_COLUMNS]
            unknown = [name for name in names if name not in REPORT_FILE_COLUMNS and name not in reported]
            reported.update(unknown)
            total += len(chunk.numbers) + len(chunk.rejected)
            yield ReportRows(
                {name: chunk.table.column(name).combine_chunks() for name in columns},
                pc.add(chunk.numbers, pa.scalar(offset, pa.int64())),
                chunk.table,
                _locations(chunk),
                tuple(row._replace(number=row.number + offset) for row in chunk.rejected),
                (*chunk.notices, *unknown_columns(unknown, _unknown_column)),
            )

    def _set_aside_side_rows(self, chunk: Chunk) -> Chunk:
        """Return the chunk of a file without its lines of text and its totals, which are rejected."""
        if not self._is_strict:  # rows that somebody sends one by one are meant
            return chunk
        return set_aside_side_rows(chunk, places=("areas",), figures=FIGURE_COLUMNS)


def _locations(chunk: Chunk) -> pa.Array | None:
    """Return sheet and row number of each row in words, None where the document has one sheet only."""
    if not chunk.sheet:
        return None
    return pc.binary_join_element_wise(chunk.sheet, chunk.numbers.cast(pa.string()), " row ")


def check_columns(document: str, columns: list[str], *, is_sheet: bool = False) -> None:
    """Raise UnreadableDocument where a report file, or one of its sheets, lacks a column it must have."""
    missing = [name for name in REQUIRED_COLUMNS if name not in columns]
    if not any(name in columns for name in FIGURE_COLUMNS):
        missing.append("count")
    if not missing:
        return
    unknown = [name for name in columns if name not in REPORT_FILE_COLUMNS]
    hints = [
        sentence("“%(match)s” for %(name)s", match=match, name=name)
        for name in missing
        if (match := closest_match(name, unknown))
    ]
    raise UnreadableDocument(
        sentence("%(document)s has no column %(missing)s.", document=document, missing=listed(missing)),
        fix=join_sentences(
            sentence("Did you write %(hints)s?", hints=listed(hints)) if hints else "",
            sentence(
                "A report file has the columns %(columns)s; another layout needs a mapping.",
                columns=listed(REPORT_FILE_COLUMNS),
            ),
            message("A sheet that holds no reports is left out where another is named (--sheet).")
            if is_sheet
            else "",
        ),
        suggestions=tuple(missing),
    )


def unknown_columns(names: Sequence[str], tell: Callable[[str], Finding]) -> list[Finding]:
    """Return a finding about each of the columns that are not read, and about the many beyond the first
    together."""
    names = [_withheld(name) for name in names]
    findings = [tell(name) for name in names[:MOST_TOLD]]
    if rest := names[MOST_TOLD:]:
        further = sentence(
            "%(number)s further columns are not read, from %(first)s to %(last)s.",
            number=f"{len(rest):,}",
            first=rest[0],
            last=rest[-1],
        )
        findings.append(
            dataclasses.replace(findings[0], message=further, column="", fix="Check the heading.")
        )
    return findings


def _withheld(heading: str) -> str:
    """Return a heading, or what stands for one that seems to hold personal data: findings are public."""
    words = heading.replace("_", " ")
    return "(withheld)" if find_personal_data(words) or find_personal_data(words.title()) else heading


def _unknown_column(name: str) -> Finding:
    """Return the finding that a column is ignored, because no report has it."""
    match = closest_match(name, REPORT_FILE_COLUMNS)
    if name == "published_time":
        fix = message("Write the time behind the day in published_on, as in 2025-03-08T21:30Z.")
    else:
        fix = did_you_mean((match,)) if match else message("Put what matters into note.")
    return Finding(
        "unknown_column",
        Severity.INFO,
        sentence("The column %(name)s is not part of a report; its values were ignored.", name=name),
        fix,
        column=name,
    )
