"""Is a total the sum of its parts?

Compares what one source says of the same days, or of the same event: the members of a place set, the areas
inside an area, the populations or the attributions of a figure. It compares bounds, so "at least" contradicts
nothing that it leaves open. Parts that are complete must add up to the total; incomplete ones, and a single
one, must not exceed it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from service.ingest.checks.statements import OPEN, SPEAKER, UNKNOWN, Flags, Ints, Statements
from service.reference.containment import Containment
from service.schema.records import Finding, Reference
from service.sentence import join_sentences, message, sentence

EXHAUSTIVE_SPLITS = frozenset({"status", "side"})
"""The splits that leave nobody out once all their registered populations are there: whoever was killed took
part in the fighting or not, on one side or another. No other split may fall short: ``age`` has no men and
``community`` not every community."""

MOST_SHAPES = 64
"""Of how many tables the splits are remembered."""
CELLS_AT_ONCE = 1_000_000
"""How many parts are added up at a time."""


class _Subject(NamedTuple):
    """What a figure is about, within one source, measure and period."""

    areas: str
    population: str
    attributed_to: str


class _Split(NamedTuple):
    """A total with its parts: ``is_whole`` if the parts are all of it; ``kind`` is a word for a sentence."""

    total: _Subject
    parts: tuple[_Subject, ...]
    is_whole: bool
    kind: str


class _Splits(NamedTuple):
    """All splits of some subjects as columns among these: the ``total`` of each; its ``parts``, those of a
    split behind one another, from ``first`` on; ``is_whole`` and ``kind`` as of a split."""

    total: Ints
    parts: Ints
    first: Ints
    is_whole: Flags
    kind: tuple[str, ...]


@lru_cache(maxsize=8)
def partition_of(reference: Reference) -> Partition:
    """Return the Partition of a reference, which is made once."""
    return Partition(reference)


class Partition:
    """The parts of places and populations, as the reference data gives them."""

    def __init__(self, reference: Reference) -> None:
        self._containment = Containment.of(reference)
        self._populations = _populations_by_split(self._containment)
        self.splits = lru_cache(maxsize=MOST_SHAPES)(self._lay_out_splits)
        """The splits of some subjects: of a table that comes in day after day they are found out once."""

    def _lay_out_splits(self, subjects: tuple[_Subject, ...]) -> _Splits:
        column = {subject: at for at, subject in enumerate(subjects)}
        found = list(_splits(self, set(subjects)))
        sizes = [len(split.parts) for split in found]
        return _Splits(
            total=np.array([column[split.total] for split in found], np.int64),
            parts=np.array([column[part] for split in found for part in split.parts], np.int64),
            first=np.cumsum([0, *sizes])[:-1].astype(np.int64),
            is_whole=np.array([split.is_whole for split in found], np.bool_),
            kind=tuple(split.kind for split in found),
        )

    def places(self, present: set[str]) -> dict[str, tuple[tuple[str, ...], bool]]:
        """Return for each place of ``present`` the largest others of them inside it, and whether they are all
        of it.

        Only a region or a place set is known to be all its members. Of any other place the ledger knows the
        parts that somebody has registered, and there may be more.
        """
        containment = self._containment
        inside: dict[str, set[str]] = defaultdict(set)
        for place in present:
            if not containment.members(place):
                for holder in containment.parents(place):
                    inside[holder].add(place)
        found = {}
        for whole in present:
            if members := set(containment.members(whole)):
                parts = members & present
            else:
                among = inside[whole]
                parts = {place for place in among if among.isdisjoint(containment.parents(place))}
            found[whole] = tuple(sorted(parts)), parts == members
        return found

    def populations(self, whole: str, present: set[str]) -> Iterator[tuple[tuple[str, ...], bool]]:
        """Yield the parts of each split of a population that are ``present``, and whether they are all of it.

        A part that is absent is stood for by its own parts.
        """
        for split, parts in sorted(self._populations.get(whole, {}).items()):
            found: list[str] = []
            is_whole = split in EXHAUSTIVE_SPLITS
            for part in parts:
                if part in present:
                    found.append(part)
                else:
                    inner = self.populations(part, present)
                    some, is_part_whole = max(
                        inner, key=lambda each: (each[1], len(each[0])), default=((), False)
                    )
                    found += some
                    is_whole = is_whole and is_part_whole
            yield tuple(sorted(found)), is_whole


def _populations_by_split(containment: Containment) -> dict[str, dict[str, list[str]]]:
    """Return the populations directly inside each one, by their split; a ring in the data is no part."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for population in containment.populations:
        parent, split = containment.population_parent(population), containment.split(population)
        if split and parent and not containment.population_holds(population, parent):
            found[parent][split].append(population)
    return found


def find_wrong_sums(statements: Statements, reference: Reference) -> list[Finding]:
    """Return findings about totals that their parts do not add up to."""
    partition = partition_of(reference)
    findings: list[Finding] = []
    for subjects, rows in _tables(statements):
        splits = partition.splits(subjects)
        if not len(splits.total):
            continue
        at_once = max(1, CELLS_AT_ONCE // len(splits.parts))
        for begin in range(0, len(rows), at_once):
            lines = rows[begin : begin + at_once]
            for line, at in np.argwhere(_are_wrong(statements, splits, lines)).tolist():
                first = splits.first[at]
                end = splits.first[at + 1] if at + 1 < len(splits.first) else len(splits.parts)
                total, parts = lines[line, splits.total[at]], lines[line, splits.parts[first:end]]
                findings += _mismatch(statements, splits.kind[at], int(total), parts.tolist())
    return findings


def _are_wrong(statements: Statements, splits: _Splits, lines: Ints) -> Flags:
    """Return for each line and split whether the parts come to more than the total, or, if they are all of
    it, to fewer."""
    total, parts = lines[:, splits.total], lines[:, splits.parts]
    low = np.add.reduceat(statements.low[parts], splits.first, axis=1)
    high = statements.high[parts]
    is_open = np.logical_or.reduceat(high == OPEN, splits.first, axis=1)
    high = np.add.reduceat(np.where(high == OPEN, 0, high), splits.first, axis=1)
    is_short = splits.is_whole & ~is_open & (high < statements.low[total])
    wrong: Flags = (low > statements.high[total]) | is_short
    return wrong


def _mismatch(statements: Statements, kind: str, total: int, parts: list[int]) -> list[Finding]:
    whole = statements.text("count_stated", total)
    added = " + ".join(statements.text("count_stated", part) for part in parts)
    fix = message("Look which of the figures the source gives otherwise, or which part belongs elsewhere.")
    said = sentence(
        "the %(kind)s %(parts)s make %(makes)s, not %(total)s.",
        kind=sentence(kind),
        parts=added,
        makes=int(statements.low[parts].sum()),
        total=whole,
    )
    if len(parts) == 1 and statements.low[parts[0]] > statements.high[total]:
        about = statements.describe(parts[0])
        said = sentence(
            "a part of it (%(about)s) has %(part)s, more than %(total)s.",
            about=about,
            part=added,
            total=whole,
        )
        if not statements.is_total[total]:
            fix = join_sentences(fix, message("Incidents that add up have a key each, in event."))
    return statements.findings("sum_mismatch", (total, *parts), said, fix)


def _tables(statements: Statements) -> Iterator[tuple[tuple[_Subject, ...], Ints]]:
    """Yield tables of statements: a line for each source, measure, period and event, a column for each
    subject.

    Each table comes with the subjects of its columns, two or more; lines about the same subjects share one.
    Where a source gives two figures for a subject, the later row is taken.
    """
    rows = np.flatnonzero((statements.day != UNKNOWN) & ((statements.low > 0) | (statements.high < OPEN)))
    group = statements.group(*SPEAKER, "measure", "basis", "start", "day", "event", rows=rows)
    subject = statements.group(*_Subject._fields, rows=rows)
    order = np.lexsort((subject, group))
    rows, group, subject = rows[order], group[order], subject[order]
    last = np.ones(len(rows), bool)
    last[:-1] = (group[1:] != group[:-1]) | (subject[1:] != subject[:-1])
    rows, group, subject = rows[last], group[last], subject[last]
    firsts = np.flatnonzero(np.concatenate([np.ones(min(1, len(group)), bool), group[1:] != group[:-1]]))
    ends = np.append(firsts, len(rows))[1:]
    shapes: dict[bytes, list[int]] = defaultdict(list)
    for begin, end in zip(firsts.tolist(), ends.tolist(), strict=True):
        if end - begin >= 2:
            shapes[subject[begin:end].tobytes()].append(begin)
    for shape, begins in shapes.items():
        size = len(shape) // subject.itemsize
        lines = rows[np.asarray(begins)[:, None] + np.arange(size)]
        lines = lines[(statements.row[lines] > 0).any(axis=1)]
        if len(lines):
            about = zip(*(statements.texts(name, lines[0]) for name in _Subject._fields), strict=True)
            yield tuple(_Subject(*each) for each in about), lines


def _splits(partition: Partition, figures: set[_Subject]) -> Iterator[_Split]:
    """Yield every total among the figures with its parts among them."""
    places, people, sides = (defaultdict[tuple[str, str], set[str]](set) for _ in range(3))
    for areas, population, attributed_to in figures:
        places[population, attributed_to].add(areas)
        people[areas, attributed_to].add(population)
        if attributed_to:
            sides[areas, population].add(attributed_to)
    parts_of = {about: partition.places(present) for about, present in places.items()}
    for total in sorted(figures):
        parts, is_whole = parts_of[total.population, total.attributed_to][total.areas]
        if parts:
            inside = tuple(total._replace(areas=part) for part in parts)
            yield _Split(total, inside, is_whole, message("places"))
        others = people[total.areas, total.attributed_to] - {total.population}
        for split, is_whole in partition.populations(total.population, others):
            if split:
                inside = tuple(total._replace(population=part) for part in split)
                yield _Split(total, inside, is_whole, message("populations"))
        whose = sorted(sides[total.areas, total.population]) if not total.attributed_to else []
        if whose:
            yield _Split(
                total,
                tuple(total._replace(attributed_to=side) for side in whose),
                False,
                message("attributions"),
            )
