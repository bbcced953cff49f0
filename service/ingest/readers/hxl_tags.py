"""Which columns do the HXL hashtags of a file name?

A file tagged with the Humanitarian Exchange Language has, under its heading, a row such as
``#adm1+name, #affected+killed``. Its columns are then named by these tags, whatever the heading says.
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
"""How many rows from the top are searched for the tags."""
_TAG = re.compile(r"\s*#[a-z][a-z0-9_]*(\s*\+\s*[a-z][a-z0-9_]*)*\s*", re.IGNORECASE)
_PART = re.compile(r"([#+-])([a-z0-9_]+)", re.IGNORECASE)


def is_tag_row(cells: Sequence[str]) -> bool:
    """Return whether all cells that are not blank are hashtags, and there are at least two of them.

    A single hashtag may be the text of a note; no report has a single column.
    """
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) >= 2 and all(_TAG.fullmatch(cell) for cell in filled)


def count_title_rows(records: Iterable[Sequence[str]]) -> int:
    """Return how many of the first records of a sheet are titles above the heading of a tagged table.

    The heading is the row right above the tags, or the tags themselves where that row is no heading.

    >>> count_title_rows([["Casualties"], ["Place", "Killed"], ["#adm1+name", "#affected+killed"]])
    1
    """
    previous: Sequence[str] = ()
    for at, record in enumerate(islice(records, HEADINGS)):
        if is_tag_row(record):
            return max(at - 1, 0) if len(previous) == len(record) else at
        previous = record
    return 0


def tag_matches(pattern: str, column: str) -> bool:
    """Return whether a column has the tag of a pattern, all its ``+`` attributes and none of its ``-`` ones.

    >>> tag_matches("#affected+killed-f", "#affected+f+killed")
    False
    """
    tag, *attributes = column.partition(" ")[0].split("+")
    parts = _PART.findall(pattern.lower())
    if not column.startswith("#") or not parts or f"#{parts[0][1]}" != tag:
        return False
    return all((name in attributes) is (sign == "+") for sign, name in parts[1:])


def is_tagged(columns: Iterable[str]) -> bool:
    """Return whether any of the columns is named by a hashtag."""
    return any(column.startswith("#") for column in columns)


def rename_by_tags(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Yield the chunks with the columns of each tagged sheet named by its tags.

    The rows of a tagged sheet are counted from the first below the tags.
    """
    names: dict[str, list[str]] = {}
    tag_rows: dict[str, int] = {}
    headings: list[Chunk] = []
    for chunk in chunks:
        if chunk.sheet not in names and not chunk.table.num_rows:
            headings.append(chunk)
            continue
        if chunk.sheet not in names:
            tags = None if is_tagged(chunk.table.column_names) else _find_tags(chunk)
            names[chunk.sheet], tag_rows[chunk.sheet] = tags or ([], 0)
        for heading in headings:
            yield _rename_columns(heading, names.get(heading.sheet))
        headings.clear()
        yield _rename_columns(_drop_rows_to(chunk, tag_rows[chunk.sheet]), names[chunk.sheet])
    yield from headings


def _rename_columns(chunk: Chunk, names: list[str] | None) -> Chunk:
    if not names or not chunk.table.num_columns:
        return chunk
    return chunk._replace(table=chunk.table.rename_columns(names))


def _drop_rows_to(chunk: Chunk, last: int) -> Chunk:
    """Return the chunk without the rows up to number ``last``; the others are counted from the next one."""
    if not last:
        return chunk
    mask = pc.greater(chunk.numbers, last)
    return chunk._replace(
        table=chunk.table.filter(mask).combine_chunks(),
        numbers=pc.subtract(chunk.numbers.filter(mask), pa.scalar(last, pa.int64())),
        rejected=tuple(row._replace(number=row.number - last) for row in chunk.rejected if row.number > last),
    )


def _find_tags(chunk: Chunk) -> tuple[list[str], int] | None:
    """Return the column names that the tags give, and the number of the row of tags; None without tags."""
    rows = chunk.table.slice(0, HEADINGS).to_pylist()
    for number, row in zip(chunk.numbers.to_pylist(), rows, strict=False):
        if is_tag_row(list(row.values())):
            names: list[str] = []
            for heading, cell in row.items():
                name = column_name(cell) if cell.strip() else heading
                times = sum(other.partition(" ")[0] == name for other in names)
                names.append(f"{name} ({times + 1})" if times else name)
            return names, number
    return None
