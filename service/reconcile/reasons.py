"""In which words does evidence say what a report did, and why?

A row of evidence goes by the number of its reason. This module does not know how evidence is found.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.claims import Claims
from service.reconcile.columns import NONE, Column, array, texts
from service.vocabulary import Role

COUNTED_ANEW = "its origin's count that ended and the one that it began anew, added up: {cell}"
"""The reason of a floor that two counts of one origin make; the cell is that of the second."""
_REASONS = (
    (Role.COUNTED, "its origin's current count"),
    (Role.BOUND, "its origin's current statement, a lower bound"),
    (Role.BOUND, "its origin's counts of single days, added up"),
    (
        Role.COUNTED,
        "its origin's current count, overtaken by others: it allows for what they count, up to twice as many "
        "and ten",
    ),
    (Role.BOUND, "its origin says at least so many of a part: {cell}"),
    (Role.BOUND, "its origin's parts added up, among them {cell}"),
    (Role.BOUND, "its origin says no more than so many of the whole: {cell}"),
    (
        Role.BOUND,
        "its origin's count of the whole, overtaken by others, allows for what they count, up to twice as "
        "many and ten: {cell}",
    ),
    (Role.SUPERSEDED, "its origin has since given a newer figure"),
    (Role.ECHO, "carries the same figure of the same origin"),
    (Role.ECHO, "another wording of its origin's figure of that day, {number}"),
    (Role.ECHO, "names no other origin, and the number is that of {origin}: taken for a copy"),
    (Role.MISPLACED, "its origin gave this number for {cell}"),
    (Role.SLIP, "other counts of its origin leave no room for it, such as {number}: a slip"),
    (Role.SLIP, "carried by one outlet, and more than double its origin's counts before it: a slip"),
    (Role.STALE, "a lower figure of its origin, which stood at {number} by then"),
    (Role.REVISED, "its origin later gave the lower {number}"),
    (
        Role.BOUND,
        "by nobody in particular, or no count: heard only where no named origin counts the place, its parts "
        "or its wholes",
    ),
    (Role.BOUND, "counts some of the days only; its origin's sum or total takes it in"),
    (Role.COUNTED, "its origin's counts of single days, added up"),
    (Role.DISOWNED, "{origin} says that its origin never gave this figure or has dropped it"),
    (Role.DISOWNED, "names no other origin, and the number is one that {origin} never gave or has dropped"),
    (Role.RETRACTION, "takes back this figure of {origin}, whoever carries it"),
    (Role.RAISED, "a part of it stands higher, and the whole was raised to it: {cell}"),
    (Role.RAISED, "its parts together stand higher, and the whole was raised to their sum: {cell}"),
    (Role.COUNTED, "the events that its origin lists, added up"),
    (Role.BOUND, "the events that its origin lists, added up: not all of them are counts"),
    (Role.BOUND, "an event that its origin's sum takes in"),
    (Role.SUPERSEDED, "its origin later gave {number} for this event"),
    (Role.SUPERSEDED, "its origin later gave another place or day for this event"),
    (Role.SUPERSEDED, "its origin gave {number} as well, published the same day: the higher one stands"),
    (Role.REVISED, "its origin later gave {number} for these days"),
    (Role.SUPERSEDED, "its origin later gave {number} for these days, no fewer"),
    (
        Role.BOUND,
        "its origin gave {number} as well for these days, at another address: taken for another incident, "
        "and added",
    ),
    (Role.ECHO, "its origin gave {number} as well, published the same day, and that one is heard"),
    (Role.BOUND, COUNTED_ANEW),
    (Role.DISOWNED, "{origin} itself, which carried this figure of another, no longer gives it"),
    (Role.RETRACTION, "no longer gives this figure of {origin}; who else carries it stands"),
    (Role.SUPERSEDED, "others have since counted anew what can fall as well as rise"),
    (
        Role.BOUND,
        "gives no day for what can fall as well as rise: heard only where nobody who gives one states the "
        "same",
    ),
    (
        Role.BOUND,
        "its origin's own latest number, below the {number} before: a slip or a correction until it speaks "
        "again, so the range takes in both",
    ),
    (Role.BOUND, "its origin's current statement, an upper bound"),
)
(
    COUNT,
    FLOOR,
    DAYS,
    LOOSE,
    PART,
    SUM,
    WHOLE,
    LOOSE_WHOLE,
    RENEWED,
    COPY,
    WORDING,
    SUSPECTED,
    WRONG_PLACE,
    A_SLIP,
    A_LEAP,
    OLD,
    LOWERED,
    NAMELESS,
    SINGLE_DAYS,
    ALL_DAYS,
    TAKEN_BACK,
    TAKEN_BACK_ECHO,
    TAKES_BACK,
    RAISED_TO_ONE,
    RAISED_TO_SUM,
    ALL_EVENTS,
    EVENTS,
    ONE_EVENT,
    EVENT_RESTATED,
    EVENT_MOVED,
    TWO_VALUES,
    DAYS_LOWERED,
    DAYS_RENEWED,
    TWO_INCIDENTS,
    TWO_BULLETINS,
    TWO_COUNTS,
    REMOVED_BY_CARRIER,
    REMOVES,
    COUNTED_SINCE,
    WITHOUT_A_DAY,
    LAST_WORD,
    CEILING,
) = range(len(_REASONS))
WITHDRAWN = len(_REASONS)
"""The kind of what was withdrawn: its reason is what the desk wrote."""
ROLES = texts([*(role for role, _ in _REASONS), Role.WITHDRAWN])
_HALVES = [
    (before, rest.partition("}")[2]) for before, _, rest in (text.partition("{") for _, text in _REASONS)
]
"""What stands before and after that which a reason names."""
_BEFORE, _AFTER = (texts(halves) for halves in zip(*_HALVES, strict=True))
REASON_TEXTS = tuple(text for _, text in _REASONS)
"""Every reason, with a slot where a number, an origin or a cell is named."""
_PLAIN = texts([before + after for before, after in _HALVES])
"""The reasons of rows that name nothing."""


def reasons(rows: dict[str, Column], claims: Claims, cells: pa.Table) -> pa.Array:
    """The reason of each row in words; ``cells`` has the names of their places, people and parties. ``claim``
    is the place of a withdrawn row among the withdrawn."""
    at, words = rows["kind"].copy(), [_PLAIN, claims.why.cast(pa.string())]
    is_withdrawn = rows["kind"] == WITHDRAWN
    at[is_withdrawn] = len(_PLAIN) + rows["claim"][is_withdrawn]
    begin = len(_PLAIN) + len(claims.why)
    for name in ("number", "origin", "about"):
        some = np.flatnonzero(rows[name] != NONE)
        at[some] = begin + np.arange(len(some))
        begin += len(some)
        named = {column: values[some] for column, values in rows.items()}
        words.append(_naming(name, named, claims, cells))
    return pa.concat_arrays(words).take(pa.array(at))


def _naming(what: str, rows: dict[str, Column], claims: Claims, cells: pa.Table) -> pa.Array:
    """The reasons of rows that name a number, an origin or a cell (``what``: the column)."""
    kind = pa.array(rows["kind"])
    if what == "number":
        words = pa.array(rows["number"]).cast(pa.string())
    elif what == "origin":
        words = claims.speakers.name.take(pa.array(rows["origin"]))
    else:
        words = _names_of_others(rows, cells)
    return pc.binary_join_element_wise(_BEFORE.take(kind), words, _AFTER.take(kind), "")


def _names_of_others(rows: dict[str, Column], cells: pa.Table) -> pa.Array:
    """What each row's other cell is called: its place; people, party and beginning where they are others."""
    about, own = array(rows["about"]), pa.array(rows["cell"])
    parts = [cells.column("place_name").combine_chunks().take(about)]
    for column, before in (("population_name", ", "), ("attribution_name", ", attributed to ")):
        names = cells.column(column).combine_chunks()
        other = names.take(about)
        is_other = pc.and_(pc.not_equal(other, names.take(own)), pc.not_equal(other, ""))
        parts.append(pc.if_else(is_other, pc.binary_join_element_wise(before, other, ""), ""))
    starts = cells.column("period_start").combine_chunks()
    since = starts.take(about)
    is_other = pc.fill_null(pc.not_equal(since, starts.take(own)), False)
    words = pc.binary_join_element_wise(", counted from ", since.cast(pa.string()), " on", "")
    parts.append(pc.fill_null(pc.if_else(is_other, words, ""), ""))
    is_raise = pa.array(np.isin(rows["kind"], (RAISED_TO_ONE, RAISED_TO_SUM)))
    value = array(rows["low"]).cast(pa.string())
    parts.append(pc.if_else(is_raise, pc.binary_join_element_wise(" (", value, ")", ""), ""))
    return pc.binary_join_element_wise(*parts, "")
