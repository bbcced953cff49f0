"""The project's documents as pages, what moved, and what is said about the counts."""

from __future__ import annotations

import re
from html import unescape
from importlib.metadata import version
from urllib.parse import urljoin

import httpx
import pytest

from service.vocabulary import Grade
from service.web.pages.guide import STARTS, guide_files, heading_id, read_guide
from service.web.pages.guide_search import find_passages
from tests.web.desk import ROW, Desk

PAGE = {"Accept": "text/html"}
NAMES = sorted(guide_files())


def test_the_guides_begin_with_what_a_newcomer_does_first(client: httpx.Client) -> None:
    page = client.get("/guide", headers=PAGE).text
    found = re.findall(r'href="/guide/([\w/-]+)"', page[page.index("<article") :])
    assert found[1:4] == ["start", "walk-through", "how-do-i"]
    assert found[0] == "ar"


@pytest.mark.parametrize("start", STARTS.values())
def test_the_start_page_of_every_language_leads_to_every_guide_once(start: str) -> None:
    linked = re.findall(r'href="/guide/([\w/-]+)"', read_guide(start).text)
    others = {name for name in NAMES if not name.startswith("adr/0")} - {start}
    assert sorted(linked) == sorted(others)
    decisions = re.findall(r'href="/guide/(adr/0[\w-]+)"', read_guide("adr/index").text)
    assert decisions == [name for name in NAMES if name.startswith("adr/0")]


def test_the_start_page_is_in_the_language_of_its_address_and_names_the_version(client: httpx.Client) -> None:
    assert f"Version {version('casualty-ledger')}" in client.get("/guide", headers=PAGE).text
    assert 'lang="ar" dir="rtl">\n<h1' in client.get("/ar/guide", headers=PAGE).text
    for name, address in (("index", "/guide"), ("ar", "/ar/guide")):
        assert client.get(f"/guide/{name}", headers=PAGE).headers["location"] == address


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_guide_leads_somewhere(client: httpx.Client, name: str) -> None:
    text = str(read_guide(name).text)
    ids = set(re.findall(r' id="([^"]+)"', text))
    for href in map(unescape, re.findall(r'<a href="([^"]+)"', text)):
        if href.startswith("#"):
            assert href[1:] in ids, href
        elif not href.startswith("http"):
            path, _, part = href.partition("#")
            other = str(read_guide(path.removeprefix("/guide/")).text)
            assert not part or f'id="{part}"' in other, href
    is_start = name in STARTS.values()
    assert client.get(f"/guide/{name}", headers=PAGE).status_code == (307 if is_start else 200)


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_of_a_guide_is_shown(client: httpx.Client, name: str) -> None:
    page = f"/guide/{name}"
    for source in re.findall(r'<img src="([^"]+)"', str(read_guide(name).text)):
        for before in ("", "/ar"):
            picture = client.get(urljoin(f"{before}{page}", unescape(source)))
            assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml"), source


def test_html_in_a_guide_is_shown_and_not_obeyed() -> None:
    for name in NAMES:
        assert "<script" not in str(read_guide(name).text)


@pytest.mark.parametrize("name", ["nope", "../README", "..%2f..%2fetc%2fpasswd", "glossary.md"])
def test_what_is_no_guide_is_not_found(client: httpx.Client, name: str) -> None:
    assert client.get(f"/guide/{name}", headers=PAGE).status_code == 404


def test_a_grade_leads_to_what_it_means(client: httpx.Client) -> None:
    page = client.get("/crisis/syria-coast-2025-03", headers=PAGE).text
    assert re.search(r'data-grade="contested"><a href="/guide/glossary#grade">contested', page)
    glossary = str(read_guide("glossary").text)
    meanings = glossary[glossary.index(f'id="{heading_id("Grade")}"') :]
    assert all(grade.meaning in unescape(re.sub(r"<[^>]+>", "", meanings)) for grade in Grade)


def test_what_moved_lately_is_listed_with_its_cause(desk: Desk) -> None:
    before = desk.ledger.store.head
    quiet = desk.reporter.get(f"/changes?since={before}", headers=PAGE).text
    assert "0 figures" in quiet
    desk.reporter.post("/v1/reports", json=[ROW])
    page = desk.reporter.get(f"/changes?since={before}", headers=PAGE).text
    assert re.search(r"detained, civilians.*at least 701.*first report: SOHR over 700", page, re.DOTALL)
    wrong = desk.reporter.get("/changes?since=yesterday", headers=PAGE)
    assert wrong.status_code == 422


def test_the_counts_are_spoken_of_with_their_limits(client: httpx.Client) -> None:
    page = client.get("/about", headers=PAGE).text
    for part in ("What it cannot do", "The people behind the numbers", "Quoting a figure", "Correcting us"):
        assert part in page


# --- search ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("withdraw", "/guide/reference/commands#casualty-withdraw"),
        ("If-Match", "/guide/operations#deciding-on-what-has-not-changed"),
        ("prometheus", "/guide/operations#watching-it"),
        ("CORROBORATED", "/guide/glossary#grade"),
        ("polars", "/guide/how-do-i#get-figures-into-excel-pandas-polars-r"),
        ("press figure", "/guide/how-do-i#check-a-figure-that-i-read-in-the-press"),
        ("سجل", "/guide/ar"),
    ],
)
def test_what_is_looked_for_is_among_the_first_that_are_found(
    client: httpx.Client, asked: str, address: str
) -> None:
    page = client.get("/guide/search", params={"q": asked}, headers=PAGE).text
    assert address in re.findall(r'<a href="(/guide/[^"]+)"', page[page.index('class="matches"') :])[:5]
    assert "<mark>" in page


def test_every_passage_that_is_found_stands_where_it_is_said_to(client: httpx.Client) -> None:
    found = find_passages("a") + find_passages("casualty")
    for address in {match.passage.address for match in found}:
        path, _, part = address.partition("#")
        assert not part or f'id="{part}"' in str(read_guide(path.removeprefix("/guide/")).text), address
    assert {name for name in NAMES if name != "ar"} <= {
        match.passage.address.partition("#")[0].removeprefix("/guide/") for match in found
    }


@pytest.mark.parametrize(
    "asked", ["", " ", "xyzzy", "<script>alert(1)</script>", "\0", "((", "\\", "\U0001f573", "a" * 5_000]
)
def test_whatever_is_looked_for_is_shown_and_not_obeyed(client: httpx.Client, asked: str) -> None:
    answer = client.get("/guide/search", params={"q": asked}, headers=PAGE)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert ("No passage" in answer.text) == bool(asked.strip())


def test_the_guides_are_searched_in_arabic_pages_too(client: httpx.Client) -> None:
    page = client.get("/ar/guide/search", params={"q": "withdraw"}, headers=PAGE).text
    assert 'action="/ar/guide/search"' in page
    assert "مقطع" in page
    for address in ("/guide", "/guide/privacy", "/ar/guide"):
        assert 'role="search"' in client.get(address, headers=PAGE).text
