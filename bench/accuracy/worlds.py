"""How does a simulated crisis differ from another?

A ``World`` is one setting of the generator in ``bench.accuracy.simulation``. Rules may be tuned on ``TUNING``
(with its seeds) only; ``HELD_OUT`` has other seeds and other settings, each pushed further in one direction
than anything in ``TUNING``, and ``DRAWN`` has every dial drawn at random. Both are what the published table
is about.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class World:
    """Every dial of the generator, with a middling value as its default."""

    name: str
    governorates: int = 3
    districts: int = 3
    active_days: int = 6
    """Length of the violence; half of the deaths fall in about the first third."""
    toll: float = 900.0
    """Median of the true total (log-normal, sigma 0.7)."""
    hidden: float = 0.04
    """Share of deaths that no origin ever learns of."""
    detection: float = 0.92
    """Mean share of the findable deaths that a monitor counts in the end; other kinds count fewer."""
    delay: float = 4.0
    """Mean days from death to a monitor's count (geometric); media are slower by half."""
    monitors: int = 2
    officials: int = 1
    media: int = 2
    parties: int = 1
    pace: float = 0.55
    """Chance that an origin speaks on a day of the violence; it halves every ten days afterwards."""
    carriers: float = 3.0
    """Mean number of outlets that carry a statement (Poisson)."""
    unnamed: float = 0.10
    """Share of carriers that print another's figure as their own: an echo."""
    stale: float = 0.08
    """Share of carriers that print the origin's statement before this one."""
    slip: float = 0.02
    """Share of carriers that swap two digits or add or lose one."""
    misplaced: float = 0.02
    """Share of carriers that give a figure to a smaller place or to another population."""
    undated: float = 0.25
    """Share of carriers that do not say up to which day the count goes."""
    floors: float = 0.25
    """Share of statements worded as "at least N"; half as many as "over N", rounded down."""
    rounded: float = 0.15
    """Share of statements worded as "about N", rounded to two digits."""
    drift: float = 0.25
    """Chance that an origin, from some day on, counts fighters into its "civilians" (or half the reverse)."""
    revision: float = 0.20
    """Chance that an origin counts some people twice until it corrects itself downwards."""
    outliers: float = 0.5
    """Mean number of nameless claims of two to four times the toll, carried widely."""
    joint: float = 0.15
    """Share of an origin's statements about two or three places together, never parted."""
    kind: str = "sudden"
    """``ongoing``: people die in waves on all of the days simulated, and ``active_days`` does not matter."""
    disaster: bool = False
    """Nearly all die on the first day, and nobody is a fighter."""
    missing: float = 0.0
    """Share of the dead who are first missing: they are counted ten times as slowly."""
    verifiers: int = 0
    """Origins that publish only what they have verified so far: few and slowly, always a minimum."""
    overcount: float = 0.0
    """Chance that a monitor or a government counts 20-150 % too many until it corrects itself."""
    late: float = 0.0
    """Chance that an origin gives one last, nearly complete count, two to seven months on."""


FIRST_DIALS = tuple(field.name for field in dataclasses.fields(World))[1:25]
"""The dials of the first edition, which are drawn first: what is drawn of them stays as it was."""


TUNING = (
    World("middling"),
    World("small", toll=120, governorates=2, districts=2, carriers=2.0),
    World("slow", delay=9.0, active_days=12, pace=0.35),
    World("loud", carriers=8.0, unnamed=0.2, stale=0.15, outliers=1.5),
    World("loose", floors=0.5, rounded=0.3, undated=0.5),
    World("undercounted", hidden=0.10, detection=0.82),
    World("verified", verifiers=1, late=0.5),
    World("corrected", overcount=0.4, late=0.3),
    World("disaster", toll=2500, disaster=True, active_days=2, missing=0.25, overcount=0.2, late=0.3),
    World("landslide", toll=150, disaster=True, active_days=1, missing=0.15, monitors=1, parties=0, late=0.3),
    World("ongoing", kind="ongoing", toll=1500, pace=0.25, districts=2, verifiers=1),
    World("ongoing and slow", kind="ongoing", toll=500, pace=0.15, delay=8.0, districts=2),
)
TUNING_SEEDS = tuple(range(100, 116))

HELD_OUT = (
    World("large and long", toll=6000, active_days=40, delay=6.0, governorates=4, districts=4),
    World("very small", toll=45, governorates=1, districts=3, carriers=1.5, monitors=1),
    World("very slow", delay=14.0, active_days=20, pace=0.3),
    World("very loud", carriers=14.0, unnamed=0.3, stale=0.25, misplaced=0.05, outliers=2.5),
    World("few voices", monitors=1, officials=0, media=1, parties=1, pace=0.4),
    World("careless", slip=0.08, misplaced=0.06, undated=0.6, floors=0.4, rounded=0.35),
    World("disputed", drift=0.6, revision=0.5, parties=3, officials=2),
    World("well documented", detection=0.97, hidden=0.01, delay=2.0, monitors=4),
)
HELD_OUT_KINDS = (
    World("earthquake", toll=9000, disaster=True, active_days=1, missing=0.4, governorates=4, late=0.5),
    World("flood", toll=1200, disaster=True, active_days=3, missing=0.5, overcount=0.7, monitors=1, late=0.5),
    World("verified alone", verifiers=2, monitors=0, officials=0, media=2, parties=2, late=0.3),
    World("corrected much", overcount=0.8, revision=0.4, late=0.5),
    World("war", kind="ongoing", toll=8000, pace=0.3, delay=6.0, districts=2, verifiers=1),
    World("smouldering", kind="ongoing", toll=150, pace=0.2, districts=2, monitors=1, delay=8.0),
)
"""What the first edition's simulator lacked, pushed further than in ``TUNING``."""


def drawn(number: int, reach: float = 2) -> World:
    """A setting whose dials are drawn by lot, from half to twice the middling one (chances up to 0.99)."""
    rng = np.random.default_rng([77, number])
    dials: dict[str, Any] = {}
    for name in FIRST_DIALS:
        middling = getattr(World("middling"), name)
        value = middling * np.exp(rng.uniform(-np.log(reach), np.log(reach)))
        dials[name] = max(1, round(value)) if isinstance(middling, int) else float(value)
    dials["detection"] = float(rng.uniform(0.75, 0.98))
    dials["pace"] = min(dials["pace"], 0.9)
    return World(f"drawn {number}", **dials)


def drawn_of(kind: str, number: int, reach: float = 2) -> World:
    """A setting of a kind (violence, disaster, ongoing) whose dials, the later ones too, are drawn by lot."""
    rng = np.random.default_rng([78, number])
    world = drawn(number, reach)
    later: dict[str, Any] = {
        "verifiers": int(rng.random() < 0.3),
        "overcount": float(rng.uniform(0, 0.5)),
        "late": float(rng.uniform(0, 0.6)),
        "pace": min(world.pace, 0.7),
    }
    if kind == "disaster":
        later |= {"disaster": True, "active_days": int(rng.integers(1, 4))}
        later |= {"missing": float(rng.uniform(0.05, 0.5)), "toll": 2 * world.toll}
    if kind == "ongoing":
        later |= {"kind": "ongoing", "pace": world.pace / 2.5, "governorates": min(world.governorates, 3)}
        later |= {"districts": min(world.districts, 3), "late": 0.0}
    return dataclasses.replace(world, name=f"drawn {kind} {number}", **later)


KINDS = ("violence", "disaster", "ongoing")
DRAWN = tuple(drawn(number) for number in range(1, 5))
DRAWN_KINDS = tuple(drawn_of(KINDS[number % 3], number) for number in range(5, 11))
HELD_OUT_SEEDS = tuple(range(2000, 2008))
"""Those of the first edition, whose figures are known for these crises only; looked at three times."""
FRESH_SEEDS = tuple(range(15000, 15008))
"""Those of the published page."""
TUNING_DRAWN = (
    *(drawn(number) for number in range(101, 133)),
    *(drawn_of(kind, number, reach=3) for kind in KINDS for number in range(201, 249)),
)
"""Drawn for learning where figures settle: the others alone teach too narrow a range of delays."""
PUSHED = {"delay": 1, "toll": 1, "overcount": 1, "missing": 1, "active_days": 1, "detection": -1}
"""The dials that decide most where figures settle, and in which direction they are hard to foresee."""


def furthest(worlds: Iterable[World]) -> dict[str, tuple[World, ...]]:
    """Return for each dial of PUSHED the eighth of the settings in which it is pushed furthest.

    >>> [world.name for world in furthest(TUNING)["delay"]]
    ['slow']
    """
    worlds = sorted(worlds, key=lambda world: world.name)
    return {
        dial: tuple(sorted(worlds, key=lambda world: way * getattr(world, dial))[-(len(worlds) // 8) :])
        for dial, way in PUSHED.items()
    }
