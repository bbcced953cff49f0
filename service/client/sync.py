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
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import httpx
import pyarrow as pa

from service.answers.filters import ANY, Filters
from service.answers.parameters import read_day
from service.answers.series import Explanation, Series
from service.client.protocol import Came, Copy, Exchange, Request, Talk, Values, shaped
from service.errors import QueryError
from service.intake.document import Document, ReadOptions, Rows
from service.schema.records import Head, Receipt, Reference

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from service.ingest import Watch
    from service.ingest.draft import Proposal

TIMEOUT = 60.0
"""Seconds without a sign of life of the service."""

T = TypeVar("T")


class RemoteLedger:
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
        self._exchange = Exchange(address, key)
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=self.address, timeout=timeout, follow_redirects=not direct, trust_env=not direct
        )

    @property
    def address(self) -> str:
        return self._exchange.address

    # --- asking ------------------------------------------------------------------------------------------

    def answer(self, **filters: Unpack[Filters]) -> Series:
        """The ``Series`` for the filters, with the reports behind it: what a chart shows."""
        return self._hold(self._exchange.answer(filters))

    def series(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """The toll over time: one row per day on which a figure moved (columns: model.SERIES)."""
        return self._table("series", filters, arrow)

    def figures(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """The latest row of each series (columns: model.SERIES)."""
        return self._table("figures", filters, arrow)

    def reports(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """The reports as published (columns: model.LEDGER_REPORT), withdrawn ones with their reason."""
        filters.setdefault("attributed_to", ANY)
        return self._table("reports", filters, arrow)

    def explain(self, *, date: str | dt.date | None = None, **filters: Unpack[Filters]) -> Explanation:
        """Why the figure on ``date`` (default: the latest) is what it is, report by report."""
        return self._hold(self._exchange.explain(date, filters))

    def conflicts(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """Figures whose origins disagree, by how many people, and who says what (conflicts.CONFLICT)."""
        return self._table("conflicts", filters, arrow)

    def bounds(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """How few and how many there can be where nobody need have reported (columns: model.SERIES)."""
        return self._table("bounds", filters, arrow)

    def parts(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """What the latest figure of a place is made up of, and what of it lies elsewhere (parts.PART)."""
        return self._table("parts", filters, arrow)

    def vintages(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """How each latest figure moved from one day of knowledge to the next, and why (vintages.VINTAGE)."""
        return self._table("vintages", filters, arrow)

    def changes(
        self, *, since: str | dt.date | Head | None, arrow: bool = False, **filters: Unpack[Filters]
    ) -> pd.DataFrame | pa.Table:
        """What moved since a head, a day or a moment of recording, and why (changes.CHANGE)."""
        return self._table("changes", {**filters, "since": since}, arrow)

    def findings(
        self,
        *,
        crisis: str | None = None,
        severity: str | None = None,
        check: str | None = None,
        recorded_by: str | dt.datetime | None = None,
        arrow: bool = False,
    ) -> pd.DataFrame | pa.Table:
        """What the checks noticed in the documents taken in, oldest first (ledger.STORED_FINDING)."""
        noticed = {"crisis": crisis, "severity": severity, "check": check, "recorded_by": recorded_by}
        return self._table("findings", noticed, arrow)

    def history(
        self, report_id: str, *, recorded_by: str | dt.datetime | None = None, arrow: bool = False
    ) -> pd.DataFrame | pa.Table:
        """The entries of the ledger that touched a report, oldest first (ledger.HISTORY). Raises NotFound."""
        return shaped(self._hold(self._exchange.history(report_id, {"recorded_by": recorded_by})), arrow)

    def cite(
        self,
        style: str = "bibtex",
        *,
        path: str = "/v1/series",
        date: str | dt.date | None = None,
        **filters: Unpack[Filters],
    ) -> str:
        """The citation (bibtex, ris or csl) of what ``path`` answers to the filters, now and later."""
        return self._hold(self._exchange.cite(path, style, {**filters, "date": date}))

    def chart(self, **filters: Unpack[Filters]) -> go.Figure:
        """The series drawn: steps, range, and a marker for each report behind it."""
        from service.charts import figure

        return figure(self.answer(**filters))

    def areas(self, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """The gazetteer (columns: model.AREA)."""
        return shaped(self._hold(self._exchange.listed("area")), arrow)

    def sources(self, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """Who publishes, and whose figures they are (columns: model.SOURCE)."""
        return shaped(self._hold(self._exchange.listed("source")), arrow)

    def reference(self) -> Reference:
        """The reference data; of context and weights, nothing (they stay where figures are reckoned)."""
        return self._hold(self._exchange.reference())

    def told(self, verb: str, **filters: Any) -> tuple[pa.Table, dict[str, Any]]:  # noqa: ANN401 - as asked
        """The rows of a verb and what they hold for: the question as understood, day and head."""
        return self._hold(self._exchange.rows(verb, filters))

    @property
    def head(self) -> Head:
        """The state of the ledger; of its hash, the digits by which it is named."""
        return self._hold(self._exchange.head())

    # --- keeping a copy ----------------------------------------------------------------------------------

    def copy(self, **filters: Unpack[Filters]) -> Copy:
        """A series to hold elsewhere, with the state of the ledger that it equals."""
        return self._hold(self._exchange.copy(filters))

    def brought_up(self, held: Copy) -> Copy:
        """A copy as the ledger stands now: what has moved since is fetched and applied."""
        return self._hold(self._exchange.brought_up(held))

    # --- handing in --------------------------------------------------------------------------------------

    def ingest(
        self,
        document: Document,
        *,
        name: str = "",
        dry_run: bool = False,
        watch: Watch | None = None,  # noqa: ARG002 - the document is read elsewhere
        **reading: Unpack[ReadOptions],
    ) -> Receipt:
        """Take in a report file, rows or a data frame; a file's ``name`` is remembered. Needs a key.

        Asking again after a broken connection changes nothing: the request carries an Idempotency-Key.
        """
        return self._hold(self._exchange.ingest(document, name, dry_run, reading))

    def ingest_rows(self, rows: Rows, *, dry_run: bool = False) -> Receipt:
        """Take in rows with named values: the columns of a report file, one mapping a report."""
        return self._hold(self._exchange.ingest(rows, "", dry_run, {}))

    def withdraw(self, report_id: str, *, reason: str) -> Head:
        """Take a report back, for a reason that is shown with it. Raises NotFound for an unknown id."""
        return self._hold(self._exchange.withdraw(report_id, reason))

    def correct(self, report_id: str, replacement: Document, *, reason: str, name: str = "") -> Receipt:
        """Put the reports of ``replacement`` in the place of a report, which points at them.

        Where no row of it is sound the old report stands. Raises NotFound for an unknown id.
        """
        return self._hold(self._exchange.correct(report_id, replacement, reason, name))

    def register(self, table: str, data: bytes, *, name: str = "reference.csv") -> int:  # noqa: ARG002
        """Reference rows come in where the ledger lies. Raises QueryError."""
        raise QueryError(
            f"Reference rows ({table}) cannot be registered at an address.",
            fix="Register them where the ledger lies, while no server holds it.",
        )

    def draft(self, text: str, *, published_on: str | dt.date | None = None) -> list[Proposal]:
        """Report rows that a text might hold, with where each part was read. The text stays here."""
        from service.ingest.draft import draft

        return draft(text, self.reference(), published_on=read_day("published_on", published_on))

    # --- keeping -----------------------------------------------------------------------------------------

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> RemoteLedger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- inside ------------------------------------------------------------------------------------------

    def _table(self, collection: str, filters: Values, arrow: bool) -> pd.DataFrame | pa.Table:
        return shaped(self._hold(self._exchange.rows(collection, filters))[0], arrow)

    def _hold(self, talk: Talk[T]) -> T:
        """A conversation, carried to its end."""
        came: Came = None
        while True:
            try:
                step = talk.send(came)
            except StopIteration as ended:
                return ended.value  # type: ignore[no-any-return]
            came = self._carry(step)

    def _carry(self, step: Request | float) -> Came:
        if not isinstance(step, Request):
            self._sleep(step)
            return None
        try:
            return self._http.request(step.method, step.path, **step.given)
        except httpx.TransportError as error:
            return error
