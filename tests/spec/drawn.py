"""Reconciliation drawn as tables: reports in, estimates out, one line each.

A report line is ``DAY WHO FIGURE [key=value …]``: the day of March 2025 counted to, ``source`` or
``carrier<origin``, the figure in words, then what differs from "civilians killed in Latakia, published on the
day counted to, documented" (``pub=none public=10``: without a date, public by that day; ``event=e1``: an
incident of that day alone; ``clock=21:30Z``: the time of day of publication). An estimate line is
``DAY LOW BEST HIGH GRADE``, with ``-`` for unknown.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from service.ingest import parse_count
from service.reconcile import Reconciled, reconcile
from service.reconcile.calibration import Factors
from service.schema.records import Finding, read_findings, report_id
from service.schema.tables import LEDGER_REPORT
from tests.builders import moment, reference, report

METHOD = "least-disagreement/2"
LONG_AFTER = dt.date(2025, 12, 31)
PLAIN = Factors()
"""Nothing learnt: expected figures stay blank."""
KEYS = {
    "area": "areas", "pop": "population", "measure": "measure", "std": "standard", "by": "attributed_to",
    "basis": "basis",
    "event": "event", "url": "url", "clock": "published_time",
}  # fmt: skip
UNDATED = "none"


def march(day: str) -> dt.date:
    return dt.date(2025, 3, int(day))


def reports(drawing: str) -> pa.Table:
    """LEDGER_REPORT rows from report lines."""
    return ledger_reports([_report(line) for line in drawing.strip().splitlines()])


def ledger_reports(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of ``builders.report`` as the ledger hands them out."""
    recorded = moment("2025-12-01T00:00")
    full = []
    for place, row in enumerate(rows, start=1):
        published = row["published_on"]
        known = published or row.get("published_by") or recorded.date()
        counted = row["counted_to"] or known
        full.append(
            {
                "withdrawn": None,
                **row,
                "counted_to": counted,
                "counted_to_inferred": row["counted_to"] is None,
                "known_on": known,
                "recorded_at": recorded,
                "seq": 1,
                "row": place,
            }
        )
    return pa.Table.from_pylist(full, schema=LEDGER_REPORT)


def estimates(
    drawing: str,
    *,
    as_of: dt.date = LONG_AFTER,
    area: str = "SY06",
    pop: str = "civilians",
    method: str = METHOD,
    calibration: Factors = PLAIN,
) -> str:
    """The estimate lines that the report lines lead to, for one place and population."""
    found = reconciled(drawing, as_of=as_of, method=method, calibration=calibration).estimates.to_pylist()
    lines = []
    for row in found:
        if row["areas"] == area and row["population"] == pop:
            bounds = ("-" if row[name] is None else str(row[name]) for name in ("low", "best", "high"))
            lines.append(" ".join([f"{row['date'].day:02}", *bounds, row["grade"]]))
    return "\n".join(lines)


def roles(drawing: str, *, on: str, as_of: dt.date = LONG_AFTER, area: str = "SY06") -> dict[str, str]:
    """``source figure`` -> role on a day of March, for the civilians of one place."""
    table = reports(drawing)
    said = {row["report_id"]: f"{row['source_id']} {row['count_stated']}" for row in table.to_pylist()}
    day = march(on)
    return {
        said[row["report_id"]]: row["role"]
        for row in reconciled(drawing, as_of=as_of).evidence.to_pylist()
        if row["areas"] == area
        and row["population"] == "civilians"
        and row["date"] <= day
        and (row["until"] is None or row["until"] > day)
    }


def reconciled(
    drawing: str, *, as_of: dt.date = LONG_AFTER, method: str = METHOD, calibration: Factors = PLAIN
) -> Reconciled:
    known = [row for row in reports(drawing).to_pylist() if row["known_on"] <= as_of]
    table = pa.Table.from_pylist(known, schema=LEDGER_REPORT)
    return reconcile(table, reference(), as_of=as_of, method=method, calibration=calibration)


def noticed(drawing: str) -> tuple[Finding, ...]:
    """Return what reconciliation finds odd about a drawing."""
    return read_findings(reconciled(drawing).findings.to_pylist())


def tidy(drawing: str) -> str:
    """A drawing without its indentation, as ``estimates`` writes one."""
    return "\n".join(" ".join(line.split()) for line in drawing.strip().splitlines())


def _report(line: str) -> dict[str, Any]:
    day, who, *rest = line.split()
    fields: dict[str, Any] = {KEYS[k]: v for k, v in (p.split("=") for p in rest if p.split("=")[0] in KEYS)}
    extra = dict(p.split("=") for p in rest if "=" in p and p.split("=")[0] not in KEYS)
    stated = " ".join(part for part in rest if "=" not in part)
    if "event" in fields:
        fields.setdefault("basis", "increment")
    count = parse_count(stated, may_take_back=fields.get("basis") == "increment")
    source, _, origin = who.partition("<")
    published = extra.get("pub", day)
    row = report(
        source_id=source,
        origin_id=origin or source,
        published_on=None if published == UNDATED else march(published),
        published_by=march(extra["public"]) if "public" in extra else None,
        counted_to=None if day == UNDATED else march(day),
        period_start=march(extra.get("from", day if "event" in fields else "6")),
        low=count.low,
        best=count.best,
        high=count.high,
        number=count.number,
        count_stated=stated,
        **fields,
    )
    return {**row, "withdrawn": extra.get("withdrawn"), "report_id": report_id(row)}
