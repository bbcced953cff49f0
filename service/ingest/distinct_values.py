"""What do the columns of many rows say, if each distinct value is read only once?

A ``Reading`` holds what every distinct value of some columns means and which row has which value, so that a
million rows cost little more than their distinct texts. Addresses and notes stand for themselves: they are
matched against a pattern, and only those that do not fit are read one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.cells import HIDDEN, LONGEST_NAME, Cell
from service.schema.records import Finding
from service.vocabulary import Verdict

RANKED_VERDICTS = (Verdict.ACCEPTED, Verdict.QUARANTINED, Verdict.REJECTED)
"""The verdicts from best to worst. Arrays of verdicts hold the index in this order."""

FEW = 16
"""Distinct texts up to which each is read."""
_MOST_COMBINATIONS = 1 << 62
_SPACES = r"\t-\r\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_HIDDEN = "".join(c if c.isascii() and c.isprintable() else f"\\x{{{ord(c):x}}}" for c in HIDDEN.pattern)[
    1:-1
]
ODD_NOTE = rf"[{_HIDDEN}{_SPACES}]|^ | $|  "
"""Matches every note that is not kept letter by letter."""
ODD_KEY = rf"{ODD_NOTE}|^$|^.{{{LONGEST_NAME},}}"
"""Matches every key of an incident that is not kept letter by letter: a blank is none."""
PLAIN_URL = rf"^https?://[^/\x00-\x20\x7f{_HIDDEN}{_SPACES}][^\x00-\x20\x7f{_HIDDEN}{_SPACES}]*$"
"""Matches only addresses that are kept letter by letter."""


class Reading(NamedTuple):
    """What some columns say.

    ``indices``: for each row, which distinct value it has; ``values``: by field, what each distinct value
    means; ``verdicts``: the best verdict it allows, as an index in ``RANKED_VERDICTS`` (None: all are
    accepted); ``findings``: the findings about a distinct value, by its index.
    """

    indices: pa.Array
    values: dict[str, pa.Array]
    verdicts: pa.Array | None = None
    findings: Mapping[int, tuple[Finding, ...]] = {}

    def column(self, field: str) -> pa.Array:
        """Return the values of one field, row by row."""
        return self.values[field].take(self.indices)

    def take(self, rows: pa.Array) -> Reading:
        """Return the reading of some of the rows."""
        return self._replace(indices=self.indices.take(rows))


def read_column(
    column: pa.DictionaryArray, read: Callable[[str], Cell], fields: Mapping[str, pa.DataType]
) -> Reading:
    """Return the reading of one column. ``read`` gives the value of its field, or a tuple for several."""
    return _reading(column.indices, [read(text) for text in column.dictionary.to_pylist()], fields)


def read_columns(
    columns: Sequence[pa.DictionaryArray], read: Callable[..., Cell], fields: Mapping[str, pa.DataType]
) -> Reading:
    """Return the reading of columns that say something only together. ``read`` takes one text of each and
    gives a tuple of the fields."""
    rows, indices = _distinct_combinations(columns)
    parts = [column.dictionary.take(column.indices.take(rows)).to_pylist() for column in columns]
    return _reading(indices, list(map(read, *parts)), fields)


def _distinct_combinations(columns: Sequence[pa.DictionaryArray]) -> tuple[pa.Array, pa.Array]:
    """Return a row that has each distinct combination of values, and for each row the number of its
    combination.

    Combinations are numbered as the digits of one number, which is coded anew before it could overflow.
    """
    key = pc.cast(columns[0].indices, pa.int64())
    combinations = max(len(columns[0].dictionary), 1)
    for column in columns[1:]:
        size = max(len(column.dictionary), 1)
        if size == 1:
            continue
        if combinations * size > _MOST_COMBINATIONS:
            coded = key.dictionary_encode()
            key, combinations = coded.indices.cast(pa.int64()), len(coded.dictionary)
        key = pc.add(pc.multiply(key, size), column.indices)
        combinations *= size
    indices = key.dictionary_encode().indices  # numbers in the order in which they come first
    none = pa.array([-1], indices.type)
    before = pa.concat_arrays([none, pc.cumulative_max(indices)]).slice(0, len(indices))
    return pc.indices_nonzero(pc.greater(indices, before)), indices


def read_verbatim_column(
    column: pa.DictionaryArray,
    field: str,
    is_odd: Callable[[pa.Array], pa.Array],
    read: Callable[[str], Cell],
) -> Reading:
    """Return the reading of a column whose texts are their own values; only the odd ones go to ``read``.

    Of few texts all do: to make a pattern ready takes longer than to read them.
    """
    values = column.dictionary
    odd = is_odd(values) if len(values) > FEW else pa.repeat(pa.scalar(True), len(values))
    places = pc.indices_nonzero(odd).to_pylist()
    if not places:
        return Reading(column.indices, {field: values})
    cells = [read(values[place].as_py()) for place in places]
    texts = pc.replace_with_mask(values, odd, pa.array([cell.value for cell in cells], pa.string()))
    verdicts = pc.replace_with_mask(pa.repeat(pa.scalar(0, pa.int8()), len(values)), odd, _verdicts(cells))
    findings = {place: cell.findings for place, cell in zip(places, cells, strict=True) if cell.findings}
    return Reading(column.indices, {field: texts}, verdicts, findings)


def _reading(indices: pa.Array, cells: list[Cell], fields: Mapping[str, pa.DataType]) -> Reading:
    blank = (None,) * len(fields)
    values_of_cells = [
        blank if cell.value is None else cell.value if len(fields) > 1 else (cell.value,) for cell in cells
    ]
    columns = zip(*values_of_cells, strict=True) if values_of_cells else [()] * len(fields)
    values = {
        field: pa.array(column, kind) for (field, kind), column in zip(fields.items(), columns, strict=True)
    }
    findings = {index: cell.findings for index, cell in enumerate(cells) if cell.findings}
    return Reading(indices, values, _verdicts(cells), findings)


def _verdicts(cells: Iterable[Cell]) -> pa.Array:
    return pa.array([RANKED_VERDICTS.index(cell.verdict) for cell in cells], pa.int8())


def row_verdicts(readings: Iterable[Reading], rows: int) -> pa.Array:
    """Return the verdict of every row as an index in ``RANKED_VERDICTS``: the worst of its readings."""
    verdicts = pa.repeat(pa.scalar(0, pa.int8()), rows)
    for reading in readings:
        if reading.verdicts is not None and (pc.max(reading.verdicts).as_py() or 0):
            verdicts = pc.max_element_wise(verdicts, reading.verdicts.take(reading.indices))
    return verdicts
