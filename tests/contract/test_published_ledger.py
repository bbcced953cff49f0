"""Does a published ledger answer with the bytes of the ledger it was written from, whatever is asked?"""

import json
import logging
import shutil

import httpx
import pytest

from service import connect
from service.api import Ledger
from service.cli import main
from service.errors import ReadOnly, StoreError
from service.ledger import PublishedStore
from service.ledger.publish import write_publication
from service.publication import LEDGER, publish
from service.scale.run import reconcile_publication
from tests.builders import batch, moment, report
from tests.conftest import MOMENT, clock
from tests.serving import PATIENCE, serving

CRISIS = "crisis=syria-coast-2025-03"
CELL = "area=SY06&measure=killed&population=civilians"
QUESTIONS = [
    f"/v1/series.json?{CRISIS}",
    f"/v1/series.csv?{CELL}&as_of=2025-03-12",
    f"/v1/series.parquet?{CELL}&recorded_by=2026-11-22T00:00:00Z",
    f"/v1/figures.json?{CRISIS}&period_start=any",
    f"/v1/explain.json?{CELL}&as_of=2025-03-12",
    f"/v1/evidence.ndjson?{CELL}",
    "/v1/conflicts.csv?measure=killed",
    "/v1/bounds.json?area=Jableh&measure=killed&population=children",
    "/v1/parts.json?area=x-syrian-coast&measure=killed&population=civilians",
    f"/v1/vintages.csv?{CELL}&as_of=2025-03-08",
    "/v1/revisions.csv?measure=killed",
    f"/v1/changes.json?since=2026-11-21&{CRISIS}",
    "/v1/reports.csv",
    "/v1/reports.json?source=sohr&limit=7",
    "/v1/reports/{report}/history.json",
    "/v1/findings.json",
    "/v1/findings.csv?crisis=libya-derna-2023-09",
    "/v1/areas.json",
    "/v1/sources.csv",
    "/v1/populations.json",
    "/v1/crises.json",
    "/v1/mappings.json",
    "/v1/measures.json",
    "/v1/methods.json",
    f"/v1/charts/trend.svg?{CELL}",
    "/",
    "/crisis/syria-coast-2025-03",
    "/crisis/libya-derna-2023-09",
    "/area/SY06",
    "/source/sohr",
    "/report/{report}",
    "/conflicts",
    "/findings",
    "/changes",
    "/v1/series.json?area=nowhere",
]


def unwatched(done, total):
    """Nobody looks."""


def published(ledger, place, *, figures=True, notes=False):
    """What ``casualty export`` and ``reconcile`` make of a ledger."""
    with publish(place, LEDGER) as publisher, ledger.store.view() as view:
        write_publication(view, publisher, as_of=MOMENT.date(), notes=notes)
    if figures:
        reconcile_publication(place, place / "figures", watch=unwatched)
    return place


@pytest.fixture(scope="module")
def directory(ledger, tmp_path_factory):
    """The shipped crises, published with their figures. For reading."""
    return published(ledger, tmp_path_factory.mktemp("published") / "ledger")


@pytest.fixture(scope="module")
def copy(directory):
    """A server of the published ledger."""
    with connect(directory, clock=clock) as ledger, serving(ledger) as address:
        yield httpx.Client(base_url=address, timeout=PATIENCE)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_published_ledger_sends_the_bytes_and_the_etag_of_the_live_one(client, copy, ledger, question):
    name = ledger.reports(source="sohr", arrow=True).column("report_id")[3].as_py()
    asked, host = question.format(report=name), {"Host": "figures.example.org"}  # which stands in links
    live, other = (each.get(asked, headers=host) for each in (client, copy))
    assert (other.status_code, other.headers.get("etag")) == (live.status_code, live.headers.get("etag"))
    assert other.content == live.content


def test_figures_that_are_published_are_not_worked_out_again(directory, ledger, monkeypatch):
    monkeypatch.setattr("service.answers.reconciled.reconcile", None)
    with connect(directory, clock=clock) as copy:
        assert copy.answer(area="SY06").table == ledger.answer(area="SY06").table
        with pytest.raises(TypeError):
            copy.answer(area="SY06", as_of="2025-03-12")


def test_figures_of_another_state_or_by_other_rules_are_worked_out(own_ledger, tmp_path, caplog):
    place = published(own_ledger, tmp_path / "ledger")
    own_ledger.store.submit(batch(report(count=9_999)), recorded_at=MOMENT)
    published(own_ledger, place, figures=False)
    with connect(place, clock=clock) as copy:
        assert copy.answer(area="SY06").table == own_ledger.answer(area="SY06").table
    path = place / "figures" / "manifest.json"
    figures = json.loads(path.read_text())
    path.write_text(json.dumps({**figures, "facts": {**figures["facts"], "rules": "others"}}))
    with connect(place, clock=clock) as copy:
        assert copy.answer(area="SY06").table == own_ledger.answer(area="SY06").table


def test_nothing_can_be_handed_in_signed_or_checked_where_a_ledger_is_only_published(directory, copy):
    with connect(directory, clock=clock) as ledger:
        for attempt in (
            lambda: ledger.withdraw("r0", reason="counted twice"),
            lambda: ledger.ingest_rows([{"crisis": "x", "count": "3"}]),
            ledger.rebuild,
            ledger.verify,
        ):
            with pytest.raises(ReadOnly):
                attempt()
    refused = copy.post("/v1/reports", json=[], headers={"Authorization": "Bearer cl_x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "read_only")
    assert copy.get("/v1/head").json()["code"] == "read_only"
    assert copy.get("/readyz").status_code == 200


def test_what_is_held_and_the_notes_of_the_desk_are_not_published(own_ledger, tmp_path):
    held = ((2, "quarantined", '{"note": "a private word"}'),)
    own_ledger.store.submit(batch(report(count=9, note="told by a nurse"), held=held), recorded_at=MOMENT)
    place = published(own_ledger, tmp_path / "ledger", figures=False)
    assert not any(
        word in path.read_bytes()
        for path in place.rglob("*.parquet")
        for word in (b"a private word", b"told by a nurse")
    )
    with connect(place, clock=clock) as copy:
        assert copy.store.held_rows().column("raw").to_pylist() == [""]
        assert set(copy.reports(arrow=True).column("note").to_pylist()) == {""}
    place = published(own_ledger, tmp_path / "noted", notes=True, figures=False)
    with connect(place, clock=clock) as copy:
        assert copy.reports(arrow=True) == own_ledger.reports(arrow=True)


def test_what_was_published_before_a_redaction_goes_with_the_next_publication(own_ledger, tmp_path):
    own_ledger.store.submit(batch(report(count=9, note="told by Zacharia")), recorded_at=MOMENT)
    place = published(own_ledger, tmp_path / "ledger", notes=True, figures=False)

    def holding() -> list[str]:
        with_note = [b"Zacharia" in path.read_bytes() for path in place.rglob("*.parquet")]
        return [folder.name for folder in place.glob("files-*")] if any(with_note) else []

    (before,) = holding()
    own_ledger.store.submit(batch(report(count=10)), recorded_at=MOMENT)
    published(own_ledger, place, notes=True, figures=False)
    assert before in holding()  # it stays for those who read it still
    report_id = report(count=9)["report_id"]
    assert "what was published before" in str(own_ledger.redact(report_id, reason="a name").remarks())
    own_ledger.store.submit(batch(report(count=11)), recorded_at=MOMENT)
    published(own_ledger, place, notes=True, figures=False)
    assert holding() == []
    assert len(list(place.glob("files-*"))) == 1
    own_ledger.store.submit(batch(report(count=12)), recorded_at=MOMENT)
    published(own_ledger, place, notes=True, figures=False)
    assert len(list(place.glob("files-*"))) == 2


def test_a_later_state_is_served_without_a_restart_and_no_other_ledger(own_ledger, tmp_path, caplog):
    place = published(own_ledger, tmp_path / "ledger")
    with connect(place, clock=clock) as copy:
        before = copy.answer(area="SY06").meta["head"]
        with copy.store.view() as reading:
            own_ledger.store.submit(batch(report(count=9_999)), recorded_at=MOMENT)
            published(own_ledger, place)
            assert copy.answer(area="SY06").table == own_ledger.answer(area="SY06").table
            assert str(reading.head) == before  # who reads on, reads what he began with
            assert reading.reports().num_rows == own_ledger.reports(arrow=True).num_rows - 1
        now = copy.head
        with connect(tmp_path / "other", clock=clock) as other:
            other.store.submit(batch(report(count=1)), recorded_at=moment("2026-11-22T10:00"))
            other.store.submit(batch(report(count=2)), recorded_at=moment("2026-11-22T11:00"))
            with caplog.at_level(logging.ERROR):
                published(other, place, figures=False)
                assert copy.head == now
        assert "no later state of the ledger" in caplog.text
        assert copy.answer(area="SY06").meta["head"] == own_ledger.answer(area="SY06").meta["head"]


def test_a_server_shows_a_later_state_when_its_figures_are_ready(own_ledger, tmp_path):
    place = published(own_ledger, tmp_path / "ledger", figures=False)
    with connect(place, clock=clock) as copy, copy.answers.read_state.preparing():
        copy.prepare()
        before = copy.head
        own_ledger.store.submit(batch(report(count=9_999)), recorded_at=MOMENT)
        published(own_ledger, place, figures=False)
        assert copy.store.refresh()
        assert copy.head == before
        copy.prepare()
        assert copy.head == own_ledger.head


@pytest.mark.parametrize("table", ["report", "submission"])
def test_a_file_that_is_torn_turned_or_gone_is_refused_by_name(own_ledger, tmp_path, table):
    place = published(own_ledger, tmp_path / "ledger", figures=False)
    (file,) = place.glob(f"files-*/{table}/00000.parquet")
    whole = file.read_bytes()
    for damaged in (whole[:-9], whole[:50] + bytes([whole[50] ^ 1]) + whole[51:], b"", None):
        file.unlink() if damaged is None else file.write_bytes(damaged)
        with pytest.raises(StoreError, match=r"00000\.parquet") as refused:
            PublishedStore.open(place)
        assert "Write the publication again" in refused.value.fix


def test_what_is_no_publication_or_of_a_later_format_is_refused(directory, tmp_path, capfd):
    later = tmp_path / "later"
    shutil.copytree(directory, later)
    content = json.loads((later / "manifest.json").read_text())
    for change, said in (
        ({"format": 2}, "is of format 2, which a later version"),
        ({"format": "x"}, "is of format 'x'"),
        ({"tables": 3}, "is no manifest"),
        ({"facts": {"index": "1"}}, "lists tables of version 1"),
        ({"kind": "reconciliation"}, "holds a reconciliation, not a ledger"),
    ):
        (later / "manifest.json").write_text(json.dumps({**content, **change}))
        assert main(["serve", "--published", str(later), "--port", "0"]) == 3
        assert said in capfd.readouterr().err
    assert main(["serve", "--published", str(tmp_path / "nowhere"), "--port", "0"]) == 3
    assert "There is no publication in" in capfd.readouterr().err


def test_a_notebook_reads_a_published_directory_by_its_name(directory, ledger):
    with connect(str(directory), clock=clock) as copy:
        assert isinstance(copy, Ledger)
        assert copy.series(area="Latakia").equals(ledger.series(area="Latakia"))
