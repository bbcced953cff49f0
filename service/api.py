"""One object for every way in and out.

``connect()`` opens the ledger in a data directory (loading the shipped seeds into an empty one) and gives a
``Ledger`` whose verbs are those of the API and the command line. Notebook, CLI and web all call these same
verbs, so that all of them give the same numbers.

>>> from service import connect                                            # doctest: +SKIP
>>> connect().series(area="Latakia", measure="killed", population="civilians")  # doctest: +SKIP
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, overload

import pyarrow as pa

from service.answers.cache import Reckoner
from service.answers.changes import NEVER, entries_since
from service.answers.citation import Citation, cite, pinned_parameters, read_style, title
from service.answers.conflicts import conflicts
from service.answers.filters import ANY, Filters, Style
from service.answers.findings import noticed
from service.answers.parameters import read_day, read_instant
from service.answers.parts import parts
from service.answers.published import Published
from service.answers.query import Query, build_query, one_cell
from service.answers.series import Explanation, Series, explain, frame
from service.answers.vintages import vintages
from service.errors import NotFound
from service.ingest import Watch, read_reference
from service.ingest.draft import Proposal, draft
from service.ingest.new_areas import PlaceDetails, add_spellings, new_area
from service.ingest.retry import Fix
from service.intake.document import Document, ReadOptions, Rows
from service.intake.pipeline import Intake
from service.intake.seeding import fill_from_seeds
from service.ledger import START, Position, ReportFilter, ReportPages, Store
from service.reference.labels import Labels
from service.schema.records import Batch, Finding, Head, Receipt, Reference
from service.schema.tables import LEDGER_REPORT
from service.settings import Settings

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from service.client.sync import RemoteLedger

Clock = Callable[[], dt.datetime]


def now() -> dt.datetime:
    """The present instant, UTC without a zone: the only clock of the service."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


@overload
def connect(where: Path | None = None, *, clock: Clock = now) -> Ledger: ...


@overload
def connect(where: str, *, clock: Clock = now, key: str | None = None) -> Ledger | RemoteLedger: ...


def connect(
    where: str | Path | None = None, *, clock: Clock = now, key: str | None = None
) -> Ledger | RemoteLedger:
    """Open the ledger in a directory (default: CASUALTY_DATA_DIR, else ``data``), or the one at an address.

    An empty directory is filled with the shipped seeds first. ``key`` is needed to hand in at an address.
    Raises StoreHeld where another process has the directory.
    """
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        from service.client.sync import RemoteLedger

        return RemoteLedger(where, key=key)
    settings = Settings()
    store = Store.open(Path(where) if where is not None else settings.data_dir)
    ledger = Ledger(store, clock=clock)
    if store.head.seq == 0:
        ledger.load(settings.seeds_dir)
    return ledger


class Ledger:
    """The ledger and everything that can be asked of it. Safe to use from several threads at once."""

    def __init__(self, store: Store, *, clock: Clock = now) -> None:
        self.store = store
        self.clock = clock
        self._reckoner = Reckoner(store)
        self._intake = Intake(store, self.reference, self._now)

    def _now(self) -> dt.datetime:
        return self.clock()

    # --- asking ------------------------------------------------------------------------------------------

    def query(self, **filters: Unpack[Filters]) -> Query:
        """The filters (``area``, ``measure``, ``population``, ``as_of`` …) as they are understood."""
        return build_query(self.reference(), today=self.clock().date(), **filters)

    def answer(self, **filters: Unpack[Filters]) -> Series:
        """The ``Series`` for the filters: what every way out shows."""
        return self.answer_to(self.query(**filters))

    def answer_to(self, query: Query) -> Series:
        """The ``Series`` for a query already understood, all of it from one state of the ledger."""
        return self._reckoner.answer(query)

    def published(self, query: Query) -> tuple[Published, Head]:
        """The rows of the ``Series`` for a query already understood, and the state that they belong to."""
        return self._reckoner.published(query)

    def prepare(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Work out today's figures as far as the ledger has moved, so that nobody who asks need wait."""
        self._reckoner.prepare(self.query(), is_wanted)

    def preparing(self) -> contextlib.AbstractContextManager[None]:
        """While it lasts, somebody calls ``prepare`` again and again: what an entry has changed is seen by
        readers when it is ready, and its writer is told then."""
        return self._reckoner.visible.preparing()

    def state(self, query: Query) -> Head:
        """The state of the ledger that answers a query: the head, or what was the head at ``recorded_by``."""
        return self._reckoner.state(query)

    def moment(self, head: Head | str) -> dt.datetime:
        """When the entry was recorded that made a head of this ledger; what is yet to come is recorded later.

        Raises NotFound for a head that the ledger never had.
        """
        visible = self._reckoner.visible.state
        if str(head) == str(visible.head):
            return visible.recorded_at
        submissions = self.store.submissions()
        seq = entries_since(submissions, head)
        recorded: dt.datetime = submissions.column("recorded_at")[seq - 1].as_py() if seq else NEVER
        return recorded

    def series(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """The toll over time: one row per day on which a figure moved (columns: model.SERIES)."""
        table = self.published(self.query(**filters))[0].table
        return table if arrow else frame(table)

    def figures(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """The latest row of each series (columns: model.SERIES)."""
        table = self.published(self.query(**filters))[0].latest().table
        return table if arrow else frame(table)

    def reports(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """The reports as published (columns: model.LEDGER_REPORT), withdrawn ones with their reason.

        ``area`` matches the place set exactly; ``source`` matches the publisher or the origin;
        ``attributed_to`` defaults to any.
        """
        filters.setdefault("attributed_to", ANY)
        pages = self.report_pages(self.query(**filters))
        table = pa.concat_tables([LEDGER_REPORT.empty_table(), *pages.read()])
        return table if arrow else frame(table)

    def report_pages(
        self, query: Query, *, at: Head | str | None = None, after: Position = START, limit: int | None = None
    ) -> ReportPages:
        """The reports of a query already understood, a portion at a time, behind the place ``after``."""
        held = self.head.seq if at is None else entries_since(self.store.submissions(), at)
        wanted = ReportFilter(
            crisis_id=query.crisis,
            as_of=query.as_of,
            recorded_by=query.recorded_by,
            areas=query.areas or None,
            measure=query.measure,
            population=query.population,
            attributed_to=query.attributed_to,
            source_id=query.source,
            counted_from=query.date_from,
            counted_to=query.date_to,
        )
        return ReportPages(self.store, wanted, held=held, after=after, limit=limit)

    def explain(self, *, date: str | dt.date | None = None, **filters: Unpack[Filters]) -> Explanation:
        """Why the figure on ``date`` (default: the latest) is what it is, report by report."""
        return explain(self.answer(**filters), read_day("date", date))

    def conflicts(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """Figures whose origins disagree, by how many people, and who says what (conflicts.CONFLICT)."""
        table = conflicts(self.answer(**filters))
        return table if arrow else frame(table)

    def bounds(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """How few and how many there can be where nobody need have reported, given all other figures.

        ``area``, ``measure`` and ``population`` name one cell (columns: model.SERIES; best is blank).
        """
        table = self.bounds_for(self.query(**filters)).table
        return table if arrow else frame(table)

    def bounds_for(self, query: Query) -> Series:
        """``bounds`` for a query already understood, with the reports that leave no more room."""
        return self._reckoner.bounds(one_cell(query))

    def parts(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """What the latest figure of a place is made up of, and what of it lies elsewhere (parts.PART)."""
        query = one_cell(self.query(**filters))
        table = parts(
            self.answer_to(dataclasses.replace(query, areas=())),
            query.areas[0],
            self.reference(query.recorded_by),
        )
        return table if arrow else frame(table)

    def vintages(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """How each latest figure moved from one day of knowledge to the next, and why (vintages.VINTAGE)."""
        table = vintages(self._reckoner.day_by_day(self.query(**filters)))
        return table if arrow else frame(table)

    def changes(
        self, *, since: str | dt.date | Head | None, arrow: bool = False, **filters: Unpack[Filters]
    ) -> pd.DataFrame | pa.Table:
        """What moved since a head, a day or a moment of recording, and why (changes.CHANGE).

        Both states are asked for the same day of knowledge, so that only the ledger's entries count.
        """
        table, _, _ = self.changes_since(since, self.query(**filters))
        return table if arrow else frame(table)

    def changes_since(self, since: str | dt.date | Head | None, query: Query) -> tuple[pa.Table, Head, Head]:
        """CHANGE rows for a query already understood, the head they start from and the one they lead to."""
        return self._reckoner.changes(since, query)

    def cite(
        self,
        style: str = Style.BIBTEX,
        *,
        path: str = "/v1/series",
        accessed_on: dt.date | None = None,
        date: str | dt.date | None = None,
        **filters: Unpack[Filters],
    ) -> str:
        """The citation (bibtex, ris or csl) of what ``path`` answers to the filters, now and later.

        ``date`` is that of a figure explained; ``accessed_on`` defaults to today.
        """
        query, today = self.query(**filters), self.clock().date()
        head = self._reckoner.state(query)
        moment = query.recorded_by
        if moment is None or moment > self.recorded_at:  # more may yet be recorded by then
            moment = self.moment(head)
        day = read_day("date", date)
        asked = pinned_parameters(query, moment, **({"date": str(day)} if day else {}))
        about = title(query, Labels.of(self.reference()))
        citation = Citation(
            url=f"{path}?{asked}", title=about, head=str(head), method=query.method,
            as_of=query.as_of, recorded_by=moment, accessed_on=accessed_on or today,
        )  # fmt: skip
        return cite(citation, read_style(style))

    def chart(self, **filters: Unpack[Filters]) -> go.Figure:
        """The series drawn: steps, range, and a marker for each report behind it."""
        from service.charts import figure

        return figure(self.answer(**filters))

    def areas(self, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """The gazetteer (columns: model.AREA)."""
        table = self.reference().area.sort_by("area_code")
        return table if arrow else frame(table)

    def sources(self, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """Who publishes, and whose figures they are (columns: model.SOURCE)."""
        table = self.reference().source.sort_by("source_id")
        return table if arrow else frame(table)

    # --- handing in --------------------------------------------------------------------------------------

    def ingest(
        self,
        document: Document,
        *,
        name: str = "",
        dry_run: bool = False,
        watch: Watch | None = None,
        **reading: Unpack[ReadOptions],
    ) -> Receipt:
        """Take in a report file (a path, or its bytes with a ``name`` to remember it by), rows or a frame.

        ``dry_run`` says what would become of each row and writes nothing. How to read a file (``mapping``,
        ``format``, ``sheet`` …) is found out where it is not said. A file may be longer than memory;
        ``watch`` is told how far it is read, and the receipt of a long one names only the rows not accepted.
        """
        return self._intake.ingest(document, name, dry_run=dry_run, watch=watch, **reading)

    def retry(
        self,
        *documents: str,
        mapping: str | Path | None = None,
        fixes: Sequence[Fix] = (),
        dry_run: bool = False,
    ) -> list[tuple[str, Receipt]]:
        """Take quarantined rows again, now that a place is known, a mapping mended or a fix decided on.

        ``documents`` are names as remembered (default: all). Gives each document's receipt; raises NotFound
        where a document or a fix means no row that is held aside.
        """
        return self._intake.retry(documents, mapping=mapping, fixes=fixes, dry_run=dry_run)

    def ingest_rows(self, rows: Rows, *, name: str = "rows", dry_run: bool = False) -> Receipt:
        """Take in rows with named values: the columns of a report file, one mapping a report."""
        return self.submit(self.read(rows, name=name), dry_run=dry_run)

    def withdraw(self, report_id: str, *, reason: str, key_id: str = "") -> Head:
        """Take a report back, for a reason that is shown with it. Raises NotFound for an unknown id.

        ``key_id`` names the key it is done with, where one is needed; the journal keeps it.
        """
        return self.store.withdraw(report_id, reason=reason, recorded_at=self.clock(), key_id=key_id)

    def correct(self, report_id: str, replacement: Document, *, reason: str, name: str = "") -> Receipt:
        """Put the reports of ``replacement`` in the place of a report, which points at them.

        Where no row of it is sound the old report stands. Raises NotFound for an unknown id.
        """
        return self.put_right(report_id, self.read(replacement, name=name), reason=reason)

    def read(self, document: Document, *, name: str = "", **reading: Unpack[ReadOptions]) -> Batch:
        """What a document says, row by row, beside the reference data of now. Nothing is kept yet.

        What a careful reader would look at again, beside what its sources said before, is among the findings.
        """
        return self._intake.read(document, name, **reading)

    def submit(self, batch: Batch, *, dry_run: bool = False, key_id: str = "") -> Receipt:
        """Keep what is new in a document, and say what became of each row; or only say it."""
        return self._intake.submit(batch, dry_run=dry_run, key_id=key_id)

    def put_right(self, report_id: str, batch: Batch, *, reason: str, key_id: str = "") -> Receipt:
        """``correct`` with what has been read already."""
        return self.store.correct(report_id, batch, reason=reason, recorded_at=self.clock(), key_id=key_id)

    def register(self, table: str, data: bytes, *, name: str = "reference.csv") -> int:
        """Add reference rows (a CSV with the columns of model.REFERENCE_SCHEMAS); how many were new."""
        return self.store.register(table, read_reference(table, data, name), recorded_at=self.clock())

    def add_area(self, name: str, *, level: str, **more: Unpack[PlaceDetails]) -> str:
        """Record a place that is not known yet (see ``ingest.places.new_area``); its code."""
        return self._record(new_area(self.reference().area, name, level=level, **more))

    def alias_area(self, place: str, *spellings: str) -> str:
        """Record other spellings of a known place; its code. Raises QueryError for another place's name."""
        return self._record(add_spellings(self.reference().area, place, spellings))

    def _record(self, area: pa.Table) -> str:
        self.store.register("area", area, recorded_at=self.clock())
        return str(area["area_code"][0])

    def draft(self, text: str, *, published_on: str | dt.date | None = None) -> list[Proposal]:
        """Report rows that a text might hold, with where each part was read. Nothing is taken in."""
        return draft(text, self.reference(), published_on=read_day("published_on", published_on))

    def findings(
        self,
        *,
        crisis: str | None = None,
        severity: str | None = None,
        check: str | None = None,
        recorded_by: str | dt.datetime | None = None,
        arrow: bool = False,
    ) -> pd.DataFrame | pa.Table:
        """What the checks noticed in the documents taken in, oldest first (ledger.STORED_FINDING).

        ``check`` is the code of a finding. A finding is about the crisis of the report that it is about, else
        about those of the document it was noticed in.
        """
        query = self.query(crisis=crisis, recorded_by=recorded_by)
        with self.store.view() as view:
            found = view.findings(recorded_by=query.recorded_by)
            reports = view.reports(recorded_by=query.recorded_by) if query.crisis else None
        self._reckoner.visible.latest()  # which is shown here
        table = noticed(found, reports, crisis=query.crisis, severity=severity, check=check)
        return table if arrow else frame(table)

    def history(
        self, report_id: str, *, recorded_by: str | dt.datetime | None = None, arrow: bool = False
    ) -> pd.DataFrame | pa.Table:
        """The entries of the ledger that touched a report, oldest first (ledger.HISTORY). Raises NotFound."""
        with self.store.view() as view:
            table = view.history(report_id, recorded_by=read_instant("recorded_by", recorded_by))
        self._reckoner.visible.latest()  # which is shown here
        if not table.num_rows:
            raise NotFound(f"There is no report {report_id[:80]!r}.", fix="Report ids are in /v1/reports.")
        return table if arrow else frame(table)

    def load(self, seeds: Path) -> None:
        """Fill the ledger from a seeds folder, recorded at the time the seeds themselves carry."""
        fill_from_seeds(self.store, seeds)

    # --- keeping -----------------------------------------------------------------------------------------

    @property
    def head(self) -> Head:
        """The state from which questions are answered."""
        return self._reckoner.visible.state.head

    @property
    def recorded_at(self) -> dt.datetime:
        """When its last entry was recorded."""
        return self._reckoner.visible.state.recorded_at

    def touched(self, crisis_id: str) -> int:
        """The last entry that changed what is known about a crisis: a key for what is worked out from it."""
        return self._reckoner.visible.state.crisis_head(crisis_id).seq

    def reference(self, recorded_by: dt.datetime | None = None) -> Reference:
        """The reference data as they stand, or as they stood at ``recorded_by``."""
        return self._reckoner.reference(recorded_by)

    def verify(self) -> list[Finding]:
        """What is wrong with the stored ledger; nothing, when it is sound."""
        return self.store.verify()

    def rebuild(self) -> None:
        """Make the DuckDB file anew from the journal."""
        self.store.rebuild()

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
