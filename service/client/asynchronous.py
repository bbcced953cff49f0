"""How does a program that waits for many things at once ask a ledger that stands elsewhere?

``AsyncRemoteLedger`` has the verbs of ``client.sync.RemoteLedger``, to be awaited, with the same answers:
both only carry the conversations of ``service.client.protocol``. It must not know how figures come about.

>>> async with AsyncRemoteLedger("https://ledger.example") as ledger:       # doctest: +SKIP
...     toll, missing = await asyncio.gather(
...         ledger.series(area="Latakia", measure="killed"), ledger.series(area="Latakia", measure="missing")
...     )
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import httpx

from service.answers.filters import Filters
from service.answers.series import Explanation, Series, shape
from service.answers.verbs import Verbs
from service.client.desk import DeskExchange
from service.client.protocol import Came, Copy, Request, Talk, Values
from service.client.sync import TIMEOUT, WITHOUT_PLOTLY
from service.extras import explain_missing
from service.intake.document import Document, File, ReadOptions, Rows
from service.schema.records import CrisisReceipt, Head, MappingReceipt, Receipt, Redaction, Registration

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    import pyarrow as pa

    from service.answers.rows import Answer
    from service.ingest.fixes import Fix
    from service.ingest.new_areas import PlaceDetails
    from service.ingest.new_crisis import CrisisDetails

T = TypeVar("T")


class AsyncRemoteLedger(Verbs["Awaitable[pd.DataFrame | pa.Table]"]):
    """A ledger behind an address. Its verbs are those of ``RemoteLedger``; ``head`` is one of them."""

    def __init__(
        self,
        address: str,
        *,
        key: str | None = None,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._exchange = DeskExchange(address, key)
        self._sleep = sleep
        self._http = httpx.AsyncClient(base_url=self.address, timeout=timeout, follow_redirects=True)

    @property
    def address(self) -> str:
        return self._exchange.address

    async def ask(self, verb: str, **question: Any) -> Answer:  # noqa: ANN401 - filters of any kind
        return await self._hold(self._exchange.ask(verb, question))

    async def answer(self, **filters: Unpack[Filters]) -> Series:
        return await self._hold(self._exchange.answer(filters))

    async def explain(self, *, date: str | dt.date | None = None, **filters: Unpack[Filters]) -> Explanation:
        return await self._hold(self._exchange.explain(date, filters))

    async def cite(
        self,
        style: str = "bibtex",
        *,
        path: str = "/v1/series",
        date: str | dt.date | None = None,
        **filters: Unpack[Filters],
    ) -> str:
        return await self._hold(self._exchange.cite(path, style, {**filters, "date": date}))

    async def chart(self, *, kind: str | None = None, **question: Any) -> go.Figure:  # noqa: ANN401
        with explain_missing(WITHOUT_PLOTLY):
            from service.charts.interactive import read_figure

        return read_figure(await self.chart_file("json", kind=kind, **question))

    async def chart_file(self, fmt: str, *, kind: str | None = None, **question: Any) -> bytes:  # noqa: ANN401
        return await self._hold(self._exchange.chart_file(fmt, kind, question))

    async def head(self) -> Head:
        return await self._hold(self._exchange.head())

    async def copy(self, **filters: Unpack[Filters]) -> Copy:
        return await self._hold(self._exchange.copy(filters))

    async def bring_up_to_date(self, held: Copy) -> Copy:
        return await self._hold(self._exchange.bring_up_to_date(held))

    async def ingest(
        self,
        document: Document,
        *,
        name: str = "",
        release: str | None = None,
        dry_run: bool = False,
        **reading: Unpack[ReadOptions],
    ) -> Receipt:
        return await self._hold(self._exchange.ingest(document, name, release, dry_run, reading))

    async def ingest_rows(self, rows: Rows, *, dry_run: bool = False) -> Receipt:
        return await self._hold(self._exchange.ingest(rows, "", None, dry_run, {}))

    async def amend(
        self, report_id: str, values: Mapping[str, str], *, reason: str, seen: Head | None = None
    ) -> Receipt:
        return await self._hold(self._exchange.amend(report_id, values, reason, seen))

    async def reinstate(self, report_id: str, *, reason: str, seen: Head | None = None) -> Head:
        return await self._hold(self._exchange.reinstate(report_id, reason, seen))

    async def redact(self, report_id: str, *, columns: Sequence[str] = ("note",), reason: str) -> Redaction:
        return await self._hold(self._exchange.redact(report_id, columns, reason))

    async def redact_held_row(
        self, document: str, row: int, *, columns: Sequence[str] = (), reason: str
    ) -> Redaction:
        return await self._hold(self._exchange.redact_held_row(document, row, columns, reason))

    async def redact_mapping(self, name: str, *, reason: str) -> Redaction:
        return await self._hold(self._exchange.redact_mapping(name, reason))

    async def register(
        self, table: str, data: bytes | Rows, *, name: str = "reference.csv", dry_run: bool = False
    ) -> Registration:
        return await self._hold(self._exchange.register(table, data, name, dry_run))

    async def add_area(
        self, name: str, *, level: str, dry_run: bool = False, **more: Unpack[PlaceDetails]
    ) -> Registration:
        return await self._hold(self._exchange.add_area(name, level, dry_run, more))

    async def add_country(self, country: str, *, dry_run: bool = False) -> Registration:
        return await self._hold(self._exchange.add_country(country, dry_run))

    async def new_crisis(
        self,
        name: str,
        *,
        reports: Document | None = None,
        dry_run: bool = False,
        **details: Unpack[CrisisDetails],
    ) -> CrisisReceipt:
        return await self._hold(self._exchange.new_crisis(name, reports, dry_run, details))

    async def alias_area(self, place: str, *spellings: str, dry_run: bool = False) -> Registration:
        return await self._hold(self._exchange.alias_area(place, spellings, dry_run))

    async def retry(
        self,
        *documents: str,
        mapping: str | Path | None = None,
        fixes: Sequence[Fix] = (),
        dry_run: bool = False,
    ) -> list[tuple[str, Receipt]]:
        return await self._hold(self._exchange.retry(documents, mapping, fixes, dry_run))

    async def add_mapping(self, mapping: File, *, name: str = "", dry_run: bool = False) -> MappingReceipt:
        return await self._hold(self._exchange.add_mapping(mapping, name, dry_run))

    async def withdraw(self, report_id: str, *, reason: str, seen: Head | None = None) -> Head:
        return await self._hold(self._exchange.withdraw(report_id, reason, seen))

    async def correct(
        self,
        report_id: str,
        replacement: Document,
        *,
        reason: str,
        name: str = "",
        seen: Head | None = None,
    ) -> Receipt:
        return await self._hold(self._exchange.correct(report_id, replacement, reason, name, seen))

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> AsyncRemoteLedger:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _table(self, verb: str, arrow: bool, question: Values) -> pd.DataFrame | pa.Table:
        return shape((await self.ask(verb, **question)).table, arrow)

    async def _hold(self, talk: Talk[T]) -> T:
        came: Came = None
        with explain_missing():
            while True:
                try:
                    step = talk.send(came)
                except StopIteration as ended:
                    return ended.value  # type: ignore[no-any-return]
                came = await self._carry(step)

    async def _carry(self, step: Request | float) -> Came:
        if not isinstance(step, Request):
            await self._sleep(step)
            return None
        try:
            return await self._http.request(step.method, step.path, **step.given)
        except httpx.TransportError as error:
            return error
