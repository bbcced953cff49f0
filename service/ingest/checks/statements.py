"""In which form do the checks see the reports?

``Statements`` holds the reports of a batch and earlier ones as arrays for sorting and comparing, with their
table for the words of a finding; ``Counters`` their running totals or increments in the order of the days.
Earlier reports only serve comparison: a finding is always about a row of the batch. Judges nothing.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from service.reference.labels import Labels
from service.schema.records import Finding, Reference
from service.schema.report_rules import drop_withdrawn
from service.sentence import Named, Sentence, Value, as_sentence, listed, only, sentence
from service.vocabulary import TAKING_BACK, Basis, Severity, spell_out

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

COLUMNS = (
    "report_id", "crisis_id", "source_id", "origin_id", "published_on", "published_by", "counted_to",
    "period_start", "period_end", "areas", "measure", "population", "attributed_to", "basis", "event",
    "low", "best", "high", "count_stated",
)  # fmt: skip
"""The columns of a report that the checks read."""

SPEAKER = ("crisis_id", "source_id", "origin_id")
CELL = (*SPEAKER, "areas", "measure", "population", "attributed_to")
"""Columns that say who reports what about whom; statements that share them belong to one counter."""

OPEN = np.iinfo(np.int64).max // 2
UNKNOWN = -1


def _numbers(column: pa.ChunkedArray, blank: int) -> Ints:
    """Return a column as whole numbers (days: since 1970), with ``blank`` for NULL."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    return np.asarray(pc.fill_null(column.cast(pa.int64()), blank), dtype=np.int64)


def _from_zero(codes: Ints) -> tuple[Ints, int]:
    """Return the numbers shifted to begin with 0, and a bound that all of them lie below."""
    least = int(codes.min(initial=0))
    return codes - least, int(codes.max(initial=0)) - least + 1


def _drop_withdrawn(table: pa.Table) -> pa.Table:
    """Return the reports that were not withdrawn, in the columns of the checks."""
    if "withdrawn" in table.column_names:
        table = drop_withdrawn(table)
    return table.select([*COLUMNS])


def _drop_retractions(table: pa.Table) -> pa.Table:
    """Return the reports that count something: a retraction does not."""
    return _keep(table, pc.invert(pc.is_in(table["basis"], pa.array(TAKING_BACK))))


def _keep(table: pa.Table, is_kept: pa.ChunkedArray) -> pa.Table:
    """Return the rows that are kept; mostly all of them are, and nothing is copied."""
    return table if pc.all(is_kept).as_py() is not False else table.filter(is_kept)


def _select_comparable(earlier: pa.Table, batch: pa.Table) -> pa.Table:
    """Return the earlier reports of the speakers in the batch, without those that the batch repeats."""
    same = [pc.is_in(earlier[name], value_set=pc.unique(batch[name])) for name in SPEAKER]
    earlier = _keep(earlier, functools.reduce(pc.and_, same))
    ids = batch["report_id"]
    repeated = ids.filter(pc.is_in(ids, value_set=earlier["report_id"]))
    if not len(repeated):
        return earlier
    return earlier.filter(pc.invert(pc.is_in(earlier["report_id"], value_set=repeated)))


class Statements:
    """The reports of a batch (``row`` 1, 2, …) and earlier ones (``row`` 0), as arrays of one length.

    ``value`` is the figure where it is exact, else UNKNOWN; ``high`` is OPEN where there is none. Days are
    counted from 1970: ``day`` is the last day counted, ``start`` the first, ``published`` that of publication
    (UNKNOWN where none is given). ``is_event`` marks incidents with a key of their own: they add up, so that
    those of one cell are no counter.
    """

    def __init__(self, batch: pa.Table, earlier: pa.Table, reference: Reference) -> None:
        self._reference = reference
        batch = _drop_retractions(batch)
        new = batch.select([*COLUMNS])
        old = _select_comparable(_drop_retractions(_drop_withdrawn(earlier)), new)
        self.table: pa.Table = pa.concat_tables([new, old])
        self.row: Ints = np.concatenate([_numbers(batch["row"], 0), np.zeros(old.num_rows, np.int64)])
        low, best, high = (_numbers(self.table[name], UNKNOWN) for name in ("low", "best", "high"))
        self.value: Ints = np.where((low == best) & (best == high), best, UNKNOWN)
        self.low: Ints = np.maximum(low, 0)
        self.high: Ints = np.where(high == UNKNOWN, OPEN, high)
        days = pc.coalesce(*(self.table[name] for name in ("counted_to", "published_on", "published_by")))
        self.day: Ints = _numbers(days, UNKNOWN)
        self.start: Ints = _numbers(self.table["period_start"], UNKNOWN)
        self.end: Ints = _numbers(self.table["period_end"], UNKNOWN)
        self.published: Ints = _numbers(self.table["published_on"], UNKNOWN)
        self.is_total: Flags = self.has_text("basis", str(Basis.CUMULATIVE))
        self.is_event: Flags = np.asarray(self.table["event"].is_valid(), dtype=bool)
        self._texts: dict[str, pa.Array] = {}
        self._codes: dict[str, tuple[Ints, int]] = {
            "day": _from_zero(self.day),
            "start": _from_zero(self.start),
        }
        self._groups: dict[tuple[str, ...], tuple[Ints, int]] = {(): (np.zeros(len(self.row), np.int64), 1)}

    def has_text(self, name: str, text: str) -> Flags:
        """Return which statements have ``text`` in a column."""
        return np.asarray(pc.equal(self.table[name], text), dtype=bool)

    def _code(self, name: str) -> tuple[Ints, int]:
        """Return a code for each distinct text of a column, and the number of codes."""
        if name not in self._codes:
            encoded = self.table[name].dictionary_encode()  # all chunks share one dictionary
            indices = pa.chunked_array([chunk.indices for chunk in encoded.chunks], pa.int32())
            self._codes[name] = _from_zero(np.asarray(pc.fill_null(indices, UNKNOWN), dtype=np.int64))
        return self._codes[name]

    def group(self, *names: str, rows: Ints) -> Ints:
        """Return a number for each distinct combination of columns (``day`` and ``start`` among them).

        The numbers are in the order of the codes of the columns.
        """
        groups: Ints = self._group_all(names)[0][rows]
        return groups

    def _group_all(self, names: tuple[str, ...]) -> tuple[Ints, int]:
        """Return the group of every statement and the number of groups; keeps those of speakers and cells."""
        if names in self._groups:
            return self._groups[names]
        groups, width = self._group_all(names[:-1])
        codes, size = self._code(names[-1])
        if width * size >= OPEN:
            groups = np.unique(groups, return_inverse=True)[1].astype(np.int64)
            width = len(codes)
        groups = groups * size
        groups += codes
        if names in (SPEAKER, CELL):
            self._groups[names] = groups, width * size
        return groups, width * size

    def text(self, name: str, at: int) -> str:
        """Return the text of a column in one statement."""
        return str(self._column(name)[at].as_py())

    def texts(self, name: str, rows: Ints) -> list[str]:
        """Return the texts of a column in some statements."""
        found: list[str] = self._column(name).take(pa.array(rows)).to_pylist()
        return found

    def _column(self, name: str) -> pa.Array:
        if name not in self._texts:
            self._texts[name] = self.table[name].combine_chunks()
        return self._texts[name]

    def describe(self, at: int) -> Sentence:
        """Return what a statement is about: a place, a measure, people, and a party if any."""
        labels = Labels.of(self._reference)
        areas, measure, *people = (
            self.text(name, at) for name in ("areas", "measure", "population", "attributed_to")
        )
        parts: list[Value] = [Named("place", areas, labels.places(areas)), sentence(spell_out(measure))]
        parts += [Named("population", code, labels.population(code)) for code in people if code]
        return only(listed(parts))

    def name_source(self, source_id: str) -> Named:
        """Return a source by its name."""
        return Named("source", source_id, Labels.of(self._reference).source(source_id))

    def findings(
        self,
        code: str,
        candidates: Iterable[int],
        message: str,
        fix: str,
        severity: Severity = Severity.WARNING,
        *,
        about: int | None = None,
    ) -> list[Finding]:
        """Return a finding about the first candidate that is a row of the batch; nothing if there is none.

        It is ``about`` another statement where one is given: of an earlier document, which has no row here.
        """
        at = next((candidate for candidate in candidates if self.row[candidate] > 0), None)
        if at is None:
            return []
        at = at if about is None else about
        origin, source = self.text("origin_id", at), self.text("source_id", at)
        whose: Value = self.name_source(origin)
        if origin != source:
            by = self.name_source(source)
            whose = sentence("%(origin)s as carried by %(source)s", origin=whose, source=by)
        finding = Finding(
            code,
            severity,
            sentence(
                "%(whose)s (%(about)s): %(message)s",
                whose=whose,
                about=self.describe(at),
                message=as_sentence(message),
            ),
            fix,
            row=int(self.row[at]) or None,
            column="count",
            value=self.text("count_stated", at),
            subject=self.text("report_id", at),
        )
        return [finding]


@dataclasses.dataclass(frozen=True)
class Counters:
    """Exact figures in the order of counter and day, one a day: the largest.

    ``at`` is the position of each in the Statements; ``follows`` is true where the figure before belongs to
    the same counter, ``goes_on`` where the next one does.
    """

    at: Ints
    counter: Ints
    day: Ints
    value: Ints
    follows: Flags
    goes_on: Flags

    def __len__(self) -> int:
        return len(self.at)


def lay_out_counters(statements: Statements, *, totals: bool) -> Counters:
    """Return the running totals, a counter for each cell and beginning; or the increments of days."""
    is_counter = (statements.is_total == totals) & ~statements.is_event
    rows = np.flatnonzero(is_counter & (statements.value != UNKNOWN) & (statements.day != UNKNOWN))
    names = (*CELL, "start") if totals else CELL
    counter = statements.group(*names, rows=rows)
    order = np.lexsort((statements.value[rows], statements.group(*names, "day", rows=rows)))
    rows, counter = rows[order], counter[order]
    day = statements.day[rows]
    last = np.ones(len(rows), bool)
    last[:-1] = (counter[1:] != counter[:-1]) | (day[1:] != day[:-1])
    rows, counter, day = rows[last], counter[last], day[last]
    same = counter[1:] == counter[:-1]
    return Counters(
        at=rows,
        counter=counter,
        day=day,
        value=statements.value[rows],
        follows=np.concatenate([np.zeros(min(1, len(rows)), bool), same]),
        goes_on=np.concatenate([same, np.zeros(min(1, len(rows)), bool)]),
    )
