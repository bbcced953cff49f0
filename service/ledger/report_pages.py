"""How are a million reports read without holding them all in memory?

A question's reports are read page by page, in the order in which they were recorded. Reading stays at the
state of the ledger in which it began: entries are only ever added, so no transaction stays open between two
pages, and a slow reader holds nobody up. This module must not know what the reports are read for.

>>> wanted = ReportFilter(crisis_id="syria-coast-2025-03")
>>> pages = ReportPages(store, wanted, held=store.head.seq)  # doctest: +SKIP
>>> pages.total, pages.rows, next(pages.read())  # doctest: +SKIP
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

import pyarrow as pa

from service.ledger.columns import START, Position
from service.ledger.questions import Questions
from service.ledger.statements import sql
from service.ledger.view import utc
from service.schema.tables import LEDGER_REPORT
from service.vocabulary import Dates

PAGE_ROWS = 8_192


@dataclasses.dataclass(frozen=True)
class ReportFilter:
    """Which reports are read; None: any. ``source_id`` matches the publisher or the origin."""

    crisis_id: str | None = None
    as_of: dt.date | None = None
    dates: Dates = Dates.ALL
    recorded_by: dt.datetime | None = None
    areas: tuple[str, ...] | None = None
    measure: str | None = None
    population: str | None = None
    attributed_to: str | None = None
    source_id: str | None = None
    counted_from: dt.date | None = None
    counted_to: dt.date | None = None


class ReportPages:
    """The reports behind the position ``after``, at most ``limit`` of them, as the ledger held them after
    ``held`` entries.

    ``total`` counts the reports that match the filter, ``rows`` those read here, ``begin`` those before them.
    """

    def __init__(
        self,
        store: Questions,
        wanted: ReportFilter,
        *,
        held: int,
        after: Position = START,
        limit: int | None = None,
    ) -> None:
        self._store = store
        areas = None if wanted.areas is None else list(wanted.areas)
        recorded_by = None if wanted.recorded_by is None else utc(wanted.recorded_by)
        self._parameters = {
            **dataclasses.asdict(wanted), "areas": areas, "recorded_by": recorded_by, "held": held,
        }  # fmt: skip
        most = 2**62 if limit is None else limit
        span = {"from_seq": after[0], "from_row": after[1], "limit": most, "page_rows": min(most, PAGE_ROWS)}
        with store.view() as view:
            self.total: int = view.ask(sql("count_reports"), **self._parameters)[0][0].as_py()
            ends = view.ask(sql("page_ends"), **self._parameters, **span).to_pylist()
        self._positions = [after, *((end["seq"], end["row"]) for end in ends)]
        self.rows: int = ends[-1]["n"] if ends else 0
        self.begin: int = self.total - (ends[-1]["ahead"] if ends else 0)

    def positions(self, counts: list[int]) -> list[Position]:
        """Return, for each of ``counts``, the position behind so many of the reports that match."""
        known = {0: START, self.begin: self._positions[0], self.begin + self.rows: self._positions[-1]}
        missing = [count for count in counts if count not in known]
        if missing:
            with self._store.view() as view:
                rows = view.ask(sql("page_places"), **self._parameters, places=missing).to_pylist()
            known |= {row["n"]: (row["seq"], row["row"]) for row in rows}
        return [known[count] for count in counts]

    def read(self) -> Iterator[pa.Table]:
        """Yield LEDGER_REPORT rows, PAGE_ROWS at a time but for the last page."""
        statement = sql("page_reports")
        for (from_seq, from_row), (to_seq, to_row) in pairwise(self._positions):
            page = {"from_seq": from_seq, "from_row": from_row, "to_seq": to_seq, "to_row": to_row}
            with self._store.view() as view:
                rows = view.ask(statement, **self._parameters, **page)
            yield rows.select(LEDGER_REPORT.names).cast(LEDGER_REPORT)
