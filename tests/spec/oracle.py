"""What do the rules of accounts and of figures say of one cell and one day, worked out the slow way?

Plain Python, one cell and one day at a time, from running totals of named origins; it shares nothing with
``service/reconcile``. It leaves out what sets statements aside (slips, echoes), nameless claims, increments,
sums and the closing of the order, so that ``is_consistent`` says whether it may be asked at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tests.spec.world import Cell, World

OPEN = float("inf")


class Statement(NamedTuple):
    """What an origin says of a cell: it votes with ``low`` to ``high`` and counts ``count``."""

    origin: str
    cell: Cell
    day: dt.date
    low: int
    high: float
    count: int | None
    is_verified: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Statement:
        """Return what a report states: "a-b" counts a, "up to b" nothing, "about n" counts n and leaves room
        for its width; what is verified is a minimum."""
        low, high = row["low"] if row["best"] is None else row["best"], row["high"]
        is_verified = row["standard"] == "verified"
        is_open = high is None or is_verified
        cell = row["areas"], row["population"], row["attributed_to"], row["period_start"]
        ends = (low or 0, OPEN if is_open else high, None if is_open else low)
        return cls(row["origin_id"], cell, row["counted_to"], *ends, is_verified)


class Oracle:
    """The figures of one crisis and measure, from the statements of all origins."""

    def __init__(self, statements: Iterable[Statement], world: World) -> None:
        self.said, self.world = tuple(statements), world
        self.said += tuple(self._begun_anew())
        self.weights = {each.origin: world.weight(each.origin) for each in self.said}

    def _begun_anew(self) -> Iterable[Statement]:
        """Yield the floors of counts that ended, with those of the same people that began anew after that."""
        ended: dict[tuple[str, Cell], list[Statement]] = {}
        for each in self.said:
            ended.setdefault((each.origin, each.cell), []).append(each)
        for (origin, cell), first in ended.items():
            for (other, later), then in ended.items():
                is_same = origin == other and cell[:3] == later[:3]
                if is_same and max(each.day for each in first) < later[3]:
                    most = max(each.low for each in first)
                    yield from (Statement(origin, cell, s.day, most + s.low, OPEN, None, False) for s in then)

    def is_consistent(self) -> bool:
        """Whether no origin says more of a cell, added up, than it counted in it."""
        return all(self.lo(each.origin, each.cell, each.day) <= each.high for each in self.said)

    def lo(self, origin: str, cell: Cell, day: dt.date) -> int:
        """Return the most that an origin has said of a cell, what is in it, or disjoint parts together."""
        most: dict[Cell, int] = {}
        for each in self.said:
            if each.origin == origin and each.day <= day and self.world.holds(cell, each.cell):
                most[each.cell] = max(most.get(each.cell, 0), each.low)
        return self._heaviest(tuple((part, count) for part, count in most.items() if count))

    def _heaviest(self, parts: tuple[tuple[Cell, int], ...]) -> int:
        if not parts:
            return 0
        (first, count), rest = parts[0], parts[1:]
        apart = tuple(part for part in rest if self.world.are_disjoint(first, part[0]))
        with_first = count + self._heaviest(apart)
        return with_first if len(apart) == len(rest) else max(with_first, self._heaviest(rest))

    def hi(self, origin: str, cell: Cell, day: dt.date) -> float:
        """Return the least that an origin says of what holds a cell, as far as nothing has overtaken it."""
        around = (s for s in self.said if s.origin == origin and self.world.holds(s.cell, cell))
        return min((self._ceiling(each, day) for each in around), default=OPEN)

    def _ceiling(self, said: Statement, day: dt.date) -> float:
        if said.day >= day:
            return said.high
        if self.lo(said.origin, said.cell, day) > said.high:
            return OPEN
        later = [s for s in self.said if s.origin != said.origin and said.day < s.day <= day]
        above = [s for s in later if s.low > said.high and self.world.holds(said.cell, s.cell)]
        heavy = [s.low for s in above if 2 * self.weights[s.origin] >= self.weights[said.origin]]
        return min(2 * said.high + 10, max(heavy)) if heavy else said.high

    def _apart(self, x: float, cell: Cell, day: dt.date) -> float:
        """Return how far a number is from all accounts, by their weights."""
        heard = [(self.lo(who, cell, day), self.hi(who, cell, day), w) for who, w in self.weights.items()]
        return sum(w * (max(lo - x, 0) + max(x - hi, 0)) for lo, hi, w in heard)

    def median(self, cell: Cell, day: dt.date) -> float:
        """Return the smallest number of least weighted distance to all accounts; 0 where nobody is heard."""
        ends = {0, *(end(who, cell, day) for who in self.weights for end in (self.lo, self.hi))} - {OPEN}
        return min(ends, key=lambda x: (self._apart(x, cell, day), x))

    def served_floor(self, cell: Cell, day: dt.date) -> int:
        """Return the highest floor served by a day: a verified one, or one that some day let stand."""
        floors = [s for s in self.said if s.cell == cell and s.day <= day and s.high == OPEN]
        days = {s.day for s in self.said if s.day <= day}
        stand = (f for f in floors if f.is_verified or any(self._stands(f, on) for on in days if on >= f.day))
        return max((floor.low for floor in stand), default=0)

    def _stands(self, floor: Statement, day: dt.date) -> bool:
        """Whether a floor is not above the median, nobody who spoke of the cell so far weighs more than twice
        as much, and nobody who does counts fewer, then or later."""
        own = [s for s in self.said if s.cell == floor.cell]
        heavier = [s for s in own if self.weights[s.origin] > 2 * self.weights[floor.origin]]
        counts: dict[str, list[Statement]] = {}
        for each in heavier:
            if each.count is not None:
                counts.setdefault(each.origin, []).append(each)
        least = OPEN
        for said in counts.values():
            until = max(day, min(s.day for s in said))
            least = min(least, max(s.count or 0 for s in said if s.day <= until))
        is_first = all(each.day > day for each in heavier)
        return is_first and floor.low <= min(self.median(floor.cell, day), least)

    def best(self, cell: Cell, day: dt.date) -> int | None:
        """Return the count that the accounts support; None without one, or with a served floor above it."""
        best = self._supported(cell, day)
        return None if best is None or self.served_floor(cell, day) > best else best

    def _supported(self, cell: Cell, day: dt.date) -> int | None:
        """Return the greatest count of a cell not above the median. Where its origin has left it, or there is
        none: the least that stands and is as near to all accounts, unless a later day comes to fewer."""
        x, given = self.median(cell, day), dict[str, int]()
        for each in (s for s in self.said if s.cell == cell and s.day <= day):
            given[each.origin] = max(given.get(each.origin, -1), -1 if each.count is None else each.count)
        counts = {s.count for s in self.said if s.cell == cell and s.day <= day and s.count is not None}
        below = max((count for count in counts if count <= x), default=None)
        nearest = self._apart(x, cell, day)
        level = [c for c in given.values() if c > x and self._apart(c, cell, day) == nearest]
        if not level or below in given.values():
            return below
        later = [self._supported(cell, on) for on in {s.day for s in self.said} if on > day]
        return min(level) if all(min(level) <= each for each in later if each is not None) else below
