"""Which reports may a figure rest on, by what the ledger says about them?

The two rules that hold wherever reports are used: only what was public by the day of knowledge counts, and a
withdrawn report counts no more. (The ledger cuts at the same day while it reads:
``ledger/sql/cut_as_of.sql``.) This module must not know how figures are reconciled.
"""

from __future__ import annotations

import datetime as dt

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


def drop_withdrawn(reports: pa.Table) -> pa.Table:
    """Return the reports (LEDGER_REPORT) that are not withdrawn, in their order."""
    return reports.filter(pc.invert(is_withdrawn(reports)))


def is_withdrawn(reports: pa.Table) -> pa.ChunkedArray:
    """Return, for each report (LEDGER_REPORT), whether it is withdrawn: whether it carries a reason for
    it."""
    return pc.is_valid(reports.column("withdrawn"))
