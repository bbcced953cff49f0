"""In which words does evidence say what a report did, and why?

A row of evidence goes by the number of its reason. This module does not know how evidence is found.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.claims import Claims
from service.reconcile.columns import Column, array
from service.vocabulary import Role

_REASONS = (
    (Role.COUNTED, "its origin's current count"),
    (Role.BOUND, "its origin's current statement, a lower bound"),
    (Role.BOUND, "its origin's counts of single days, added up"),
    (Role.BOUND, "a count overtaken by others: it now allows for twice as many and ten more"),
    (Role.BOUND, "its origin says at least so many of a part: {cell}"),
    (Role.BOUND, "its origin's parts added up, among them {cell}"),
    (Role.BOUND, "its origin says no more than so many of the whole: {cell}"),
    (Role.SUPERSEDED, "its origin has since given a newer figure"),
    (Role.ECHO, "carries the same figure of the same origin"),
    (Role.ECHO, "another wording of its origin's figure of that day, {number}"),
    (Role.ECHO, "no origin is named, and the number is that of {origin}"),
    (Role.MISPLACED, "its origin gave this number for {cell}"),
    (Role.SLIP, "other counts of its origin leave no room for it, such as {number}: a slip"),
    (Role.SLIP, "carried by one outlet, and more than double its origin's counts before it: a slip"),
    (Role.STALE, "an older figure of its origin, which stood at {number} by then"),
    (Role.REVISED, "its origin later gave the lower {number}"),
    (
        Role.BOUND,
        "nobody is named: heard only where no named origin speaks of the place, its parts or its wholes",
    ),
    (Role.BOUND, "counts some of the days only; its origin's sum or total takes it in"),
    (Role.COUNTED, "its origin's counts of single days, added up"),
    (Role.DISOWNED, "{origin} says that its origin never gave this figure or has dropped it"),
    (Role.DISOWNED, "no origin is named, and the number is one that {origin} never gave or has dropped"),
    (Role.RETRACTION, "takes back this figure of {origin}, whoever carries it"),
)
(
    COUNT,
    FLOOR,
    DAYS,
    LOOSE,
    PART,
    SUM,
    WHOLE,
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
) = range(len(_REASONS))
ROLES = pa.array([str(role) for role, _ in _REASONS])
_BEFORE, _AFTER = (
    pa.array(
        [
            (text[: text.index("{")], text[text.index("}") + 1 :])[part] if "{" in text else (text, "")[part]
            for _, text in _REASONS
        ]
    )
    for part in (0, 1)
)


def reasons(rows: dict[str, Column], claims: Claims, place_names: pa.Array) -> pa.Array:
    """The reason of each row in words."""
    kind = pa.array(rows["kind"])
    about = pc.coalesce(
        array(rows["number"]).cast(pa.string()),
        claims.speakers.name.take(array(rows["origin"])),
        place_names.take(array(rows["about"])),
        "",
    )
    return pc.binary_join_element_wise(_BEFORE.take(kind), about, _AFTER.take(kind), "")


def reasons_of_retractions(claims: Claims) -> pa.Array:
    """The reason of each retraction in words."""
    whose = claims.speakers.name.take(pa.array(claims.retractions["origin_no"]))
    before, after = (part[TAKES_BACK] for part in (_BEFORE, _AFTER))
    return pc.binary_join_element_wise(before, whose, after, "")
