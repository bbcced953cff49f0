"""What did every report do for the figures of a cell, from which day to which, and why?

Of every account there is a row for each span of days in which its interval stays the same, on the report that
stands for it, with the origin's weight: from these anyone computes the figure again. All other reports have
rows without weight. This module does not know how figures are made of accounts.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.account_spans import account_row, account_rows
from service.reconcile.claims import Claims
from service.reconcile.columns import LAST, NONE, OPEN, Column, Marks, Whole, firsts, groups, key, order
from service.reconcile.consistency import KEPT, MISPLACED, OUTDATED, REVISED, SLIP, STALE, UNCONFIRMED
from service.reconcile.counted_anew import StockCounts
from service.reconcile.crisis import Crises
from service.reconcile.day_counts import ADDED, COUNTS, DayCounts
from service.reconcile.events import Events
from service.reconcile.evidence_rows import evidence_rows, open_ended
from service.reconcile.increments import IncrementSums
from service.reconcile.kept import BLANK, Kept
from service.reconcile.reasons import (
    A_LEAP,
    A_SLIP,
    COPY,
    COUNTED_SINCE,
    DAYS_LOWERED,
    DAYS_RENEWED,
    EVENT_MOVED,
    EVENT_RESTATED,
    LAST_WORD,
    LOWERED,
    NAMELESS,
    OLD,
    ONE_EVENT,
    RAISED_TO_ONE,
    RAISED_TO_SUM,
    REMOVED_BY_CARRIER,
    RENEWED,
    SINGLE_DAYS,
    SUSPECTED,
    TAKEN_BACK,
    TAKEN_BACK_ECHO,
    TWO_BULLETINS,
    TWO_INCIDENTS,
    TWO_VALUES,
    WITHOUT_A_DAY,
    WORDING,
    WRONG_PLACE,
)
from service.reconcile.statements import ECHO, REWORDED, Statements, decode_origin, encode_origin
from service.reconcile.stocks import Standing

_OLDER = np.array([RENEWED, SINGLE_DAYS, ONE_EVENT, RENEWED])
"""What a row is once its origin has a newer one, by what it is made of."""
_EVENT = np.array([ONE_EVENT, COPY, EVENT_RESTATED, EVENT_MOVED, TWO_VALUES])
"""The reason of a row about an event, by what became of it."""
_DAYS = np.array([SINGLE_DAYS, WORDING, DAYS_LOWERED, DAYS_RENEWED, TWO_VALUES, TWO_INCIDENTS])
"""The reason of a count of days alone, by what became of it."""
_NAMING_ANOTHER = (WORDING, EVENT_RESTATED, TWO_VALUES, DAYS_LOWERED, DAYS_RENEWED, TWO_INCIDENTS)
_WHY = {
    MISPLACED: WRONG_PLACE, SLIP: A_SLIP, STALE: OLD, REVISED: LOWERED, OUTDATED: RENEWED,
    UNCONFIRMED: LAST_WORD,
}  # fmt: skip


def crisis_evidence(
    crises: Crises, statements: Statements, cell_of: Whole, until: Whole
) -> list[dict[str, Column]]:
    """Return pieces of evidence (COLUMNS) about some crises and measures; ``cell_of`` numbers their cells,
    and of each nothing holds any longer than ``until`` (OPEN: it does)."""
    kept = crises.kept.take(_speaks(crises.kept))
    reached = _reached_by_origin(kept)
    is_outdone = (kept.count == BLANK) & (kept.low < reached)
    lower, reached, kept = kept.take(is_outdone), reached[is_outdone], kept.take(~is_outdone)
    spans, used = account_rows(crises, kept)
    pieces = [
        spans,
        _superseded_rows(crises, kept),
        _unheard(crises, kept, used),
        _aside(crises, statements),
        _outdone(crises, lower, reached),
        _raised(crises),
    ]
    for piece in pieces:
        piece["until"] = np.minimum(piece["until"], until[piece["cell"]])
        piece["cell"] = cell_of[piece["cell"]]
        piece["about"] = np.where(piece["about"] == NONE, NONE, cell_of[np.maximum(piece["about"], 0)])
    return pieces


@dataclasses.dataclass(frozen=True)
class AddedUp:
    """The claims that add up, about events or single days: ``until`` when each stands in the number of a
    stock (LAST: for good), and whether it is its own origin that counts anew then (``is_own``)."""

    claim: Whole
    until: Whole
    is_own: Marks

    @classmethod
    def of(cls, claims: Claims, days: DayCounts, events: Events, counts: StockCounts) -> AddedUp:
        """Return the claims that stand, not those that others took the place of."""
        rows = claims.rows
        own = days.claims[np.isin(days.fate, (COUNTS, ADDED))]
        listed = events.take(events.replaced_by == NONE)
        claim = np.append(own, listed.claim)
        until, is_own = counts.until(
            rows["cell_id"][claim] - 1,
            encode_origin(rows["origin_no"][claim], rows["is_estimate"][claim]),
            np.append(rows["day"][own], listed.day),
            rows["is_anonymous"][claim] | rows["is_estimate"][claim],
        )
        return cls(claim, until, is_own)

    def ended(self, claims: Claims) -> dict[str, Column]:
        """Return the evidence of those that stand no longer, from then on."""
        on = self.until < LAST
        claim = self.claim[on]
        rows = {name: values[claim] for name, values in claims.rows.items()}
        return evidence_rows(
            rows["cell_id"] - 1,
            self.until[on],
            claim=claim,
            kind=np.where(self.is_own[on], RENEWED, COUNTED_SINCE),
            low=np.maximum(rows["lo"], 0),
            best=rows["best"],
            high=rows["hi"],
        )


def ended_evidence(statements: Statements, added: IncrementSums, stand: Standing) -> dict[str, Column]:
    """Return the evidence of statements and sums about stocks that stand no longer, or on no day."""
    stated = stand.stated
    on = np.flatnonzero(stand.until < stated.counted_anew)
    row, is_sum = stated.row[on], stated.is_sum[on]
    given = {
        name: np.append(getattr(statements, name), NONE)[np.where(is_sum, -1, row)]
        for name in ("claim", "count")
    }
    summed = {
        name: np.append(getattr(added, name), NONE)[np.where(is_sum, row, -1)]
        for name in ("claim", "count", "made_of")
    }
    kept_to = stand.kept_to[on]
    is_kept_to = kept_to != NONE
    kind = np.select(
        [is_kept_to, stand.until[on] == stand.day[on], ~stand.is_own[on], ~is_sum],
        [OLD, WITHOUT_A_DAY, COUNTED_SINCE, RENEWED],
        _OLDER[np.maximum(summed["made_of"], 0)],
    )
    anew = stated.counted_anew[on]
    return evidence_rows(
        stated.cell[on],
        stand.until[on],
        until=np.where(anew < LAST, anew, OPEN),
        claim=np.where(is_sum, summed["claim"], given["claim"]),
        kind=kind,
        number=np.where(is_kept_to, stated.low[np.maximum(kept_to, 0)], NONE),
        low=stated.low[on],
        best=np.where(is_sum, summed["count"], given["count"]),
        high=stated.high[on],
    )


def carried_evidence(
    statements: Statements,
    day_counts: DayCounts,
    events: Events,
    claims: Claims,
    *,
    spoken: Whole,
    added_up: AddedUp,
) -> list[dict[str, Column]]:
    """Return the evidence of claims that do not speak themselves: copies, other wordings, suspected echoes,
    single days, events.

    ``spoken`` are the claims that have evidence of their own already; those ``added_up`` have some until they
    are counted anew, and some from then on.
    """
    rows = claims.rows
    until = np.full(len(rows["day"]), OPEN)
    until[added_up.claim] = np.where(added_up.until < LAST, added_up.until, OPEN)
    left = np.flatnonzero(~np.isin(np.arange(len(rows["day"])), spoken))
    statement = statements.of_claim[left]
    # single days belong to no statement, -1: the NONE at the end
    status = np.append(statements.status, NONE)[statement]
    echo_of = np.append(statements.echo_of, NONE)[statement]
    of_wording, heard = _of_wordings(statements, statement, rows["said"][left])
    is_taken_back = np.append(statements.is_taken_back, False)[statement]
    of_increment, instead = (values[left] for values in _of_increments(day_counts, events, claims))
    disowned_by = claims.disowned_by[left]
    by = np.append(claims.retractions["source_no"], NONE)[np.where(disowned_by == NONE, -1, disowned_by)]
    kind = np.select(
        [
            claims.is_removed[left],
            disowned_by != NONE,
            of_increment != NONE,
            is_taken_back,
            status == ECHO,
            status == REWORDED,
        ],
        [REMOVED_BY_CARRIER, TAKEN_BACK, of_increment, TAKEN_BACK_ECHO, SUSPECTED, of_wording],
        COPY,
    )
    echoed = np.append(statements.origin, NONE)[np.maximum(echo_of, 0)]
    is_echo = (kind == SUSPECTED) | (kind == TAKEN_BACK_ECHO)
    origin = np.select(
        [np.isin(kind, (TAKEN_BACK, REMOVED_BY_CARRIER)), is_echo], [by, decode_origin(echoed)], NONE
    )
    names_heard = np.isin(kind, (WORDING, LOWERED, TWO_BULLETINS)) & (of_increment == NONE)
    number = np.select([names_heard, np.isin(kind, _NAMING_ANOTHER)], [heard, instead], NONE)
    return [
        evidence_rows(
            rows["cell_id"][left] - 1,
            rows["day"][left],
            until=until[left],
            claim=left,
            kind=kind,
            origin=origin,
            number=number,
            low=np.maximum(rows["lo"][left], 0),
            best=rows["best"][left],
            high=rows["hi"][left],
        ),
        added_up.ended(claims),
    ]


def _of_increments(day_counts: DayCounts, events: Events, claims: Claims) -> tuple[Whole, Whole]:
    """Of each claim about an event or days alone: its reason, and the number that stands instead."""
    reason, instead = (np.full(len(claims.rows["day"]), NONE) for _ in range(2))
    reason[events.claim] = _EVENT[events.fate]
    instead[events.claim] = claims.rows["said"][np.maximum(events.replaced_by, 0)]
    reason[day_counts.claims], instead[day_counts.claims] = _DAYS[day_counts.fate], day_counts.heard
    return reason, instead


def _of_wordings(statements: Statements, statement: Whole, said: Whole) -> tuple[Whole, Whole]:
    """Of each claim of ``statement`` saying ``said``: its reason as another wording, and the number that is
    heard of its cell and day."""
    heard = _heard(statements)
    number, heard_at, own_at = (
        np.append(values, NONE)[statement]
        for values in (statements.number[heard], statements.own_at[heard], statements.own_at)
    )
    is_own = own_at != NONE
    is_twice, is_lower = is_own & (own_at == heard_at), is_own & (said > number)
    return np.select([is_twice, is_lower], [TWO_BULLETINS, LOWERED], WORDING), number


def _heard(statements: Statements) -> Whole:
    """The statement that is heard of each one's origin, cell and day."""
    keys = (statements.cell, statements.origin, statements.day)
    sequence = order(*keys, statements.status)
    first = firsts(*(values[sequence] for values in keys))
    found = np.empty(len(statements), np.int64)
    found[sequence] = np.repeat(sequence[first], np.diff(first, append=len(sequence)))
    return found


def _speaks(kept: Kept) -> Marks:
    """All but sums of single days that a total of the same origin, cell and day or before reaches."""
    group = groups(firsts(kept.cell, kept.origin), len(kept.cell))
    shift = np.int64(1) << 40
    total = np.where(kept.is_sum, 0, np.minimum(kept.low, shift - 1))
    # a total of the same day stands behind its sum: looked at from the next row too
    reached = np.maximum.accumulate(group * shift + total) - group * shift
    is_same_day = np.zeros(len(group), np.bool_)
    is_same_day[:-1] = (group[1:] == group[:-1]) & (kept.day[1:] == kept.day[:-1])
    ahead = np.where(is_same_day, np.append(total[1:], 0)[: len(group)], 0)
    speaks: Marks = ~kept.is_sum | (kept.low > np.maximum(reached, ahead))
    return speaks


def _reached_by_origin(kept: Kept) -> Whole:
    """The most that the same origin said of the same cell by the day of each statement."""
    of = groups(firsts(kept.cell, kept.origin), len(kept.cell))
    return np.maximum.accumulate(key(of, np.minimum(kept.low, LAST))) - key(of, 0)


def _superseded_rows(crises: Crises, kept: Kept) -> dict[str, Column]:
    """Statements after their origin gave a newer figure of the same cell; of a sum that grew on, it takes in
    what it grew by before."""
    is_older = np.zeros(len(kept.cell), np.bool_)
    is_older[:-1] = (kept.cell[1:] == kept.cell[:-1]) & (kept.origin[1:] == kept.origin[:-1])
    of = np.flatnonzero(is_older & (account_row(crises, kept.cell, kept.origin) >= 0))
    return evidence_rows(
        kept.cell[of],
        crises.grid.date(kept.cell[of], kept.day[of + 1]),
        claim=kept.claim[of],
        kind=_OLDER[kept.made_of[of]],
        low=kept.low[of],
        best=kept.count[of],
        high=open_ended(kept.high[of]),
    )


def _unheard(crises: Crises, kept: Kept, used: Marks) -> dict[str, Column]:
    """Nameless claims where a named origin speaks."""
    of = np.flatnonzero(~used)
    return evidence_rows(
        kept.cell[of],
        crises.grid.date(kept.cell[of], kept.day[of]),
        claim=kept.claim[of],
        kind=NAMELESS,
        low=kept.low[of],
        best=kept.count[of],
        high=open_ended(kept.high[of]),
    )


def _outdone(crises: Crises, lower: Kept, reached: Whole) -> dict[str, Column]:
    """Floors that their origin had exceeded by then."""
    return evidence_rows(
        lower.cell,
        crises.grid.date(lower.cell, lower.day),
        claim=lower.claim,
        kind=OLD,
        number=reached,
        low=lower.low,
        best=NONE,
        high=open_ended(lower.high),
    )


def _aside(crises: Crises, statements: Statements) -> dict[str, Column]:
    """Statements that contradict their own origin."""
    of = np.flatnonzero(crises.why != KEPT)
    rows, other = crises.statement[of], crises.shown_by[of]
    why = crises.why[of]
    kind = np.array([_WHY[int(each)] for each in why], np.int64)
    kind = np.where((kind == A_SLIP) & (other < 0), A_LEAP, kind)
    shown = crises.statement[np.maximum(other, 0)]
    number = np.where((other >= 0) & ~np.isin(kind, (WRONG_PLACE, RENEWED)), statements.number[shown], NONE)
    about = np.where((other >= 0) & (kind == WRONG_PLACE), crises.local[np.maximum(other, 0)], NONE)
    return evidence_rows(
        crises.local[of],
        crises.grid.date(crises.local[of], crises.said_on[of]),
        claim=statements.claim[rows],
        kind=kind,
        number=number,
        about=about,
        low=statements.low[rows],
        best=statements.count[rows],
        high=statements.high[rows],
    )


def _raised(crises: Crises) -> dict[str, Column]:
    """Parts to which a figure was raised, alone or together."""
    raises, grid = crises.raises, crises.grid
    end = grid.date(raises.cell, np.minimum(raises.end, grid.days - 1))
    return evidence_rows(
        raises.cell,
        grid.date(raises.cell, raises.day),
        until=np.where(raises.end < grid.days, end, OPEN),
        claim=raises.claim,
        kind=np.where(raises.is_sum, RAISED_TO_SUM, RAISED_TO_ONE),
        low=raises.value,
        best=NONE,
        high=OPEN,
        about=raises.part,
    )
