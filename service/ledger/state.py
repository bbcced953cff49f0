"""What state is the ledger in?

The head after the last entry, and the entries since which each crisis and the reference data are the same:
what is derived from them may be kept until these change. Reads the index; must not know the journal or who
asks.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from service.ledger.frames import EMPTY
from service.ledger.statements import sql
from service.schema.records import Head
from service.schema.tables import AREA_SEPARATOR, BATCH_REPORT


@dataclasses.dataclass(frozen=True)
class EntryMark:
    """One entry: the head it made, and when it was recorded (UTC)."""

    head: Head
    recorded_at: dt.datetime

    @classmethod
    def of(cls, seq: int, digest: str, recorded_at: dt.datetime) -> EntryMark:
        """Return the mark of an entry from its ``seq``, ``hash`` and ``recorded_at`` in the index."""
        return cls(Head(seq, digest), recorded_at)


NO_ENTRY = EntryMark(EMPTY, dt.datetime.min)  # noqa: DTZ901 - the ledger keeps UTC without a zone
EVERY_CRISIS = ""
"""Stands, in place of a crisis, for reference data that every crisis rests on."""


@dataclasses.dataclass(frozen=True)
class State:
    """The ledger after one entry.

    ``latest`` is its last entry, ``reference`` the last one that changed reference data, ``crisis_entries``
    the last one that changed what is known about each crisis, ``crises`` the crises with reports about each
    area, and ``redaction`` the number of the last redaction (0: none).
    """

    latest: EntryMark
    reference: EntryMark
    crisis_entries: Mapping[str, EntryMark]
    crises: Mapping[str, frozenset[str]]
    redaction: int = 0

    @property
    def head(self) -> Head:
        """The head after the last entry."""
        return self.latest.head

    @property
    def recorded_at(self) -> dt.datetime:
        """When the last entry was recorded: no later entry can be recorded by then."""
        return self.latest.recorded_at

    def crisis_head(self, crisis_id: str) -> Head:
        """Return the head since which what is known about a crisis is the same."""
        return self._last_entry(crisis_id).head

    def crisis_recorded_at(self, crisis_id: str) -> dt.datetime:
        """Return the moment since which what is known about a crisis is the same."""
        return self._last_entry(crisis_id).recorded_at

    def own_recorded_at(self, crisis_id: str) -> dt.datetime | None:
        """Return when a crisis itself or a report of it was last recorded, changed or withdrawn, None for
        never: a new place or source of another is none of that, though it might change what is known."""
        own = self.crisis_entries.get(crisis_id)
        return own.recorded_at if own else None

    def _last_entry(self, crisis_id: str) -> EntryMark:
        own, common = (self.crisis_entries.get(crisis, NO_ENTRY) for crisis in (crisis_id, EVERY_CRISIS))
        return own if own.head.seq > common.head.seq else common


OWN_TABLES = frozenset({"report", "held", "resolution", "finding", "mapping"})
"""Tables of an entry whose rows change what is known about the crises of their reports, and nothing else."""
NO_STATE = State(NO_ENTRY, NO_ENTRY, {}, {})
"""The state of an empty ledger."""


def read_first_moment(cursor: duckdb.DuckDBPyConnection, latest: EntryMark) -> dt.datetime:
    """Return when the first entry that ``cursor`` sees in the index was recorded; ``latest``: the last one,
    for an index without entries."""
    rows = cursor.execute(sql("first_entry")).fetchall()
    return rows[0][0] if rows else latest.recorded_at


def read_last_entry(cursor: duckdb.DuckDBPyConnection) -> EntryMark:
    """Return the last entry that ``cursor`` sees in the index."""
    rows = cursor.execute(sql("last_entry")).fetchall()
    return EntryMark.of(*rows[0]) if rows else NO_ENTRY


def read_state(cursor: duckdb.DuckDBPyConnection, latest: EntryMark, before: State = NO_STATE) -> State:
    """Return the state after the entry ``latest``; only entries later than ``before`` are read."""
    later = {"after": before.head.seq}
    changed = cursor.execute(sql("last_entry_per_crisis"), later).fetchall()
    reference = cursor.execute(sql("last_reference_entry"), later).fetchone()
    (redactions,) = cursor.execute(sql("last_redaction"), later).fetchall()
    crises: dict[str, set[str]] = {}
    for crisis, areas in cursor.execute(sql("place_sets"), later).fetchall():
        for area in areas.split(AREA_SEPARATOR):
            crises.setdefault(area, set(before.crises.get(area, ()))).add(crisis)
    return State(
        latest,
        EntryMark.of(*reference) if reference else before.reference,
        {**before.crisis_entries, **{crisis: EntryMark.of(*entry) for crisis, *entry in changed}},
        {**before.crises, **{area: frozenset(names) for area, names in crises.items()}},
        redactions[0] or before.redaction,
    )


def advance(
    cursor: duckdb.DuckDBPyConnection,
    before: State,
    entries: Sequence[tuple[EntryMark, Mapping[str, pa.Table]]],
) -> State:
    """Return the state after ``entries``, which follow on ``before`` and whose rows ``cursor`` sees.

    Where they hold no more than reports, their own rows say it all, in a twentieth of the time that the index
    takes: it is asked about withdrawals and reference data.
    """
    latest = entries[-1][0]
    if not all(OWN_TABLES.issuperset(tables) for _, tables in entries):
        return read_state(cursor, latest, before)
    changed: dict[str, EntryMark] = {}
    crises: dict[str, set[str]] = {}
    for mark, tables in entries:
        reports = tables.get("report", BATCH_REPORT.empty_table()).select(["crisis_id", "areas"])
        for crisis, areas in set(zip(*reports.to_pydict().values(), strict=True)):
            changed[crisis] = mark
            for area in areas.split(AREA_SEPARATOR):
                crises.setdefault(area, set(before.crises.get(area, ()))).add(crisis)
    return State(
        latest,
        before.reference,
        {**before.crisis_entries, **changed},
        {**before.crises, **{area: frozenset(names) for area, names in crises.items()}},
        before.redaction,
    )
