"""What was known of some crises on one day after the other?

A crisis as of each day goes through the steps as a crisis of its own, under a name that no other has: crises
know nothing of one another, and a step costs about as much for one small crisis as for a dozen. No figure
depends on it. This module does not know which days are worth asking about.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.engine import reconcile
from service.reconcile.known import Weights
from service.reconcile.latest import Latest
from service.reconcile.result import Reconciled
from service.schema.records import Reference
from service.schema.report_rules import cut_as_of

REPORTS_TOGETHER = 5_000
"""So many reports of several days go through the steps together; more only where one day has more."""
DIGITS = 6
"""The number of a day stands before the name of a crisis in so many digits: sorted, it comes first."""
Known = tuple[int, dt.date, pa.Table]
"""The number of a day, the day, and the reports of then."""


def reconcile_days(
    reports: pa.Table,
    reference: Reference,
    days: Sequence[tuple[dt.date, Collection[str]]],
    *,
    method: str,
    weights: Weights,
    latest: Latest,
) -> Iterator[Reconciled]:
    """Yield for each of some days what was known then of some crises: the ``latest`` figures and what is
    behind them, without findings.

    ``reports`` (LEDGER_REPORT) are those of any day. Raises as ``reconcile``.
    """
    for together in _together(_known(reports, days)):
        numbered = pa.concat_tables([_number(known, number) for number, _, known in together])
        crises = pa.concat_tables([_number(reference.crisis, number) for number, _, _ in together])
        days_of = {
            crisis: day
            for number, day, known in together
            for crisis in pc.unique(_number(known.select(["crisis_id"]), number)["crisis_id"]).to_pylist()
        }
        answer = reconcile(
            numbered,
            dataclasses.replace(reference, crisis=crises),
            as_of=days_of,
            method=method,
            weights=weights,
            latest=dataclasses.replace(
                latest, is_asked=lambda cells, starts: latest.is_asked(_without_number(cells), starts)
            ),
        )
        yield from (_of_day(answer, number) for number, _, _ in together)


def _known(reports: pa.Table, days: Sequence[tuple[dt.date, Collection[str]]]) -> Iterator[Known]:
    """The reports of some crises as of each day."""
    for number, (day, crises) in enumerate(days):
        is_asked = pc.is_in(reports.column("crisis_id"), pa.array(crises, pa.string()))
        yield number, day, cut_as_of(reports.filter(is_asked), day)


def _together(known: Iterator[Known]) -> Iterator[list[Known]]:
    """The days that go through the steps together."""
    found: list[Known] = []
    size = 0
    for each in known:
        if found and size + len(each[-1]) > REPORTS_TOGETHER:
            yield found
            found, size = [], 0
        found.append(each)
        size += len(each[-1])
    if found:
        yield found


def _number(rows: pa.Table, number: int) -> pa.Table:
    """Rows whose crises have the number of a day before their name."""
    return _rename(rows, pc.binary_join_element_wise(f"{number:0{DIGITS}}", rows.column("crisis_id"), ""))


def _without_number(rows: pa.Table) -> pa.Table:
    return _rename(rows, pc.utf8_slice_codeunits(rows.column("crisis_id"), DIGITS))


def _rename(rows: pa.Table, crises: pa.ChunkedArray) -> pa.Table:
    place = rows.schema.get_field_index("crisis_id")
    return rows.set_column(place, rows.schema.field(place), crises.cast(rows.schema.field(place).type))


def _of_day(answer: Reconciled, number: int) -> Reconciled:
    """The part of an answer that is about the day with this number."""
    of_day = f"{number:0{DIGITS}}"

    def own(rows: pa.Table) -> pa.Table:
        return _without_number(rows.filter(pc.starts_with(rows.column("crisis_id"), of_day)))

    return Reconciled(
        own(answer.estimates),
        own(answer.evidence),
        answer.findings,
        {
            crisis.removeprefix(of_day): start
            for crisis, start in answer.starts.items()
            if crisis.startswith(of_day)
        },
    )
