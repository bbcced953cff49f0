"""Pages of reports, the feed of changes, tag rows and citations over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import httpx
import openpyxl
import pyarrow as pa
import pytest

from service.api import Ledger
from service.reconcile import NOTICED
from service.schema.records import Finding, Head
from service.schema.tables import CRISIS
from service.vocabulary import Severity
from tests.builders import areas, batch, day, moment, report, sources
from tests.serving import serving

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def own(own_ledger: Ledger) -> Iterator[httpx.Client]:
    """An HTTP client for a server whose ledger the test may write to."""
    with (
        serving(own_ledger, prepares=False) as address,
        httpx.Client(base_url=address, timeout=600) as opened,
    ):
        yield opened


def add(ledger: Ledger, at: str, **fields: object) -> str:
    """Record one report of the shipped crisis at that moment; its id comes back."""
    row = report(**{"url": None, **fields})
    ledger.store.submit(batch(row), recorded_at=moment(at))
    return str(row["report_id"])


def walk(client: httpx.Client, address: str) -> Iterator[httpx.Response]:
    """The pages from ``address`` on, by their Link headers."""
    while True:
        page = client.get(address)
        page.raise_for_status()
        yield page
        if "next" not in page.links:
            return
        address = page.links["next"]["url"]


def test_a_walk_during_ingest_and_withdrawal_has_no_gap_and_no_repeat(
    own: httpx.Client, own_ledger: Ledger
) -> None:
    before = own.get("/v1/reports.json").json()
    seen: list[dict] = []
    for number, page in enumerate(walk(own, "/v1/reports.json?limit=100")):
        rows = page.json()["data"]
        assert page.headers["x-total-count"] == str(len(before["data"]))
        assert page.json()["meta"]["head"] == before["meta"]["head"]
        assert len(rows) <= 100
        seen += rows
        add(own_ledger, "2026-11-23T00:00", count=9_000 + number, published_on=day("2025-03-09"))
        last = before["data"][-1 - number]["report_id"]
        own_ledger.store.withdraw(last, reason="wrong", recorded_at=moment("2026-11-23T00:00"))
    assert seen == before["data"]
    assert len(own.get("/v1/reports.json").json()["data"]) == len(seen) + number + 1


ASKING = {
    "changes": "since=2026-01-01",
    "conflicts": "crisis=syria-coast-2025-03",
    "vintages": "area=SY06&measure=killed&as_of=2025-03-20",
}
ABOUT_A_CELL = ("series", "figures", "evidence", "explain")
IN_HAND = ("conflicts", "vintages", "changes", "findings", "areas", "sources", "populations", "crises")


@pytest.mark.parametrize("name", (*ABOUT_A_CELL, *IN_HAND))
def test_a_walk_through_any_list_stays_in_the_state_in_which_it_began(
    own: httpx.Client, own_ledger: Ledger, name: str
) -> None:
    asked = ASKING.get(name, "area=SY06&measure=killed&population=civilians")
    asked = asked if name in (*ABOUT_A_CELL, *ASKING) else ""
    noted = [Finding(code, Severity.WARNING, "Look again.", row=1) for code in ("counter_drop", "digit_slip")]
    first = batch(report(count=2), findings=tuple(noted))
    own_ledger.store.submit(first, recorded_at=moment("2026-11-22T23:30"))
    whole = own.get(f"/v1/{name}.json?{asked}").json()
    assert whole["data"]
    seen: list[dict] = []
    limit = max(1, len(whole["data"]) // 3)
    for number, page in enumerate(walk(own, f"/v1/{name}.json?{asked}&limit={limit}")):
        assert page.headers["x-total-count"] == str(len(whole["data"])) == str(page.json()["meta"]["rows"])
        assert page.json()["meta"]["head"] == page.headers["casualty-head"] == whole["meta"]["head"]
        seen += page.json()["data"]
        disturb(own_ledger, number)
    assert seen == whole["data"]
    if name in IN_HAND and name != "populations":
        assert own.get(f"/v1/{name}.json?{asked}").json()["data"] != whole["data"], "the walk was disturbed"


@pytest.mark.parametrize("name", ["measures", "methods"])
def test_the_service_s_own_words_page_too(client: httpx.Client, name: str) -> None:
    pages = list(walk(client, f"/v1/{name}.json?limit=2"))
    rows = client.get(f"/v1/{name}.json").json()["data"]
    assert [row for page in pages for row in page.json()["data"]] == rows
    assert {page.headers["x-total-count"] for page in pages} == {str(len(rows))}


def disturb(ledger: Ledger, number: int) -> None:
    """Something new in every list: a report with a finding, a new source, a new place, a new crisis."""
    at, name = moment("2026-11-23T00:00"), f"new-{number}"
    crisis = {**ledger.reference().crisis.to_pylist()[0], "crisis_id": name}
    new = {
        "crisis": pa.Table.from_pylist([crisis], schema=CRISIS),
        "source": sources({"source_id": name, "name": name}),
        "area": areas({"area_code": f"a-{number}", "name": name, "level": "village", "parent_code": "SY06"}),
    }
    for table, rows in new.items():
        ledger.store.register(table, rows, recorded_at=at)
    row = report(count=9_000 + number, source_id=name, published_on=day("2025-03-09"), standard="verified")
    found = Finding("digit_slip", Severity.WARNING, "Look again.", row=1)
    ledger.store.submit(batch(row, findings=(found,)), recorded_at=at)


def test_the_page_after_the_last_row_is_empty_and_leads_nowhere(client: httpx.Client) -> None:
    head = client.get("/v1/areas?limit=1").headers["casualty-head"]
    beyond = client.get(f"/v1/areas?cursor={head}.999999999999999999")
    assert (beyond.json()["data"], beyond.links) == ([], {})


def test_pages_behind_a_cursor_may_be_kept_for_ever(own: httpx.Client, own_ledger: Ledger) -> None:
    address = own.get("/v1/sources?limit=3").links["next"]["url"]
    first = own.get(address)
    assert first.headers["cache-control"] == "public, max-age=86400, immutable"
    disturb(own_ledger, 0)
    again = own.get(address)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])


def test_findings_are_chosen_by_crisis_severity_and_check(own: httpx.Client, own_ledger: Ledger) -> None:
    about = report(count=658)
    elsewhere = report(count=3, crisis_id="syria-arza-2025-01", areas="x-arza")
    own_ledger.store.submit(batch(about, elsewhere, findings=(
        Finding("counter_drop", Severity.WARNING, "It falls.", row=1, subject=about["report_id"]),
        Finding("digit_slip", Severity.WARNING, "A zero too many.", row=2),
        Finding("unknown_column", Severity.INFO, "Ignored.", column="x"),
    )), recorded_at=moment("2026-11-23T00:00"))  # fmt: skip

    def codes(asked: str) -> list[str]:
        rows = own.get(f"/v1/findings?{asked}").json()["data"]
        return [row["code"] for row in rows if row["code"] not in NOTICED]  # those of the checks alone

    assert codes("") == ["counter_drop", "digit_slip", "unknown_column"]
    assert codes("crisis=syria-coast-2025-03") == ["counter_drop", "unknown_column"]
    assert codes("crisis=syria-arza-2025-01") == ["digit_slip", "unknown_column"]
    assert codes("severity=info") == ["unknown_column"]
    assert codes("check=digit_slip&severity=warning") == ["digit_slip"]
    assert codes("recorded_by=2026-11-22T23:00:00Z") == []
    refused = own.get("/v1/findings?check=digit_slips").json()
    assert (refused["code"], refused["suggestions"]) == ("unknown_name", ["digit_slip"])


def test_the_history_of_a_report_tells_each_entry_that_touched_it(
    own: httpx.Client, own_ledger: Ledger
) -> None:
    first, second = report(count=683), report(count=638)
    store = own_ledger.store
    noted = Finding("digit_slip", Severity.WARNING, "Two digits stand the other way round.", row=1)
    at = [moment(f"2026-11-23T0{hour}:00") for hour in range(5)]
    store.submit(batch(first, findings=(noted,)), recorded_at=at[1])
    store.correct(first["report_id"], batch(second), reason="misread", recorded_at=at[2], key_id="k1")
    store.correct(second["report_id"], batch(first), reason="it was right", recorded_at=at[3])
    store.withdraw(first["report_id"], reason="page gone", recorded_at=at[4], key_id="k2")

    def told(report_id: str, asked: str = "") -> list[tuple[object, ...]]:
        rows = own.get(f"/v1/reports/{report_id}/history.json{asked}").json()["data"]
        heads = own_ledger.store.submissions()["hash"].to_pylist()
        assert all(row["hash"] == heads[row["seq"] - 1] for row in rows)
        return [
            (row["event"], row["recorded_at"][11:13], row["reason"], row["replaced_by"] or row["replaces"],
             row["code"], row["key_id"])
            for row in rows
        ]  # fmt: skip

    assert told(first["report_id"]) == [
        ("recorded", "01", None, "", "", ""),
        ("noticed", "01", noted.message, "", "digit_slip", ""),
        ("corrected", "02", "misread", second["report_id"], "", "k1"),
        ("replaces", "03", "it was right", second["report_id"], "", ""),
        ("reinstated", "03", None, "", "", ""),
        ("withdrawn", "04", "page gone", "", "", "k2"),
    ]
    assert told(second["report_id"])[0] == ("recorded", "02", None, "", "", "k1")
    assert [each[0] for each in told(first["report_id"], "?recorded_by=2026-11-23T02:30:00Z")] == [
        "recorded", "noticed", "corrected",
    ]  # fmt: skip
    missing = own.get("/v1/reports/r00000000000000000000/history")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


def test_every_format_pages_alike_and_keeps_its_filters(client: httpx.Client) -> None:
    whole = client.get("/v1/reports.csv?area=SY06&source=sohr").text.splitlines()
    pages = list(walk(client, "/v1/reports.csv?area=SY06&source=sohr&limit=7"))
    assert len(pages) > 2
    assert [line for page in pages for line in page.text.splitlines()[1:]] == whole[1:]
    assert {page.headers["x-total-count"] for page in pages} == {str(len(whole) - 1)}


def test_a_page_known_already_is_a_304_that_still_leads_on(client: httpx.Client) -> None:
    first = client.get("/v1/reports?limit=3")
    again = client.get("/v1/reports?limit=3", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.headers["link"]) == (304, first.headers["link"])


@pytest.mark.parametrize(
    ("cursor", "status"), [("5", 422), ("1-000000000000.1", 422), ("1-000000000000.1.1", 404)]
)
def test_a_cursor_that_is_none_of_ours_is_refused(client: httpx.Client, cursor: str, status: int) -> None:
    answer = client.get(f"/v1/reports?cursor={cursor}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_changes_say_what_moved_in_every_text_format(own: httpx.Client, own_ledger: Ledger) -> None:
    head = str(own_ledger.head)
    came = add(own_ledger, "2026-11-23T00:00", count=1_999, source_id="snhr", published_on=day("2025-06-01"))
    answer = own.get(f"/v1/changes?since={head}&area=SY06&population=civilians").json()
    assert answer["meta"]["since"] == head
    [row] = [row for row in answer["data"] if row["date"] == "2025-06-01"]
    assert (row["change"], row["report_ids"]) == ("added", came)
    lines = list(csv.DictReader(io.StringIO(own.get(f"/v1/changes.csv?since={head}").text)))
    assert came in {line["report_ids"] for line in lines}
    assert own.get("/v1/changes").status_code == 422
    assert own.get("/v1/changes?since=99-000000000000").status_code == 404


def test_the_feed_names_each_change_and_keeps_its_ids(own: httpx.Client, own_ledger: Ledger) -> None:
    add(own_ledger, "2026-11-22T09:30", count=1_999, source_id="snhr", published_on=day("2025-06-01"))
    address = "/v1/changes.atom?since=2026-11-22T09:00:00Z&area=SY06&population=civilians"
    answer = own.get(address)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.content)
    assert feed.findtext("a:id", namespaces=ATOM) == f"{own.base_url}{address}"
    entries = feed.findall("a:entry", ATOM)
    titles = [entry.findtext("a:title", namespaces=ATOM) or "" for entry in entries]
    assert any("civilians, counted to 2025-06-01" in title for title in titles)
    assert {entry.findtext("a:updated", namespaces=ATOM) for entry in entries} == {"2026-11-22T09:30:00Z"}
    for entry in entries:
        link = entry.find("a:link", ATOM)
        assert link is None or own.get(link.attrib["href"]).status_code == 200
    add(own_ledger, "2026-11-22T10:00", count=7, areas="SY10", published_on=day("2025-06-02"))
    later = ET.fromstring(own.get(address).content).findall("a:entry", ATOM)
    ids = [[each.findtext("a:id", namespaces=ATOM) for each in some] for some in (entries, later)]
    assert ids[0] == ids[1]


def test_a_row_of_hashtags_stands_under_the_header_on_request(client: httpx.Client) -> None:
    asked = "area=SY06&measure=killed&population=civilians"
    plain = client.get(f"/v1/series.csv?{asked}").text.splitlines()
    tagged = client.get(f"/v1/series.csv?{asked}&hxl=1").text.splitlines()
    assert [tagged[0], *tagged[2:]] == plain
    tags = dict(zip(tagged[0].split(","), tagged[1].split(","), strict=True))
    assert (tags["area_code"], tags["best"]) == ("#loc+code", "#affected+killed+civilians")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"/v1/series.xlsx?{asked}&hxl=1").content))["rows"]
    assert [cell.value for cell in sheet[2]] == [tag or None for tag in tags.values()]
    refused = client.get(f"/v1/series.json?{asked}&hxl=1")
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    assert client.get(f"/v1/series.csv?{asked}&hxl=yes").status_code == 422


ASKED = "area=SY06&measure=killed&population=civilians"
CITABLE = ("series.csv", "series.json", "figures.json", "explain.json", "conflicts.csv", "vintages.json")


@pytest.mark.parametrize("path", CITABLE)
def test_a_cited_address_gives_the_same_bytes_after_more_was_handed_in(
    own: httpx.Client, own_ledger: Ledger, path: str
) -> None:
    asked = f"{ASKED}&as_of=2025-03-20"
    [item] = own.get(f"/v1/{path}?{asked}&cite=csl").json()
    assert item["version"] == str(own_ledger.head)
    assert item["URL"].startswith(f"{own.base_url}/v1/{path}?area=SY06&")
    cited = own.get(item["URL"])
    add(own_ledger, "2026-11-23T00:00", count=1_999, source_id="snhr", published_on=day("2025-03-13"))
    again = own.get(item["URL"])
    assert again.content == cited.content
    assert again.headers["cache-control"] == "public, max-age=86400, immutable"
    today = own.get(f"/v1/{path}?{asked}")
    assert today.content != cited.content
    assert today.headers["cache-control"] == "public, no-cache"


def test_a_citation_comes_as_bibtex_ris_or_csl_and_as_nothing_else(client: httpx.Client) -> None:
    kinds = {
        style: client.get(f"/v1/series?{ASKED}&cite={style}").headers["content-type"].partition(";")[0]
        for style in ("bibtex", "ris", "csl")
    }
    assert kinds == {
        "bibtex": "application/x-bibtex",
        "ris": "application/x-research-info-systems",
        "csl": "application/vnd.citationstyles.csl+json",
    }
    assert client.get(f"/v1/series?{ASKED}&cite=apa").status_code == 422


def test_an_answer_up_to_a_past_moment_names_the_head_of_then(own: httpx.Client, own_ledger: Ledger) -> None:
    then: Head = own_ledger.head
    add(own_ledger, "2026-11-23T00:00", count=1_999)
    meta = own.get(f"/v1/series?{ASKED}&recorded_by=2026-11-22T23:00:00Z").json()["meta"]
    assert meta["head"] == str(then)
