"""A ledger at an address is the twin of one at hand: the same verbs, the same frames, the same refusals."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from service import connect
from service.charts import figure
from service.client import RemoteLedger
from service.connection import Ledger
from service.errors import CasualtyError, NotFound, QueryError, StoreError, UnknownName
from service.ledger.keyring import Keyring, Role
from tests.builders import moment
from tests.conftest import MOMENT
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
    "vintages": lambda ledger: ledger.vintages(**CELL),
    "changes": lambda ledger: ledger.changes(since="2020-01-01", **CELL),
    "areas": lambda ledger: ledger.areas(),
    "sources": lambda ledger: ledger.sources(),
    "explain": lambda ledger: ledger.explain(**CELL, date="2025-03-10").frame(),
}


@pytest.fixture(scope="module")
def remote(server: str) -> Iterator[RemoteLedger]:
    with connect(server) as opened:
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


REPORTS = (
    "crisis,source,published_on,counted_to,areas,measure,population,count\n"
    "syria-coast-2025-03,snhr,2025-03-14,2025-03-13,SY06,killed,civilians,999\n"
    "syria-coast-2025-03,snhr,2025-03-14,2025-03-13,Atlantis,killed,civilians,9\n"
)


def test_both_hand_in_alike(own_ledger: Ledger, tmp_path: Path) -> None:
    document = tmp_path / "new.csv"
    document.write_text(REPORTS)
    _, secret = Keyring(own_ledger.store.data_dir).create(Role.REPORTER, at=MOMENT)
    with serving(own_ledger) as address:
        with connect(address) as stranger, pytest.raises(CasualtyError, match=r"[Kk]ey"):
            stranger.ingest(document)
        with connect(address, key=secret) as remote:
            assert remote.ingest(document, dry_run=True).verdicts[0][1] == "accepted"
            receipt = remote.ingest(document)
    assert (receipt.accepted, receipt.quarantined) == (1, 1)
    assert str(receipt.head) == str(own_ledger.head)
    again = own_ledger.ingest(document)
    assert (again.accepted, again.duplicate) == (0, 1)
    assert [row[2] for row in receipt.verdicts] == [row[2] for row in again.verdicts]


class Busy(BaseHTTPRequestHandler):
    """A service that is busy twice, asks to wait two seconds, and then has an answer that is no answer."""

    statuses: list[int]

    def do_GET(self) -> None:
        status = self.statuses.pop(0) if self.statuses else 404
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "2")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _ask_busy(statuses: list[int]) -> tuple[list[float], list[int], CasualtyError]:
    """How long the client waited, what was left to answer, and how it ended."""
    handler = type("Handler", (Busy,), {"statuses": statuses})
    waited: list[float] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        with (
            RemoteLedger(f"http://127.0.0.1:{service.server_port}", sleep=waited.append) as remote,
            pytest.raises(CasualtyError) as ended,
        ):
            remote.series()
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


def test_an_address_where_nobody_answers_is_said_so() -> None:
    waited: list[float] = []
    with (
        RemoteLedger("http://127.0.0.1:9", sleep=waited.append) as remote,
        pytest.raises(StoreError, match="does not answer"),
    ):
        remote.areas()
    assert len(waited) == 4
