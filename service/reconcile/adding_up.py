"""Which of a run's figures have to move so that each crisis adds up?

Between the agreement of each cell with its voices and the estimate: the agreed figures of every crisis and
measure become one coherent set (``coherence``), stale wholes get a row on the day their parts passed them,
and what was moved is told with the figures that left it no room. This module must not know how that is found.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from service.reconcile.coherence import Coherent, Figures, cohere
from service.reconcile.groups import Groups
from service.reconcile.lattice import Gauge, Part, lattice
from service.reconcile.relations import Relation
from service.schema.records import Reference

BESIDE = pa.struct([("cell_id", pa.int64()), ("date", pa.date32()), ("best", pa.int64())])
SETTLED = pa.schema(
    [
        pa.field("cell_id", pa.int64(), nullable=False),
        pa.field("date", pa.date32(), nullable=False),
        pa.field("best", pa.int64(), nullable=False),
        pa.field("is_stated", pa.bool_(), nullable=False),
        pa.field("is_added", pa.bool_(), nullable=False),
        pa.field("before", pa.int64(), nullable=False),
        pa.field(
            "because",
            pa.list_(pa.struct([("cell_id", pa.int64()), ("date", pa.date32()), ("best", pa.int64())])),
        ),
    ]
)
"""The figures that moved or were added. ``before`` is the cell's own figure, ``because`` the figures of the
relation that moved it, itself among them."""

FIGURES = """
SELECT crisis_id, measure, cell_id, date, best, is_stated FROM (
    SELECT a.cell_id, a.date, a.best::DOUBLE AS best,
        coalesce(bool_or(v.is_full AND NOT v.is_part AND v.said_on = v.date), false) AS is_stated
    FROM agreed AS a JOIN active AS v USING (cell_id, date) GROUP BY ALL
) JOIN cell USING (cell_id)
WHERE (crisis_id, measure) IN (SELECT (crisis_id, measure) FROM (
    SELECT crisis_id, measure, cell_id, best < lag(best) OVER (PARTITION BY cell_id ORDER BY date) AS is_fall
    FROM agreed JOIN cell USING (cell_id)
) GROUP BY crisis_id, measure HAVING count(DISTINCT cell_id) > 1 OR bool_or(is_fall))
ORDER BY crisis_id, measure, cell_id, date
"""
"""The agreed figures of every crisis and measure in which something could fail to add up."""
VOICES = """
SELECT cell_id, date, lo::DOUBLE AS low, coalesce(hi::DOUBLE, 'infinity'::DOUBLE) AS high,
    weight::DOUBLE AS weight
FROM active WHERE weight > 0 ORDER BY ALL
"""
CELLS = "SELECT cell_id, areas, population, attributed_to, period_start FROM cell ORDER BY cell_id"


def settle(read: Callable[[str], pa.Table], reference: Reference) -> pa.Table:
    """SETTLED rows for the run whose tables agreed, active and cell can be read."""
    figures = read(FIGURES)
    voices = {name: column.to_numpy() for name, column in _columns(read(VOICES))}
    cells = {
        row["cell_id"]: (row["areas"], Part(row["population"], row["attributed_to"], row["period_start"]))
        for row in read(CELLS).to_pylist()
    }
    gauge = Gauge.of(reference)
    moved: list[dict[str, Any]] = []
    for block in _blocks(figures):
        moved += _Block(block, voices, cells, gauge).moved()
    return pa.Table.from_pylist(moved, schema=SETTLED)


def _columns(table: pa.Table) -> Iterator[tuple[str, pa.ChunkedArray]]:
    return zip(table.column_names, table.columns, strict=True)


def _blocks(figures: pa.Table) -> Iterator[pa.Table]:
    """The figures of each crisis and measure; ``figures`` come sorted by both."""
    keys = list(zip(figures["crisis_id"].to_pylist(), figures["measure"].to_pylist(), strict=True))
    starts = [n for n, key in enumerate(keys) if n == 0 or key != keys[n - 1]]
    for start, end in itertools.pairwise([*starts, len(keys)]):
        yield figures.slice(start, end - start)


class _Block:
    """The figures of one crisis and measure, between the tables of the run and the numbers of the program."""

    def __init__(
        self, figures: pa.Table, voices: dict[str, Any], cells: dict[int, tuple[str, Part]], gauge: Gauge
    ) -> None:
        self._cell = figures["cell_id"].to_numpy()
        self._days = figures["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
        present = [cells[cell] for cell in np.unique(self._cell).tolist()]
        self._lattice = lattice(present, gauge)
        self._groups = Groups.of(list(dict.fromkeys(present)), gauge)
        self._cell_of = {self._lattice.number[cells[cell]]: cell for cell in np.unique(self._cell).tolist()}
        node_of = {cell: node for node, cell in self._cell_of.items()}
        spoken = self._voices_of(voices)
        self._figures = Figures(
            node=np.array([node_of[cell] for cell in self._cell.tolist()]),
            day=self._days,
            best=figures["best"].to_numpy(),
            stated=figures["is_stated"].to_numpy(zero_copy_only=False),
            row=spoken[0],
            low=voices["low"][spoken[1]],
            high=voices["high"][spoken[1]],
            weight=voices["weight"][spoken[1]],
        )

    def _voices_of(self, voices: dict[str, Any]) -> tuple[Any, Any]:
        """For each voice of the block the row of its figure, and its own place among all voices."""
        own = np.nonzero(np.isin(voices["cell_id"], self._cell))[0]
        days = voices["date"][own].astype("datetime64[D]").astype(np.int64)
        place = {
            key: row for row, key in enumerate(zip(self._cell.tolist(), self._days.tolist(), strict=True))
        }
        spoken = zip(voices["cell_id"][own].tolist(), days.tolist(), strict=True)
        rows = np.array([place.get(key, -1) for key in spoken], dtype=np.int64)
        return rows[rows >= 0], own[rows >= 0]

    def moved(self) -> Iterator[dict[str, Any]]:
        """SETTLED rows."""
        found = cohere(self._figures, self._lattice, self._groups)
        given = len(self._figures.best)
        before = np.concatenate([self._figures.best.astype(np.int64), found.best[given:]])
        binding = self._binding(found)
        for row in np.nonzero(found.best != before)[0].tolist() + list(range(given, len(found.best))):
            yield {
                "cell_id": self._cell_of[int(found.node[row])],
                "date": _date(found.day[row]),
                "best": int(found.best[row]),
                "is_stated": row < given and bool(self._figures.stated[row]),
                "is_added": row >= given,
                "before": int(before[row]),
                "because": self._said(binding.get(row), before.tolist(), found) if row < given else None,
            }

    def _binding(self, found: Coherent) -> dict[int, Relation]:
        """For each figure the shortest relation that leaves it no room."""
        binding: dict[int, Relation] = {}
        for relation in sorted(found.relations, key=lambda one: (len(one.rows), one.rows)):
            if np.dot(found.best[list(relation.rows)], relation.signs) == 0:
                for row in relation.rows:
                    binding.setdefault(row, relation)
        return binding

    def _said(
        self, relation: Relation | None, before: Sequence[int], found: Coherent
    ) -> list[dict[str, Any]] | None:
        if relation is None:
            return None
        return [
            {
                "cell_id": self._cell_of[int(found.node[row])],
                "date": _date(found.day[row]),
                "best": int(before[row]),
            }
            for row in relation.rows
        ]


def _date(day: int) -> dt.date:
    """The date of a number of days since 1970."""
    return dt.date(1970, 1, 1) + dt.timedelta(int(day))
