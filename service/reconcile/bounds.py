"""How few and how many can a figure be that nobody reported?

From figures that add up: the toll of a place and population is at least what must lie in it and at most what
may, given the ranges of all other cells of its crisis and measure. A linear program over the groups of people
finds both for the cell asked about, and its shadow prices name the cells, and so the reports, that leave no
more room. Where the ranges of the others say nothing, there is no row.

This module must not know how the figures came about. Invariant: low <= high, and both hold whatever numbers
within their ranges the other cells have.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.groups import Groups
from service.reconcile.lattice import Gauge, Part, parts_of
from service.reconcile.relations import moved
from service.reconcile.solver import Numbers, Table
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.tables import CELL, ESTIMATE, EVIDENCE
from service.vocabulary import Grade, Kind, Role

BINDS = 1e-7
"""A shadow price below this is none."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """The cell asked about."""

    crisis_id: str
    areas: str
    measure: str
    population: str
    attributed_to: str
    period_start: dt.date | None

    @property
    def part(self) -> Part:
        return Part(self.population, self.attributed_to, self.period_start)


def bounds(
    estimates: pa.Table, evidence: pa.Table, asked: Asked, reference: Reference
) -> tuple[pa.Table, pa.Table]:
    """ESTIMATE rows (grade ``inferred``, no best) for the days on which the bounds of ``asked`` move, and the
    EVIDENCE for them, from the figures of a crisis that add up (method ``coherent``)."""
    known = _of_others(_without_nameless(estimates, evidence, reference), asked)
    if not known.num_rows:
        return ESTIMATE.empty_table(), EVIDENCE.empty_table()
    others = _Others(known, _of_measure(evidence, asked))
    groups = Groups.of([*others.cells, (asked.areas, asked.part)], Gauge.of(reference))
    moves = list(_moves(others, Table(groups.holds)))
    speaking = _of_measure(evidence, asked).to_pylist()
    labels = Labels.of(reference)
    rows, behind = [], []
    for move, after in itertools.zip_longest(moves, moves[1:]):
        until = after.day if after else None
        binding = list(_binding_reports(speaking, move, others, asked, until, labels=labels))
        cell = dataclasses.asdict(asked)
        bound = {"date": move.day, "low": move.low, "best": None, "high": move.high}
        origins = len({row["origin_id"] for row in binding})
        rows.append({**cell, **bound, "grade": Grade.INFERRED, "origins": origins, "reports": len(binding)})
        behind += binding
    return pa.Table.from_pylist(rows, schema=ESTIMATE), pa.Table.from_pylist(behind, schema=EVIDENCE)


def _without_nameless(estimates: pa.Table, evidence: pa.Table, reference: Reference) -> pa.Table:
    """The estimates without cells whose counts are all nameless: such a claim is shown, and moves nothing."""
    kinds = zip(*(reference.source.column(name).to_pylist() for name in ("source_id", "kind")), strict=True)
    nameless = pa.array([source for source, kind in kinds if kind == Kind.ANONYMOUS], pa.string())
    counted = evidence.filter(pc.equal(evidence.column("role"), Role.COUNTED))
    is_nameless = pc.is_in(counted.column("origin_id"), nameless)
    shown = set(_cells(counted.filter(is_nameless))) - set(_cells(counted.filter(pc.invert(is_nameless))))
    return estimates.filter(pa.array([cell not in shown for cell in _cells(estimates)], pa.bool_()))


def _cells(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(table.column(name).to_pylist() for name in CELL), strict=True))


def _of_others(estimates: pa.Table, asked: Asked) -> pa.Table:
    """The estimates of the same crisis and measure, without those of the cell asked about."""
    own = dataclasses.astuple(asked)
    return _of_measure(estimates, asked).filter(
        pa.array([cell != own for cell in _cells(_of_measure(estimates, asked))], pa.bool_())
    )


def _of_measure(table: pa.Table, asked: Asked) -> pa.Table:
    same = (pc.equal(table.column(name), getattr(asked, name)) for name in ("crisis_id", "measure"))
    return table.filter(pc.and_(*same))


class _Others:
    """The ranges of the reported cells, day by day: ``lows`` and ``highs`` (cells × days).

    A total is a floor on its own day and after, and a ceiling on its own day and before: what was counted by
    a later day is no less than what there was.
    """

    def __init__(self, known: pa.Table, evidence: pa.Table) -> None:
        names = parts_of(known)
        self.cells = list(dict.fromkeys(names))
        self.days = sorted(pc.unique(known.column("date")).to_pylist())
        cell = {name: n for n, name in enumerate(self.cells)}
        day = {date: t for t, date in enumerate(self.days)}
        counted = evidence.filter(pc.equal(evidence.column("role"), Role.COUNTED))
        stated = set(zip(parts_of(counted), counted.column("date").to_pylist(), strict=True))
        self.lows = np.zeros((len(cell), len(day)))
        self.highs = np.full((len(cell), len(day)), np.inf)
        figures = zip(*(known.column(name).to_pylist() for name in ("low", "high")), strict=True)
        for name, date, (low, high) in zip(names, known.column("date").to_pylist(), figures, strict=True):
            n, t = cell[name], day[date]
            self.lows[n, t:] = np.maximum(self.lows[n, t:], low or 0)
            if high is not None and (name, date) in stated:
                self.highs[n, : t + 1] = np.minimum(self.highs[n, : t + 1], high)


@dataclasses.dataclass(frozen=True)
class _Move:
    """The bounds from a day on, and the cells that bind, each with the side it binds from."""

    day: dt.date
    low: int
    high: int | None
    binding: dict[int, str]


def _moves(others: _Others, table: Table) -> Iterator[_Move]:
    """The bounds of the last row of ``table``, on the days on which they move."""
    before: tuple[int, int | None] = (0, None)
    asked = len(others.cells)
    for t in np.nonzero((moved(others.lows) | moved(others.highs)).any(axis=0))[0].tolist():
        lows, highs = np.append(others.lows[:, t], 0.0), np.append(others.highs[:, t], np.inf)
        least, *below = table.extreme(asked, lows, highs, most=False)
        most, *above = table.extreme(asked, lows, highs, most=True)
        found = int(np.ceil(least - BINDS)), int(np.floor(most + BINDS)) if np.isfinite(most) else None
        if found != before:
            floor = dict.fromkeys(_binding(below) if found[0] else [], "from below")
            ceiling = dict.fromkeys(_binding(above), "from above")
            both = dict.fromkeys(floor.keys() & ceiling.keys(), "from below and above")
            sides = floor | ceiling | both
            yield _Move(others.days[t], *found, sides)
            before = found


def _binding(prices: list[Numbers]) -> list[int]:
    """The cells whose lows or highs leave no more room; the last, asked about, is not among them."""
    lows, highs = prices
    return [int(cell) for cell in np.nonzero((np.abs(lows[:-1]) > BINDS) | (np.abs(highs[:-1]) > BINDS))[0]]


def _binding_reports(
    speaking: list[dict[str, Any]],
    move: _Move,
    others: _Others,
    asked: Asked,
    until: dt.date | None,
    *,
    labels: Labels,
) -> Iterator[dict[str, Any]]:
    """EVIDENCE rows: the reports that are counted, on the day of a move, in the cells that bind."""
    bound = {others.cells[cell]: side for cell, side in move.binding.items()}
    for row in speaking:
        part = Part(row["population"], row["attributed_to"], row["period_start"])
        side = bound.get((row["areas"], part))
        is_over = row["until"] is not None and row["until"] <= move.day
        if side and row["role"] == Role.COUNTED and row["date"] <= move.day and not is_over:
            whom = f"{labels.places(row['areas'])}, {labels.population(row['population'])}"
            cell = {**row, **dataclasses.asdict(asked), "date": move.day, "until": until}
            yield {**cell, "role": Role.BOUND, "reason": f"bounds it {side}: {whom}"}
