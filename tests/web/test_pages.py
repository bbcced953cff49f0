"""The pages as a client without JavaScript reads them, and what every answer promises a browser."""

from __future__ import annotations

import datetime as dt
import re
import time
from html import unescape

import httpx
import pytest

from service.connection import Ledger
from service.model import AREA_SEPARATOR
from tests.serving import serving

PAGE = {"Accept": "text/html"}
A_DAY_LATER = dt.datetime.fromisoformat("2026-11-23T12:00")


@pytest.mark.parametrize(
    "address", ["/", "/docs", "/v1/series?area=SY06", "/nowhere", "/v1/series?as_of=x", "/healthz"]
)
def test_every_answer_forbids_other_hosts_frames_and_sniffing(client: httpx.Client, address: str) -> None:
    headers = client.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "http" not in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers


def test_a_page_loads_nothing_from_another_host(client: httpx.Client) -> None:
    for address in ("/", "/why?area=SY06&measure=killed&population=civilians", "/docs"):
        page = client.get(address, headers=PAGE).text
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="([^"]+)"', page)
        assert loaded
        assert all(each.startswith("/") and not each.startswith("//") for each in loaded), loaded
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), "no script stands inside the page"
        assert " onclick=" not in page


def test_files_of_the_page_may_be_kept_for_ever(client: httpx.Client) -> None:
    page = client.get("/", headers=PAGE).text
    files = re.findall(r'"(/static/[^"]+)"', page)
    assert {each.rsplit("/", 1)[1] for each in files} == {
        "ledger.css",
        "ledger.js",
        "mark.svg",
        "plotly.min.js",
    }
    for each in set(files):
        answer = client.get(each)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    script = client.get(next(each for each in files if each.endswith("plotly.min.js")))
    assert script.text.lstrip().startswith("/**\n* plotly.js")


def test_the_page_says_what_each_place_is_and_that_they_are_not_added_up(client: httpx.Client) -> None:
    page = re.sub(r"<[^>]+>|\s+", " ", client.get("/", headers=PAGE).text)
    page = re.sub(r"\s+", " ", page)
    assert "governorate · P-code SY06" in page
    assert "district · P-code SY0602 , inside Latakia" in page
    assert "district · P-code SY1002" in page
    assert "Jableh lies inside Latakia governorate" in page
    assert "never added up" in page


def test_unknown_is_a_dash_with_a_reason_and_never_zero(client: httpx.Client, ledger: Ledger) -> None:
    rows = ledger.series(area="SY0602", measure="killed", population="civilians", arrow=True).to_pylist()
    assert any(row["high"] is None for row in rows), "the case needs a row that is open above"
    page = client.get("/?area=SY0602", headers=PAGE).text
    assert 'title="open above">—' in page
    assert not re.search(r'<td class="num">0</td>\s*<td class="num strong">', page)


def test_a_page_is_ready_within_a_fifth_of_a_second(client: httpx.Client) -> None:
    client.get("/", headers=PAGE)
    taken = []
    for _ in range(10):
        began = time.perf_counter()
        client.get("/", headers=PAGE)
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.2


def test_the_citation_gives_the_same_numbers_after_more_has_come_in(own_ledger: Ledger) -> None:
    with serving(own_ledger) as address, httpx.Client(base_url=address, headers=PAGE, timeout=60) as client:
        before = client.get("/").text
        cited = re.search(r'id="cite".*?href="([^"]+)"', before, re.DOTALL)
        assert cited
        link = cited.group(1).replace("&amp;", "&")
        assert "recorded_by=2026-11-22T12:00:00Z" in link
        assert str(own_ledger.head) in before

        own_ledger.clock = lambda: A_DAY_LATER
        document = (
            "crisis,source,origin,url,published_on,counted_to,areas,measure,population,basis,count,standard\n"
            "syria-coast-2025-03,ohchr,ohchr,,2026-11-23,2025-04-30,SY06,killed,civilians,cumulative,999,verified\n"
        )
        assert own_ledger.ingest(document.encode(), name="late.csv").accepted == 1
        assert tables(client.get("/").text) != tables(before)
        assert tables(client.get(link).text) == tables(before)


def test_the_places_of_the_page_are_those_the_crisis_features(client: httpx.Client, ledger: Ledger) -> None:
    crisis = next(
        row for row in ledger.reference().crisis.to_pylist() if row["crisis_id"] == "syria-coast-2025-03"
    )
    shown = re.findall(r'<article class="card" data-area="([^"]+)"', client.get("/", headers=PAGE).text)
    assert shown == crisis["featured_areas"].split(AREA_SEPARATOR)


def test_every_choice_of_the_controls_leads_to_a_page(client: httpx.Client) -> None:
    page = client.get("/", headers=PAGE).text
    for name in ("crisis", "measure", "population"):
        control = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
        assert control
        for value in re.findall(r'<option value="([^"]+)"', control.group(0)):
            answer = client.get("/", params={name: value}, headers=PAGE)
            assert answer.status_code == 200, (name, value, answer.text[:300])


def test_a_day_of_the_steps_leads_to_a_page_of_that_day(client: httpx.Client) -> None:
    page = client.get("/", headers=PAGE).text
    days = re.search(r'data-days="([^"]+)"', page)
    assert days
    every = days.group(1).split()
    for day in (every[0], every[len(every) // 2], every[-1]):
        answer = client.get("/", params={"as_of": day}, headers=PAGE)
        assert f'name="as_of" id="as_of" value="{day}"' in answer.text


@pytest.mark.parametrize("more", ["", "&method=median", "&area=SY10&recorded_by=2026-11-22T12:00:00Z"])
def test_every_link_of_the_page_leads_somewhere(client: httpx.Client, more: str) -> None:
    page = client.get(f"/?as_of=2025-03-12{more}", headers=PAGE).text
    links = {unescape(link) for link in re.findall(r'<a [^>]*?href="(/[^"]*)"', page)}
    assert any(link.startswith("/why?") for link in links)
    for link in links:
        answer = client.get(link, headers=PAGE)
        assert answer.status_code == 200, (link, answer.text[:300])


def test_the_page_of_a_source_lists_all_it_has_said(client: httpx.Client) -> None:
    for source_id in ("sohr", "ohchr"):
        page = client.get(f"/source/{source_id}", headers=PAGE)
        assert page.status_code == 200
        said = client.get("/v1/reports", params={"source": source_id}).json()["data"]
        assert said
        assert sorted(re.findall(r'<tr id="([^"]+)"', page.text)) == sorted(row["report_id"] for row in said)


def test_every_source_has_a_page(client: httpx.Client) -> None:
    for row in client.get("/v1/sources").json()["data"][::25]:
        assert client.get(f"/source/{row['source_id']}", headers=PAGE).status_code == 200


def test_a_source_that_is_not_there_names_the_nearest(client: httpx.Client) -> None:
    answer = client.get("/source/shor")
    assert answer.status_code == 404
    assert "sohr" in answer.json()["suggestions"]


def tables(page: str) -> list[str]:
    """The figures of the tables on a page, without their links."""
    bodies = re.findall(r"<tbody>.*?</tbody>", page, re.DOTALL)
    return [re.sub(r"<a .*?</a>", "", body) for body in bodies]


@pytest.mark.parametrize(
    ("method", "said"),
    [("", "nine times in ten"), ("median", "it is not a probability"), ("coherent", "it is not a probability")],
)
def test_the_page_says_what_its_ranges_mean(client: httpx.Client, method: str, said: str) -> None:
    assert said in client.get("/", params={"as_of": "2025-03-12", "method": method} if method else {}).text
