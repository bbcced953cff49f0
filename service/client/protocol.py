"""What is asked of a ledger behind an address, and what does its answer say?

Each verb of ``service.api.Ledger`` as a conversation: a generator that yields what to send (or how
many seconds to wait), is given what came back, and returns what the verb returns at home. Whoever carries
the messages, at once or ``async``, adds nothing of his own (``client.sync``). A service that is busy or
away for a moment is asked again; a refusal is raised as the error it is. It must not know sockets or the
clock, nor how figures come about.

>>> talk = Exchange("https://ledger.example").ask("series", {"area": "SY06"})
>>> next(talk).path
'/v1/series.arrow'
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
import uuid
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import httpx
import pyarrow as pa

from service.answers.changes import apply_changes
from service.answers.chart_kinds import chart_format, chart_kind
from service.answers.endpoints import REFERENCE_LISTS
from service.answers.endpoints import endpoint as endpoint_of
from service.answers.parameters import read_day, write_parameters
from service.answers.query import Query
from service.answers.rows import Answer
from service.answers.series import Explanation, Series, frame
from service.client.parts import hand_in_parts
from service.errors import (
    CasualtyError,
    DocumentTooLarge,
    NotFound,
    QueryError,
    StoreError,
)
from service.formats.encode import Portions
from service.ingest.cell_text import as_text
from service.ingest.mapping.definition import ReportMapping
from service.intake.document import Document, File, Rows, read_file, read_text_table, to_rows
from service.intake.parts import RowsInParts, check_parting, part_file
from service.schema.records import Head, Receipt, Reference, read_findings
from service.schema.tables import CONTEXT, FINDING, REFERENCE_SCHEMAS, SERIES
from service.vocabulary import Verdict

if TYPE_CHECKING:
    import pandas as pd

    from service.ingest import Watch

TRIES = 5
FIRST_WAIT = 0.25
LONGEST_WAIT = 30.0
"""Seconds. Between tries the wait doubles, with chance in it; what Retry-After says is waited for."""
PASSING = frozenset({409, 429, 502, 503, 504})
"""Statuses of a service that may answer if asked again (409: the same request is still under way)."""
META = b"meta"
HEAD = "casualty-head"

T = TypeVar("T")
Values = Mapping[str, Any]
Params = list[tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class Request:
    """What to send: ``given`` holds the keyword arguments of httpx."""

    method: str
    path: str
    given: Values = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Copy:
    """A series held elsewhere: its ``table`` (SERIES) equals that of the ledger at ``head``, asked on the
    day of knowledge ``as_of``."""

    filters: Values
    table: pa.Table
    head: str
    as_of: str

    def frame(self) -> pd.DataFrame:
        return frame(self.table)

    def save(self, path: Path) -> None:
        """Keep the copy in a Parquet file, with what it holds for."""
        from service.formats.encode import encode
        from service.formats.file_format import Format

        about = {"filters": dict(self.filters), "head": self.head, "as_of": self.as_of}
        unfinished = path.with_name(path.name + ".new")
        unfinished.write_bytes(encode(self.table, Format.PARQUET, meta=about))
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path) -> Copy:
        """What ``save`` kept."""
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        about = json.loads(table.schema.metadata[META])
        return cls(about["filters"], table.cast(SERIES), about["head"], about["as_of"])


Came = httpx.Response | httpx.TransportError | None
"""What came back of a request: an answer, or the failure to get one; of a wait, nothing."""
Talk = Generator[Request | float, Came, T]


class Exchange:
    """The conversations with one address; ``key`` goes with what is handed in and with questions about
    reports, whose notes are for those who have one; with nothing else."""

    def __init__(self, address: str, key: str | None = None) -> None:
        self.address = address.rstrip("/")
        self._key = {"Authorization": f"Bearer {key}"} if key else {}

    # --- asking ------------------------------------------------------------------------------------------

    def ask(self, verb: str, question: Values) -> Talk[Answer]:
        """The answer of a verb of ``answers.endpoints``: its rows, and what they hold for."""
        endpoint = endpoint_of(verb)
        filters = dict(question)
        names = {row.name: segment(str(filters.pop(row.name, ""))) for row in endpoint.in_path}
        path = f"/v1{endpoint.address.format(**names)}"
        params = write_parameters(filters)
        if endpoint.gives_notes and self._key:
            table, meta, _ = yield from self._read(path, [*params, ("notes", "1")], self._key)
        else:
            table, meta, _ = yield from self._read(path, params)
        return Answer(Portions.of(table), meta, meta["rows"])

    def reference(self) -> Talk[Reference]:
        """The reference tables that an address hands out; the others are empty."""
        tables: dict[str, pa.Table] = {}
        for name, verb in REFERENCE_LISTS.items():
            answer = yield from self.ask(verb, {})
            tables[name] = answer.table.cast(REFERENCE_SCHEMAS[name])
        return dataclasses.replace(Reference.empty(), **tables)

    def answer(self, filters: Values) -> Talk[Series]:
        """The ``Series`` for the filters, with the reports behind it."""
        while True:
            series = yield from self.ask("series", filters)
            evidence = yield from self.ask("evidence", filters)
            if series.meta["head"] == evidence.meta["head"]:
                break
        beside = evidence.meta
        context = [_with_days(row, CONTEXT) for row in beside["context"]]
        return Series(
            query=Query.from_meta(series.meta["query"]),
            head=series.meta["head"],
            table=series.table,
            points=evidence.table,
            context=pa.Table.from_pylist(context, schema=CONTEXT),
            area_names=beside["area_names"],
            population_names=beside.get("population_names", {}),
            noticed=pa.Table.from_pylist(beside["findings"], schema=FINDING),
        )

    def explain(self, date: str | dt.date | None, filters: Values) -> Talk[Explanation]:
        """Why a figure is what it is."""
        answer = yield from self.ask("explain", {**filters, "date": date})
        meta = answer.meta
        return Explanation(
            query=Query.from_meta(meta["query"]),
            head=meta["head"],
            row=_with_days(meta["figure"], SERIES),
            points=answer.table,
            findings=read_findings(meta["findings"]),
            sentences=tuple(meta["sentences"]),
        )

    def cite(self, path: str, style: str, filters: Values) -> Talk[str]:
        """The citation of what ``path`` answers to the filters."""
        request = Request("GET", path, {"params": write_parameters({**filters, "cite": style})})
        answer = yield from self._patiently(request)
        return answer.text

    def chart_file(self, fmt: str, kind: str | None, question: Values) -> Talk[bytes]:
        """A chart as the bytes of a file. Raises UnknownName, NotFound for no kind, no format of ours."""
        path = f"/v1/charts/{chart_kind(kind).name}.{chart_format(fmt)}"
        answer = yield from self._patiently(Request("GET", path, {"params": write_parameters(question)}))
        return answer.content

    def head(self) -> Talk[Head]:
        """The state of the ledger; of its hash, the digits by which it is named."""
        answer = yield from self._patiently(Request("HEAD", "/v1/methods"))
        return read_head(answer.headers[HEAD])

    # --- keeping a copy ----------------------------------------------------------------------------------

    def copy(self, filters: Values) -> Talk[Copy]:
        """The series for the filters, as it stands."""
        answer = yield from self.ask("series", filters)
        return Copy(dict(filters), answer.table, answer.meta["head"], answer.meta["as_of"])

    def bring_up_to_date(self, held: Copy) -> Talk[Copy]:
        """A copy as the ledger stands now, by what has moved since; read anew where that is not enough.

        That is so on another day of knowledge, since grades depend on it, and where the ledger no longer
        knows the state of the copy (it was put back from a backup).
        """
        path, params = "/v1/changes", write_parameters({**held.filters, "since": held.head})
        before, after = "", held.head
        while before != after:  # an entry that came while the answer was made is in one of the two
            try:
                moved, meta, before = yield from self._read(path, params)
            except NotFound:
                return (yield from self.copy(held.filters))
            after = meta["head"]
        if meta["as_of"] != held.as_of:
            return (yield from self.copy(held.filters))
        table = apply_changes(held.table, moved) if moved.num_rows else held.table
        return dataclasses.replace(held, table=table, head=after)

    # --- handing in --------------------------------------------------------------------------------------

    def ingest(
        self,
        document: Document,
        name: str,
        release: str | None,
        dry_run: bool,
        reading: Values,
        *,
        watch: Watch | None = None,
    ) -> Talk[Receipt]:
        """Take reports in; ``reading`` says how a file is to be read, as far as the address takes that.

        A report file that is too large for one request is handed in in parts; ``watch`` is called after each.
        Raises DocumentTooLarge where its rows belong together.
        """
        mapping = reading.get("mapping")
        if isinstance(document, File):
            file_name, data = read_file(document, name)
            whole: bytes | list[Any] = data
        else:
            file_name, whole = name or "rows", plain_rows(to_rows(document))
        try:
            return (yield from self._hand_in(file_name, whole, release, dry_run, reading))
        except DocumentTooLarge as refusal:
            check_parting(refusal, release=release, mapping=mapping)
        parted = part_file(file_name, whole) if isinstance(whole, bytes) else RowsInParts(whole)

        def send(rows: bytes | list[Any], part: str) -> Talk[Receipt]:
            return self._hand_in(file_name, rows, None, dry_run, {**reading, "part": part})

        return (yield from hand_in_parts(parted, file_name, send, watch, are_kept=not dry_run))

    def _hand_in(
        self, name: str, rows: bytes | list[Any], release: str | None, dry_run: bool, reading: Values
    ) -> Talk[Receipt]:
        """Hand in a file, or rows with named values, in one request."""
        reading, mapping = _split_mapping(reading)
        options = {"release": release, "dry_run": "true" if dry_run else None}
        given: dict[str, Any] = {"params": write_parameters({**options, **reading})}
        if isinstance(rows, bytes):
            given["files"] = {"file": (name, rows), **mapping}
        elif mapping:
            file = json.dumps(rows, ensure_ascii=False).encode()
            given["files"] = {"file": (name if name != "rows" else "rows.json", file), **mapping}
        else:
            given["json"] = rows
        return read_receipt((yield from self.once("/v1/reports", given)))

    def withdraw(self, report_id: str, reason: str, seen: Head | None) -> Talk[Head]:
        """Take a report back, for a reason that is shown with it."""
        path = f"/v1/reports/{segment(report_id)}/withdraw"
        answer = yield from self.once(path, {"json": {"reason": reason}}, seen)
        return read_head(answer["head"])

    def correct(
        self, report_id: str, document: Document, reason: str, name: str, seen: Head | None
    ) -> Talk[Receipt]:
        """Put the reports of a document in the place of one, row by row."""
        if isinstance(document, File):
            rows: Rows = read_text_table(*read_file(document, name)).rows
        else:
            rows = to_rows(document)
        body = {"reason": reason, "rows": plain_rows(rows)}
        answer = yield from self.once(f"/v1/reports/{segment(report_id)}/correct", {"json": body}, seen)
        return read_receipt(answer)

    # --- inside ------------------------------------------------------------------------------------------

    def _read(
        self, path: str, params: Params, headers: Values | None = None
    ) -> Talk[tuple[pa.Table, dict[str, Any], str]]:
        """The rows at ``path``, what they hold for, and the head from before they were made."""
        given = {"params": params, **({"headers": headers} if headers else {})}
        answer = yield from self._patiently(Request("GET", f"{path}.arrow", given))
        table = pa.ipc.open_file(answer.content).read_all()
        meta = json.loads(table.schema.metadata[META])
        return table.replace_schema_metadata(None), meta, answer.headers[HEAD]

    def once(self, path: str, given: Values, seen: Head | None = None) -> Talk[dict[str, Any]]:
        """The answer to something handed in. However often it is sent, it is done once, and not at all where
        the report has changed since the head ``seen``."""
        headers = {**self._key, "Idempotency-Key": str(uuid.uuid4())}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        answer = yield from self._patiently(Request("POST", path, {**given, "headers": headers}))
        body: dict[str, Any] = answer.json()
        return body

    def _patiently(self, request: Request) -> Talk[httpx.Response]:
        """The answer, asked for again while the service is busy or away. Raises what the service raises."""
        for wait in _waits():
            came = yield request
            if isinstance(came, httpx.Response):
                if came.is_success:
                    return came
                if wait is None or came.status_code not in PASSING:
                    raise _error(came)
                yield max(wait, _retry_after(came))
            elif wait is None:
                raise StoreError(
                    f"{self.address} does not answer: {came}.", fix="Is the address right, and the server up?"
                )
            else:
                yield wait
        raise AssertionError("the last wait is None")


def _split_mapping(reading: Values) -> tuple[Values, dict[str, tuple[str, bytes]]]:
    """Return how a file is to be read, and apart from it the mapping that goes along as a file, if any."""
    mapping = reading.get("mapping")
    others = {name: value for name, value in reading.items() if name != "mapping"}
    if isinstance(mapping, ReportMapping):
        return others, {"mapping": (f"{mapping.name}.toml", mapping.text.encode())}
    if not isinstance(mapping, Path) and not str(mapping or "").endswith(".toml"):
        return reading, {}
    return others, {"mapping": read_file(Path(str(mapping)))}


def segment(text: str) -> str:
    """``text`` as one segment of a path."""
    return quote(text, safe="")


def plain_rows(rows: Rows) -> list[Any]:
    return [_plain(row) for row in rows]


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower name
    """A value of a row as JSON carries it: numbers and days as the text a report file would hold."""
    if isinstance(value, Mapping):
        return {as_text(name): _plain(each) for name, each in value.items()}
    return as_text(value)


def read_receipt(body: Values) -> Receipt:
    return Receipt(
        **{str(verdict): body[verdict] for verdict in Verdict},
        head=read_head(body["head"]),
        findings=read_findings(body["findings"]),
        verdicts=tuple((row["row"], row["verdict"], row["report_id"] or "") for row in body["rows"]),
    )


def read_head(text: str) -> Head:
    seq, _, digits = text.partition("-")
    return Head(int(seq), digits)


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
        problem = answer.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict) or "code" not in problem:
        return StoreError(
            f"{answer.request.url} answered {answer.status_code}, which is not this service.",
            fix="Check the address; it is that of a Casualty Ledger, without /v1.",
        )
    broad = NotFound if answer.status_code == 404 else QueryError if answer.status_code < 500 else StoreError
    kind = _kinds().get(problem["code"], broad)
    suggestions = tuple(problem.get("suggestions", ()))
    return kind(problem.get("detail", ""), fix=problem.get("fix", ""), suggestions=suggestions)


def _kinds() -> dict[str, type[CasualtyError]]:
    """Every error of the service by its code."""
    by_code: dict[str, type[CasualtyError]] = {}
    waiting = [CasualtyError]
    while waiting:
        kind = waiting.pop()
        by_code[kind.code] = kind
        waiting += kind.__subclasses__()
    return by_code


def _with_days(row: Values, schema: pa.Schema) -> dict[str, Any]:
    """A JSON row with its days as days."""
    days = {field.name for field in schema if pa.types.is_date(field.type)}
    return {name: read_day(name, value) if name in days else value for name, value in row.items()}
