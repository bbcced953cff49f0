"""What becomes of rows under the columns of a report file?

Reads them column by column, gives each its verdict, and makes the reports of those that are accepted. It
knows the reference data and the present day, and remembers from chunk to chunk which names were new.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.cells import Cell
from service.ingest.columns import Columns
from service.ingest.columnwise import (
    ODD_NOTE,
    PLAIN_URL,
    RANKED,
    Reading,
    read_each,
    read_together,
    read_verbatim,
    report_ids,
    worst_of,
)
from service.ingest.dates import read_days
from service.ingest.figure import read_figure
from service.ingest.layout import FIGURE_COLUMNS, Laid, raw_of
from service.ingest.wording.written_dates import ISO, Form
from service.schema.records import Finding, Reference
from service.schema.tables import BATCH_REPORT, IDENTITY
from service.vocabulary import Verdict

DAY_COLUMNS = ("published_on", "counted_to", "period_start", "period_end")
_TEXT, _DAY, _WHOLE = pa.string(), pa.date32(), pa.int64()
_FIELDS: dict[str, dict[str, pa.DataType]] = {
    "crisis": {"crisis_id": _TEXT},
    "source": {"source_id": _TEXT},
    "origin": {"origin_id": _TEXT},
    "areas": {"areas": _TEXT, "area_stated": _TEXT},
    "measure": {"measure": _TEXT},
    "population": {"population": _TEXT},
    "attributed_to": {"attributed_to": _TEXT},
    "basis": {"basis": _TEXT},
    "standard": {"standard": _TEXT},
}
"""The fields of a report that each column gives by itself."""
_DAYS = {
    "published_on": _DAY,
    "counted_to": _DAY,
    "counted_to_inferred": pa.bool_(),
    "period_start": _DAY,
    "period_end": _DAY,
}
_COUNT = {"low": _WHOLE, "best": _WHOLE, "high": _WHOLE, "number": _WHOLE, "count_stated": _TEXT}
_REMEMBERED = 1 << 16

Coded = dict[str, tuple[pa.Array, pa.Array]]
"""By field: the distinct values and which of them each row has."""


class RowReader:
    """Reads the rows of one document over one state of the reference data; ``form``: how it writes dates."""

    def __init__(self, reference: Reference, today: dt.date, form: Form = ISO) -> None:
        self._columns = Columns(reference)
        remember = lru_cache(_REMEMBERED)
        self._readers: Mapping[str, Callable[[str], Cell]] = {
            name: remember(read) for name, read in self._columns.readers().items()
        }
        self._days: Callable[..., Cell] = remember(partial(read_days, today=today, form=form))
        self._figure: Callable[..., Cell] = remember(partial(read_figure, locale=form.locale))

    def register(self) -> dict[str, list[dict[str, Any]]]:
        """The reference rows met so far, by table."""
        return self._columns.register()

    def read(self, laid: Laid) -> tuple[pa.Table, list[tuple[int, Verdict, str]], list[Finding]]:
        """The reports of the accepted rows (BATCH_REPORT), the others as (row, verdict, what stood there),
        and what was noticed about each row in the order of the columns."""
        readings = self._readings(laid)
        verdicts = worst_of(readings.values(), len(laid.rows))
        findings = _findings(readings.values(), laid)
        accepted = pc.indices_nonzero(pc.equal(verdicts, 0))
        coded = self._coded({name: each.of(accepted) for name, each in readings.items()})
        rows = laid.rows.take(accepted)
        reports = _table(coded, rows)
        findings += self._meet(reports)
        held = [
            (laid.rows[place].as_py(), RANKED[verdicts[place].as_py()], raw_of(laid.given, place))
            for place in pc.indices_nonzero(verdicts).to_pylist()
        ]
        return reports, held, findings

    def _readings(self, laid: Laid) -> dict[str, Reading]:
        blank = pa.DictionaryArray.from_arrays(
            pa.repeat(pa.scalar(0, pa.int32()), len(laid.rows)), pa.array([""], _TEXT)
        )
        given = {
            name: laid.columns.get(name, blank) for name in (*self._readers, *DAY_COLUMNS, *FIGURE_COLUMNS)
        }
        readings = {name: read_each(given[name], self._readers[name], kind) for name, kind in _FIELDS.items()}
        readings["url"] = read_verbatim(
            given["url"],
            "url",
            lambda texts: pc.invert(pc.match_substring_regex(texts, PLAIN_URL)),
            self._readers["url"],
        )
        readings["note"] = read_verbatim(
            given["note"],
            "note",
            lambda texts: pc.match_substring_regex(texts, ODD_NOTE),
            self._readers["note"],
        )
        readings["days"] = read_together([given[name] for name in DAY_COLUMNS], self._days, _DAYS)
        readings["figure"] = read_together([given[name] for name in FIGURE_COLUMNS], self._figure, _COUNT)
        return readings

    def _coded(self, readings: Mapping[str, Reading]) -> Coded:
        """The fields of the accepted rows, with what a blank falls back on."""
        coded: Coded = {
            field: (values, each.rows) for each in readings.values() for field, values in each.values.items()
        }
        origin, source = readings["origin"].column("origin_id"), readings["source"].column("source_id")
        origin = pc.if_else(pc.equal(origin, ""), source, origin).dictionary_encode()
        coded["origin_id"] = (origin.dictionary, origin.indices)
        usual = pa.array(
            [self._columns.usual_standard(name) for name in origin.dictionary.to_pylist()], _TEXT
        )
        stated = readings["standard"].column("standard")
        standard = pc.if_else(pc.equal(stated, ""), usual.take(origin.indices), stated).dictionary_encode()
        coded["standard"] = (standard.dictionary, standard.indices)
        return coded

    def _meet(self, reports: pa.Table) -> list[Finding]:
        """Registers the names that the accepted rows bring for the first time, and says so."""
        pending = pa.array(self._columns.pending(), _TEXT)
        if not len(pending):
            return []
        places: set[int] = set()
        for field in ("crisis_id", "source_id", "origin_id"):
            column = reports.column(field)
            named = pc.unique(column.filter(pc.is_in(column, value_set=pending)))
            places.update(pc.index(column, name).as_py() for name in named)
        found: list[Finding] = []
        for place in sorted(places):
            (report,) = reports.slice(place, 1).to_pylist()
            found += [dataclasses.replace(each, row=report["row"]) for each in self._columns.meet(report)]
        return found


def _table(coded: Coded, rows: pa.Array) -> pa.Table:
    """The reports of accepted rows."""
    columns = {field: values.take(places) for field, (values, places) in coded.items()}
    columns["report_id"] = report_ids({name: coded[name] for name in IDENTITY})
    columns["row"] = rows
    return pa.table([columns[field.name] for field in BATCH_REPORT], schema=BATCH_REPORT)


def _findings(readings: Iterable[Reading], laid: Laid) -> list[Finding]:
    """What was noticed about each row, by row and then in the order of the readings."""
    found: list[tuple[int, Finding]] = []
    for reading in readings:
        if not reading.findings:
            continue
        noticed = pa.array(reading.findings, reading.rows.type)
        places = pc.indices_nonzero(pc.is_in(reading.rows, value_set=noticed))
        for place, content in zip(places.to_pylist(), reading.rows.take(places).to_pylist(), strict=True):
            found += [(place, finding) for finding in reading.findings[content]]
    found.sort(key=lambda each: each[0])
    return [_placed(finding, laid, place) for place, finding in found]


def _placed(finding: Finding, laid: Laid, place: int) -> Finding:
    where = f"{laid.places[place].as_py()}: " if laid.places is not None else ""
    return dataclasses.replace(finding, row=laid.rows[place].as_py(), message=f"{where}{finding.message}")
