"""Which columns does a row of HXL hashtags name?

A file tagged with the Humanitarian Exchange Language carries, under its heading, a row such as
``#adm1+name, #affected+killed``. Its columns are then known by these tags, whatever the heading calls them.
Rules: HXL standard 1.1, https://hxlstandard.org.

>>> is_tag_row(["#adm1 +name", "", "#affected+killed"]), matches("#affected+killed-f", "#affected+f+killed")
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from service.ingest.readers.chunk import Chunk
from service.ingest.texts import column_name

HEADINGS = 25
"""How many rows from the top may come before the tags."""
_TAG = re.compile(r"\s*#[a-z][a-z0-9_]*(\s*\+\s*[a-z][a-z0-9_]*)*\s*", re.IGNORECASE)
_PART = re.compile(r"([#+-])([a-z0-9_]+)", re.IGNORECASE)


def is_tag_row(cells: Sequence[str]) -> bool:
    """Whether all cells that are not blank are hashtags, and one is."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(_TAG.fullmatch(cell) for cell in filled)


def matches(pattern: str, column: str) -> bool:
    """Whether a column has the pattern's tag, all attributes it asks for (+) and none it excludes (-)."""
    tag, *attributes = column.partition(" ")[0].split("+")
    asked = _PART.findall(pattern.lower())
    if not column.startswith("#") or not asked or f"#{asked[0][1]}" != tag:
        return False
    return all((name in attributes) is (sign == "+") for sign, name in asked[1:])


def is_tagged(columns: Iterable[str]) -> bool:
    """Whether columns are known by hashtags."""
    return any(column.startswith("#") for column in columns)


def retitled(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks with the columns of each tagged sheet named by its tags, its rows counted below them."""
    names: dict[str, list[str]] = {}
    above: dict[str, int] = {}
    for chunk in chunks:
        if chunk.sheet not in names and chunk.table.num_rows:
            found = _tag_row(chunk.table) if not is_tagged(chunk.table.column_names) else None
            names[chunk.sheet], above[chunk.sheet] = found or ([], 0)
            if found:
                chunk = chunk._replace(  # noqa: PLW2901 - the same chunk without what stands above its rows
                    table=chunk.table.slice(found[1]), numbers=chunk.numbers.slice(found[1])
                )
        if names.get(chunk.sheet):
            yield _renumbered(chunk, names[chunk.sheet], above[chunk.sheet])
        else:
            yield chunk


def _renumbered(chunk: Chunk, names: list[str], above: int) -> Chunk:
    import pyarrow.compute as pc

    return chunk._replace(
        table=chunk.table.rename_columns(names),
        numbers=pc.subtract(chunk.numbers, pa.scalar(above, pa.int64())),
        spoiled=tuple(
            each._replace(number=each.number - above) for each in chunk.spoiled if each.number > above
        ),
    )


def _tag_row(table: pa.Table) -> tuple[list[str], int] | None:
    """The names that the tags give the columns, and how many rows they take with what stands above them."""
    for at, row in enumerate(table.slice(0, HEADINGS).to_pylist()):
        if is_tag_row(list(row.values())):
            names: list[str] = []
            for heading, cell in row.items():
                name = column_name(cell) if cell.strip() else heading
                times = sum(each.partition(" ")[0] == name for each in names)
                names.append(f"{name} ({times + 1})" if times else name)
            return names, at + 1
    return None
