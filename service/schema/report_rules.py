"""Which reports may a figure rest on, by what the ledger says about them?

The rules that hold wherever reports are used: only what was public by the day of knowledge counts, by
inferred days of publication or without them, and a withdrawn report counts no more. (The ledger applies the
same rules while it reads: ``ledger/sql/cut_as_of.sql``, ``dated_reports.sql``.) This module must not know how
figures are reconciled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def cut_as_of(rows: pa.Table, as_of: dt.date, *, column: str = "known_on") -> pa.Table:
    """Return the rows that the public could know on the day ``as_of``, in their order.

    ``column`` holds the day since which each row is public: ``known_on`` for LEDGER_REPORT. Raises TypeError
    for an ``as_of`` with a time of day, since a day of knowledge is taken whole.
    """
    if isinstance(as_of, dt.datetime):
        raise TypeError("as_of is a day, not a moment")
    return rows.filter(pc.less_equal(rows.column(column), pa.scalar(as_of, pa.date32())))


def stated_day(report: Mapping[str, Any]) -> dt.date | None:
    """Return the day that a report (LEDGER_REPORT) counts to; None where its page gives neither that nor
    a day of publication."""
    is_undated = report["counted_to_inferred"] and report["published_on"] is None
    day: dt.date | None = None if is_undated else report["counted_to"]
    return day


def date_as_stated(reports: pa.Table) -> pa.Table:
    """Return the reports (LEDGER_REPORT) as they are known by stated dates only.

    Where the day of publication is inferred, the day of recording stands in, for the day counted to as well
    if nothing else says it.
    """
    is_inferred = pc.and_(pc.is_null(reports["published_on"]), pc.is_valid(reports["published_by"]))
    recorded_on = reports["recorded_at"].cast(pa.date32(), safe=False)
    return _replace(
        reports,
        known_on=pc.if_else(is_inferred, recorded_on, reports["known_on"]),
        counted_to=pc.if_else(
            pc.and_(is_inferred, reports["counted_to_inferred"]), recorded_on, reports["counted_to"]
        ),
    )


def _replace(table: pa.Table, **columns: pa.ChunkedArray) -> pa.Table:
    """Return the table with other values in some columns."""
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), values)
    return table


def drop_withdrawn(reports: pa.Table) -> pa.Table:
    """Return the reports (LEDGER_REPORT) that are not withdrawn, in their order."""
    return reports.filter(pc.invert(is_withdrawn(reports)))


def is_withdrawn(reports: pa.Table) -> pa.ChunkedArray:
    """Return, for each report (LEDGER_REPORT), whether it is withdrawn: whether it carries a reason for
    it."""
    return pc.is_valid(reports.column("withdrawn"))
