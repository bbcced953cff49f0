"""Notes are the desk's own: nobody reads them without a key, unless the installation says so."""

from __future__ import annotations

import httpx
import pyarrow as pa
import pytest

from service.client.sync import RemoteLedger
from service.release import make_release
from tests.serving import serving
from tests.web.desk import ROW, Desk

NOTE = "the ground is a photograph of the page"
ROW_WITH_NOTE = {**ROW, "note": NOTE}
QUERY = "area=SY06&measure=detained&population=civilians"
ADDRESSES = (
    "/v1/reports", "/v1/reports.csv", "/v1/reports.ndjson", f"/v1/evidence?{QUERY}",
    f"/v1/evidence.csv?{QUERY}", f"/v1/explain?{QUERY}", f"/v1/explain.csv?{QUERY}",
)  # fmt: skip
PAGES = ("/report/{id}", f"/why?{QUERY}", "/area/SY06", "/source/sohr", "/findings", "/v1/findings")


@pytest.fixture(scope="module")
def noted(shared: Desk) -> str:
    """The id of a report with a note."""
    return str(shared.reporter.post("/v1/reports", json=[ROW_WITH_NOTE]).json()["rows"][0]["report_id"])


def with_notes(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}notes=1"


def anybody(desk: Desk, address: str) -> httpx.Response:
    return httpx.get(f"{desk.reporter.base_url}{address}", timeout=600)


@pytest.mark.parametrize("address", ADDRESSES)
def test_notes_are_read_with_a_key_that_is_shown_and_asked_for_and_kept_nowhere(shared, noted, address):
    assert NOTE not in anybody(shared, address).text
    assert NOTE not in shared.reporter.get(address).text  # a key alone asks for nothing
    private = shared.reporter.get(with_notes(address))
    assert NOTE in private.text
    assert private.headers["cache-control"] == "private, no-store"
    for _ in range(2):
        refused = anybody(shared, with_notes(address))
        assert (refused.status_code, refused.json()["code"]) == (401, "key_needed")
        assert NOTE not in anybody(shared, address).text


def test_a_key_that_is_not_valid_reads_no_notes(shared, noted):
    headers = {"Authorization": "Bearer nothing"}
    address = f"{shared.reporter.base_url}{with_notes('/v1/reports')}"
    assert httpx.get(address, headers=headers, timeout=600).json()["code"] == "key_invalid"


@pytest.mark.parametrize("address", PAGES)
def test_no_page_shows_a_note(shared, noted, address):
    answer = anybody(shared, address.format(id=noted))
    assert answer.status_code == 200
    assert NOTE not in answer.text


def test_pages_of_a_walk_through_reports_have_notes_on_each(shared, noted):
    address, notes = with_notes("/v1/reports?limit=200"), []
    while address:
        answer = shared.reporter.get(address)
        notes += [row["note"] for row in answer.json()["data"]]
        address = answer.links.get("next", {}).get("url", "")
    assert notes == shared.ledger.reports(arrow=True)["note"].to_pylist()


def test_a_client_with_a_key_reads_what_the_ledger_at_hand_does_and_one_without_reads_no_note(shared, noted):
    key = shared.reporter.headers["authorization"].removeprefix("Bearer ")
    here: pa.Table = shared.ledger.reports(arrow=True)
    with RemoteLedger(str(shared.reporter.base_url), key=key) as desk:
        assert desk.reports(arrow=True).equals(here)
        question = {"area": "SY06", "measure": "detained", "population": "civilians"}
        assert desk.explain(**question).points.equals(shared.ledger.explain(**question).points)
    with RemoteLedger(str(shared.reporter.base_url)) as reader:
        theirs = reader.reports(arrow=True)
    assert set(theirs["note"].to_pylist()) == {""}
    assert theirs.drop_columns("note").equals(here.drop_columns("note"))


def test_a_release_has_no_notes_unless_they_are_asked_for(shared, noted):
    for notes in (False, True):
        files = make_release(shared.ledger, notes=notes).files
        assert (NOTE.encode() in files["reports.csv"]) == notes
        assert any(NOTE.encode() in file for file in files.values()) == notes


def test_an_installation_may_show_its_notes_to_everybody(own_ledger):
    report_id = own_ledger.ingest_rows([ROW_WITH_NOTE]).verdicts[0][2]
    with serving(own_ledger, prepares=False, public_notes=True) as address:
        for path in ("/v1/reports.csv", f"/report/{report_id}", "/source/sohr"):
            assert NOTE in httpx.get(f"{address}{path}", timeout=600).text
