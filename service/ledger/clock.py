"""At which moment is an entry recorded, if the clock cannot be believed?

Moments of recording increase from entry to entry, so that each names one state of the ledger for good. A
clock that stands far behind the last entry, or far ahead of it, is wrong now or was wrong then; taking it as
it is would stamp every later entry with its error. This module compares; it must not read a clock.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import duckdb

from service.errors import StoreError
from service.ledger.state import NO_ENTRY, EntryMark, read_first_moment
from service.schema.records import Finding
from service.vocabulary import Severity

TICK = dt.timedelta(microseconds=1)
"""The least time between two entries: what the journal can tell apart."""
MOST_BEHIND = dt.timedelta(hours=1)
"""How far the clock may stand behind the last entry: it was put right, or another machine handed in."""
MOST_AHEAD = dt.timedelta(days=366)
"""How far ahead of it, unless a setting says otherwise: a wrong year is further. A ledger that
rested for longer is taken up again by a person, who can tell whether the clock is right."""
ONE_RUN = dt.timedelta(seconds=1)
"""Entries within so short a time, such as the shipped ones, came in one run and tell nothing of the clock."""


class ClockRule(StrEnum):
    """What becomes of an entry while the clock stands too far from the last one."""

    REFUSE = "refuse"  # it is not recorded
    FLAG = "flag"  # it is recorded right after the last one, with a finding
    TRUST = "trust"  # it is recorded as the clock says, or right after the last one where that is earlier


def next_moment(
    claimed: dt.datetime,
    first: dt.datetime,
    last: dt.datetime,
    rule: ClockRule,
    most_ahead: dt.timedelta = MOST_AHEAD,
) -> tuple[dt.datetime, Finding | None]:
    """Return when an entry is recorded that claims a moment, between entries recorded from ``first`` to
    ``last``, and the finding that goes with it. Raises StoreError where the rule is to refuse."""
    after = last + TICK
    is_near = last - MOST_BEHIND <= claimed and (claimed <= last or claimed - last <= most_ahead)
    if is_near or rule == ClockRule.TRUST or last - first < ONE_RUN:
        return max(claimed, after), None
    apart = abs(claimed - last)
    where = "ahead of" if claimed > last else "behind"
    message = (
        f"The clock says {claimed:%Y-%m-%d %H:%M}, {_length(apart)} {where} the last entry "
        f"({last:%Y-%m-%d %H:%M})."
    )
    if rule == ClockRule.REFUSE:
        raise StoreError(
            f"{message} Nothing was recorded.",
            fix=_fix_of_ahead(apart)
            if claimed > last
            else "Set the clock right; if it is right, the last entry was recorded by one that was ahead: "
            "hand in with CASUALTY_CLOCK=flag until the clock has passed it.",
        )
    fix = "Set the clock right; what was recorded meanwhile stands in the order in which it came."
    return after, Finding("clock", Severity.WARNING, message, fix)


def _fix_of_ahead(apart: dt.timedelta) -> str:
    """Return what to do where the clock is right and nothing was recorded for so long."""
    return (
        "Set the clock right; if it is right, and nothing was handed in for so long, set "
        f"CASUALTY_CLOCK_AHEAD={apart.days + 1} (days) until something is recorded."
    )


class EntryClock:
    """When the entries of one open ledger are recorded."""

    def __init__(self, rule: ClockRule, most_ahead: dt.timedelta) -> None:
        self._rule = rule
        self._most_ahead = most_ahead
        self._first: dt.datetime | None = None

    def next_moment(
        self, cursor: duckdb.DuckDBPyConnection, claimed: dt.datetime, latest: EntryMark
    ) -> tuple[dt.datetime, Finding | None]:
        """Return when the entry after ``latest`` is recorded, and what is to be doubted about it."""
        if latest == NO_ENTRY:
            return claimed, None
        if self._first is None:
            self._first = read_first_moment(cursor, latest)
        return next_moment(claimed, self._first, latest.recorded_at, self._rule, self._most_ahead)


def _length(time: dt.timedelta) -> str:
    """Return a length of time in words."""
    return f"{time.days:,} days" if time.days > 1 else f"{time.total_seconds() / 3600:.0f} hours"
