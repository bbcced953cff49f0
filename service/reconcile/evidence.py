"""What did every report do for its cell's estimates, from which day to which, and why?

A report either speaks (it stands for its origin's current statement), or is left over (a copy, a slip, an
old figure), or stands behind what a part says about a whole, or is withdrawn. What is known of its statement
lies in arrays by the statement's number, and texts are put in last. This module must not know how the
figures were agreed on.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.behind import claims_behind
from service.reconcile.claims import Claims
from service.reconcile.columns import NONE, OPEN, Column, Marks, Rows, Whole, array, order, table
from service.reconcile.lineage import Lineage
from service.vocabulary import Role

ROLES = pa.array(sorted(str(role) for role in Role))
BOUND, COUNTED, ECHO, OUT_OF_SCOPE, OUTLIER, STALE, SUPERSEDED, WITHDRAWN = range(len(ROLES))
"""Roles go by their place in the order of their words."""

_SPEAKING = (
    "its origin's current statement",
    "its origin's current statement, a lower bound",
    "its origin's counts of single days, added up from the first of the crisis",
)
_REDEFINED = "; the word for the population is read as its origin defines it"
_FIXED = (
    *_SPEAKING,
    *(reason + _REDEFINED for reason in _SPEAKING),
    "an older total: people counted by then are still counted, and others have counted on; "
    "not to more than double",
    "its origin has since given a newer figure",
    "counts some of the days only: a floor, added to those before",
    "counts some of the days only, so it can only raise a floor",
    "a nameless claim about a part of the whole: shown, and without weight",
    "counts some of the days only; its origin's sum, own total or a higher floor already takes it in",
)
_CURRENT, _FLOOR, _DAYS, _READ_AS_DEFINED = range(4)
_OVERTAKEN, _RENEWED, _ADDED, _SOME_DAYS, _NAMELESS, _TAKEN_IN = range(2 * len(_SPEAKING), len(_FIXED))
_PART = "a part of the whole, so it can only raise a floor: "

_LEFT_OVER = (
    (OUT_OF_SCOPE, "a distorted copy: its origin gave this number for {}"),
    (ECHO, "no origin is named, and the number is that of {}"),
    (OUTLIER, "carried by one only, and later figures of its origin fall below it: a slip"),
    (OUTLIER, "carried by one only, and more than double its origin's well-carried {}"),
    (ECHO, "carries the same figure of the same origin"),
    (SUPERSEDED, "its origin's figure grew to {} on the same day"),
    (ECHO, "another wording of its origin's figure of that day, {}"),
    (STALE, "an older figure of its origin, which stood at {} by then"),
    (ECHO, "a single undated copy that differs from its origin's figure of {}"),
    (ECHO, "a looser wording of its origin's figure of {}"),
)
_MISPLACED, _SUSPECTED, _SLIP, _LEAP, _COPY, _OUTGROWN, _REWORDED, _OLDER, _LONE, _LOOSER = range(
    len(_LEFT_OVER)
)
_ROLE_LEFT = np.array([role for role, _ in _LEFT_OVER])
_BEFORE, _AFTER = (pa.array([text.partition("{}")[part] for _, text in _LEFT_OVER]) for part in (0, 2))
_OF_A_NUMBER = np.array(["{}" in text for _, text in _LEFT_OVER])

_OWN = {
    "cell_id": "cell_id", "report_no": "report_no", "origin_no": "origin_no",
    "weight": "weight", "low": "lo", "best": "best", "high": "hi",
}  # fmt: skip
"""What evidence takes over from its claim, unless it says otherwise."""
_VOICE = ("said_on", "until", "lo", "hi", "best", "is_first_days", "overtaken_on")
_BOUND = ("cell_id", "part_id", "day", "until", "lo", "voice")
"""What evidence takes from the voices and bounds behind it."""
_NUMBERS = pa.schema(
    [
        ("cell_id", pa.int32()),
        *((name, pa.date32()) for name in ("date", "until")),
        *((name, pa.int64()) for name in ("weight", "low", "best", "high")),
    ]
)
"""What is said in numbers."""
_COLUMNS = (*_NUMBERS.names, "report_no", "origin_no", "role", "reason")


@dataclasses.dataclass(frozen=True)
class Evidence:
    """``rows`` of evidence, sorted by cell, date, report and role, with the ``reasons`` that they number."""

    rows: Rows
    reasons: pa.Array

    def table(self, claims: Claims) -> pa.Table:
        """The rows in words, but for their cells."""
        words = {
            "report_id": (claims.report, "report_no"),
            "origin_id": (claims.speakers.source_id, "origin_no"),
            "role": (ROLES, "role"),
            "reason": (self.reasons, "reason"),
        }
        found = {name: of.take(pa.array(self.rows[column])) for name, (of, column) in words.items()}
        numbers = table(self.rows, _NUMBERS)
        return pa.table(dict(zip(numbers.column_names, numbers.columns, strict=True)) | found)


def evidence(lineage: Lineage, voices: Rows) -> Evidence:
    """A row per (cell, report, span of days)."""
    claims, texts = lineage.claims, _Texts()
    live, gone = claims.rows, claims.withdrawn
    voice = _voices(lineage, voices)
    speaks = _speaks(lineage, voice)
    speaking, left = np.flatnonzero(speaks), np.flatnonzero(~speaks & ~live["is_increment"])
    kind = _left_over(lineage, left, has_voice=voice[left] >= 0)
    left_over = texts.add(_left_over_reasons(lineage, left, kind))
    behind = claims_behind(lineage)
    bounds, behind = _some(lineage.bounds, behind >= 0, _BOUND), behind[behind >= 0]
    days = behind[bounds["part_id"] == bounds["cell_id"]]
    rows = _sorted(
        *_spoken(live, speaking, _some(voices, voice[speaking], _VOICE)),
        _rows(live, left, date=live["day"][left], role=_ROLE_LEFT[kind], reason=left_over),
        _parts(live, behind, bounds, texts.add(_part_reasons(claims.cells.table))),
        _taken_in(lineage, days),
        _rows(gone, slice(None), date=gone["day"], role=WITHDRAWN, reason=texts.add(claims.why)),
    )
    return Evidence(rows, texts.all())


class _Texts:
    """The reasons so far, each with its number."""

    def __init__(self) -> None:
        self._texts = [pa.array(_FIXED)]

    def add(self, texts: pa.Array) -> Whole:
        """The numbers of further ones."""
        start = sum(map(len, self._texts))
        self._texts.append(texts)
        return start + np.arange(len(texts))

    def all(self) -> pa.Array:
        return pa.concat_arrays(self._texts)


def _sorted(*pieces: Rows) -> Rows:
    """Pieces of evidence together, by cell, day, report and role."""

    def column(name: str) -> Column:
        return np.concatenate([rows[name] for rows in pieces])

    sequence = order(*map(column, ("cell_id", "date", "report_no", "role")))
    return {name: column(name)[sequence] for name in _COLUMNS}


def _voices(lineage: Lineage, voices: Rows) -> Whole:
    """The voice of each claim's statement, or -1; counts of single days have one of their own."""
    by_statement = np.full((2, len(lineage.echo_of)), -1)
    own = np.flatnonzero(~voices["is_part"])
    by_statement[voices["is_first_days"][own].astype(np.intp), voices["statement"][own]] = own
    claims = lineage.claims
    return by_statement[claims.rows["is_increment"].astype(np.intp), claims.statement]


def _speaks(lineage: Lineage, voice: Whole) -> Marks:
    """Which claims speak: those that stand for a statement with a voice, neither misplaced nor an echo."""
    is_sound = (lineage.statements.true_cell == NONE) & (lineage.echo_of == NONE)
    is_first = lineage.stands_for == np.arange(len(voice))
    marks: Marks = (voice >= 0) & is_first & is_sound[lineage.claims.statement]
    return marks


def _spoken(claims: Rows, of: Whole, voices: Rows) -> tuple[Rows, Rows, Rows]:
    """What became of the claims that speak, each through its voice: it stands, is overtaken, is renewed."""
    hi, until, overtaken_on = voices["hi"], voices["until"], voices["overtaken_on"]
    reason = np.select([hi == OPEN, voices["is_first_days"]], [_FLOOR, _DAYS], _CURRENT)
    standing = _rows(
        claims, of,
        date=voices["said_on"], until=np.minimum(overtaken_on, until),
        role=np.where(hi == OPEN, BOUND, COUNTED),
        low=voices["lo"], best=np.where(voices["is_first_days"], voices["best"], claims["best"][of]), high=hi,
        reason=reason + _READ_AS_DEFINED * claims["is_redefined"][of],
    )  # fmt: skip
    older = np.flatnonzero(overtaken_on != OPEN)
    overtaken = _rows(
        claims, of[older],
        date=overtaken_on[older], until=until[older], role=BOUND, high=2 * hi[older] + 10, reason=_OVERTAKEN,
    )  # fmt: skip
    ended = np.flatnonzero((until != OPEN) & ~voices["is_first_days"])
    renewed = _rows(claims, of[ended], date=until[ended], role=SUPERSEDED, reason=_RENEWED)
    return standing, overtaken, renewed


def _left_over(lineage: Lineage, of: Whole, has_voice: Marks) -> Whole:
    """Why some totals do not speak (copies, slips, old figures): places in _LEFT_OVER."""
    claims, walked, statement = lineage.claims.rows, lineage.walked.rows, lineage.claims.statement[of]
    row = lineage.walked_row[statement]
    is_walked = row >= 0  # else its origin was heard with another number on that day
    return np.select(
        [
            lineage.statements.true_cell[statement] != NONE,
            lineage.echo_of[statement] != NONE,
            lineage.is_slip[statement],
            is_walked & walked["is_leap"][row] & ~walked["is_accepted"][row],
            has_voice,
            ~is_walked & claims["is_exact"][of] & (claims["said"][of] < lineage.heard[statement]),
            ~is_walked,
            claims["hi"][of] < walked["level"][row],
            claims["is_exact"][of],
        ],
        [_MISPLACED, _SUSPECTED, _SLIP, _LEAP, _COPY, _OUTGROWN, _REWORDED, _OLDER, _LONE],
        _LOOSER,
    )


def _left_over_reasons(lineage: Lineage, of: Whole, kind: Whole) -> pa.Array:
    """The reasons of claims left over, each with the place, the name or the number that it is about."""
    claims, walked, statement = lineage.claims, lineage.walked.rows, lineage.claims.statement[of]
    row = lineage.walked_row[statement]
    level = np.where(row >= 0, walked["level"][row], lineage.heard[statement])
    number = np.where(kind == _LEAP, walked["highest_attested"][row], level)
    place = pc.subtract(array(lineage.statements.true_cell[statement]), 1)
    about = pc.coalesce(
        claims.cells.table.column("place_name").combine_chunks().take(place),
        claims.speakers.name.take(array(lineage.echo_of[statement])),
        array(np.where(_OF_A_NUMBER[kind], number, NONE)).cast(pa.string()),
        "",
    )
    kinds = pa.array(kind)
    return pc.binary_join_element_wise(_BEFORE.take(kinds), about, _AFTER.take(kinds), "")


def _part_reasons(cells: pa.Table) -> pa.Array:
    """What the evidence of each cell says where the cell is a part of a whole."""
    return pc.binary_join_element_wise(
        _PART, cells.column("place_name"), ", ", cells.column("population_name"), ""
    ).combine_chunks()


def _parts(claims: Rows, of: Whole, bounds: Rows, of_part: Whole) -> Rows:
    """What parts of a whole, and days counted alone, did for it, each through the claim behind it."""
    adds_up = bounds["part_id"] == bounds["cell_id"]
    return _rows(
        claims, of,
        cell_id=bounds["cell_id"], date=bounds["day"], until=bounds["until"],
        role=BOUND, weight=bounds["voice"], low=bounds["lo"], high=OPEN,
        reason=np.select(
            [adds_up & (bounds["lo"] > claims["lo"][of]), adds_up, bounds["voice"] == 0],
            [_ADDED, _SOME_DAYS, _NAMELESS],
            of_part[bounds["part_id"] - 1],
        ),
    )  # fmt: skip


def _taken_in(lineage: Lineage, behind: Whole) -> Rows:
    """The counts of single days that raise nothing by themselves: none of those ``behind`` a bound."""
    claims, added = lineage.claims.rows, lineage.added
    is_left = claims["is_increment"].copy()
    is_left[behind] = False
    of = np.flatnonzero(is_left)
    later = np.zeros(len(lineage.echo_of), np.int64)
    # what has no gap speaks on its day, and is a floor after it
    later[added["statement"]] = added["is_running"]
    date = claims["day"][of] + later[lineage.claims.statement[of]]
    return _rows(claims, of, date=date, role=BOUND, weight=0, high=OPEN, reason=_TAKEN_IN)


def _some(rows: Rows, of: Column, names: tuple[str, ...]) -> Rows:
    return {name: rows[name][of] for name in names}


def _rows(claims: Rows, of: Whole | slice, **given: Column | int) -> Rows:
    """Evidence of some of the claims, which is as they say where nothing else is given."""
    own = {name: claims[column][of] for name, column in _OWN.items() if name not in given}
    room = len(own["report_no"])
    return own | {name: np.broadcast_to(value, room) for name, value in ({"until": OPEN} | given).items()}
