"""``python -m bench.edge --write``: what caches in front of the server spare it, under a Zipf load.

How answers may be kept, how large they are, what each costs and what an entry changes are measured on the
real server; readers, writers and caches are drawn. Browsers, which keep answers too, are left out.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from pathlib import Path
from typing import Any

from bench.edge.cache import Stream, Tally, simulate
from bench.edge.origin import AS_OF, LATEST, PINNED, Origin, measure
from bench.report import keep

CRISES, DISTINCT, QUESTIONS, SECONDS = 1_000, 50_000, 100.0, 3_600.0
TEN_SECONDS = 10.0
MIXES = {
    "all of now": {LATEST: 1.0},
    "half of now, half earlier days": {LATEST: 0.5, AS_OF: 0.5},
    "half of now, half settled vintages": {LATEST: 0.5, PINNED: 0.5},
    "all settled vintages": {PINNED: 1.0},
}


@dataclasses.dataclass(frozen=True)
class Scenario:
    """What is asked, how often something is recorded, of how many caches, and for how many seconds they hold
    what the server would have them ask about."""

    mix: str
    entries_a_minute: float = 6.0
    caches: int = 1
    held: float = 0.0


NOW, MIXED = "all of now", "half of now, half settled vintages"
SCENARIOS = (
    *map(Scenario, MIXES),
    Scenario(MIXED, entries_a_minute=600.0),
    Scenario(MIXED, caches=10),
    Scenario(NOW, held=TEN_SECONDS),
    Scenario(NOW, entries_a_minute=600.0, held=TEN_SECONDS),
    Scenario(MIXED, caches=10, held=TEN_SECONDS),
)
SAME = """Measured on the real server (20 crises of a thousand reports): {rules}. An answer of now is
{size:,} bytes; an entry about a crisis changes {now:.0%} of its answers of now, {earlier:.0%} of those as of
an earlier day and {pinned:.0%} of those that are settled. A question costs the server {unchanged:.2f} ms of
processor time where it says 304, {ready:.2f} where the answer lies ready, and where it is made {made}.

Drawn: an hour of {questions:g} questions a second, of {distinct:,} different ones about {crises:,} crises,
the n-th most popular asked 1/n times as often as the first; entries about any crisis alike. Every cache
begins empty and keeps all that it is sent. *Held* is what an operator may tell a cache to do with answers of
now against `no-cache`: readers then see a figure up to so many seconds after it changed. Work is the share of
one processor that the server needs for them; every fetched answer is counted as made anew."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.edge", description=__doc__)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=20_000)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casualty-edge.") as folder:
        origin = measure(Path(folder), asked.rows, asked.sample)
    print(origin)
    rows = [row(origin, asked.seconds, scenario) for scenario in SCENARIOS]
    if asked.write:
        keep("edge", title="Caches in front of the server", same=told(origin), rows=rows)


def row(origin: Origin, seconds: float, scenario: Scenario) -> dict[str, Any]:
    """Return the row of one scenario, and print it."""
    entries = scenario.entries_a_minute / 60
    stream = Stream(QUESTIONS, seconds, DISTINCT, CRISES, 1.0, entries, MIXES[scenario.mix])
    tally = simulate(origin.kinds, stream, caches=scenario.caches, held=scenario.held)
    made = sum(count * origin.made[name] for name, count in tally.fetched.items())
    result = {
        "questions": scenario.mix,
        "entries a minute": round(scenario.entries_a_minute),
        "caches": scenario.caches,
        "held, s": round(scenario.held),
        **shares(tally),
        "asked of the server, a second": round((tally.questions - tally.hits) / seconds, 1),
        "sent by it, kB a second": round(tally.sent / seconds / 1_000, 1),
        "of what readers got, %": round(100 * tally.sent / tally.asked, 1),
        "work, %": round(100 * (tally.unchanged * origin.unchanged + made) / seconds, 1),
    }
    print(result, flush=True)
    return result


def shares(tally: Tally) -> dict[str, float]:
    """Return how many of a hundred questions ended in which way."""
    ways = {
        "by a cache, %": tally.hits,
        "unchanged (304), %": tally.unchanged,
        "fetched, %": tally.fetched.total(),
    }
    return {name: round(100 * count / tally.questions, 1) for name, count in ways.items()}


def told(origin: Origin) -> str:
    """Return what was measured and what was drawn, in words."""
    kinds = {kind.name: kind for kind in origin.kinds}
    return SAME.format(
        rules="; ".join(f"{name}: `{rule}`" for name, rule in origin.cache_control.items()),
        size=kinds[LATEST].size, now=kinds[LATEST].changes, earlier=kinds[AS_OF].changes,
        pinned=kinds[PINNED].changes, questions=QUESTIONS, distinct=DISTINCT, crises=CRISES,
        unchanged=1_000 * origin.unchanged, ready=1_000 * origin.ready,
        made=", ".join(f"{1_000 * seconds:.2f} {name}" for name, seconds in origin.made.items()),
    )  # fmt: skip


if __name__ == "__main__":
    main()
