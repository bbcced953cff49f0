"""What do the checks look at?

``Statements`` lays the reports of a batch and those already known side by side as arrays: numbers for sorting
and comparing, and the table itself for the words of a finding. ``Line`` is their running totals, or their
increments, in the order of the days of each counter. Nothing is judged here.

A report already known is there to compare with; a finding is always about a row of the batch.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from service.schema.records import Finding
from service.vocabulary import Basis, Severity

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

COLUMNS = (
    "report_id", "crisis_id", "source_id", "origin_id", "published_on", "counted_to", "period_start",
    "period_end", "areas", "measure", "population", "attributed_to", "basis", "low", "best", "high",
    "count_stated",
)  # fmt: skip
"""The columns of a report that the checks read."""

TELLER = ("crisis_id", "source_id", "origin_id")
CELL = (*TELLER, "areas", "measure", "population", "attributed_to")
"""One teller's statements about one thing."""

OPEN = np.iinfo(np.int64).max // 2
UNKNOWN = -1


def _numbers(column: pa.ChunkedArray, blank: int) -> Ints:
    """Whole numbers, or days since 1970, with ``blank`` for NULL."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    return np.asarray(pc.fill_null(column.cast(pa.int64()), blank), dtype=np.int64)


def _from_zero(codes: Ints) -> tuple[Ints, int]:
    """The same numbers beginning with 0, and what they are below."""
    least = int(codes.min(initial=0))
    return codes - least, int(codes.max(initial=0)) - least + 1


def _standing(table: pa.Table) -> pa.Table:
    """The reports that were not withdrawn, in the columns of the checks."""
    if "withdrawn" in table.column_names:
        table = table.filter(pc.is_null(table["withdrawn"]))
    return table.select([*COLUMNS])


def _of_the_same(known: pa.Table, batch: pa.Table) -> pa.Table:
    """The known reports of the tellers of the batch, without those that it brings again."""
    same = [pc.is_in(known[name], value_set=pc.unique(batch[name])) for name in TELLER]
    known = known.filter(functools.reduce(pc.and_, same))
    ids = batch["report_id"]
    again = ids.filter(pc.is_in(ids, value_set=known["report_id"]))
    return known.filter(pc.invert(pc.is_in(known["report_id"], value_set=again))) if len(again) else known


class Statements:
    """The reports of a batch (``row`` 1, 2, …) and the known ones (``row`` 0), as arrays of one length.

    ``value`` is the figure where it is exact, else UNKNOWN; ``high`` is OPEN where there is none. Days are
    counted from 1970: ``day`` is the last day counted, ``start`` the first (UNKNOWN where none is given).
    """

    def __init__(self, batch: pa.Table, known: pa.Table) -> None:
        new = batch.select([*COLUMNS])
        old = _of_the_same(_standing(known), new)
        self.table: pa.Table = pa.concat_tables([new, old])
        self.row: Ints = np.concatenate([_numbers(batch["row"], 0), np.zeros(old.num_rows, np.int64)])
        low, best, high = (_numbers(self.table[name], UNKNOWN) for name in ("low", "best", "high"))
        self.value: Ints = np.where((low == best) & (best == high), best, UNKNOWN)
        self.low: Ints = np.maximum(low, 0)
        self.high: Ints = np.where(high == UNKNOWN, OPEN, high)
        published = _numbers(self.table["published_on"], UNKNOWN)
        counted = _numbers(self.table["counted_to"], UNKNOWN)
        self.day: Ints = np.where(counted == UNKNOWN, published, counted)
        self.start: Ints = _numbers(self.table["period_start"], UNKNOWN)
        self.end: Ints = _numbers(self.table["period_end"], UNKNOWN)
        self.is_total: Flags = self.holds("basis", str(Basis.CUMULATIVE))
        self._texts: dict[str, pa.Array] = {}
        self._codes: dict[str, tuple[Ints, int]] = {
            "day": _from_zero(self.day),
            "start": _from_zero(self.start),
        }
        self._groups: dict[tuple[str, ...], tuple[Ints, int]] = {(): (np.zeros(len(self.row), np.int64), 1)}

    def holds(self, name: str, text: str) -> Flags:
        """Which statements have that text in a column."""
        return np.asarray(pc.equal(self.table[name], text), dtype=bool)

    def _code(self, name: str) -> tuple[Ints, int]:
        """A number for each distinct text of a column, and what they are below."""
        if name not in self._codes:
            encoded = self.table[name].dictionary_encode()  # all chunks share one dictionary
            indices = pa.chunked_array([chunk.indices for chunk in encoded.chunks], pa.int32())
            self._codes[name] = _from_zero(np.asarray(pc.fill_null(indices, UNKNOWN), dtype=np.int64))
        return self._codes[name]

    def group(self, *names: str, rows: Ints) -> Ints:
        """A number for each distinct combination of these columns (``day`` and ``start`` among them), in the
        order of their codes."""
        combined: Ints = self._combined(names)[0][rows]
        return combined

    def _combined(self, names: tuple[str, ...]) -> tuple[Ints, int]:
        """The numbers of all statements, and what they are below; those of a teller or a cell serve again."""
        if names in self._groups:
            return self._groups[names]
        combined, width = self._combined(names[:-1])
        codes, size = self._code(names[-1])
        if width * size >= OPEN:
            combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
            width = len(codes)
        made = combined * size
        made += codes
        if names in (TELLER, CELL):
            self._groups[names] = made, width * size
        return made, width * size

    def text(self, name: str, at: int) -> str:
        """The text of a column in one report."""
        if name not in self._texts:
            self._texts[name] = self.table[name].combine_chunks()
        return str(self._texts[name][at].as_py())

    def where(self, at: int) -> str:
        """What a report is about, for a sentence."""
        parts = [self.text(name, at) for name in ("areas", "measure", "population", "attributed_to")]
        return ", ".join(filter(None, parts))

    def finding(
        self,
        code: str,
        about: Iterable[int],
        message: str,
        fix: str,
        severity: Severity = Severity.WARNING,
    ) -> Finding | None:
        """The finding about the first of these reports that the batch brings; None where it brings none."""
        at = next((each for each in about if self.row[each] > 0), None)
        if at is None:
            return None
        return Finding(
            code,
            severity,
            f"{self.text('origin_id', at)} as carried by {self.text('source_id', at)}"
            f" ({self.where(at)}): {message}",
            fix,
            row=int(self.row[at]),
            column="count",
            value=self.text("count_stated", at),
            subject=self.text("report_id", at),
        )


@dataclasses.dataclass(frozen=True)
class Line:
    """Exact figures in the order of (counter, day): of each day of a counter the largest.

    ``at`` is the place of each in the Statements; ``follows`` is true where the one before is of the same
    counter, ``goes_on`` where the next one is.
    """

    at: Ints
    counter: Ints
    day: Ints
    value: Ints
    follows: Flags
    goes_on: Flags

    def __len__(self) -> int:
        return len(self.at)


def line(said: Statements, *, totals: bool) -> Line:
    """The running totals of the statements (a counter: one cell from one beginning), or the increments."""
    rows = np.flatnonzero((said.is_total == totals) & (said.value != UNKNOWN) & (said.day != UNKNOWN))
    names = (*CELL, "start") if totals else CELL
    counter = said.group(*names, rows=rows)
    order = np.lexsort((said.value[rows], said.group(*names, "day", rows=rows)))
    rows, counter = rows[order], counter[order]
    day = said.day[rows]
    last = np.ones(len(rows), bool)
    last[:-1] = (counter[1:] != counter[:-1]) | (day[1:] != day[:-1])
    rows, counter, day = rows[last], counter[last], day[last]
    same = counter[1:] == counter[:-1]
    return Line(
        at=rows,
        counter=counter,
        day=day,
        value=said.value[rows],
        follows=np.concatenate([np.zeros(min(1, len(rows)), bool), same]),
        goes_on=np.concatenate([same, np.zeros(min(1, len(rows)), bool)]),
    )
