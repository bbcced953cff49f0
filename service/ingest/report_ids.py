"""Which id does each of many reports have?

``report_ids`` gives the same ids as ``service.schema.records.report_id``, but for whole columns at a time. It
knows nothing of documents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from service.schema.records import report_id
from service.schema.tables import IDENTITY, LATER_IDENTITY

CodedColumn = tuple[pa.Array, pa.Array]
"""The distinct values of a column, and for each row the index of its value among them."""

_ROWS_AT_ONCE = 1 << 12
"""How many rows are spelled out and hashed at a time: few enough for their bytes to stay in the cache."""
FEW = 16
"""Rows up to which it takes less time to name each by itself."""
_ROWS_PER_PAIR = 16
"""Two columns are joined beforehand where each pair of their values has at least so many rows."""


def report_ids(columns: Mapping[str, CodedColumn]) -> pa.Array:
    """Return the report id of every row, from the IDENTITY and LATER_IDENTITY columns."""
    if len(columns[IDENTITY[0]][1]) <= FEW:
        taken = {name: values.take(indices).to_pylist() for name, (values, indices) in columns.items()}
        rows = (dict(zip(taken, row, strict=True)) for row in zip(*taken.values(), strict=True))
        return pa.array(map(report_id, rows), pa.string())
    texts = [_as_item(columns[name], "[" if name == IDENTITY[0] else ",") for name in IDENTITY]
    texts += [_as_named_item(columns[name], name) for name in LATER_IDENTITY]
    texts[-1] = pc.binary_join_element_wise(texts[-1][0], "]", ""), texts[-1][1]
    joined = _join_neighbours(texts)
    length = len(texts[0][1])
    parts = [
        _hash_rows([(values, indices.slice(at, _ROWS_AT_ONCE)) for values, indices in joined])
        for at in range(0, length, _ROWS_AT_ONCE)
    ]
    return pa.concat_arrays(parts) if parts else pa.array([], pa.string())


def _hash_rows(columns: Sequence[CodedColumn]) -> pa.Array:
    """Return the report ids of rows whose canonical JSON is the texts of these columns, one after another."""
    content = pc.binary_join_element_wise(*(values.take(indices) for values, indices in columns), "")
    sha256 = hashlib.sha256
    # bytes, not views of the buffer: to make and hash a view takes half as long again
    digests = b"".join([sha256(text).digest() for text in content.cast(pa.binary()).to_pylist()])
    return _ids_of_digests(digests, sha256().digest_size)


def _join_neighbours(columns: Iterable[CodedColumn]) -> list[CodedColumn]:
    """Return the same texts in fewer columns: neighbours are joined where the pairs of their values are
    few."""
    joined: list[CodedColumn] = []
    for texts, indices in columns:
        if not joined:
            joined.append((texts, indices))
            continue
        before, before_indices = joined[-1]
        if before_indices is indices:
            joined[-1] = pc.binary_join_element_wise(before, texts, ""), indices
        elif len(before) * len(texts) < len(indices) // _ROWS_PER_PAIR:
            pairs = pc.add(pc.multiply(before_indices, len(texts)), indices).dictionary_encode()
            first = pc.divide(pairs.dictionary, len(texts))
            second = pc.subtract(pairs.dictionary, pc.multiply(first, len(texts)))
            pair_texts = pc.binary_join_element_wise(before.take(first), texts.take(second), "")
            joined[-1] = pair_texts, pairs.indices
        else:
            joined.append((texts, indices))
    return joined


def _ids_of_digests(digests: bytes, size: int) -> pa.Array:
    """Return ``r`` and the first 20 hex digits of each digest of ``size`` bytes."""
    hexadecimal = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(2 * size), len(digests) // size, [None, pa.py_buffer(digests.hex().encode())]
    )
    return pc.binary_join_element_wise("r", pc.binary_slice(hexadecimal, 0, 20).cast(pa.string()), "")


def _as_item(column: CodedColumn, before: str) -> CodedColumn:
    """Return each value of a column as it stands in the canonical JSON, behind ``before``."""
    values, indices = column
    return pc.binary_join_element_wise(before, _as_json(values), ""), indices


def _as_named_item(column: CodedColumn, name: str) -> CodedColumn:
    """Return each value of a later column as the canonical JSON has it: with its name, or not at all."""
    values, indices = column
    is_given = pc.is_valid(values)
    if pa.types.is_string(values.type):
        is_given = pc.and_(is_given, pc.fill_null(pc.not_equal(values, ""), False))
    item = pc.binary_join_element_wise(f',"{name}",', _as_json(values), "")
    return pc.if_else(is_given, item, ""), indices


def _as_json(values: pa.Array) -> pa.Array:
    """Return each value as it stands in the canonical JSON of ``report_id``."""
    if not pa.types.is_string(values.type):
        texts = values.cast(pa.string())
        if pa.types.is_date(values.type):
            texts = pc.binary_join_element_wise('"', texts, '"', "")
        return pc.fill_null(texts, "null")
    texts = pc.binary_join_element_wise('"', values, '"', "")
    needs_escape = pc.fill_null(pc.match_substring_regex(values, r'["\\\x00-\x1f]'), False)
    if pc.any(needs_escape).as_py():
        escaped = [json.dumps(text, ensure_ascii=False) for text in values.filter(needs_escape).to_pylist()]
        texts = pc.replace_with_mask(texts, needs_escape, pa.array(escaped, pa.string()))
    return pc.fill_null(texts, "null")
