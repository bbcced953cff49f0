"""Which numbers stand for the words of a run?

Numbers are compared, sorted and joined faster than words, so the ids of the reports go through the steps as
numbers, from 0 in the order of the words: what is ordered by one is ordered by the other. This module must
not know what the steps do.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from service.model import CELL, LEDGER_REPORT, Reference

IDS = ("report_id", "crisis_id", "origin_id", "source_id")
"""The columns of a report that are numbered."""
READ = (
    "published_on", "counted_to", "counted_to_inferred", *CELL[1:], "basis", "low", "best", "high", "number",
    "standard", "known_on", "withdrawn",
)  # fmt: skip
"""The other columns of a report that the steps read."""
STARTS = ("period_start", "baseline_from", "baseline_to")

_NUMBERS = ("report_no", "crisis_no", "origin_no", "source_no")
REPORT = pa.schema(
    [*((name, pa.int32()) for name in _NUMBERS), *(LEDGER_REPORT.field(name) for name in READ)]
)
CALLED = pa.schema([("speaker_no", pa.int32()), ("source_id", pa.string()), ("is_heard", pa.bool_())])
"""Who is named in the reports, as source or origin, and whether the method hears them."""
CRISIS = pa.schema([("crisis_no", pa.int32()), *((name, pa.date32()) for name in ("as_of", *STARTS))])


@dataclasses.dataclass(frozen=True)
class Words:
    """The ids of some reports, each in order; ``speaker`` holds those of sources and origins together."""

    report: pa.ChunkedArray
    crisis: pa.Array
    speaker: pa.Array

    @classmethod
    def of(cls, reports: pa.Table) -> Words:
        ids = reports.column("report_id")
        speakers = [*reports.column("origin_id").chunks, *reports.column("source_id").chunks]
        return cls(
            ids.take(pc.sort_indices(ids)),
            _in_order(reports.column("crisis_id")),
            _in_order(pa.chunked_array(speakers, pa.string())),
        )

    def numbered(self, reports: pa.Table) -> pa.Table:
        """The reports (REPORT) with numbers for their ids."""
        values = (self.report, self.crisis, self.speaker, self.speaker)
        numbers = [
            pc.index_in(reports.column(name), value_set=words)
            for name, words in zip(IDS, values, strict=True)
        ]
        return pa.table([*numbers, *reports.select(READ).columns], schema=REPORT)

    def called(self, origin: str) -> pa.Table:
        """CALLED rows; where an ``origin`` is named, it alone is heard."""
        is_heard = pc.equal(self.speaker, origin) if origin else pa.repeat(True, len(self.speaker))
        return pa.table([_numbers(self.speaker), self.speaker, is_heard], schema=CALLED)

    def crises(self, reference: Reference, knowledge: Mapping[str, dt.date]) -> pa.Table:
        """CRISIS rows; blank where the reference data do not know the crisis."""
        known = reference.crisis.take(
            pc.index_in(self.crisis, value_set=reference.crisis.column("crisis_id"))
        )
        days = pa.array([knowledge[crisis] for crisis in self.crisis.to_pylist()], pa.date32())
        return pa.table([_numbers(self.crisis), days, *known.select(STARTS).columns], schema=CRISIS)


def worded(table: pa.Table, **words: tuple[str, pa.Array]) -> pa.Table:
    """``table`` with columns of words, each the words behind a column of numbers."""
    for name, (number, values) in words.items():
        table = table.append_column(name, values.take(table.column(number)))
    return table


def _in_order(ids: pa.ChunkedArray) -> pa.Array:
    found = pc.unique(ids)
    return found.take(pc.sort_indices(found))


def _numbers(words: pa.Array) -> pa.Array:
    return pa.array(range(len(words)), pa.int32())
