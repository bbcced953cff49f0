"""How are a million reports read without holding them?

A walk goes through the reports that a question takes in, in the order in which they came, portion by portion.
It stays at the state of the ledger in which it began: entries are only ever added, so that it need not keep
the ledger open between two portions, and a slow reader holds nobody up.

>>> walk = Walk(store, Wanted(crisis_id="syria-coast-2025-03"), held=store.head.seq)  # doctest: +SKIP
>>> walk.total, walk.rows, next(walk.portions())  # doctest: +SKIP
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterator
from itertools import pairwise

import pyarrow as pa

from service.ledger.index import sql
from service.ledger.store import Store
from service.ledger.view import utc
from service.schema.tables import LEDGER_REPORT

PORTION = 8_192
Spot = tuple[int, int]
"""(seq, row) of a report."""
START: Spot = (0, 0)


@dataclasses.dataclass(frozen=True)
class Wanted:
    """Which reports a walk takes in; None: any. ``source_id`` is that of the publisher or of the origin."""

    crisis_id: str | None = None
    as_of: dt.date | None = None
    recorded_by: dt.datetime | None = None
    areas: tuple[str, ...] | None = None
    measure: str | None = None
    population: str | None = None
    attributed_to: str | None = None
    source_id: str | None = None
    counted_from: dt.date | None = None
    counted_to: dt.date | None = None


class Walk:
    """The reports behind a place, at most ``limit`` of them, as the ledger held them after ``held`` entries.

    ``total`` counts those of the whole question, ``rows`` those of this walk; ``is_last``: none follow.
    """

    def __init__(
        self, store: Store, wanted: Wanted, *, held: int, after: Spot = START, limit: int | None = None
    ) -> None:
        self._store = store
        areas = None if wanted.areas is None else list(wanted.areas)
        recorded = None if wanted.recorded_by is None else utc(wanted.recorded_by)
        self._values = {**dataclasses.asdict(wanted), "areas": areas, "recorded_by": recorded, "held": held}
        most = 2**62 if limit is None else limit
        place = {"from_seq": after[0], "from_row": after[1]}
        with store.view() as view:
            self.total: int = view.ask(_statement("report_count"), **self._values)[0][0].as_py()
            bounds = view.ask(
                _statement("report_bounds"), **self._values, **place, limit=most, portion=min(most, PORTION)
            ).to_pylist()
        self._places = [after, *((bound["seq"], bound["row"]) for bound in bounds)]
        self.rows: int = bounds[-1]["n"] if bounds else 0
        self.is_last: bool = not bounds or bounds[-1]["ahead"] == self.rows

    @property
    def end(self) -> Spot:
        """The place of the last report."""
        return self._places[-1]

    def portions(self) -> Iterator[pa.Table]:
        """LEDGER_REPORT rows, PORTION of them at a time but for the last."""
        statement = _statement("report_page")
        for (from_seq, from_row), (to_seq, to_row) in pairwise(self._places):
            place = {"from_seq": from_seq, "from_row": from_row, "to_seq": to_seq, "to_row": to_row}
            with self._store.view() as view:
                rows = view.ask(statement, **self._values, **place)
            yield rows.select(LEDGER_REPORT.names).cast(LEDGER_REPORT)


@functools.cache
def _statement(name: str) -> str:
    """The statement of that name with its condition in place."""
    return sql(name).format(wanted=sql("report_wanted"))
