"""What do the columns of many rows say, each distinct content read once?

A ``Reading`` holds what every distinct content of some columns means and which row has which, so that a
million rows cost little more than their distinct texts. Texts that stand for themselves (addresses, notes)
are looked over by pattern, and only the odd ones read one by one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.cells import HIDDEN, Cell
from service.schema.records import Finding
from service.schema.tables import IDENTITY
from service.vocabulary import Verdict

RANKED = (Verdict.ACCEPTED, Verdict.QUARANTINED, Verdict.REJECTED)
"""The verdicts from best to worst; columns hold their places in this order."""

_SPACES = r"\t-\r\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_HIDDEN = "".join(c if c.isascii() and c.isprintable() else f"\\x{{{ord(c):x}}}" for c in HIDDEN.pattern)[
    1:-1
]
ODD_NOTE = rf"[{_HIDDEN}{_SPACES}]|^ | $|  "
"""Matches every note that is not kept letter by letter."""
PLAIN_URL = rf"^https?://[^/\x00-\x20\x7f{_HIDDEN}{_SPACES}][^\x00-\x20\x7f{_HIDDEN}{_SPACES}]*$"
"""Matches only addresses that are kept letter by letter."""
_HASHED_AT_ONCE = 1 << 12
"""How many contents are spelled out at a time: so few that their bytes stay near the processor."""
_FEW = 16
"""Columns are joined beforehand where each pair of their values has at least so many rows."""


class Reading(NamedTuple):
    """What some columns say.

    ``rows``: which of the distinct contents each row has; ``values``: by field, what each content means;
    ``verdicts``: the place in ``RANKED`` it allows (None: all are accepted); ``findings``: what was noticed
    about a content, by its place.
    """

    rows: pa.Array
    values: dict[str, pa.Array]
    verdicts: pa.Array | None = None
    findings: Mapping[int, tuple[Finding, ...]] = {}

    def column(self, field: str) -> pa.Array:
        """The values of one field, row by row."""
        return self.values[field].take(self.rows)

    def of(self, rows: pa.Array) -> Reading:
        """The reading of some of the rows."""
        return self._replace(rows=self.rows.take(rows))


def read_each(
    column: pa.DictionaryArray, read: Callable[[str], Cell], fields: Mapping[str, pa.DataType]
) -> Reading:
    """The reading of one column: a field's value, or several fields' as a tuple, from each distinct text."""
    return _reading(column.indices, [read(text) for text in column.dictionary.to_pylist()], fields)


def read_together(
    columns: Sequence[pa.DictionaryArray], read: Callable[..., Cell], fields: Mapping[str, pa.DataType]
) -> Reading:
    """The reading of columns that say something only together; the value of a cell is a tuple of fields."""
    key = pc.cast(columns[0].indices, pa.int64())
    for column in columns[1:]:
        key = pc.add(pc.multiply(key, max(len(column.dictionary), 1)), column.indices)
    distinct = key.dictionary_encode()
    code = distinct.dictionary
    parts: list[list[str]] = []
    for column in reversed(columns):  # the key is taken apart
        size = max(len(column.dictionary), 1)
        rest = pc.divide(code, size)
        parts.append(column.dictionary.take(pc.subtract(code, pc.multiply(rest, size))).to_pylist())
        code = rest
    cells = list(map(read, *reversed(parts)))
    return _reading(distinct.indices, cells, fields)


def read_verbatim(
    column: pa.DictionaryArray,
    field: str,
    is_odd: Callable[[pa.Array], pa.Array],
    read: Callable[[str], Cell],
) -> Reading:
    """The reading of a column whose texts stand for themselves, but for the odd ones."""
    values = column.dictionary
    odd = is_odd(values)
    places = pc.indices_nonzero(odd).to_pylist()
    if not places:
        return Reading(column.indices, {field: values})
    cells = [read(values[place].as_py()) for place in places]
    kept = pc.replace_with_mask(values, odd, pa.array([cell.value for cell in cells], pa.string()))
    verdicts = pc.replace_with_mask(pa.repeat(pa.scalar(0, pa.int8()), len(values)), odd, _verdicts(cells))
    findings = {place: cell.findings for place, cell in zip(places, cells, strict=True) if cell.findings}
    return Reading(column.indices, {field: kept}, verdicts, findings)


def _reading(rows: pa.Array, cells: list[Cell], fields: Mapping[str, pa.DataType]) -> Reading:
    blank = (None,) * len(fields)
    parted = [
        blank if cell.value is None else cell.value if len(fields) > 1 else (cell.value,) for cell in cells
    ]
    columns = zip(*parted, strict=True) if parted else [()] * len(fields)
    values = {
        field: pa.array(column, kind) for (field, kind), column in zip(fields.items(), columns, strict=True)
    }
    findings = {place: cell.findings for place, cell in enumerate(cells) if cell.findings}
    return Reading(rows, values, _verdicts(cells), findings)


def _verdicts(cells: Iterable[Cell]) -> pa.Array:
    return pa.array([RANKED.index(cell.verdict) for cell in cells], pa.int8())


def worst_of(readings: Iterable[Reading], rows: int) -> pa.Array:
    """The place in ``RANKED`` of every row's verdict."""
    worst = pa.repeat(pa.scalar(0, pa.int8()), rows)
    for reading in readings:
        if reading.verdicts is not None and (pc.max(reading.verdicts).as_py() or 0):
            worst = pc.max_element_wise(worst, reading.verdicts.take(reading.rows))
    return worst


def report_ids(coded: Mapping[str, tuple[pa.Array, pa.Array]]) -> pa.Array:
    """``service.schema.tables.report_id`` of every row, from the IDENTITY columns as (values, row places)."""
    texts = [(_as_json(values), rows) for values, rows in (coded[name] for name in IDENTITY)]
    texts[0] = pc.binary_join_element_wise("[", texts[0][0], ""), texts[0][1]
    texts[-1] = pc.binary_join_element_wise(texts[-1][0], "]", ""), texts[-1][1]
    merged = _merged(texts)
    length = len(texts[0][1])
    parts = [
        _hashed([(values, rows.slice(at, _HASHED_AT_ONCE)) for values, rows in merged])
        for at in range(0, length, _HASHED_AT_ONCE)
    ]
    return pa.concat_arrays(parts) if parts else pa.array([], pa.string())


def _hashed(columns: Sequence[tuple[pa.Array, pa.Array]]) -> pa.Array:
    """The report ids of some rows, whose contents are those texts joined."""
    content = pc.binary_join_element_wise(*(values.take(rows) for values, rows in columns), ",")
    data = content.buffers()[2]
    ends = memoryview(content.buffers()[1]).cast("i")[content.offset : content.offset + len(content) + 1]
    text = memoryview(data if data is not None else b"")
    sha256 = hashlib.sha256
    digests = b"".join([sha256(text[start:end]).digest() for start, end in pairwise(ends)])
    return _named_by(digests, sha256().digest_size)


def _merged(columns: Iterable[tuple[pa.Array, pa.Array]]) -> list[tuple[pa.Array, pa.Array]]:
    """The same texts (values, row places), neighbours joined beforehand where their pairs are few."""
    merged: list[tuple[pa.Array, pa.Array]] = []
    for texts, rows in columns:
        before, places = merged[-1] if merged else (texts, None)
        if places is rows:
            merged[-1] = pc.binary_join_element_wise(before, texts, ","), rows
        elif places is not None and len(before) * len(texts) < len(rows) // _FEW:
            pairs = pc.add(pc.multiply(places, len(texts)), rows).dictionary_encode()
            first = pc.divide(pairs.dictionary, len(texts))
            second = pc.subtract(pairs.dictionary, pc.multiply(first, len(texts)))
            joined = pc.binary_join_element_wise(before.take(first), texts.take(second), ",")
            merged[-1] = joined, pairs.indices
        else:
            merged.append((texts, rows))
    return merged


def _named_by(digests: bytes, size: int) -> pa.Array:
    """For each digest ``r`` and its first 20 hex digits."""
    hexadecimal = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(2 * size), len(digests) // size, [None, pa.py_buffer(digests.hex().encode())]
    )
    return pc.binary_join_element_wise("r", pc.binary_slice(hexadecimal, 0, 20).cast(pa.string()), "")


def _as_json(values: pa.Array) -> pa.Array:
    """Each value as the canonical JSON of ``report_id`` has it."""
    if not pa.types.is_string(values.type):
        texts = values.cast(pa.string())
        if pa.types.is_date(values.type):
            texts = pc.binary_join_element_wise('"', texts, '"', "")
        return pc.fill_null(texts, "null")
    texts = pc.binary_join_element_wise('"', values, '"', "")
    odd = pc.fill_null(pc.match_substring_regex(values, r'["\\\x00-\x1f]'), False)
    if pc.any(odd).as_py():
        spelled: list[Any] = [json.dumps(text, ensure_ascii=False) for text in values.filter(odd).to_pylist()]
        texts = pc.replace_with_mask(texts, odd, pa.array(spelled, pa.string()))
    return pc.fill_null(texts, "null")
