"""Commands, pages and changes say of one figure the same, also where an event has left its place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service import connect
from service.answers.changes import moved_figures
from service.answers.sentences import tell_range
from service.api import Ledger
from service.errors import NotFound
from service.settings import Settings
from service.vocabulary import Grade
from service.web.app import create_app
from tests.conftest import clock

INCIDENT = {
    "crisis": "c-events", "source": "sohr", "published_on": "2025-03-08", "counted_to": "2025-03-07",
    "period_start": "2025-03-07", "areas": "Jableh", "measure": "killed", "population": "civilians",
    "event": "e1", "basis": "increment", "count": "12",
}  # fmt: skip
QUESTION = {"crisis": "c-events", "measure": "killed", "population": "civilians"}
MOVED = "SOHR: its origin later gave another place or day for this event"


@pytest.fixture(scope="module")
def ledger(seeded_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    place = Path(shutil.copytree(seeded_dir, tmp_path_factory.mktemp("told") / "data"))
    with connect(place, clock=clock) as ledger:
        yield ledger


@pytest.mark.parametrize(
    ("low", "best", "high", "words"),
    [
        (683, 683, 683, "no range: every bound is 683"),
        (650, 683, 1700, "range 650 to 1,700"),
        (40, None, None, "no best figure, open above"),
        (None, None, 650, "no best figure; at most 650"),
        (40, 45, None, "40 or more, open above"),
        (None, None, None, "range unknown"),
    ],
)
def test_a_range_has_one_sentence(low: int | None, best: int | None, high: int | None, words: str) -> None:
    assert tell_range({"low": low, "best": best, "high": high}) == words


def test_an_event_that_moved_says_so_at_its_old_place_and_only_what_moved_is_moved(ledger: Ledger) -> None:
    ledger.ingest_rows([INCIDENT, {**INCIDENT, "event": "e2", "areas": "Latakia city", "count": "5"}])
    page = TestClient(create_app(ledger, settings=Settings())).get
    sentence = ledger.explain(area="Jableh", **QUESTION).sentences[0]
    assert "12 (no range: every bound is 12), single source" in sentence
    assert "no range: every bound is 12" in page("/why", params={"area": "SY0602", **QUESTION}).text
    before = ledger.head
    ledger.ingest_rows([{**INCIDENT, "published_on": "2025-03-12", "areas": "Banias"}])
    changes = ledger.changes(since=before, arrow=True)
    assert moved_figures(changes).select(["area_code", "change", "cause"]).to_pylist() == [
        {"area_code": "SY0602", "change": "removed", "cause": MOVED},
        {"area_code": "SY1002", "change": "added", "cause": "first report: SOHR 12"},
    ]
    with pytest.raises(NotFound, match=f"No figure for this question as of .*{MOVED}"):
        ledger.explain(area="Jableh", **QUESTION)
    asked = {"area": "SY0602", **QUESTION}
    assert f"{MOVED}." in page("/", params=asked).text
    assert f"{MOVED}." in page("/area/SY0602", params=QUESTION).text


def test_where_every_report_is_withdrawn_each_way_out_says_so_and_gives_no_number(ledger: Ledger) -> None:
    lone = {**INCIDENT, "crisis": "c-withdrawn"}
    asked = {**QUESTION, "crisis": "c-withdrawn", "area": "SY0602"}
    ledger.ingest_rows([lone])
    (report,) = ledger.reports(crisis="c-withdrawn", arrow=True).to_pylist()
    ledger.withdraw(report["report_id"], reason="never published")
    said = "SOHR: withdrawn: never published"
    assert ledger.series(**asked, arrow=True).num_rows == 0
    with pytest.raises(NotFound, match=f"No figure for this question as of .*{said}"):
        ledger.explain(**asked)
    page = TestClient(create_app(ledger, settings=Settings())).get
    assert f"{said}." in page("/", params=asked).text
    assert "سُحب: never published" in page("/ar/", params=asked).text.replace("\u2068", "").replace(
        "\u2069", ""
    )


def test_what_only_gains_support_has_not_moved_though_a_copy_of_it_elsewhere_must_know(
    ledger: Ledger,
) -> None:
    row = {**INCIDENT, "crisis": "c-total", "event": "", "basis": "cumulative", "areas": "Hama"}
    ledger.ingest_rows([row])
    before = ledger.head
    ledger.ingest_rows([{**row, "source": "ohchr", "count": "at least 12", "standard": "documented"}])
    changes = ledger.changes(since=before, arrow=True)
    assert changes.num_rows
    assert moved_figures(changes).num_rows == 0
    told = ledger.explain(crisis="c-total", area="Hama", measure="killed", population="civilians").sentences
    assert told[1] == f"2 origins state the cell; {Grade.SINGLE_SOURCE.meaning}."
