"""How does a notebook ask a ledger that stands elsewhere?

``connect("https://…")`` gives a ``RemoteLedger``: the verbs of ``service.connection.Ledger`` over HTTP, with
the same frames, column by column and type by type (they travel as Arrow). A refusal of the service is raised
as the error it is; a service that is busy or away for a moment is asked again. It must not know how figures
come about, nor anything of the server's inside.

>>> connect("https://ledger.example").series(area="Latakia", measure="killed")   # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
import json
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import httpx
import pyarrow as pa

from service.errors import CasualtyError, QueryError, StoreError
from service.model import AREA, CONTEXT, SERIES, SOURCE, Finding, Head, Receipt
from service.query import ANY, Filters, Query, read_day, read_instant
from service.series import Explanation, Series, frame
from service.vocabulary import Severity

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

TRIES = 5
FIRST_WAIT = 0.25
LONGEST_WAIT = 30.0
"""Seconds. Between tries the wait doubles, with chance in it; what Retry-After says is waited for."""
PASSING = frozenset({429, 502, 503, 504})
"""Statuses of a service that may answer if asked again."""
URL_NAMES = {"date_from": "from", "date_to": "to"}
META = b"meta"

Values = Mapping[str, Any]


class RemoteLedger:
    """A ledger behind an address. Safe to use from several threads at once."""

    def __init__(
        self,
        address: str,
        *,
        key: str | None = None,
        timeout: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = address.rstrip("/")
        self._sleep = sleep
        self._key = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=self.address, timeout=timeout, follow_redirects=True)

    # --- asking ------------------------------------------------------------------------------------------

    def answer(self, **filters: Unpack[Filters]) -> Series:
        """The ``Series`` for the filters, with the reports behind it: what a chart shows."""
        while True:
            table, meta = self._ask("series", filters)
            points, told = self._ask("evidence", filters)
            if meta["head"] == told["head"]:
                break
        return Series(
            query=_query(meta["query"]),
            head=meta["head"],
            table=table,
            points=points,
            context=pa.Table.from_pylist([_typed(row, CONTEXT) for row in told["context"]], schema=CONTEXT),
            area_names=told["area_names"],
            findings=_findings(told["findings"]),
        )

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
        points, meta = self._ask("explain", {**filters, "date": date})
        return Explanation(
            query=_query(meta["query"]),
            head=meta["head"],
            row=_typed(meta["figure"], SERIES),
            points=points,
            findings=_findings(meta["findings"]),
            sentences=tuple(meta["sentences"]),
        )

    def conflicts(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """Figures whose origins disagree, by how many people, and who says what (conflicts.CONFLICT)."""
        return self._table("conflicts", filters, arrow)

    def vintages(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> pd.DataFrame | pa.Table:
        """How each latest figure moved from one day of knowledge to the next, and why (vintages.VINTAGE)."""
        return self._table("vintages", filters, arrow)

    def changes(
        self, *, since: str | dt.date | Head | None, arrow: bool = False, **filters: Unpack[Filters]
    ) -> pd.DataFrame | pa.Table:
        """What moved since a head, a day or a moment of recording, and why (changes.CHANGE)."""
        return self._table("changes", {**filters, "since": since}, arrow)

    def cite(
        self,
        style: str = "bibtex",
        *,
        path: str = "/v1/series",
        date: str | dt.date | None = None,
        **filters: Unpack[Filters],
    ) -> str:
        """The citation (bibtex, ris or csl) of what ``path`` answers to the filters, now and later."""
        return self._send("GET", path, params=_asked({**filters, "date": date, "cite": style})).text

    def chart(self, **filters: Unpack[Filters]) -> go.Figure:
        """The series drawn: steps, range, and a marker for each report behind it."""
        from service.charts import figure

        return figure(self.answer(**filters))

    def areas(self, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """The gazetteer (columns: model.AREA)."""
        return self._table("areas", {}, arrow, AREA)

    def sources(self, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """Who publishes, and whose figures they are (columns: model.SOURCE)."""
        return self._table("sources", {}, arrow, SOURCE)

    @property
    def head(self) -> Head:
        """The state of the ledger; of its hash, the digits by which it is named."""
        seq, _, digits = self._send("HEAD", "/v1/methods").headers["casualty-head"].partition("-")
        return Head(int(seq), digits)

    # --- handing in --------------------------------------------------------------------------------------

    def ingest(self, document: str | Path | bytes, *, name: str = "", dry_run: bool = False) -> Receipt:
        """Take in a report file: a path, or its bytes with a ``name`` to remember it by. Needs a key.

        Asking again after a broken connection changes nothing: the request carries an Idempotency-Key.
        """
        data = document if isinstance(document, bytes) else Path(document).read_bytes()
        label = name or ("document" if isinstance(document, bytes) else Path(document).name)
        answer = self._send(
            "POST",
            "/v1/reports",
            params={"dry_run": "true"} if dry_run else {},
            files={"file": (label, data)},
            headers=self._key | {"Idempotency-Key": str(uuid.uuid4())},
        ).json()
        seq, _, digits = answer["head"].partition("-")
        return Receipt(
            **{verdict: answer[verdict] for verdict in ("accepted", "duplicate", "quarantined", "rejected")},
            head=Head(int(seq), digits),
            findings=_findings(answer["findings"]),
            verdicts=tuple((row["row"], row["verdict"], row["report_id"] or "") for row in answer["rows"]),
        )

    # --- keeping -----------------------------------------------------------------------------------------

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> RemoteLedger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- inside ------------------------------------------------------------------------------------------

    def _table(
        self, collection: str, filters: Values, arrow: bool, schema: pa.Schema | None = None
    ) -> pd.DataFrame | pa.Table:
        table, _ = self._ask(collection, filters)
        table = table if schema is None else table.cast(schema)
        return table if arrow else frame(table)

    def _ask(self, collection: str, filters: Values) -> tuple[pa.Table, dict[str, Any]]:
        """The rows of a collection and what they hold for."""
        answer = self._send("GET", f"/v1/{collection}.arrow", params=_asked(filters))
        table = pa.ipc.open_file(answer.content).read_all()
        return table.replace_schema_metadata(None), json.loads(table.schema.metadata[META])

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        """The answer, asked for again while the service is busy or away. Raises what the service raises."""
        for wait in _waits():
            try:
                answer = self._http.request(method, path, **given)
            except httpx.TransportError as error:
                if wait is None:
                    raise StoreError(
                        f"{self.address} does not answer: {error}.",
                        fix="Is the address right, and the server up?",
                    ) from error
            else:
                if answer.is_success:
                    return answer
                if wait is None or answer.status_code not in PASSING:
                    raise _error(answer)
                wait = max(wait, _retry_after(answer))  # noqa: PLW2901
            self._sleep(wait)
        raise AssertionError("the last wait is None")


def _waits() -> Iterator[float | None]:
    """How long to wait after each try; None after the last."""
    for number in range(TRIES - 1):
        yield FIRST_WAIT * 2**number * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
    yield None


def _retry_after(answer: httpx.Response) -> float:
    """The seconds that the service asks to wait, within reason."""
    text = answer.headers.get("retry-after", "")
    return min(float(text), LONGEST_WAIT) if text.isdigit() else 0.0


def _error(answer: httpx.Response) -> CasualtyError:
    """The refusal (problem+json) as the error it is at home."""
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if not isinstance(told, dict) or "code" not in told:
        return StoreError(f"{answer.request.url} answered {answer.status_code}, which is not this service.")
    broad = QueryError if answer.status_code < 500 else StoreError
    kind = _kinds().get(told["code"], broad)
    suggestions = tuple(told.get("suggestions", ()))
    return kind(told.get("detail", ""), fix=told.get("fix", ""), suggestions=suggestions)


def _kinds() -> dict[str, type[CasualtyError]]:
    """Every error of the service by its code."""
    found: dict[str, type[CasualtyError]] = {}
    waiting = [CasualtyError]
    while waiting:
        kind = waiting.pop()
        found[kind.code] = kind
        waiting += kind.__subclasses__()
    return found


def _asked(filters: Values) -> list[tuple[str, str]]:
    """The filters as a query string carries them; those not given are left out."""
    return [
        (URL_NAMES.get(name, name), each.isoformat() if isinstance(each, dt.date) else str(each))
        for name, value in filters.items()
        if value is not None
        for each in (value if isinstance(value, list | tuple) else [value])
    ]


def _query(meta: Values) -> Query:
    """The question as the service understood it."""
    attributed_to, start = meta["attributed_to"], meta["period_start"]
    as_of = read_day("as_of", meta["as_of"])
    if as_of is None:
        raise StoreError("The answer names no day of knowledge.", fix="Update the client or the service.")
    return Query(
        as_of=as_of,
        areas=tuple(meta["area"]),
        crisis=meta["crisis"],
        measure=meta["measure"],
        population=meta["population"],
        attributed_to=None if attributed_to == ANY else attributed_to,
        source=meta["source"],
        date_from=read_day("from", meta["from"]),
        date_to=read_day("to", meta["to"]),
        recorded_by=read_instant("recorded_by", meta["recorded_by"]),
        method=meta["method"],
        period_start=ANY if start == ANY else read_day("period_start", start),
    )


def _typed(row: Values, schema: pa.Schema) -> dict[str, Any]:
    """A JSON row with its days as days."""
    days = {field.name for field in schema if pa.types.is_date(field.type)}
    return {name: read_day(name, value) if name in days else value for name, value in row.items()}


def _findings(rows: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**{**row, "severity": Severity(row["severity"])}) for row in rows)
