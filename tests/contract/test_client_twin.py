"""A ledger at an address is the twin of one at hand: the same verbs, the same frames, the same refusals."""

from __future__ import annotations

import asyncio
import inspect
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from service import connect
from service.api import Ledger
from service.charts import figure
from service.client.asynchronous import AsyncRemoteLedger
from service.client.sync import RemoteLedger
from service.errors import (
    CasualtyError,
    ChangedSince,
    NotFound,
    QueryError,
    StoreError,
    UnknownName,
    UnreadableDocument,
)
from service.ledger.api_keys import Keyring, Role
from tests.builders import moment
from tests.conftest import MOMENT, clock
from tests.serving import serving

CELL = {"area": "SY06", "measure": "killed", "population": "civilians"}
QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "series": lambda ledger: ledger.series(**CELL),
    "series of several places as known on a day": lambda ledger: ledger.series(
        area=["Latakia", "Jableh", "Banias"], as_of="2025-03-12", method="range", period_start="any"
    ),
    "series of some days": lambda ledger: ledger.series(date_from="2025-03-08", date_to="2025-03-10"),
    "series of no row": lambda ledger: ledger.series(**CELL, as_of="2020-01-01"),
    "series recorded by a moment": lambda ledger: ledger.series(recorded_by=moment("2026-11-22T01:00")),
    "figures": lambda ledger: ledger.figures(attributed_to="any"),
    "reports": lambda ledger: ledger.reports(),
    "reports of a source": lambda ledger: ledger.reports(source="sohr", area="SY06"),
    "reports that are not split": lambda ledger: ledger.reports(attributed_to=""),
    "conflicts": lambda ledger: ledger.conflicts(),
    "vintages": lambda ledger: ledger.vintages(**CELL, as_of="2025-03-20"),
    "revisions": lambda ledger: ledger.revisions(),
    "changes": lambda ledger: ledger.changes(since="2020-01-01", **CELL),
    "findings": lambda ledger: ledger.findings(severity="warning"),
    "areas": lambda ledger: ledger.areas(),
    "sources": lambda ledger: ledger.sources(),
    "explain": lambda ledger: ledger.explain(**CELL, date="2025-03-10").frame(),
}


@pytest.fixture(scope="module")
def key(ledger: Ledger) -> str:
    """A key of the server: notes are for who has one."""
    return Keyring(ledger.store.data_dir).create(Role.REPORTER, at=MOMENT)[1]


@pytest.fixture(scope="module")
def remote(server: str, key: str) -> Iterator[RemoteLedger]:
    with connect(server, key=key) as opened:
        assert isinstance(opened, RemoteLedger)
        yield opened


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_give_the_same_frame(ledger: Ledger, remote: RemoteLedger, question: str) -> None:
    ask = QUESTIONS[question]
    pd.testing.assert_frame_equal(ask(remote), ask(ledger), check_exact=True)


def test_both_give_the_same_arrow_table(ledger: Ledger, remote: RemoteLedger) -> None:
    for verb in ("series", "figures", "reports", "conflicts", "areas", "sources"):
        near, far = (getattr(each, verb)(arrow=True) for each in (ledger, remote))
        assert far.schema.equals(near.schema, check_metadata=True), verb
        assert far == near


def test_both_explain_alike(ledger: Ledger, remote: RemoteLedger) -> None:
    near, far = ledger.explain(**CELL), remote.explain(**CELL)
    assert (far.row, far.query, far.head) == (near.row, near.query, near.head)
    assert (far.sentences, far.findings) == (near.sentences, near.findings)


def test_both_draw_the_same_chart(ledger: Ledger, remote: RemoteLedger) -> None:
    asked = {**CELL, "as_of": "2025-03-20"}
    near, far = ledger.answer(**asked), remote.answer(**asked)
    assert (far.table, far.points, far.context) == (near.table, near.points, near.context)
    assert (far.query, far.head, far.findings) == (near.query, near.head, near.findings)
    assert remote.chart(**asked).to_plotly_json() == figure(near).to_plotly_json()


def test_both_tell_what_became_of_a_report(ledger: Ledger, remote: RemoteLedger) -> None:
    reports = ledger.reports()
    withdrawn = reports[reports["withdrawn"].notna()]["report_id"].iloc[0]

    async def awaited() -> pd.DataFrame:
        async with AsyncRemoteLedger(remote.address) as far:
            found: pd.DataFrame = await far.history(withdrawn)
            return found

    near = ledger.history(withdrawn)
    assert len(near) > 1
    for far in (remote.history(withdrawn), asyncio.run(awaited())):
        pd.testing.assert_frame_equal(far, near, check_exact=True)
    with pytest.raises(NotFound):
        remote.history("r00000000000000000000")


def test_both_cite_the_same_state(ledger: Ledger, remote: RemoteLedger) -> None:
    path = f"{remote.address}/v1/series"
    assert remote.cite("ris", **CELL) == ledger.cite("ris", path=path, **CELL)
    assert str(remote.head) == str(ledger.head)


REFUSED: dict[str, tuple[Callable[[Any], Any], type[CasualtyError]]] = {
    "an unknown place": (lambda ledger: ledger.series(area="Atlantis"), UnknownName),
    "a day that is none": (lambda ledger: ledger.series(as_of="2025-02-30"), QueryError),
    "a filter that is none": (lambda ledger: ledger.series(areas="SY06"), QueryError),
    "no figure": (lambda ledger: ledger.explain(**CELL, as_of="2020-01-01"), NotFound),
    "several figures": (lambda ledger: ledger.explain(), QueryError),
    "changes since nothing": (lambda ledger: ledger.changes(since=None), QueryError),
    "a style that is none": (lambda ledger: ledger.cite("apa", **CELL), QueryError),
}


@pytest.mark.parametrize("question", REFUSED)
def test_both_refuse_with_the_same_error(ledger: Ledger, remote: RemoteLedger, question: str) -> None:
    ask, kind = REFUSED[question]
    told = []
    for each in (ledger, remote):
        with pytest.raises(kind) as refusal:
            ask(each)
        told.append((refusal.value.code, refusal.value.suggestions))
    if question != "a filter that is none":  # a keyword at home, a parameter at an address
        assert told[0] == told[1]


ROW = {
    "crisis": "syria-coast-2025-03", "source": "snhr", "published_on": "2025-03-14",
    "counted_to": "2025-03-13", "areas": "SY06", "measure": "killed", "population": "civilians",
    "count": "over 990",
}  # fmt: skip
NOWHERE = {**ROW, "areas": "Atlantis"}
ROWS = [ROW, NOWHERE]
SHAPES: dict[str, Callable[[Path], Any]] = {
    "a file": lambda place: written(place / "new.csv"),
    "the bytes of a file": lambda place: written(place / "new.csv").read_bytes(),
    "rows": lambda place: ROWS,
    "a pandas frame": lambda place: pd.DataFrame(ROWS).assign(published_on=pd.Timestamp("2025-03-14")),
    "an Arrow table": lambda place: pa.Table.from_pylist(ROWS),
}


def written(path: Path) -> Path:
    pd.DataFrame(ROWS).to_csv(path, index=False)
    return path


@pytest.fixture
def twins(data_dir: Path, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The same ledger twice, to write to: one at hand, one behind an address."""
    other = Path(shutil.copytree(data_dir, tmp_path / "served"))
    _, secret = Keyring(other).create(Role.EDITOR, at=MOMENT)
    with (
        connect(data_dir, clock=clock) as near,
        connect(other, clock=clock) as served,
        serving(served, prepares=False) as address,
        connect(address, key=secret) as far,
    ):
        yield {"near": near, "far": far, "address": address, "secret": secret}


@pytest.mark.parametrize("shape", SHAPES)
def test_both_take_in_alike(twins: dict[str, Any], tmp_path: Path, shape: str) -> None:
    near, far = twins["near"], twins["far"]
    document = SHAPES[shape](tmp_path)
    assert far.ingest(document, dry_run=True).verdicts == near.ingest(document, dry_run=True).verdicts
    receipts = {name: twins[name].ingest(document) for name in ("near", "far")}
    assert receipts["far"].verdicts == receipts["near"].verdicts
    assert receipts["far"].findings == receipts["near"].findings
    assert (receipts["far"].accepted, receipts["far"].quarantined) == (1, 1)
    assert (far.ingest(document).accepted, far.ingest(document).duplicate) == (0, 1)
    same(near, far)


def test_both_take_rows_back_and_put_them_right_alike(twins: dict[str, Any], tmp_path: Path) -> None:
    right = tmp_path / "right.csv"
    pd.DataFrame([{**ROW, "count": "975"}]).to_csv(right, index=False)
    for ledger in (twins["near"], twins["far"]):
        [(_, _, first), (_, _, second)] = ledger.ingest_rows([ROW, {**ROW, "count": "960"}]).verdicts
        assert ledger.withdraw(first, reason="counted twice").seq > 0
        corrected = ledger.correct(second, right, reason="typing error")
        assert corrected.accepted == 1
        [(_, _, third)] = corrected.verdicts
        ledger.correct(third, pd.DataFrame([{**ROW, "count": 976}]), reason="once more", seen=corrected.head)
        for decide in (
            lambda of: of.withdraw(third, reason="late", seen=corrected.head),  # noqa: B023
            lambda of: of.reinstate(third, reason="late", seen=corrected.head),  # noqa: B023
            lambda of: of.amend(third, {"count": "9"}, reason="late", seen=corrected.head),  # noqa: B023
            lambda of: of.correct(third, [ROW], reason="late", seen=corrected.head),  # noqa: B023
        ):
            with pytest.raises(ChangedSince, match="has changed since"):
                decide(ledger)
        assert ledger.correct(third, [NOWHERE], reason="no place").accepted == 0
    same(twins["near"], twins["far"])
    withdrawn = twins["far"].reports()["withdrawn"].dropna().tolist()
    assert withdrawn[-3:] == ["counted twice", "typing error", "once more"]


@pytest.mark.parametrize(
    ("do", "kind"),
    [
        (lambda ledger: ledger.withdraw("r00000000000000000000", reason="why"), NotFound),
        (lambda ledger: ledger.withdraw("r/../x?y", reason="why"), NotFound),
        (lambda ledger: ledger.correct("r00000000000000000000", [ROW], reason="why"), NotFound),
        (lambda ledger: ledger.ingest(b"a,b\n1,2\n"), UnreadableDocument),
        (lambda ledger: ledger.ingest_rows([ROW]) and ledger.withdraw(id_of(ledger), reason=" "), QueryError),
    ],
)
def test_both_refuse_to_take_in_alike(
    twins: dict[str, Any], do: Callable[[Any], Any], kind: type[CasualtyError]
) -> None:
    for name in ("near", "far"):
        with pytest.raises(kind):
            do(twins[name])


def test_handing_in_without_a_key_is_refused(twins: dict[str, Any]) -> None:
    with connect(twins["address"]) as stranger, pytest.raises(CasualtyError, match=r"needs a key"):
        stranger.ingest_rows([ROW])


def test_a_text_is_drafted_alike(twins: dict[str, Any]) -> None:
    text = "Over 740 civilians were killed in Latakia, Jableh and Banias, SOHR said."
    near, far = (twins[name].draft(text, published_on="2025-03-10") for name in ("near", "far"))
    assert [proposal.row() for proposal in far] == [proposal.row() for proposal in near] != []


def id_of(ledger: Any) -> str:
    return str(ledger.reports()["report_id"].iloc[-1])


def same(near: Ledger, far: RemoteLedger) -> None:
    for verb in ("reports", "series"):
        pd.testing.assert_frame_equal(getattr(far, verb)(), getattr(near, verb)(), check_exact=True)


AT_HOME = frozenset(
    {
        "load", "put_right", "prepare", "query", "read", "rebuild",
        "scratch", "submit", "verify",
    }
)  # fmt: skip
"""Verbs of whoever has the data directory."""
ASIDE = frozenset({"accessed_on", "key_id", "watch"})
"""Arguments that only the ledger at hand takes."""


def test_every_verb_at_home_is_a_verb_at_an_address_with_the_same_arguments() -> None:
    for name, verb in inspect.getmembers(Ledger, inspect.isfunction):
        if name.startswith("_") or name in AT_HOME:
            continue
        for kind in (RemoteLedger, AsyncRemoteLedger):
            if kind is AsyncRemoteLedger and name in {"draft", "reference"}:
                continue
            near, far = (
                [argument for argument in inspect.signature(each).parameters if argument not in ASIDE]
                for each in (verb, getattr(kind, name))
            )
            if name in {"ingest_rows", "reference"}:  # of the rows' own name, and of earlier reference data
                near = [argument for argument in near if argument not in {"name", "recorded_by"}]
            assert near == far, (kind, name)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_twin_to_await_gives_the_same_frame(
    server: str, key: str, remote: RemoteLedger, question: str
) -> None:
    async def asked() -> Any:
        async with AsyncRemoteLedger(server, key=key) as ledger:
            if question == "explain":
                return (await ledger.explain(**CELL, date="2025-03-10")).frame()
            return await QUESTIONS[question](ledger)

    pd.testing.assert_frame_equal(asyncio.run(asked()), QUESTIONS[question](remote), check_exact=True)


def test_many_are_awaited_at_once_and_handed_in_as_well(twins: dict[str, Any]) -> None:
    async def at_once() -> list[Any]:
        async with AsyncRemoteLedger(twins["address"], key=twins["secret"]) as ledger:
            (_, _, report_id), _ = (await ledger.ingest(ROWS)).verdicts
            await ledger.correct(report_id, [{**ROW, "count": 970}], reason="typing error")
            corrected = await ledger.withdraw(report_id, reason="again")
            asked = (ledger.figures(**CELL), ledger.answer(**CELL), ledger.chart(**CELL), ledger.cite(**CELL))
            figures, answer, chart, cited = await asyncio.gather(*asked)
            assert str(await ledger.head()) == str(corrected) == answer.head
            return [len(figures), len(chart.data) > 0, cited.startswith("@")]

    assert asyncio.run(at_once()) == [1, True, True]


def test_one_that_cannot_be_reached_is_awaited_with_the_same_patience() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def asked() -> None:
        async with AsyncRemoteLedger("http://127.0.0.1:9", sleep=sleep) as ledger:
            await ledger.areas()

    with pytest.raises(StoreError, match="does not answer"):
        asyncio.run(asked())
    assert len(waited) == 4


class Busy(BaseHTTPRequestHandler):
    """A service that is busy twice, asks to wait two seconds, and then has an answer that is no answer."""

    statuses: list[int]
    keys: list[str]

    def do_GET(self) -> None:
        status = self.statuses.pop(0) if self.statuses else 404
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "2")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.append(self.headers["Idempotency-Key"])
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _ask_busy(
    statuses: list[int],
    ask: Callable[[RemoteLedger], Any] = RemoteLedger.series,
    keys: list[str] | None = None,
) -> tuple[list[float], list[int], CasualtyError]:
    """How long the client waited, what was left to answer, and how it ended."""
    handler = type("Handler", (Busy,), {"statuses": statuses, "keys": [] if keys is None else keys})
    waited: list[float] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        with (
            RemoteLedger(f"http://127.0.0.1:{service.server_port}", sleep=waited.append) as remote,
            pytest.raises(CasualtyError) as ended,
        ):
            ask(remote)
        service.shutdown()
    return waited, statuses, ended.value


def test_a_busy_service_is_asked_again_no_sooner_than_it_says() -> None:
    waited, left, ended = _ask_busy([503, 429, 502])
    assert left == []
    assert len(waited) == 3
    assert waited[1] == 2.0
    assert 0.1 < waited[0] < 0.4 < waited[2] < 1.6
    assert isinstance(ended, StoreError)
    assert "answered 404, which is not this service" in ended.message


def test_a_service_that_stays_busy_is_given_up_after_a_few_tries() -> None:
    waited, left, _ = _ask_busy([503] * 9)
    assert (len(waited), len(left)) == (4, 4)


def test_what_is_handed_in_again_carries_the_same_key_and_the_next_another() -> None:
    keys: list[str] = []
    for _ in range(2):
        waited, left, _ = _ask_busy([503, 409], lambda remote: remote.withdraw("r0", reason="why"), keys)
        assert (len(waited), left) == (2, [])
    assert keys[0] == keys[1] == keys[2] != keys[3] == keys[4] == keys[5]
    assert all(len(key) == 36 for key in keys)


def test_an_address_where_nobody_answers_is_said_so() -> None:
    waited: list[float] = []
    with (
        RemoteLedger("http://127.0.0.1:9", sleep=waited.append) as remote,
        pytest.raises(StoreError, match="does not answer"),
    ):
        remote.areas()
    assert len(waited) == 4
