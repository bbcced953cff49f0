"""Which rows are accepted as reports, and which are quarantined or rejected?

``RowReader`` reads rows column by column, gives each row the worst verdict of its cells, and makes reports of
those that are accepted. It is given the reference data and the present day, and remembers from chunk to chunk
which names were new. It must not know what kind of file the rows come from.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.cells import Cell
from service.ingest.date_columns import DAY_COLUMNS, PRECISION_COLUMNS, read_days
from service.ingest.distinct_values import (
    ODD_KEY,
    ODD_NOTE,
    PLAIN_URL,
    RANKED_VERDICTS,
    Reading,
    read_column,
    read_columns,
    read_verbatim_column,
    row_verdicts,
)
from service.ingest.figure_columns import hold_against, read_figure
from service.ingest.layout import FIGURE_COLUMNS, ReportRows
from service.ingest.mapping.template import constant_column
from service.ingest.personal_data import read_personal_data, withhold_values
from service.ingest.readers.chunk import row_as_json
from service.ingest.report_columns import ColumnReaders
from service.ingest.report_ids import CodedColumn, report_ids
from service.ingest.wording.written_dates import ISO, DateFormat
from service.reference.containment import Containment
from service.schema.records import Finding, Reference
from service.schema.tables import BATCH_REPORT, IDENTITY, LATER_IDENTITY
from service.sentence import locate
from service.vocabulary import TAKING_BACK, Basis

_TEXT, _DAY, _WHOLE = pa.string(), pa.date32(), pa.int64()
_FIELDS: dict[str, dict[str, pa.DataType]] = {
    "crisis": {"crisis_id": _TEXT},
    "source": {"source_id": _TEXT},
    "origin": {"origin_id": _TEXT},
    "areas": {"areas": _TEXT, "area_stated": _TEXT},
    "place_precision": {"place_precision": _TEXT},
    "measure": {"measure": _TEXT},
    "population": {"population": _TEXT},
    "attributed_to": {"attributed_to": _TEXT},
    "basis": {"basis": _TEXT},
    "standard": {"standard": _TEXT},
}
"""The fields of a report that each column gives by itself."""
_DAY_FIELDS = {
    "published_on": _DAY,
    "published_time": _TEXT,
    "published_by": _DAY,
    "published_precision": _TEXT,
    "counted_to": _DAY,
    "counted_to_inferred": pa.bool_(),
    "counted_precision": _TEXT,
    "period_start": _DAY,
    "period_end": _DAY,
}
_COUNT_FIELDS = {"low": _WHOLE, "best": _WHOLE, "high": _WHOLE, "number": _WHOLE, "count_stated": _TEXT}
_CACHED_TEXTS = 1 << 16


class HeldRow(NamedTuple):
    """A row that is not accepted (``schema.tables.HELD``): its number, its verdict, and its cells as a JSON
    object."""

    row: int
    verdict: str
    raw: str


class RowReader:
    """Reads the rows of one document over one state of the reference data. ``date_format`` says how the
    document writes dates."""

    def __init__(self, reference: Reference, today: dt.date, date_format: DateFormat = ISO) -> None:
        self._columns = ColumnReaders(reference)
        self._containment = Containment.of(reference)
        cached = lru_cache(_CACHED_TEXTS)
        self._readers: Mapping[str, Callable[[str], Cell]] = {
            name: cached(read) for name, read in self._columns.by_column().items()
        }
        self._read_areas: Callable[..., Cell] = cached(self._columns.read_areas)
        self._read_days: Callable[..., Cell] = cached(
            partial(read_days, today=today, date_format=date_format)
        )
        self._read_figure: Callable[..., Cell] = cached(
            partial(self._read_figure_of_basis, locale=date_format.locale)
        )

    def new_reference_rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return the reference rows of the sources and crises that were new so far, by table."""
        return self._columns.new_reference_rows()

    def read(self, rows: ReportRows) -> tuple[pa.Table, list[HeldRow], list[Finding]]:
        """Return the reports of the accepted rows (BATCH_REPORT), the rows that are quarantined or rejected,
        and the findings about each row in the order of the columns."""
        readings = self._read_fields(rows)
        verdicts = row_verdicts(readings.values(), len(rows.numbers))
        findings = withhold_values(_row_findings(readings.values(), rows))
        accepted = pc.indices_nonzero(pc.equal(verdicts, 0))
        fields = self._report_fields({name: reading.take(accepted) for name, reading in readings.items()})
        reports = _reports(fields, rows.numbers.take(accepted))
        findings += self._register_new_names(reports)
        held = [
            HeldRow(
                rows.numbers[index].as_py(),
                RANKED_VERDICTS[verdicts[index].as_py()],
                row_as_json(rows.originals, index),
            )
            for index in pc.indices_nonzero(verdicts).to_pylist()
        ]
        return reports, held, findings

    def _read_fields(self, rows: ReportRows) -> dict[str, Reading]:
        """Read every column, or group of columns, of the rows; a column that the document lacks is blank."""
        blank = constant_column("", len(rows.numbers))
        dates = (*DAY_COLUMNS, *PRECISION_COLUMNS)
        names = (*self._readers, *dates, *FIGURE_COLUMNS)
        columns = {name: rows.columns.get(name, blank) for name in names}
        readings = {
            name: read_column(columns[name], self._readers[name], fields) for name, fields in _FIELDS.items()
        }
        if readings["areas"].findings:  # only then does it matter what crisis a place belongs to
            places = [columns["areas"], columns["crisis"]]
            readings["areas"] = read_columns(places, self._read_areas, _FIELDS["areas"])
        readings["url"] = read_verbatim_column(
            columns["url"],
            "url",
            lambda texts: pc.invert(pc.match_substring_regex(texts, PLAIN_URL)),
            self._readers["url"],
        )
        readings["note"] = read_verbatim_column(
            columns["note"],
            "note",
            lambda texts: pc.match_substring_regex(texts, ODD_NOTE),
            self._readers["note"],
        )
        readings["event"] = read_verbatim_column(
            columns["event"],
            "event",
            lambda texts: pc.match_substring_regex(texts, ODD_KEY),
            self._readers["event"],
        )
        readings["days"] = read_columns([columns[name] for name in dates], self._read_days, _DAY_FIELDS)
        readings["figure"] = read_columns(
            [columns[name] for name in ("basis", "measure", "population", *FIGURE_COLUMNS)],
            self._read_figure_of_row,
            _COUNT_FIELDS,
        )
        return {**readings, **read_personal_data(columns, self._columns.is_known)}

    def _read_figure_of_row(self, basis: str, measure: str, population: str, *figure: str) -> Cell:
        """Return the ``Count`` of a row, whose nouns are held against its measure and its population; a blank
        or unknown one holds the row in any case."""
        counted, people = (
            self._readers["measure"](measure).value,
            self._readers["population"](population).value,
        )
        cell = self._read_figure(basis, *figure)
        if not counted or not people:
            return cell
        return hold_against(cell, counted, partial(self._containment.populations_are_disjoint, people))

    def _read_figure_of_basis(self, basis: str, *figure: str, locale: str) -> Cell:
        """Return the ``Count`` of a row. Only of days alone may a source take people back, and only what
        takes a figure back needs no number."""
        word = self._readers["basis"](basis).value
        return read_figure(
            *figure,
            locale=locale,
            may_take_back=word == Basis.INCREMENT,
            may_be_blank=word in TAKING_BACK,
        )

    def _report_fields(self, readings: Mapping[str, Reading]) -> dict[str, CodedColumn]:
        """Return the fields of accepted rows. A blank origin is the source, a blank standard the one that the
        origin usually works to; a row about an incident is an increment."""
        fields: dict[str, CodedColumn] = {
            field: (values, reading.indices)
            for reading in readings.values()
            for field, values in reading.values.items()
        }
        origin, source = readings["origin"].column("origin_id"), readings["source"].column("source_id")
        origin = pc.if_else(pc.equal(origin, ""), source, origin).dictionary_encode()
        fields["origin_id"] = (origin.dictionary, origin.indices)
        usual = pa.array(
            [self._columns.usual_standard(name) for name in origin.dictionary.to_pylist()], _TEXT
        )
        stated = readings["standard"].column("standard")
        standard = pc.if_else(pc.equal(stated, ""), usual.take(origin.indices), stated).dictionary_encode()
        fields["standard"] = (standard.dictionary, standard.indices)
        is_own = pc.equal(origin.cast(_TEXT), source.cast(_TEXT))
        fields["basis"] = _basis(readings["basis"], readings["event"], is_own)
        return fields

    def _register_new_names(self, reports: pa.Table) -> list[Finding]:
        """Register the names that the accepted rows bring for the first time; return the findings about
        them."""
        pending = pa.array(self._columns.pending(), _TEXT)
        if not len(pending):
            return []
        indices: set[int] = set()
        for field in ("crisis_id", "source_id", "origin_id"):
            column = reports.column(field)
            new = pc.unique(column.filter(pc.is_in(column, value_set=pending)))
            indices.update(pc.index(column, name).as_py() for name in new)
        findings: list[Finding] = []
        for index in sorted(indices):
            (report,) = reports.slice(index, 1).to_pylist()
            findings += [
                dataclasses.replace(finding, row=report["row"]) for finding in self._columns.register(report)
            ]
        return findings


def _basis(stated: Reading, event: Reading, is_own: pa.Array) -> CodedColumn:
    """Return the basis of each row: one about an incident counts that alone, unless it takes a figure back;
    of others a blank is a running total. An origin that no longer gives its own figure takes it back."""
    word = stated.column("basis")
    word = pc.if_else(pc.and_(is_own, pc.equal(word, str(Basis.REMOVAL))), str(Basis.RETRACTION), word)
    takes_back = pc.is_in(word, pa.array(TAKING_BACK))
    is_incident = pc.and_(pc.is_valid(event.column("event")), pc.invert(takes_back))
    word = pc.if_else(pc.equal(word, ""), str(Basis.CUMULATIVE), word)
    basis = pc.if_else(is_incident, str(Basis.INCREMENT), word).dictionary_encode()
    return basis.dictionary, basis.indices


def _reports(fields: Mapping[str, CodedColumn], numbers: pa.Array) -> pa.Table:
    """Return the reports of accepted rows, in the schema BATCH_REPORT."""
    columns = {field: values.take(indices) for field, (values, indices) in fields.items()}
    columns["report_id"] = report_ids({name: fields[name] for name in (*IDENTITY, *LATER_IDENTITY)})
    columns["row"] = numbers
    return pa.table([columns[field.name] for field in BATCH_REPORT], schema=BATCH_REPORT)


def _row_findings(readings: Iterable[Reading], rows: ReportRows) -> list[Finding]:
    """Return the findings about each row, by row and then in the order of the readings."""
    findings: list[tuple[int, Finding]] = []
    for reading in readings:
        if not reading.findings:
            continue
        values = pa.array(reading.findings, reading.indices.type)
        indices = pc.indices_nonzero(pc.is_in(reading.indices, value_set=values))
        for index, value in zip(indices.to_pylist(), reading.indices.take(indices).to_pylist(), strict=True):
            findings += [(index, finding) for finding in reading.findings[value]]
    findings.sort(key=lambda pair: pair[0])
    return [_finding_of_row(finding, rows, index) for index, finding in findings]


def _finding_of_row(finding: Finding, rows: ReportRows, index: int) -> Finding:
    """Return the finding with the number of its row, and its location where that is more than a number."""
    said = finding.message
    if rows.locations is not None:
        said = locate(rows.locations[index].as_py(), said)
    return dataclasses.replace(finding, row=rows.numbers[index].as_py(), message=said)
