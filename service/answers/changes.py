"""What has moved since, and because of what?

Two answers to one question, from two states of the ledger and for the same day of knowledge, laid side by
side: one row per row of the series that was added, moved or removed. Whoever holds the earlier series and
applies these rows holds the later one. It must not know about HTTP, files or the clock.

>>> ledger.changes(since="2025-03-12")                                      # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service import effort
from service.answers.parameters import read_instant
from service.answers.sentences import reasons_of
from service.answers.series import SERIES_ORDER, Series, key_of
from service.answers.vintages import CAUSES, cause
from service.errors import NotFound, QueryError
from service.schema.records import Head
from service.schema.tables import SERIES
from service.sentence import Sentence, as_sentence, sentence, write_terms

EXPECTED = ("expected_low", "expected", "expected_high")
COMPARED = ("area_name", "low", "best", "high", *EXPECTED, "grade", "is_raised", "origins", "reports")
CHANGE = pa.schema(
    [
        *(SERIES.field(name) for name in ("crisis", "area_code", "area_name", "measure", "population")),
        *(SERIES.field(name) for name in ("attributed_to", "period_start", "date")),
        pa.field("change", pa.string(), nullable=False),
        *(SERIES.field(name).with_name(f"{name}_before") for name in ("low", "best", "high")),
        pa.field("grade_before", pa.string()),
        *(SERIES.field(name) for name in ("low", "best", "high", *EXPECTED)),
        pa.field("grade", pa.string()),
        pa.field("is_raised", pa.bool_()),
        pa.field("origins", pa.int64()),
        pa.field("reports", pa.int64()),
        pa.field("cause", pa.string(), nullable=False),
        pa.field("report_ids", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("as_of", pa.date32(), nullable=False),
        pa.field("terms", pa.string(), nullable=False),
    ]
)
"""``change`` is added, moved or removed; a row removed has no figure, one added none before. ``report_ids``
(joined by ``|``) are the reports that came or were withdrawn since and bear on the row; without any, the row
moved for another reason, which ``cause`` names. ``terms`` has what the sentence ``cause`` is made of, as JSON
(``service.sentence``)."""

SECONDS_A_ROW = 15e-6
"""What it takes to compare a row with what it was: see ``make bench-cost``."""
SECONDS_A_POINT, BYTES_A_POINT = 20e-6, 2_500
"""What it takes to look at a report that has come since."""
NEVER = dt.datetime.fromisoformat("0001-01-01")
"""A moment before any entry."""
HEAD = re.compile(r"(\d{1,18})-([0-9a-f]{12})")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Change(StrEnum):
    """What happened to a row of the series."""

    ADDED = "added"
    MOVED = "moved"
    REMOVED = "removed"


def entries_since(submissions: pa.Table, since: str | dt.date | Head | None) -> int:
    """Return how many entries (SUBMISSION rows) the ledger held at ``since``: a head, a day or a moment.

    A day means its beginning: what was recorded on it has come since. Raises NotFound for a head this ledger
    never had, QueryError for anything else that is none of the three.
    """
    if since is None or since == "":
        raise QueryError("since is missing.", fix="Give a head, a day (YYYY-MM-DD) or a time.")
    if isinstance(since, Head) or HEAD.fullmatch(str(since).strip()):
        return _sequence(submissions, str(since).strip())
    is_day = type(since) is dt.date or bool(DAY.fullmatch(str(since).strip()))
    moment = read_instant("since", str(since) if is_day else since)
    test = pc.less if is_day else pc.less_equal
    held = test(submissions.column("recorded_at"), pa.scalar(moment, pa.timestamp("us")))
    return int(pc.sum(held).as_py() or 0)


def head_at(submissions: pa.Table, seq: int) -> Head:
    """Return the head of the ledger when it held ``seq`` entries."""
    return Head(seq, submissions.column("hash")[seq - 1].as_py()) if seq else Head(0, "0" * 64)


def changed_reports(before: pa.Table, after: pa.Table) -> set[str]:
    """Return the ids of the reports (LEDGER_REPORT at two states) that came, went or came back between."""
    then, now = (
        set(zip(table.column("report_id").to_pylist(), table.column("withdrawn").to_pylist(), strict=True))
        for table in (before, after)
    )
    return {report_id for report_id, _ in then ^ now}


def compare(before: pa.Table, after: Series, fresh: set[str]) -> pa.Table:
    """Return CHANGE rows from the rows ``before`` (SERIES) to ``after``; ``fresh``: the reports that came or
    went between."""
    effort.begin(seconds=(before.num_rows + after.table.num_rows) * SECONDS_A_ROW)
    old, new = (_by_row(table) for table in (before, after.table))
    bearing: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    came = after.points.filter(
        pc.is_in(after.points.column("report_id"), pa.array(sorted(fresh), pa.string()))
    )
    effort.begin(seconds=came.num_rows * SECONDS_A_POINT, memory=came.num_rows * BYTES_A_POINT)
    for point in came.to_pylist():
        bearing[key_of(point)].append(point)
    left = old.keys() - new.keys()
    absent = _absences(after.points, {key[:-1] for key in left if not bearing[key[:-1]]})
    rows = [
        _change(old.get(key), new.get(key), bearing[key[:-1]], absent.get(key[:-1]) if key in left else None)
        for key in sorted(old.keys() | new.keys(), key=lambda key: tuple(str(part) for part in key))
        if _comparable(old.get(key)) != _comparable(new.get(key))
    ]
    return pa.Table.from_pylist([row | {"as_of": after.as_of} for row in rows], schema=CHANGE)


def apply_changes(table: pa.Table, changes: pa.Table) -> pa.Table:
    """Return the series ``table`` (SERIES) with CHANGE rows applied: what the ledger answers now."""
    rows = _by_row(table)
    for row in changes.to_pylist():
        if row["change"] == Change.REMOVED:
            rows.pop(_place(row), None)
        else:
            rows[_place(row)] = row
    kept = pa.Table.from_pylist(list(rows.values()), schema=SERIES)
    return kept.sort_by(SERIES_ORDER)


def _sequence(submissions: pa.Table, head: str) -> int:
    number, _, digits = head.partition("-")
    seq = int(number)
    if seq > submissions.num_rows or not head_at(submissions, seq).hash.startswith(digits):
        raise NotFound(
            sentence("%(head)s is no head of this ledger.", head=head),
            fix="Ask again from a day, or read the series anew.",
        )
    return seq


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*key_of(row), row["date"])


def _by_row(table: pa.Table) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {_place(row): row for row in table.to_pylist()}


def _comparable(row: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
    return None if row is None else tuple(row[name] for name in COMPARED)


def moved_figures(changes: pa.Table) -> pa.Table:
    """Return those CHANGE rows of which a figure or its grade moved, not only what stands behind it."""
    rows = [
        row["change"] != Change.MOVED
        or any(row[name] != row[f"{name}_before"] for name in ("low", "best", "high", "grade"))
        for row in changes.to_pylist()
    ]
    return changes.filter(pa.array(rows, pa.bool_()))


def _absences(points: pa.Table, keys: set[tuple[Any, ...]]) -> dict[tuple[Any, ...], Sentence]:
    """Return by its key what became of the reports of each series that has lost a row."""
    places: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    if keys:
        for place, point in enumerate(points.to_pylist()):
            if (key := key_of(point)) in keys:
                places[key].append(place)
    return {key: as_sentence(reasons_of(points.take(rows).to_pylist()) or "") for key, rows in places.items()}


def _change(
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
    came: list[dict[str, Any]],
    absence: Sentence | None,
) -> dict[str, Any]:
    """One row; ``came`` are the points of its series that are fresh: those up to its day have moved it, or,
    where there are none, later ones that showed its reports in another light. ``absence`` says what became of
    those of a row that is gone."""
    row = new or old or {}
    in_time = [point for point in came if point["date"] <= row["date"]]
    bearing = list({point["report_id"]: point for point in in_time or came}.values())
    kind = Change.MOVED if old and new else Change.ADDED if new else Change.REMOVED
    earlier = {f"{name}_before": old and old[name] for name in ("low", "best", "high", "grade")}
    figure = {name: new and new[name] for name in COMPARED[1:]}
    unknown = absence or sentence(CAUSES[1])
    reason = cause(old, new, bearing) if bearing else unknown
    ids = "|".join(sorted(point["report_id"] for point in bearing))
    return {
        **row,
        **earlier,
        **figure,
        "change": kind,
        "cause": reason,
        "terms": write_terms(cause=reason),
        "report_ids": ids,
    }
