"""Which row of a sheet names its columns, and what stands above it?

The row that is declared; else the row of hashtags and the heading above it; else, of the first rows, the one
with most of the names that are looked for; else the first. What stands above is told in a finding.

>>> rows = [SheetRow(1, ["Report no 5"]), SheetRow(3, ["source", "count"])]
>>> find_heading(rows, "report.csv", wanted=("source", "count"))
1
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice
from typing import NamedTuple

from service.errors import UnreadableDocument
from service.ingest.cell_text import column_name
from service.ingest.cells import EXCERPT_LENGTH, excerpt
from service.ingest.readers.hxl_tags import HEADINGS, count_title_rows, is_tag_row
from service.schema.records import Finding
from service.sentence import sentence
from service.vocabulary import Severity

_LEAST_NAMES = 2
"""A row is known as the heading by at least so many names: one word may be a title."""


class SheetRow(NamedTuple):
    """A row that is not blank, with the number that a spreadsheet program shows beside it."""

    number: int
    cells: Sequence[str]


def find_heading(
    rows: Sequence[SheetRow], document: str, *, wanted: Collection[str] = (), header: int = 0
) -> int:
    """Return the place of the heading among the first rows of a sheet.

    ``header`` is the number of its row where that is declared (0: it is not). Raises UnreadableDocument where
    that row is blank.
    """
    if header:
        return _place_of(header, rows, document)
    cells = [row.cells for row in islice(rows, HEADINGS)]
    if any(is_tag_row(row) for row in cells):
        return count_title_rows(cells)
    counts = [count_names(row, wanted) for row in cells]
    most = max(counts, default=0)
    return counts.index(most) if most >= min(_LEAST_NAMES, max(len(wanted), 1)) else 0


def count_names(cells: Sequence[str], wanted: Collection[str]) -> int:
    """Return how many of the wanted names of columns stand in a row."""
    return len({column_name(cell) for cell in cells if len(cell) <= EXCERPT_LENGTH} & set(wanted))


def _place_of(header: int, rows: Sequence[SheetRow], document: str) -> int:
    for place, row in enumerate(rows):
        if row.number == header:
            return place
    raise UnreadableDocument(
        sentence(
            "%(document)s has nothing in row %(header)s, where the mapping says its heading stands.",
            document=document,
            header=header,
        ),
        fix="Correct header in the mapping: the number that a spreadsheet program shows beside the row; or "
        "leave it out, and the heading is looked for.",
    )


def title_notices(titles: Sequence[SheetRow], sheet: str = "") -> tuple[Finding, ...]:
    """Return the finding that tells what stands above a heading, or nothing where nothing does."""
    if not titles:
        return ()
    texts = [" ".join(cell.strip() for cell in row.cells if cell.strip()) for row in titles]
    told = "; ".join(f"“{excerpt(text)}”" for text in texts)
    said = sentence("1 row above the heading was left out: %(texts)s.", texts=told)
    if len(titles) > 1:
        said = sentence(
            "%(number)s rows above the heading were left out: %(texts)s.", number=len(titles), texts=told
        )
    return (
        Finding(
            "title_rows",
            Severity.INFO,
            sentence("In the sheet “%(sheet)s”, %(said)s", sheet=sheet, said=said) if sheet else said,
            sentence(
                "Nothing, if row %(number)s or a later one names the columns; else declare its "
                "number in a mapping (header).",
                number=titles[-1].number + 1,
            ),
            value=excerpt(texts[0]),
        ),
    )
