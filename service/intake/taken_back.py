"""Which figures does a document take back by leaving them blank?

A retraction without a number takes back what its origin said before of that place, people and day. A blank of
a table whose mapping declares that blanks take back is no report where nothing stood (most are blank since
nobody counted there): it is set aside with a note. Where a document itself says ``basis = retraction``, it is
a report whether or not the figure has come in yet. This module must not know how a document is read, nor how
it is recorded.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pyarrow as pa
import pyarrow.compute as pc

from service.ledger.view import View
from service.schema.records import Batch, Finding
from service.schema.tables import HELD
from service.sentence import message, sentence
from service.vocabulary import TAKING_BACK, Severity, Verdict

_KEPT = {
    "crisis": "crisis_id", "source": "source_id", "origin": "origin_id", "url": "url",
    "published_on": "published_on", "published_by": "published_by", "counted_to": "counted_to",
    "period_start": "period_start", "period_end": "period_end", "areas": "areas", "measure": "measure",
    "population": "population", "attributed_to": "attributed_to", "basis": "basis", "event": "event",
    "standard": "standard", "note": "note",
}  # fmt: skip
"""The columns of a report file that a row without a figure is kept under, and the columns of a report."""
_EXAMPLES = 5


def settle_retractions(batch: Batch, view: View, today: dt.date) -> Batch:
    """Return the batch without the blanks that take nothing back, and a finding about the others."""
    reports = batch.reports
    is_blank = pc.and_(pc.is_in(reports["basis"], pa.array(TAKING_BACK)), pc.is_null(reports["number"]))
    blank = reports.filter(is_blank)
    if not blank.num_rows:
        return batch
    taken_back = view.find_taken_back(blank, today)
    findings = _takes_back(taken_back.filter(pc.is_valid(taken_back["taken_back"])))
    if not batch.blanks_take_back:
        return dataclasses.replace(batch, findings=(*batch.findings, *findings))
    settled = pc.unique(taken_back["row"].combine_chunks())
    is_idle = pc.and_(is_blank, pc.invert(pc.is_in(reports["row"], value_set=settled)))
    idle = reports.filter(is_idle)
    held = [
        {"row": row["row"], "verdict": str(Verdict.REJECTED), "raw": _as_json(row)}
        for row in idle.to_pylist()
    ]
    idle_ones = map(_nothing_to_take_back, idle["row"].to_pylist())
    return dataclasses.replace(
        batch,
        reports=reports.filter(pc.invert(is_idle)).combine_chunks(),
        held=pa.concat_tables([batch.held, pa.Table.from_pylist(held, schema=HELD)]).sort_by("row"),
        findings=(*batch.findings, *idle_ones, *findings),
    )


def _as_json(report: dict[str, object]) -> str:
    cells = {name: report[column] for name, column in _KEPT.items()}
    texts = {name: "" if value is None else str(value) for name, value in cells.items()}
    return json.dumps(texts, ensure_ascii=False)


def _nothing_to_take_back(row: int) -> Finding:
    return Finding(
        "nothing_to_take_back",
        Severity.INFO,
        "The figure is blank, and its origin gave none before for that place, people and day.",
        "Nothing, if it was never given; else correct what names the figure.",
        row=row,
        column="count",
    )


def _what(row: dict[str, object]) -> str:
    """Return what a figure that is taken back was about, and how much it was."""
    about = [row["area_stated"], row["measure"], row["population"], row["attributed_to"]]
    return f"{', '.join(str(part) for part in about if part)} to {row['counted_to']}: {row['count_stated']}"


def _takes_back(rows: pa.Table) -> list[Finding]:
    """Return the finding that says what a document takes back (columns of taken_back.sql)."""
    if not rows.num_rows:
        return []
    some = "; ".join(map(_what, rows.slice(0, _EXAMPLES).to_pylist()))
    more = "; …" if rows.num_rows > _EXAMPLES else ""
    said = sentence(
        "Figures that stood before are blank now, and taken back from the day of this document on: "
        "%(number)s (%(some)s).",
        number=rows.num_rows,
        some=f"{some}{more}",
    )
    fix = message("Nothing, if the source dropped them; else hand in the figures.")
    return [Finding("taken_back", Severity.WARNING, said, fix)]
