"""Is a total the sum of its parts?

The parts are what the same source gives for the same days: the members of a place set, the areas inside an
area, the populations or the attributions that a figure is split into. Bounds are compared, so that "at least"
contradicts nothing it leaves open. Parts that are all there must meet the total; others must not exceed it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from service.ingest.checks.statements import OPEN, TELLER, UNKNOWN, Ints, Statements
from service.reference.containment import Containment
from service.schema.records import Finding, Reference

WHOLE_SPLITS = (
    frozenset({"civilians", "combatants"}),
    frozenset({"civilians", "security_forces", "pro_assad_fighters"}),
)
"""Populations that together are everyone."""


class _What(NamedTuple):
    """What a figure is about, within one source, measure and period."""

    areas: str
    population: str
    attributed_to: str


class _Split(NamedTuple):
    total: _What
    parts: tuple[_What, ...]
    is_whole: bool
    kind: str


@lru_cache(maxsize=8)
def partition_of(reference: Reference) -> Partition:
    """How the places and populations of a reference are made up, worked out once."""
    return Partition(reference)


class Partition:
    """How places and populations are made up, as the reference data says."""

    def __init__(self, reference: Reference) -> None:
        self._containment = Containment.of(reference)

    def places(self, whole: str, present: set[str]) -> tuple[tuple[str, ...], bool]:
        """Of the places present the largest that lie in the whole, and whether they are all of it."""
        members = set(self._containment.members(whole))
        if not members:
            parents = self._containment.parents
            single = {place for place in present if not self._containment.members(place)}
            inside = {place for place in single if whole in parents(place)}
            parts = {place for place in inside if inside.isdisjoint(parents(place))}
            return tuple(sorted(parts)), parts == set(self._containment.children(whole))
        parts = members & present
        return tuple(sorted(parts)), parts == members

    def populations(self, whole: str, present: set[str]) -> Iterator[tuple[tuple[str, ...], bool]]:
        """The ways to split a population into those present: all of it, or two parts that share nobody."""
        if whole == "all":
            for split in WHOLE_SPLITS:
                if split <= present:
                    yield tuple(sorted(split)), True
        if {"women", "children"} <= present and whole not in ("women", "children"):
            yield ("children", "women"), False


def sums(said: Statements, reference: Reference) -> list[Finding]:
    """Totals that their parts do not add up to."""
    partition = partition_of(reference)
    findings: list[Finding] = []
    for whats, rows in _shapes(said):
        place = {what: at for at, what in enumerate(whats)}
        for split in _splits(partition, set(whats)):
            total = rows[:, place[split.total]]
            parts = rows[:, [place[part] for part in split.parts]]
            low = said.low[parts].sum(axis=1)
            is_open = (said.high[parts] == OPEN).any(axis=1)
            high = np.where(
                is_open, OPEN, np.where(said.high[parts] == OPEN, 0, said.high[parts]).sum(axis=1)
            )
            wrong = low > said.high[total]
            if split.is_whole:
                wrong |= high < said.low[total]
            for at in np.flatnonzero(wrong).tolist():
                findings += _mismatch(said, split.kind, int(total[at]), parts[at].tolist())
    return findings


def _mismatch(said: Statements, kind: str, total: int, parts: list[int]) -> list[Finding]:
    sentence = " + ".join(said.text("count_stated", part) for part in parts)
    makes = int(said.low[parts].sum())
    finding = said.finding(
        "sum_mismatch",
        (total, *parts),
        f"the {kind} {sentence} make {makes}, not {said.text('count_stated', total)}.",
        "Look which of the figures the source gives otherwise, or which part belongs elsewhere.",
    )
    return [finding] if finding else []


def _shapes(said: Statements) -> Iterator[tuple[list[_What], Ints]]:
    """What each source says of one measure and period, three things or more, those alike together.

    Gives what they are about, and the rows: one line per source, measure and period, in that order. Where a
    source gives two figures for one thing, the later row stands.
    """
    rows = np.flatnonzero((said.day != UNKNOWN) & ((said.low > 0) | (said.high < OPEN)))
    group = said.group(*TELLER, "measure", "basis", "start", "day", rows=rows)
    what = said.group(*_What._fields, rows=rows)
    order = np.lexsort((what, group))
    rows, group, what = rows[order], group[order], what[order]
    last = np.ones(len(rows), bool)
    last[:-1] = (group[1:] != group[:-1]) | (what[1:] != what[:-1])
    rows, group, what = rows[last], group[last], what[last]
    firsts = np.flatnonzero(np.concatenate([np.ones(min(1, len(group)), bool), group[1:] != group[:-1]]))
    ends = np.append(firsts[1:], len(rows))
    shapes: dict[bytes, list[int]] = defaultdict(list)
    for begin, end in zip(firsts.tolist(), ends.tolist(), strict=True):
        if end - begin >= 3:
            shapes[what[begin:end].tobytes()].append(begin)
    for shape, begins in shapes.items():
        size = len(shape) // what.itemsize
        lines = rows[np.asarray(begins)[:, None] + np.arange(size)]
        lines = lines[(said.row[lines] > 0).any(axis=1)]
        if len(lines):
            yield [_What(*(said.text(name, int(at)) for name in _What._fields)) for at in lines[0]], lines


def _splits(partition: Partition, figures: set[_What]) -> Iterator[_Split]:
    """Every total among the figures with its parts among them, two or more."""
    for total in sorted(figures):
        places = {f.areas for f in figures if f[1:] == total[1:]} - {total.areas}
        parts, is_whole = partition.places(total.areas, places)
        if len(parts) > 1:
            yield _Split(total, tuple(total._replace(areas=part) for part in parts), is_whole, "places")
        people = {f.population for f in figures if f._replace(population=total.population) == total}
        for split, all_of_it in partition.populations(total.population, people - {total.population}):
            yield _Split(total, tuple(total._replace(population=p) for p in split), all_of_it, "populations")
        if not total.attributed_to:
            sides = sorted(f for f in figures if f.attributed_to and f._replace(attributed_to="") == total)
            if len(sides) > 1:
                yield _Split(total, tuple(sides), False, "attributions")
