"""Which rows of a document are parts of one report, and what do they count together?

Where a mapping declares ``fold = "sum"``, rows that give the same in every column of a report but the count
are one report, whose count is their sum: provinces that are all mapped to their country, or persons who are a
row each. Bounds are added each by itself, so that an open bound stays open. A count among them that cannot be
read keeps the whole from being accepted. The rows are added as they come; only the sums are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnreadableDocument
from service.ingest.cells import Cell, excerpt
from service.ingest.distinct_values import read_columns
from service.ingest.figure_columns import hold_against, read_figure
from service.ingest.layout import FIGURE_COLUMNS, PROVENANCE, REPORT_FILE_COLUMNS, ReportRows
from service.ingest.mapping.template import constant_column
from service.ingest.readers.chunk import text_column
from service.schema.records import Finding
from service.sentence import sentence
from service.vocabulary import Measure, Severity

MOST_SUMS = 1_000_000
"""How many reports the rows of one document may be added up to."""
_ROWS_AT_ONCE = 50_000
_KEYS = [name for name in REPORT_FILE_COLUMNS if name not in FIGURE_COLUMNS]
_BOUNDS = ("low", "best", "high")
_COUNT = {name: pa.int64() for name in (*_BOUNDS, "number")} | {"stated": pa.string()}
_ID, _ROWS, _UNREAD = "@id", "@rows", "@unread"


class Fold:
    """Adds up the rows of one document. ``locale`` says how its counts are written."""

    def __init__(self, document: str, locale: str) -> None:
        self._document = document
        self._read = lru_cache(1 << 16)(partial(read_figure, locale=locale))
        self._sums: list[pa.Table] = []
        self._pending = 0
        self._first_rows: list[ReportRows] = []
        self._kept = 0
        self._total = 0

    def rows(self, chunks: Iterator[ReportRows]) -> Iterator[ReportRows]:
        """Yield what is rejected as it comes, and the sums at the end; rows are numbered anew."""
        for chunk in chunks:
            self._add(chunk)
            rejected = []
            for row in chunk.rejected:
                self._total += 1
                rejected.append(row._replace(number=self._total))
            nothing = pa.array([], pa.int64())
            yield ReportRows({}, nothing, pa.table({"row": nothing}), None, tuple(rejected), chunk.findings)
        yield from self._summed_rows()

    def _add(self, chunk: ReportRows) -> None:
        count = len(chunk.numbers)
        if not count:
            return
        blank = constant_column("", count)
        columns = {name: chunk.columns.get(name, blank) for name in REPORT_FILE_COLUMNS}
        reading = read_columns(
            [columns[name] for name in ("measure", *FIGURE_COLUMNS)], self._read_figure_of_row, _COUNT
        )
        is_unread = (
            pa.repeat(pa.scalar(False), count)
            if reading.verdicts is None
            else pc.not_equal(reading.verdicts.take(reading.indices), 0)
        )
        rows = pa.table(
            {
                **{name: columns[name].cast(pa.string()) for name in _KEYS},
                **{name: reading.column(name) for name in _BOUNDS},
                _ID: pa.array(range(count), pa.int64()),
                _ROWS: pa.repeat(pa.scalar(1, pa.int64()), count),
                _UNREAD: is_unread.cast(pa.int64()),
            }
        )
        sums = _add_up([rows])
        first = sums[_ID].combine_chunks()
        self._first_rows.append(_take(chunk._replace(columns=columns), first))
        ids = pa.array(range(self._kept, self._kept + len(first)), pa.int64())
        self._sums.append(sums.set_column(sums.column_names.index(_ID), _ID, ids))
        self._kept += len(first)
        self._pending += len(first)
        if len(self._sums) > 1 and self._pending > max(2 * _ROWS_AT_ONCE, self._sums[0].num_rows):
            self._join_sums()

    def _read_figure_of_row(self, measure: str, *figure: str) -> Cell:
        """Return the ``Count`` of a row: its nouns are gone once it is added to others, so that they are held
        against its measure here. What is no measure holds the sum in any case."""
        cell = self._read(*figure)
        return hold_against(cell, measure.strip()) if measure.strip() in set(Measure) else cell

    def _join_sums(self) -> None:
        """Add up what has come since. Raises UnreadableDocument for more sums than are kept."""
        self._sums = [_add_up(self._sums)]
        self._pending = 0
        if self._sums[0].num_rows > MOST_SUMS:
            raise UnreadableDocument(
                sentence(
                    "The rows of %(document)s add up to more than %(most)s reports.",
                    document=self._document,
                    most=f"{MOST_SUMS:,}",
                ),
                fix="Hand it in in parts that share no report: by year, say; or without fold in the mapping.",
            )

    def _summed_rows(self) -> Iterator[ReportRows]:
        if not self._sums:
            return
        self._join_sums()
        sums = self._sums[0].sort_by(_ID)
        first_rows = _concatenate(self._first_rows)
        several = pc.sum(pc.greater(sums[_ROWS], 1)).as_py() or 0
        findings = (_folded_finding(several, pc.sum(sums[_ROWS]).as_py()),) if several else ()
        for at in range(0, sums.num_rows, _ROWS_AT_ONCE):
            part = sums.slice(at, _ROWS_AT_ONCE)
            rows = _with_sums(_take(first_rows, part[_ID].combine_chunks()), part)
            numbers = pa.array(range(self._total + 1, self._total + 1 + part.num_rows), pa.int64())
            self._total += part.num_rows
            yield rows._replace(numbers=numbers, findings=findings if at == 0 else ())


def _add_up(tables: list[pa.Table]) -> pa.Table:
    """Return one row for all that give the same keys; a bound that any of them leaves open is open."""
    every = pc.ScalarAggregateOptions(skip_nulls=False)
    grouped = pa.TableGroupBy(pa.concat_tables(tables), _KEYS).aggregate(
        [
            *((name, "sum", every) for name in _BOUNDS),
            (_ID, "min"),
            (_ROWS, "sum"),
            (_UNREAD, "sum"),
        ]
    )
    names = [name.removesuffix("_sum").removesuffix("_min") for name in grouped.column_names]
    return grouped.rename_columns(names).select([*_KEYS, *_BOUNDS, _ID, _ROWS, _UNREAD]).combine_chunks()


def _take(rows: ReportRows, indices: pa.Array) -> ReportRows:
    return ReportRows(
        {name: column.take(indices) for name, column in rows.columns.items()},
        rows.numbers.take(indices),
        rows.originals.take(indices),
        None if rows.locations is None else rows.locations.take(indices),
    )


def _concatenate(parts: list[ReportRows]) -> ReportRows:
    """Return the rows of all parts, which have the same columns of a report."""
    columns = {
        name: pa.chunked_array([part.columns[name].cast(pa.string()) for part in parts]).combine_chunks()
        for name in REPORT_FILE_COLUMNS
    }
    return ReportRows(
        {name: column.dictionary_encode() for name, column in columns.items()},
        pa.concat_arrays([part.numbers for part in parts]),
        pa.concat_tables([_as_text(part.originals) for part in parts], promote_options="default"),
        pa.concat_arrays([part.locations for part in parts]),
    )


def _as_text(table: pa.Table) -> pa.Table:
    """Return a table with its coded columns as text, which can be put below another."""
    return pa.table(
        {
            name: column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )


def _with_sums(rows: ReportRows, sums: pa.Table) -> ReportRows:
    """Return the rows with the sums as their counts; a row that stands alone keeps its wording."""
    values: list[dict[str, Any]] = sums.select([*_BOUNDS, _ROWS, _UNREAD]).to_pylist()
    stated = {name: rows.columns[name].cast(pa.string()).to_pylist() for name in FIGURE_COLUMNS}
    locations = [] if rows.locations is None else rows.locations.to_pylist()
    notes = rows.columns["note"].cast(pa.string()).to_pylist()
    for at, sum_of_rows in enumerate(values):
        if sum_of_rows[_ROWS] == 1:
            continue
        words = next((stated[name][at] for name in FIGURE_COLUMNS if stated[name][at].strip()), "")
        for name, text in _figure_texts(sum_of_rows, words).items():
            stated[name][at] = text
        more = sum_of_rows[_ROWS] - 1
        locations[at] = f"{locations[at]} and {more} more {'row' if more == 1 else 'rows'}"
        notes[at] = "; ".join(filter(None, (notes[at], f"{sum_of_rows[_ROWS]} rows added up")))
    columns = {name: text_column(texts) for name, texts in stated.items()}
    return rows._replace(
        columns={**rows.columns, **columns, "note": text_column(notes)},
        locations=pa.array(locations, pa.string()),
        originals=_with_stated_sums(rows.originals, {**stated, "note": notes}, locations, values),
    )


def _with_stated_sums(
    originals: pa.Table, stated: dict[str, list[str]], locations: list[str], sums: list[dict[str, Any]]
) -> pa.Table:
    """Return the cells kept of each row, which say the sum: a row that is held is tried again with it."""
    provenance = [
        {**before, "place": locations[at]}
        | ({"set": {name: texts[at] for name, texts in stated.items()}} if sums[at][_ROWS] > 1 else {})
        for at, before in enumerate(originals.column(PROVENANCE).to_pylist())
    ]
    index = originals.column_names.index(PROVENANCE)
    return originals.set_column(index, PROVENANCE, pa.array(provenance))


def _figure_texts(sums: dict[str, Any], words: str) -> dict[str, str]:
    """Return what stands in the columns of a figure for some rows together."""
    texts = dict.fromkeys(FIGURE_COLUMNS, "")
    if sums[_UNREAD]:
        unread, count = sums[_UNREAD], sums[_ROWS]
        return {**texts, "count": f"{excerpt(words)} … ({unread} of {count} rows to add up cannot be read)"}
    low, best, high = (sums[name] for name in _BOUNDS)
    if low == best == high and low is not None:
        return {**texts, "count": str(low)}
    return {**texts, **{name: "" if sums[name] is None else str(sums[name]) for name in _BOUNDS}}


def _folded_finding(several: int, rows: int) -> Finding:
    return Finding(
        "folded_rows",
        Severity.INFO,
        sentence(
            "1 report is the sum of several rows, as the mapping declares; %(rows)s rows were read in all.",
            rows=f"{rows:,}",
        )
        if several == 1
        else sentence(
            "%(number)s reports are the sum of several rows, as the mapping declares; %(rows)s rows were "
            "read in all.",
            number=f"{several:,}",
            rows=f"{rows:,}",
        ),
        "Nothing, if each row is a part of its own; else leave fold out of the mapping.",
    )
