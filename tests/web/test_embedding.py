"""A chart in a page of another host: what may be framed, where its links lead, what oembed is told."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

PAGE = {"Accept": "text/html"}
COAST = "/crisis/syria-coast-2025-03"


def test_what_is_embedded_may_be_framed_and_nothing_else_may(client: httpx.Client) -> None:
    framed = client.get("/embed/trend?area=SY06&measure=killed&population=civilians")
    assert framed.status_code == 200
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert "x-frame-options" not in framed.headers
    for path in (COAST, "/v1/charts/trend.html?area=SY06&measure=killed&population=civilians", "/embed/none"):
        answer = client.get(path, headers=PAGE)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path


@pytest.mark.parametrize("path", ["/embed/trend", "/v1/charts/trend.html"])
def test_a_kept_picture_has_the_one_policy_that_it_had_when_it_was_made(
    client: httpx.Client, path: str
) -> None:
    address = f"{path}?area=SY1002&measure=killed&population=civilians&as_of=2025-03-19"
    made, kept = client.get(address), client.get(address)
    unchanged = client.get(address, headers={"If-None-Match": kept.headers["etag"]})
    assert unchanged.status_code == 304
    policies = [
        answer.headers.get_list("content-security-policy", split_commas=False)
        for answer in (made, kept, unchanged)
    ]
    assert [len(each) for each in policies] == [1, 1, 1]
    assert policies[0] == policies[1] == policies[2]


def test_every_link_of_a_frame_opens_outside_it_and_one_leads_to_the_page(client: httpx.Client) -> None:
    page = client.get("/embed/trend?area=SY06&measure=killed&population=civilians&language=ar").text
    links = re.findall(r"<a [^>]*>", page)
    assert len(links) > 5
    assert all('target="_blank" rel="noopener"' in link for link in links)
    source = html.unescape(re.findall(r'<p><a href="([^"]+)"', page)[0])
    assert urlsplit(source).path == "/ar/"
    assert parse_qs(urlsplit(source).query)["area"] == ["SY06"]
    assert client.get(source, headers=PAGE).status_code == 200


def test_oembed_gives_the_frame_of_the_picture_that_the_page_shows(client: httpx.Client) -> None:
    page = client.get(f"{COAST}?kind=known&as_of=2025-03-12", headers=PAGE).text
    asked = html.unescape(re.findall(r'type="application/json\+oembed"[^>]*href="([^"]+)"', page)[0])
    told = client.get(asked + "&maxwidth=500").json()
    assert (told["version"], told["type"], told["width"]) == ("1.0", "rich", 500)
    address = html.unescape(re.findall(r'<iframe src="([^"]+)"', told["html"])[0])
    assert urlsplit(address).path == "/embed/known"
    shown = client.get(address)
    assert shown.status_code == 200
    drawn = re.findall(r'viewBox="0 0 500 (\d+)"', shown.text)
    assert int(drawn[0]) < told["height"] < int(drawn[0]) + 100
    again = client.get(f"{COAST}?kind=known&as_of=2025-03-12&area=SY06", headers=PAGE)
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("url=https://example.org/crisis/syria-coast-2025-03", 404),
        ("url=http://%5B", 404),
        ("url={host}/v1/series", 404),
        ("url={host}/", 404),
        ("url={host}/crisis/none", 422),
        ("url={host}/crisis/syria-coast-2025-03&format=xml", 422),
        ("url={host}/crisis/syria-coast-2025-03&maxwidth=wide", 422),
    ],
)
def test_oembed_says_what_it_cannot_embed(client: httpx.Client, query: str, status: int) -> None:
    answer = client.get(f"/oembed?{query.format(host=str(client.base_url).rstrip('/'))}")
    assert answer.status_code == status
    assert answer.json()["fix"]


def test_the_page_has_its_frame_to_copy_and_citations_for_reference_managers(client: httpx.Client) -> None:
    page = html.unescape(client.get(COAST, headers=PAGE).text)
    address = re.findall(r'<iframe src="([^"]+)"', page)[0]
    assert client.get(address).status_code == 200
    for style, begins in (("bibtex", "@"), ("ris", "TY  -"), ("csl", "[")):
        link = next(each for each in re.findall(r'href="([^"]+)"', page) if f"cite={style}" in each)
        assert client.get(link).text.startswith(begins)
