"""One object for every way in and out.

``Ledger.open()`` opens the one in a data directory (loading the shipped seeds into an empty one). Its verbs
are those of the API and the command line: notebook, CLI and web all call them, so that all of them give the
same numbers.

>>> from service import connect                                            # doctest: +SKIP
>>> connect().series(area="Latakia", measure="killed", population="civilians")  # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from service.answers.cache import AnswerCache
from service.answers.citation import Citation, cite, pinned_parameters, read_style, title
from service.answers.endpoints import endpoint
from service.answers.filters import Filters, Style
from service.answers.parameters import read_day
from service.answers.query import Query, build_query
from service.answers.series import Explanation, Series, explain, shape
from service.answers.verbs import Verbs
from service.errors import ReadOnly
from service.ledger import ClockRule, PublishedStore, Questions, Store
from service.publication import is_published
from service.reference.labels import Labels
from service.schema.records import (
    Batch,
    CrisisReceipt,
    Finding,
    Head,
    MappingReceipt,
    Receipt,
    Redaction,
    Reference,
    Registration,
)
from service.settings import CACHE_MEMORY, Settings

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    import pyarrow as pa

    from service.answers.rows import Answer
    from service.ingest import Watch
    from service.ingest.draft import Drafts
    from service.ingest.fixes import Fix
    from service.ingest.mapping.library import Mapping as AnyMapping
    from service.ingest.new_areas import PlaceDetails
    from service.ingest.new_crisis import CrisisDetails
    from service.intake.document import Document, File, ReadOptions, Rows
    from service.intake.pipeline import Intake

Clock = Callable[[], dt.datetime]
IN_MEMORY = ":memory:"
"""Where a ledger lies that nothing is left of."""


def now() -> dt.datetime:
    """The present instant, UTC without a zone: the only clock of the service."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _open_scratch(clock: Clock, copy: Callable[[Path], object] | None = None) -> Ledger:
    """Return a ledger in a directory that goes with it; ``copy`` puts a journal there first.

    It believes the clock: no later entry of the ledger that was copied comes after what is tried here.
    """
    room = tempfile.TemporaryDirectory(prefix="casualty-scratch.", ignore_cleanup_errors=True)
    data_dir = Path(room.name) / "data"
    if copy is not None:
        data_dir.mkdir()
        copy(data_dir)
    store = Store.open(data_dir, afresh=copy is not None)
    return Ledger(store, clock=clock, room=room)


class Ledger(Verbs["pd.DataFrame | pa.Table"]):
    """The ledger and everything that can be asked of it. Safe to use from several threads at once."""

    def __init__(
        self,
        store: Questions,
        *,
        clock: Clock = now,
        cache_memory: int = CACHE_MEMORY,
        room: tempfile.TemporaryDirectory[str] | None = None,
    ) -> None:
        """``room``: a directory that goes with the ledger."""
        self.store = store
        self._room = room
        self.clock = clock
        self.answers = AnswerCache(store, kept_bytes=cache_memory)
        self._made_intake: Intake | None = None
        self._lock = threading.Lock()

    @classmethod
    def open(cls, where: str | Path | None = None, *, clock: Clock = now, afresh: bool = False) -> Ledger:
        """Open the ledger in a directory, or in memory, as ``service.connect`` says.

        ``afresh``: the DuckDB file is made anew from the journal; of the old one only the head is read.
        """
        if where == IN_MEMORY:
            ledger = _open_scratch(clock)
            ledger.load(Settings().seeds_dir)
            return ledger
        data_dir = Path(where) if where is not None else Settings().data_dir
        if is_published(data_dir):
            published = PublishedStore.open(data_dir)
            return cls(published, clock=clock, cache_memory=Settings().cache_memory)
        settings = Settings()
        store = Store.open(
            data_dir,
            afresh=afresh,
            clock_rule=ClockRule(settings.clock),
            clock_ahead=dt.timedelta(days=settings.clock_ahead),
        )
        ledger = cls(store, clock=clock, cache_memory=Settings().cache_memory)
        if ledger.store.head.seq == 0:
            ledger.load(Settings().seeds_dir)
        return ledger

    def _now(self) -> dt.datetime:
        return self.clock()

    @property
    def _writable(self) -> Store:
        """The store, for what only the one of a data directory can do. Raises ReadOnly for a publication."""
        if not isinstance(self.store, Store):
            raise ReadOnly.of_publication()
        return self.store

    @property
    def _intake(self) -> Intake:
        """What takes documents in; whoever only asks does without its libraries."""
        from service.intake.pipeline import Intake

        with self._lock:
            if self._made_intake is None:
                self._made_intake = Intake(self._writable, self.reference, self._now)
            return self._made_intake

    # --- asking (the verbs that give rows stand in ``answers.verbs``) ------------------------------------

    def query(self, **filters: Unpack[Filters]) -> Query:
        """Return the filters (``area``, ``measure``, ``population``, ``as_of`` …) as they are understood."""
        return build_query(self.reference(), today=self.clock().date(), **filters)

    def ask(self, verb: str, **question: Any) -> Answer:  # noqa: ANN401 - filters of any kind
        """Return the answer of a verb of ``answers.endpoints``: rows, and what they hold for (``meta``)."""
        return endpoint(verb).answer(self, question)

    def answer(self, **filters: Unpack[Filters]) -> Series:
        """Return the ``Series`` for the filters, with the reports behind it: what every way out shows."""
        return self.answers.series(self.query(**filters))

    def explain(self, *, date: str | dt.date | None = None, **filters: Unpack[Filters]) -> Explanation:
        """Return why the figure on ``date`` (default: the latest) is what it is, report by report."""
        return explain(self.answer(**filters), read_day("date", date))

    def cite(
        self,
        style: str = Style.BIBTEX,
        *,
        path: str = "/v1/series",
        accessed_on: dt.date | None = None,
        date: str | dt.date | None = None,
        **filters: Unpack[Filters],
    ) -> str:
        """Return the citation (bibtex, ris or csl) of what ``path`` answers to the filters, now and later.

        ``date`` is that of a figure explained; ``accessed_on`` defaults to today.
        """
        query, today = self.query(**filters), self.clock().date()
        head = self.answers.head(query)
        moment = query.recorded_by
        if moment is None or moment > self.last_recorded_at:  # more may yet be recorded by then
            moment = self.answers.moment(head)
        day = read_day("date", date)
        parameters = pinned_parameters(query, moment, **({"date": str(day)} if day else {}))
        about = title(query, Labels.of(self.reference()))
        citation = Citation(
            url=f"{path}?{parameters}", title=about, head=str(head), method=query.method,
            as_of=query.as_of, recorded_by=moment, accessed_on=accessed_on or today,
        )  # fmt: skip
        return cite(citation, read_style(style))

    def chart(self, *, kind: str | None = None, **question: Any) -> go.Figure:  # noqa: ANN401 - any filters
        """Return a chart as a Plotly figure; ``kind`` is one of ``answers.chart_kinds`` (default: trend).

        ``question`` are the filters of a series and the options of the kind: ``compare``, ``axis``,
        ``scale``, ``per``; of a figure (``kind="why"``) its ``date``.
        """
        from service.answers.pictures import chart_figure

        return chart_figure(self, kind=kind, **question)

    def chart_file(self, fmt: str, *, kind: str | None = None, **question: Any) -> bytes:  # noqa: ANN401
        """Return a chart as the bytes of an svg, png, json (Plotly) or html file, ``width`` pixels wide."""
        from service.answers.chart_kinds import chart_format
        from service.answers.pictures import chart_file

        return chart_file(self, chart_format(fmt), kind=kind, **question)

    def prepare(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Work out today's figures as far as the ledger has moved, so that nobody who asks need wait."""
        self.answers.prepare(self.query(), is_wanted)

    def _table(self, verb: str, arrow: bool, question: Mapping[str, Any]) -> pd.DataFrame | pa.Table:
        return shape(self.ask(verb, **question).table, arrow)

    # --- handing in --------------------------------------------------------------------------------------

    def ingest(
        self,
        document: Document,
        *,
        name: str = "",
        release: str | None = None,
        dry_run: bool = False,
        watch: Watch | None = None,
        **reading: Unpack[ReadOptions],
    ) -> Receipt:
        """Take in a report file (a path, or its bytes with a ``name`` to remember it by), rows or a frame.

        With ``release="full"`` what its sources gave and it no longer lists (events, rows of tables) is taken
        back from its day on.
        ``dry_run`` says what would become of each row and writes nothing. How to read a file (``mapping``,
        ``format``, ``sheet`` …) is found out where it is not said. A file may be longer than memory;
        ``watch`` is told how far it is read, and the receipt of a long one names only the rows not accepted.
        """
        return self._intake.ingest(document, name, release=release, dry_run=dry_run, watch=watch, **reading)

    def retry(
        self,
        *documents: str,
        mapping: AnyMapping | None = None,
        fixes: Sequence[Fix] = (),
        dry_run: bool = False,
        key_id: str = "",
    ) -> list[tuple[str, Receipt]]:
        """Take quarantined rows again, now that a place is known, a mapping mended or a fix decided on.

        ``documents`` are names as remembered (default: all). Gives each document's receipt; raises NotFound
        where a document or a fix means no row that is held.
        """
        return self._intake.retry(documents, mapping=mapping, fixes=fixes, dry_run=dry_run, key_id=key_id)

    def ingest_rows(self, rows: Rows, *, name: str = "rows", dry_run: bool = False) -> Receipt:
        """Take in rows with named values: the columns of a report file, one mapping a report."""
        return self.submit(self.read(rows, name=name), dry_run=dry_run)

    def withdraw(self, report_id: str, *, reason: str, key_id: str = "", seen: Head | None = None) -> Head:
        """Take a report back, for a reason that is shown with it. Raises NotFound for an unknown id.

        ``key_id`` names the key it is done with, where one is needed; the journal keeps it. Where the report
        has changed since the head ``seen``, nothing is done. Raises ChangedSince.
        """
        self._check_reason(reason)
        return self._writable.withdraw(
            report_id, reason=reason, recorded_at=self.clock(), key_id=key_id, seen=seen
        )

    def correct(
        self,
        report_id: str,
        replacement: Document,
        *,
        reason: str,
        name: str = "",
        seen: Head | None = None,
    ) -> Receipt:
        """Put the reports of ``replacement`` in the place of a report, which points at them.

        Where no row of it is sound the old report stands. Raises NotFound for an unknown id.
        """
        return self.put_right(report_id, self.read(replacement, name=name), reason=reason, seen=seen)

    def amend(
        self,
        report_id: str,
        values: Mapping[str, str],
        *,
        reason: str,
        key_id: str = "",
        seen: Head | None = None,
    ) -> Receipt:
        """Put in the place of a report what differs from it in some columns of a report file only.

        Raises NotFound for an unknown id, QueryError for a column that there is not, and for a report that is
        withdrawn or says so already.
        """
        from service.formats.report_file import amended_row

        with self.store.view() as view:
            if seen is not None:
                view.refuse_if_changed(report_id, seen)
            row = amended_row(view.report(report_id), report_id, values)
        batch = self.read([row], name=f"{report_id}, amended")
        return self.put_right(report_id, batch, reason=reason, key_id=key_id, seen=seen)

    def reinstate(self, report_id: str, *, reason: str, key_id: str = "", seen: Head | None = None) -> Head:
        """Let a report that was taken back stand again. Raises as ``withdraw``."""
        self._check_reason(reason)
        return self._writable.reinstate(
            report_id, reason=reason, recorded_at=self.clock(), key_id=key_id, seen=seen
        )

    def redact(
        self, report_id: str, *, columns: Sequence[str] = ("note",), reason: str, key_id: str = ""
    ) -> Redaction:
        """Take texts of a report out of the ledger for good: its ``note``, the ``reason`` of its withdrawals
        and corrections, what its ``findings`` say.

        That it was done stays to be seen, with the reason. Earlier backups and copies are not reached. Raises
        NotFound for an unknown id.
        """
        self._check_reason(reason)
        return self._writable.redact(
            report_id, columns, reason=reason, recorded_at=self.clock(), key_id=key_id
        )

    def redact_held_row(
        self, document: str, row: int, *, columns: Sequence[str] = (), reason: str, key_id: str = ""
    ) -> Redaction:
        """Take cells (default: all) of a row that was held out of the ledger for good, as ``redact`` does.

        ``document`` is its name, or the SHA-256 of its content. Raises NotFound for a row never held.
        """
        self._check_reason(reason)
        return self._writable.redact_held_row(
            document, row, columns, reason=reason, recorded_at=self.clock(), key_id=key_id
        )

    def redact_mapping(self, name: str, *, reason: str, key_id: str = "") -> Redaction:
        """Take the texts of a mapping that the ledger keeps out of it for good, as ``redact`` does: of each
        one of a name, or of the one that a name with a hash (``desk@0123456789ab``) stands for.

        What was read by it stays. Raises NotFound for one that the ledger does not keep.
        """
        self._check_reason(reason)
        return self._writable.redact_mapping(name, reason=reason, recorded_at=self.clock(), key_id=key_id)

    def read(
        self, document: Document, *, name: str = "", part: str = "", **reading: Unpack[ReadOptions]
    ) -> Batch:
        """What a document says, row by row, beside the reference data of now. Nothing is kept yet.

        What a careful reader would look at again, beside what its sources said before, is among the findings.
        ``part`` names the rows of a larger document that these are.
        """
        return self._intake.read(document, name, part=part, **reading)

    def submit(
        self, batch: Batch, *, release: str | None = None, dry_run: bool = False, key_id: str = ""
    ) -> Receipt:
        """Keep what is new in a document, and say what became of each row; or only say it."""
        return self._intake.submit(batch, release=release, dry_run=dry_run, key_id=key_id)

    def put_right(
        self, report_id: str, batch: Batch, *, reason: str, key_id: str = "", seen: Head | None = None
    ) -> Receipt:
        """``correct`` with what has been read already. Raises as ``withdraw``."""
        self._check_reason(reason)
        return self._writable.correct(
            report_id, batch, reason=reason, recorded_at=self.clock(), key_id=key_id, seen=seen
        )

    @staticmethod
    def _check_reason(reason: str) -> None:
        """Raise PersonalDataRefused for a reason that holds personal data: it is shown with the report."""
        from service.ingest.personal_data import check_text

        check_text(reason, "reason")

    def register(
        self,
        table: str,
        data: bytes | Rows,
        *,
        name: str = "reference.csv",
        dry_run: bool = False,
        key_id: str = "",
    ) -> Registration:
        """Add reference rows (CSV, or rows; the columns are those of ``schema.tables.REFERENCE_SCHEMAS``).

        A row with a known key takes the place of the older one. Rows that were held because nobody knew their
        place or population are taken in; ``dry_run`` says what would become of all this.
        """
        from service.ingest.reference_file import read_reference, read_reference_rows

        if isinstance(data, bytes):
            rows = read_reference(table, data, name)
        else:
            rows = read_reference_rows(table, data, name)
        return self._intake.register(table, rows, dry_run=dry_run, key_id=key_id)

    def add_area(
        self, name: str, *, level: str, dry_run: bool = False, key_id: str = "", **more: Unpack[PlaceDetails]
    ) -> Registration:
        """Record a place that is not known yet (see ``ingest.new_areas.new_area``), as ``register`` does."""
        from service.ingest.new_areas import new_area

        row = new_area(self.reference().area, name, level=level, **more)
        return self._intake.register("area", row, dry_run=dry_run, key_id=key_id)

    def add_country(self, country: str, *, dry_run: bool = False, key_id: str = "") -> Registration:
        """Record a country of the world and its first-level divisions (see ``ingest.new_countries``).

        ``country`` is its ISO code or a name in English, Arabic or French.
        """
        from service.ingest.new_countries import new_country

        rows = new_country(self.reference().area, country)
        return self._intake.register("area", rows, dry_run=dry_run, key_id=key_id)

    def new_crisis(
        self,
        name: str,
        *,
        reports: Document | None = None,
        dry_run: bool = False,
        key_id: str = "",
        **details: Unpack[CrisisDetails],
    ) -> CrisisReceipt:
        """Record a crisis that is not known yet, with its places and its first ``reports`` (a report file, or
        rows; a row that names no crisis is about this one): all of it in one entry.

        See ``ingest.new_crisis``; countries and their divisions that are not known come in with it.
        """
        from service.ingest.new_crisis import plan_crisis

        known = self.reference()
        plan = plan_crisis(known.area, known.crisis, name, **details)
        receipt = None
        if reports is not None:
            receipt = self.ingest(reports, mapping=plan.mapping, dry_run=dry_run)
        # known by now where reports brought them: what waited for these places is taken in all the same
        areas = self._intake.register("area", plan.area, dry_run=dry_run, key_id=key_id)
        head = self._intake.register("crisis", plan.crisis, dry_run=dry_run, key_id=key_id).head
        return plan.receipt(receipt, areas.released, head, dry_run=dry_run, known=areas.known)

    def alias_area(
        self, place: str, *spellings: str, dry_run: bool = False, key_id: str = ""
    ) -> Registration:
        """Record other spellings of a known place. Raises QueryError for another place's name."""
        from service.ingest.new_areas import add_spellings

        row = add_spellings(self.reference().area, place, spellings)
        return self._intake.register("area", row, dry_run=dry_run, key_id=key_id)

    def add_mapping(
        self, mapping: File, *, name: str = "", dry_run: bool = False, key_id: str = ""
    ) -> MappingReceipt:
        """Keep a mapping (a TOML file, or its bytes with a ``name``), by whose name documents can be read.

        It becomes the newest of its name. Raises UnreadableDocument for what is no mapping, QueryError for
        the name of a shipped one.
        """
        from service.ingest.mapping.library import read_own_mapping, row_of
        from service.intake.document import read_file

        file_name, data = read_file(mapping, name)
        own = read_own_mapping(data, file_name.removesuffix(".toml"))
        is_new = not dry_run and self._writable.add_mapping(
            row_of(own), recorded_at=self.clock(), key_id=key_id
        )
        return MappingReceipt(own.mapping_id, own.name, own.title, is_new, self.store.head)

    def draft(self, text: str, *, published_on: str | dt.date | None = None) -> Drafts:
        """Report rows that a text might hold, with where each part was read. Nothing is taken in.

        ``findings`` of the answer say what was not read. Raises QueryError for a text in no language that is.
        """
        from service.ingest.draft import draft

        return draft(text, self.reference(), published_on=read_day("published_on", published_on))

    def load(self, seeds: Path) -> None:
        """Fill the ledger from a seeds folder, recorded at the time the seeds themselves carry."""
        from service.intake.seeding import fill_from_seeds

        fill_from_seeds(self._writable, seeds)

    # --- keeping -----------------------------------------------------------------------------------------

    @property
    def head(self) -> Head:
        """The state from which questions are answered."""
        return self.answers.read_state.state.head

    @property
    def last_recorded_at(self) -> dt.datetime:
        """When the last entry was recorded."""
        return self.answers.read_state.state.recorded_at

    def reference(self, recorded_by: dt.datetime | None = None) -> Reference:
        """Return the reference data as they stand, or as they stood at ``recorded_by``."""
        return self.answers.reference(recorded_by)

    def verify(self, heads: Iterable[tuple[int, str]] = ()) -> list[Finding]:
        """What is wrong with the stored ledger; nothing, when it is sound. See ``Store.verify``."""
        return self._writable.verify(heads)

    def rebuild(self) -> None:
        """Make the DuckDB file anew from the journal."""
        self._writable.rebuild()

    def scratch(self) -> Ledger:
        """Return a ledger of its own that holds what this one does, to try things on: what is done there is
        done nowhere else, and is gone once it is closed."""
        from service.ledger.backup import copy_journal

        return _open_scratch(self.clock, copy=partial(copy_journal, self._writable.data_dir))

    def close(self) -> None:
        self.store.close()
        if self._room is not None:
            self._room.cleanup()

    def _repr_html_(self) -> str:
        from service.answers.html import ledger_html

        return ledger_html(self)

    def __repr__(self) -> str:
        """Return which state of a ledger this is, as a citation names it; a notebook shows it."""
        return f"<{type(self).__name__} {self.head}>"

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
