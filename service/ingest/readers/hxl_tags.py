"""Which columns does a row of HXL hashtags name?

A file tagged with the Humanitarian Exchange Language carries, under its heading, a row such as
``#adm1+name, #affected+killed``. Its columns are then known by these tags, whatever the heading calls them.
Rules: HXL standard 1.1, https://hxlstandard.org.

>>> is_tag_row(["#adm1 +name", "", "#affected+killed"])
True
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.cell_text import column_name
from service.ingest.readers.chunk import Chunk

HEADINGS = 25
"""How many rows from the top may come before the tags."""
_TAG = re.compile(r"\s*#[a-z][a-z0-9_]*(\s*\+\s*[a-z][a-z0-9_]*)*\s*", re.IGNORECASE)
_PART = re.compile(r"([#+-])([a-z0-9_]+)", re.IGNORECASE)


def is_tag_row(cells: Sequence[str]) -> bool:
    """Whether all cells that are not blank are hashtags, and there are two at least.

    One alone may be what a row says; no report has a single column.
    """
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) >= 2 and all(_TAG.fullmatch(cell) for cell in filled)


def count_title_rows(records: Iterable[Sequence[str]]) -> int:
    """How many of the first records of a sheet are titles above the heading of a row of tags.

    The heading is the row right above the tags, or the tags themselves where that row is no heading.

    >>> above_heading([["Casualties"], ["Place", "Killed"], ["#adm1+name", "#affected+killed"]])
    1
    """
    before: Sequence[str] = ()
    for at, record in enumerate(islice(records, HEADINGS)):
        if is_tag_row(record):
            return max(at - 1, 0) if len(before) == len(record) else at
        before = record
    return 0


def tag_matches(pattern: str, column: str) -> bool:
    """Whether a column has the pattern's tag, all attributes it asks for (+) and none it excludes (-)."""
    tag, *attributes = column.partition(" ")[0].split("+")
    asked = _PART.findall(pattern.lower())
    if not column.startswith("#") or not asked or f"#{asked[0][1]}" != tag:
        return False
    return all((name in attributes) is (sign == "+") for sign, name in asked[1:])


def is_tagged(columns: Iterable[str]) -> bool:
    """Whether columns are known by hashtags."""
    return any(column.startswith("#") for column in columns)


def rename_by_tags(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks with the columns of each tagged sheet named by its tags, its rows counted below them."""
    names: dict[str, list[str]] = {}
    above: dict[str, int] = {}
    headings: list[Chunk] = []
    for chunk in chunks:
        if chunk.sheet not in names and not chunk.table.num_rows:
            headings.append(chunk)
            continue
        if chunk.sheet not in names:
            found = None if is_tagged(chunk.table.column_names) else _tag_row(chunk)
            names[chunk.sheet], above[chunk.sheet] = found or ([], 0)
        for heading in headings:
            yield _renamed(heading, names.get(heading.sheet))
        headings.clear()
        yield _renamed(_below(chunk, above[chunk.sheet]), names[chunk.sheet])
    yield from headings


def _renamed(chunk: Chunk, names: list[str] | None) -> Chunk:
    if not names or not chunk.table.num_columns:
        return chunk
    return chunk._replace(table=chunk.table.rename_columns(names))


def _below(chunk: Chunk, above: int) -> Chunk:
    """The chunk without the rows above the tags and theirs, the others counted from below them."""
    if not above:
        return chunk
    kept = pc.greater(chunk.numbers, above)
    return chunk._replace(
        table=chunk.table.filter(kept).combine_chunks(),
        numbers=pc.subtract(chunk.numbers.filter(kept), pa.scalar(above, pa.int64())),
        rejected=tuple(
            each._replace(number=each.number - above) for each in chunk.rejected if each.number > above
        ),
    )


def _tag_row(chunk: Chunk) -> tuple[list[str], int] | None:
    """The names that the tags give the columns, and the number of the row in which they stand."""
    rows = chunk.table.slice(0, HEADINGS).to_pylist()
    for at, row in zip(chunk.numbers.to_pylist(), rows, strict=False):
        if is_tag_row(list(row.values())):
            names: list[str] = []
            for heading, cell in row.items():
                name = column_name(cell) if cell.strip() else heading
                times = sum(each.partition(" ")[0] == name for each in names)
                names.append(f"{name} ({times + 1})" if times else name)
            return names, at
    return None
