"""How does a notebook ask a ledger that stands elsewhere?

``connect("https://…")`` gives a ``RemoteLedger``: the verbs of ``service.api.Ledger`` over HTTP, with
the same frames, column by column and type by type (they travel as Arrow). What is sent, and what an answer
says, stands in ``client.protocol``; here it is only carried. It must not know how figures come about, nor
anything of the server's inside.

>>> connect("https://ledger.example").series(area="Latakia", measure="killed")   # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import httpx

from service import deadline
from service.answers.filters import Filters
from service.answers.parameters import read_day
from service.answers.series import Explanation, Series, shape
from service.answers.verbs import Verbs
from service.client.desk import DeskExchange
from service.client.protocol import Came, Copy, Request, Talk, Values
from service.extras import explain_missing
from service.intake.document import Document, File, ReadOptions, Rows
from service.schema.records import (
    CrisisReceipt,
    Head,
    MappingReceipt,
    Receipt,
    Redaction,
    Reference,
    Registration,
)

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    import pyarrow as pa

    from service.answers.rows import Answer
    from service.ingest import Watch
    from service.ingest.draft import Drafts
    from service.ingest.fixes import Fix
    from service.ingest.new_areas import PlaceDetails
    from service.ingest.new_crisis import CrisisDetails

TIMEOUT = 60.0
"""Seconds without a sign of life of the service."""
A_MOMENT = 0.01
"""A wait of no time at all is none that httpx knows."""
WITHOUT_PLOTLY = "or have the service draw it: chart_file('svg', …)."

T = TypeVar("T")


class RemoteLedger(Verbs["pd.DataFrame | pa.Table"]):
    """A ledger behind an address. Safe to use from several threads at once."""

    def __init__(
        self,
        address: str,
        *,
        key: str | None = None,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        direct: bool = False,
    ) -> None:
        """``direct``: by way of no proxy, whatever the environment says."""
        self._exchange = DeskExchange(address, key)
        self._sleep, self._timeout = sleep, timeout
        self._http = httpx.Client(
            base_url=self.address, timeout=timeout, follow_redirects=not direct, trust_env=not direct
        )

    @property
    def address(self) -> str:
        return self._exchange.address

    # --- asking ------------------------------------------------------------------------------------------

    def ask(self, verb: str, **question: Any) -> Answer:  # noqa: ANN401 - filters of any kind
        """Return the answer of a verb of ``answers.endpoints``: rows, and what they hold for (``meta``)."""
        return self._hold(self._exchange.ask(verb, question))

    def answer(self, **filters: Unpack[Filters]) -> Series:
        """Return the ``Series`` for the filters, with the reports behind it: what a chart shows."""
        return self._hold(self._exchange.answer(filters))

    def explain(self, *, date: str | dt.date | None = None, **filters: Unpack[Filters]) -> Explanation:
        """Return why the figure on ``date`` (default: the latest) is what it is, report by report."""
        return self._hold(self._exchange.explain(date, filters))

    def cite(
        self,
        style: str = "bibtex",
        *,
        path: str = "/v1/series",
        date: str | dt.date | None = None,
        **filters: Unpack[Filters],
    ) -> str:
        """Return the citation (bibtex, ris or csl) of what ``path`` answers to the filters, now and later."""
        return self._hold(self._exchange.cite(path, style, {**filters, "date": date}))

    def chart(self, *, kind: str | None = None, **question: Any) -> go.Figure:  # noqa: ANN401 - any filters
        """Return a chart as a Plotly figure; ``kind`` is one of ``answers.chart_kinds`` (default: trend)."""
        with explain_missing(WITHOUT_PLOTLY):
            if question.get("language"):  # names in it stand in the reference data there
                from service.charts.interactive import read_figure

                return read_figure(self.chart_file("json", kind=kind, **question))
            from service.answers.pictures import chart_figure

            return chart_figure(self, kind=kind, **question)

    def chart_file(self, fmt: str, *, kind: str | None = None, **question: Any) -> bytes:  # noqa: ANN401
        """Return a chart as the bytes of an svg, png, json (Plotly) or html file, ``width`` pixels wide."""
        return self._hold(self._exchange.chart_file(fmt, kind, question))

    def reference(self) -> Reference:
        """The reference data; of context and weights, nothing (they stay where figures are reckoned)."""
        return self._hold(self._exchange.reference())

    @property
    def head(self) -> Head:
        """The state of the ledger; of its hash, the digits by which it is named."""
        return self._hold(self._exchange.head())

    # --- keeping a copy ----------------------------------------------------------------------------------

    def copy(self, **filters: Unpack[Filters]) -> Copy:
        """A series to hold elsewhere, with the state of the ledger that it equals."""
        return self._hold(self._exchange.copy(filters))

    def bring_up_to_date(self, held: Copy) -> Copy:
        """A copy as the ledger stands now: what has moved since is fetched and applied."""
        return self._hold(self._exchange.bring_up_to_date(held))

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
        """Take in a report file, rows or a data frame; a file's ``name`` is remembered. Needs a key.

        Asking again after a broken connection changes nothing: the request carries an Idempotency-Key. What
        is too large for one request is handed in in parts (``watch`` is called after each), as far as every
        row is a report of its own; an error says which rows are in by then.
        """
        return self._hold(self._exchange.ingest(document, name, release, dry_run, reading, watch=watch))

    def ingest_rows(self, rows: Rows, *, dry_run: bool = False) -> Receipt:
        """Take in rows with named values: the columns of a report file, one mapping a report."""
        return self._hold(self._exchange.ingest(rows, "", None, dry_run, {}))

    def retry(
        self,
        *documents: str,
        mapping: str | Path | None = None,
        fixes: Sequence[Fix] = (),
        dry_run: bool = False,
    ) -> list[tuple[str, Receipt]]:
        """Take quarantined rows again, now that a place is known, a mapping mended or a fix decided on.

        A mapping that is a file is kept first. Needs an editor's key.
        """
        return self._hold(self._exchange.retry(documents, mapping, fixes, dry_run))

    def add_mapping(self, mapping: File, *, name: str = "", dry_run: bool = False) -> MappingReceipt:
        """Keep a mapping (a TOML file, or its bytes with a ``name``), by whose name documents can be read.

        It becomes the newest of its name. Needs an editor's key.
        """
        return self._hold(self._exchange.add_mapping(mapping, name, dry_run))

    def withdraw(self, report_id: str, *, reason: str, seen: Head | None = None) -> Head:
        """Take a report back, for a reason that is shown with it. Raises NotFound for an unknown id, and
        ChangedSince, with nothing done, where the report has changed since the head ``seen``."""
        return self._hold(self._exchange.withdraw(report_id, reason, seen))

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
        return self._hold(self._exchange.correct(report_id, replacement, reason, name, seen))

    def amend(
        self, report_id: str, values: Mapping[str, str], *, reason: str, seen: Head | None = None
    ) -> Receipt:
        """Put in the place of a report what differs from it in some columns of a report file only."""
        return self._hold(self._exchange.amend(report_id, values, reason, seen))

    def reinstate(self, report_id: str, *, reason: str, seen: Head | None = None) -> Head:
        """Let a report that was taken back stand again. Raises as ``withdraw``."""
        return self._hold(self._exchange.reinstate(report_id, reason, seen))

    def redact(self, report_id: str, *, columns: Sequence[str] = ("note",), reason: str) -> Redaction:
        """Take texts of a report out of the ledger for good: ``note``, ``reason``, ``findings``. Needs an
        editor's key. Raises NotFound for an unknown id."""
        return self._hold(self._exchange.redact(report_id, columns, reason))

    def redact_held_row(
        self, document: str, row: int, *, columns: Sequence[str] = (), reason: str
    ) -> Redaction:
        """Take cells (default: all) of a row that was held out of the ledger for good, as ``redact`` does."""
        return self._hold(self._exchange.redact_held_row(document, row, columns, reason))

    def redact_mapping(self, name: str, *, reason: str) -> Redaction:
        """Take the texts of a mapping that the ledger keeps out of it for good, as ``redact`` does."""
        return self._hold(self._exchange.redact_mapping(name, reason))

    def register(
        self, table: str, data: bytes | Rows, *, name: str = "reference.csv", dry_run: bool = False
    ) -> Registration:
        """Add reference rows (CSV, or rows): area, source, crisis or population. Needs an editor's key.

        Rows that were held because nobody knew their place or population are taken in.
        """
        return self._hold(self._exchange.register(table, data, name, dry_run))

    def add_area(
        self, name: str, *, level: str, dry_run: bool = False, **more: Unpack[PlaceDetails]
    ) -> Registration:
        """Record a place that is not known yet, as ``register`` does."""
        return self._hold(self._exchange.add_area(name, level, dry_run, more))

    def add_country(self, country: str, *, dry_run: bool = False) -> Registration:
        """Record a country of the world and its first-level divisions, as ``register`` does."""
        return self._hold(self._exchange.add_country(country, dry_run))

    def new_crisis(
        self,
        name: str,
        *,
        reports: Document | None = None,
        dry_run: bool = False,
        **details: Unpack[CrisisDetails],
    ) -> CrisisReceipt:
        """Record a crisis that is not known yet, with its places and its first ``reports``: all of it in one
        entry. Needs an editor's key."""
        return self._hold(self._exchange.new_crisis(name, reports, dry_run, details))

    def alias_area(self, place: str, *spellings: str, dry_run: bool = False) -> Registration:
        """Record other spellings of a known place. Raises QueryError for another place's name."""
        return self._hold(self._exchange.alias_area(place, spellings, dry_run))

    def draft(self, text: str, *, published_on: str | dt.date | None = None) -> Drafts:
        """Report rows that a text might hold, with where each part was read. The text stays here.

        ``findings`` of the answer say what was not read. Raises QueryError for a text in no language that is.
        """
        with explain_missing():
            from service.ingest.draft import draft

            return draft(text, self.reference(), published_on=read_day("published_on", published_on))

    # --- keeping -----------------------------------------------------------------------------------------

    def close(self) -> None:
        self._http.close()

    def _repr_html_(self) -> str:
        from service.answers.html import ledger_html

        return ledger_html(self)

    def __repr__(self) -> str:
        """Return where the ledger is. Nothing is asked, and the key is not shown."""
        return f"<{type(self).__name__} at {self.address}>"

    def __enter__(self) -> RemoteLedger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- inside ------------------------------------------------------------------------------------------

    def _table(self, verb: str, arrow: bool, question: Values) -> pd.DataFrame | pa.Table:
        return shape(self.ask(verb, **question).table, arrow)

    def _hold(self, talk: Talk[T]) -> T:
        """A conversation, carried to its end."""
        came: Came = None
        with explain_missing():
            while True:
                try:
                    step = talk.send(came)
                except StopIteration as ended:
                    return ended.value  # type: ignore[no-any-return]
                came = self._carry(step)

    def _carry(self, step: Request | float) -> Came:
        """Send a request, or wait, within the time that whoever asks has; the answer is waited for no longer.

        Raises TooSlow where waiting would take longer than that.
        """
        left = deadline.seconds_left()
        if not isinstance(step, Request):
            if left is not None and step >= left:
                raise deadline.busy(deadline.seconds_allowed() or left)
            self._sleep(step)
            return None
        given = step.given if left is None else {**step.given, "timeout": min(self._timeout, left + A_MOMENT)}
        try:
            return self._http.request(step.method, step.path, **given)
        except httpx.TransportError as error:
            if left is not None and isinstance(error, httpx.TimeoutException):
                raise deadline.busy(deadline.seconds_allowed() or left) from error
            return error
