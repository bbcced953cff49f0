"""Random crises: places in places, joint sets, populations and parties, with figures that need not add up.

``add_up`` says whether figures of one day could be counts of some people, from first principles: it names
every kind of person there can be and asks a linear program for how many of each.
"""

from __future__ import annotations

import dataclasses
import itertools

import highspy
import numpy as np
import pyarrow as pa

from service.reconcile.coherence import Figures
from service.reconcile.groups import Groups
from service.reconcile.lattice import Gauge, Lattice, Part, lattice
from service.schema.records import Reference
from service.schema.tables import AREA, POPULATION, SOURCE

PARENTS = {"all": "", "civilians": "all", "combatants": "all", "children": "all", "minority": "civilians"}
SPLITS = {"all": "", "civilians": "status", "combatants": "status", "children": "", "minority": ""}
PARTIES = ("x", "y", "")
PEOPLE = [
    frozenset({"all", *status, *child, *minority})
    for status in ((), ("civilians",), ("combatants",))
    for child in ((), ("children",))
    for minority in ((), ("minority",))
    if not minority or status == ("civilians",)
]
"""Every set of populations that one person can belong to."""


class Hierarchy:
    """Random places, cells and figures over ``days``, from a seed; ``joint``: how often places are joint."""

    def __init__(self, seed: int, *, days: int = 1, joint: float = 0.5, noise: int = 100) -> None:
        self._random = np.random.default_rng(seed)
        self.parents = {"c": ""}
        for n in range(int(self._random.integers(3, 9))):
            self.parents[f"a{n}"] = str(self._random.choice(list(self.parents)))
        inside = {code: frozenset(self._below(code)) for code in self.parents}
        self.gauge = Gauge(inside=inside, members={}, parents=PARENTS, splits=SPLITS)
        self.cells = sorted({self._cell(joint) for _ in range(int(self._random.integers(3, 12)))})
        self.over: Lattice = lattice(self.cells, self.gauge)
        self.groups = Groups.of(self.cells, self.gauge)
        self.figures = self._figures(days, noise)

    def _below(self, code: str) -> set[str]:
        inner = (other for other, parent in self.parents.items() if parent == code)
        return {code}.union(*(self._below(other) for other in inner))

    def _cell(self, joint: float) -> tuple[str, Part]:
        size = int(self._random.integers(2, 4)) if self._random.random() < joint else 1
        codes = self._random.choice(list(self.parents), min(size, len(self.parents)), replace=False)
        population = self._random.choice(["all", "all", *PARENTS])
        party = self._random.choice(["", "", "", "x", "y"])
        return "|".join(sorted(set(codes.tolist()))), Part(str(population), str(party), None)

    def _figures(self, days: int, noise: int) -> Figures:
        nodes = [self.over.number[cell] for cell in self.cells]
        stands = [(n, day) for n in nodes for day in range(days) if days == 1 or self._random.random() < 0.6]
        stands = stands or [(nodes[0], 0)]
        best = self._random.integers(0, noise, len(stands)).astype(float)
        return Figures(
            node=np.array([n for n, _ in stands]),
            day=np.array([day for _, day in stands]),
            best=best,
            stated=np.ones(len(stands), dtype=np.bool_),
            row=np.arange(len(stands)),
            low=best,
            high=best,
            weight=self._random.integers(1, 9, len(stands)).astype(float),
        )

    def truth(self, days: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Figures of the cells, day by day, that some people give."""
        kinds = list(itertools.product(self.parents, PEOPLE, PARTIES))
        dead = self._random.poisson(0.6, (len(kinds), days)).cumsum(axis=1)
        holds = np.array([[self.counts(cell, kind) for kind in kinds] for cell in self.cells])
        return (holds @ dead).astype(float)

    def counts(self, cell: tuple[str, Part], kind: tuple[str, frozenset[str], str]) -> bool:
        """Whether who died in a place, of some populations, by some party, is one that a cell counts."""
        (place, part), (code, populations, party) = cell, kind
        lies = code in self.gauge.codes(place)
        return lies and part.population in populations and part.attributed_to in ("", party)

    def add_up(self, figures: dict[tuple[str, Part], float]) -> bool:
        """Whether some people give each cell exactly its figure."""
        kinds = list(itertools.product(self.parents, PEOPLE, PARTIES))
        sums = [[n for n, kind in enumerate(kinds) if self.counts(cell, kind)] for cell in figures]
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(kinds), len(sums)
        model.col_cost_, model.col_lower_ = np.zeros(len(kinds)), np.zeros(len(kinds))
        model.col_upper_ = np.full(len(kinds), np.inf)
        model.row_lower_ = model.row_upper_ = np.array(list(figures.values()))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *map(len, sums)])
        model.a_matrix_.index_ = np.concatenate(sums)
        model.a_matrix_.value_ = np.ones(sum(map(len, sums)))
        solver = highspy.Highs()
        solver.silent()
        solver.passModel(model)
        solver.run()
        return bool(solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def reference(self) -> Reference:
        """The places and populations as the ledger would hold them, with one source."""
        rows = [{"area_code": code, "parent_code": parent} for code, parent in self.parents.items()]
        people = [{"population": name, "parent": PARENTS[name], "split": SPLITS[name]} for name in PARENTS]
        return dataclasses.replace(
            Reference.empty(),
            area=_filled(AREA, rows),
            population=_filled(POPULATION, people),
            source=_filled(SOURCE, [{"source_id": "s", "kind": "monitor"}]),
        )


def _filled(schema: pa.Schema, rows: list[dict[str, str]]) -> pa.Table:
    blank = {field.name: "" for field in schema if pa.types.is_string(field.type)}
    return pa.Table.from_pylist([blank | row for row in rows], schema=schema)
