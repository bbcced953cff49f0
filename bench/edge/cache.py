"""What does a shared cache answer by itself, ask about again, and fetch?

A cache goes by the ``Cache-Control`` and the ETag that the server sent, as RFC 9111 has it: what is fresh
leaves without the server being asked, what is stale is asked about by its ETag, and fetched where that has
changed. Questions and entries are drawn; the clock is that of the drawing. This module asks no server.
"""

from __future__ import annotations

import dataclasses
import heapq
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of question as the server answers it: for how many ``fresh`` seconds its answer is, its ``size``
    in bytes, and which share of such answers about a crisis an entry about it ``changes``."""

    name: str
    fresh: float
    size: int
    changes: float


@dataclasses.dataclass(frozen=True)
class Stream:
    """Readers and writers: ``questions`` a second over so many ``seconds``, of so many ``distinct`` ones
    about so many ``crises``, the n-th most popular asked ``n ** -exponent`` times as often as the first;
    ``entries`` a second; and how often each kind is asked (``mix``, by name)."""

    questions: float
    seconds: float
    distinct: int
    crises: int
    exponent: float
    entries: float
    mix: dict[str, float]
    seed: int = 0


@dataclasses.dataclass
class Tally:
    """How the questions ended: answered by a cache alone, asked about and unchanged, fetched."""

    hits: int = 0
    unchanged: int = 0
    fetched: Counter[str] = dataclasses.field(default_factory=Counter)
    """Of each kind."""
    sent: int = 0
    """Bytes that the server sent."""
    asked: int = 0
    """Bytes that the readers were sent."""

    @property
    def questions(self) -> int:
        return self.hits + self.unchanged + self.fetched.total()


BYTES_OF_A_HEAD = 700
"""About what the head of an answer takes, of a 304 all of it."""


def fresh_seconds(cache_control: str) -> float:
    """Return for how many seconds a shared cache may give an answer without asking again.

    >>> fresh_seconds("public, max-age=86400, immutable"), fresh_seconds("public, no-cache")
    (86400.0, 0.0)
    """
    words = {word.strip().lower() for word in cache_control.split(",")}
    if words & {"no-cache", "no-store", "private"}:
        return 0.0
    age = re.search(r"s-maxage=(\d+)", cache_control) or re.search(r"max-age=(\d+)", cache_control)
    return float(age[1]) if age else 0.0


def simulate(kinds: Sequence[Kind], stream: Stream, *, caches: int = 1, held: float = 0.0) -> Tally:
    """Return how the questions of a stream end that come to any of so many ``caches``, each of which keeps
    all that it was sent. ``held``: for how many seconds a cache is told to give what the server would have it
    ask about."""
    chance = np.random.default_rng(stream.seed)
    share = np.array([stream.mix.get(kind.name, 0.0) for kind in kinds])
    kind_of = chance.choice(len(kinds), stream.distinct, p=share / share.sum())
    crisis_of = chance.integers(stream.crises, size=stream.distinct)
    fresh = [max(kind.fresh, held) for kind in kinds]
    version = [0] * stream.distinct
    about: list[list[int]] = [[] for _ in range(stream.crises)]
    for question, crisis in enumerate(crisis_of.tolist()):
        about[crisis].append(question)
    kept: list[dict[int, tuple[int, float]]] = [{} for _ in range(caches)]
    tally = Tally()
    for at, question, cache in _events(stream, caches, chance):
        if question < 0:
            for each in about[-1 - question]:
                version[each] += chance.random() < kinds[kind_of[each]].changes
            continue
        kind = kinds[kind_of[question]]
        tally.asked += kind.size + BYTES_OF_A_HEAD
        known, until = kept[cache].get(question, (-1, 0.0))
        if known >= 0 and at < until:
            tally.hits += 1
            continue
        is_unchanged = known == version[question]
        tally.unchanged += is_unchanged
        tally.fetched[kind.name] += not is_unchanged
        tally.sent += BYTES_OF_A_HEAD + (0 if is_unchanged else kind.size)
        kept[cache][question] = (version[question], at + fresh[kind_of[question]])
    return tally


def _events(stream: Stream, caches: int, chance: np.random.Generator) -> Iterator[tuple[float, int, int]]:
    """Yield questions and entries as they come: when, which question, at which cache; of an entry -1 less the
    number of its crisis, and no cache."""
    weight = np.arange(1, stream.distinct + 1, dtype=np.float64) ** -stream.exponent
    asked = chance.poisson(stream.questions * stream.seconds)
    when = np.sort(chance.random(asked)) * stream.seconds
    which = chance.choice(stream.distinct, asked, p=weight / weight.sum())
    at = chance.integers(caches, size=asked)
    entries = chance.poisson(stream.entries * stream.seconds)
    entered = np.sort(chance.random(entries)) * stream.seconds
    crisis = -1 - chance.integers(stream.crises, size=entries)
    yield from heapq.merge(
        zip(when.tolist(), which.tolist(), at.tolist(), strict=True),
        zip(entered.tolist(), crisis.tolist(), [0] * entries, strict=True),
    )
