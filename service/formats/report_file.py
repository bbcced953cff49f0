"""How do reports leave so that they can come in again?

``report_file`` gives LEDGER_REPORT rows under the columns of a report file: taken in again, on this machine
or another, each becomes the same report with the same id. Withdrawn reports have no place in such a file,
since it could not say that they are. It must not know formats or files.

>>> report_file(ledger.reports(arrow=True)).column_names[:3]                # doctest: +SKIP
['crisis', 'source', 'origin']
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from service.errors import NotFound, QueryError
from service.ingest import REPORT_FILE_COLUMNS, Problem, parse_count
from service.ingest.cell_text import closest_match
from service.ingest.date_precision import count_until, last_day
from service.schema.report_rules import drop_withdrawn
from service.sentence import did_you_mean, listed, sentence
from service.vocabulary import Basis, DatePrecision

Row = Mapping[str, Any]
SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=False) for name in REPORT_FILE_COLUMNS])
BOUNDS = re.compile(r"(\d*)/(\d*)/(\d*)")
"""How a report that states bounds in place of a wording keeps them."""
SAME = {
    "crisis": "crisis_id", "source": "source_id", "origin": "origin_id", "url": "url",
    "published_on": "published_on", "published_by": "published_by",
    "period_start": "period_start", "period_end": "period_end",
    "areas": "areas", "place_precision": "place_precision", "measure": "measure",
    "population": "population", "attributed_to": "attributed_to", "basis": "basis", "event": "event",
    "standard": "standard", "note": "note",
}  # fmt: skip
"""Columns of a report file that a report gives by itself."""
PRECISION_OF = {
    "published_on": "published_precision", "published_by": "published_precision",
    "counted_to": "counted_precision", "period_end": "counted_precision",
}  # fmt: skip
"""By column of a date, the column that says how exactly it is known."""


def report_file(reports: pa.Table) -> pa.Table:
    """The standing ones of ``reports`` (LEDGER_REPORT) as the rows of a report file, all of them text."""
    figures: dict[tuple[Any, ...], dict[str, str]] = {}
    rows = []
    for report in drop_withdrawn(reports).to_pylist():
        key = tuple(report[name] for name in ("count_stated", "low", "best", "high", "number"))
        if key not in figures:
            figures[key] = _figure(report)
        told = {column: _text(report[name]) for column, name in SAME.items()}
        if report["published_time"]:
            told["published_on"] += f"T{report['published_time']}"
        counted_to = "" if report["counted_to_inferred"] else _text(report["counted_to"])
        rows.append({**told, **_precisions(report), "counted_to": counted_to, **figures[key]})
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _precisions(report: Row) -> dict[str, str]:
    """Return how exactly the dates of a report are known, where the same days are read from that again.

    (A month that had not passed when it was handed in was cut at that day: as a month it would be read as
    another day, and the report as another one.)
    """
    counted_to, start, end = (report[name] for name in ("counted_to", "period_start", "period_end"))
    published = report["published_on"] or report["published_by"]
    is_end_of_period = bool(start and end) and start < end == counted_to
    of_publication, of_count = (
        DatePrecision(report[name] or DatePrecision.DAY)
        for name in ("published_precision", "counted_precision")
    )
    keeps_publication = published and last_day(published, of_publication) == published
    keeps_count = is_end_of_period or (
        counted_to and count_until(counted_to, of_count, published) == counted_to
    )
    return {
        "published_precision": _text(report["published_precision"]) if keeps_publication else "",
        "counted_precision": _text(report["counted_precision"]) if keeps_count else "",
    }


def amended_row(report: pa.Table, report_id: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return a report (LEDGER_REPORT, one row) as a row of a report file, with other values in some columns.

    A count takes the place of bounds, and bounds that of a count. Raises NotFound where there is no report,
    and QueryError where it is withdrawn, has no such column, or would not change.
    """
    if not report.num_rows:
        raise NotFound(
            sentence("There is no report %(report_id)s.", report_id=repr(report_id)),
            fix="Its id is in /v1/reports.",
        )
    rows: list[dict[str, str]] = report_file(report).to_pylist()
    if not rows:
        raise QueryError(
            sentence("%(report_id)s is withdrawn, or was corrected.", report_id=report_id),
            fix=sentence(
                "casualty history %(report_id)s --json names what stands in its place (replaced_by): "
                "correct that one. Only where nothing does: casualty reinstate %(report_id)s.",
                report_id=report_id,
            ),
        )
    (row,) = rows
    before = dict(row)
    for name, value in values.items():
        if name not in row:
            near = closest_match(name, REPORT_FILE_COLUMNS)
            raise QueryError(
                sentence("A report has no column %(name)s.", name=name[:60]),
                fix=did_you_mean((near,))
                if near
                else sentence("There are %(columns)s.", columns=listed(REPORT_FILE_COLUMNS)),
            )
        if name == "count":
            row.update(dict.fromkeys(("low", "best", "high"), ""))
        elif name in ("low", "best", "high"):
            row["count"] = ""
        elif name in PRECISION_OF and PRECISION_OF[name] not in values:
            row[PRECISION_OF[name]] = ""  # what was known of the day before says nothing of this one
        row[name] = value.strip()
    if row == before:
        raise QueryError(
            sentence("%(report_id)s says so already.", report_id=report_id), fix="Set another value."
        )
    return row


def _figure(report: Row) -> dict[str, str]:
    """The figure as it was stated: in words, or as bounds."""
    stated = report["count_stated"]
    if bounds := BOUNDS.fullmatch(stated):
        return {"count": "", **dict(zip(("low", "best", "high"), bounds.groups(), strict=True))}
    if _is_read_so(report):
        return {"count": stated, "low": "", "best": "", "high": ""}
    return {"count": "", **{name: _text(report[name]) for name in ("low", "best", "high")}}


def _is_read_so(report: Row) -> bool:
    """Whether the wording is read again as the report has it (one of another layout may not be)."""
    try:
        may_take_back = report["basis"] == Basis.INCREMENT
        count = parse_count(report["count_stated"], may_take_back=may_take_back)
    except Problem:
        return False
    return all(getattr(count, name) == report[name] for name in ("low", "best", "high", "number"))


def _text(value: object) -> str:
    return "" if value is None else str(value)
