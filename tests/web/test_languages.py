"""Pages in another language: under its prefix, right to left; pictures and the front in it."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from service.api import Ledger
from service.web import locale
from tests.web.reading import TRANSLATED, Reading

HTML = {"Accept": "text/html"}
IN_ENGLISH_ALONE = ("/docs",)

# --- under the prefix ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TRANSLATED)
def test_a_page_in_arabic_says_so_keeps_its_prefix_in_every_link_and_leads_to_itself_in_english(
    client: httpx.Client, path: str
) -> None:
    text = client.get(f"/ar{path}", headers=HTML).text
    assert '<html lang="ar" dir="rtl"' in text
    switch = []
    for link in Reading(text).links:
        address = str(link.get("href") or link.get("action") or "#")
        if link.get("class") == "language":
            switch.append((address, link["hreflang"]))
        elif not address.startswith("/"):
            assert address.startswith(("#", "http")), address
        elif not address.startswith(("/ar/", "/static/", "/v1/", "/openapi.json")):
            assert link.get("hreflang") == "en", address
    assert switch == [(path, "en")]


@pytest.mark.parametrize("path", ["/", "/area/SY0602", "/about"])
def test_a_page_in_english_leads_to_itself_in_arabic(client: httpx.Client, path: str) -> None:
    page = Reading(client.get(path, headers=HTML).text)
    switch = [link for link in page.links if link.get("class") == "language"]
    assert [(link["href"], link["hreflang"]) for link in switch] == [(f"/ar{path}", "ar")]


@pytest.mark.parametrize("path", IN_ENGLISH_ALONE)
def test_a_page_in_english_alone_is_under_no_prefix_and_leads_to_the_front_in_arabic(
    client: httpx.Client, path: str
) -> None:
    answer = client.get(f"/ar{path}", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (302, path)
    page = Reading(client.get(path, headers=HTML).text)
    assert [link["href"] for link in page.links if link.get("class") == "language"] == ["/ar/"]


@pytest.mark.parametrize("path", ["//example.org", "/\\example.org", "///example.org/x"])
def test_a_prefix_leads_to_no_other_host(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/ar{path}", headers=HTML)
    location = answer.headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_the_api_stays_english(client: httpx.Client) -> None:
    asked = {"area": "SY06", "measure": "killed", "population": "civilians"}
    told = client.get("/v1/explain.json", params=asked, headers={"Accept-Language": "ar"}).json()
    assert told["meta"]["sentences"][0].startswith("Latakia, killed, civilians, counted to ")
    assert client.get("/ar/v1/series.json", params=asked).status_code == 302


# --- which language --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "code"),
    [
        ("ar-SY,ar;q=0.9,en;q=0.8", "ar"), ("AR", "ar"), ("fr, ar;q=0.4", "ar"), ("en-GB, ar;q=0.9", "en"),
        ("ar;q=0, en;q=0.1", "en"), ("ar;q=0.5, en;q=0.5", "ar"), ("de", "en"), ("", "en"), ("*", "en"),
        (";;,=,ar;q=x;" * 100, "ar"), ("ar" * 9_999, "en"),
    ],
)  # fmt: skip
def test_an_accept_language_asks_for_the_heaviest_language_there_is(accept: str, code: str) -> None:
    assert locale.preferred(accept) == code


def test_the_front_sends_a_newcomer_to_the_language_of_the_browser(client: httpx.Client) -> None:
    arabic = {**HTML, "Accept-Language": "ar-LY,ar;q=0.9"}
    sent = client.get("/", headers=arabic)
    assert (sent.status_code, sent.headers["location"]) == (302, "/ar/")
    assert "Accept-Language" in sent.headers["vary"]
    assert client.get("/?area=SY06", headers=arabic).status_code == 200, "a shared address stays as it is"
    chosen = {**arabic, "Referer": f"{client.base_url}/ar/"}
    stays = client.get("/", headers=chosen)
    assert stays.status_code == 200, "whoever chose English here keeps it"
    assert 'lang="en"' in stays.text
    assert "Accept-Language" in stays.headers["vary"]
    assert client.get("/", headers={**arabic, "Referer": "https://example.org/"}).status_code == 302
    assert client.get("/", headers={**arabic, "Referer": "http://[bad"}).status_code == 302
    assert client.post("/", headers=arabic).status_code == 405


def test_ready_answers_of_one_language_are_not_given_in_another(client: httpx.Client) -> None:
    asked = [f"{prefix}/area/SY06" for prefix in ("", "/ar", "", "/ar")]
    answers = [client.get(path, headers=HTML) for path in asked]
    assert ['<html lang="ar"' in answer.text for answer in answers] == [False, True, False, True]
    assert answers[0].headers["etag"] == answers[2].headers["etag"] != answers[1].headers["etag"]
    unchanged = client.get(asked[1], headers={**HTML, "If-None-Match": answers[1].headers["etag"]})
    assert unchanged.status_code == 304


@pytest.mark.parametrize("path", ["/area/XX", "/nothing", "/submit/x", "/a/b/c?d=e", "//example.org"])
def test_what_is_not_there_is_told_in_the_language_of_its_address(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/ar{path}", headers=HTML)
    assert answer.status_code == 404
    assert 'lang="ar" dir="rtl"' in answer.text
    assert "لا شيء هنا" in answer.text or "لا يوجد هذا العنوان" in answer.text


# --- pictures --------------------------------------------------------------------------------------------

ASKED = {"area": "SY06", "measure": "killed", "population": "civilians", "language": "ar"}


@pytest.mark.parametrize("kind", ["trend", "origins", "known", "why"])
def test_a_picture_of_every_kind_speaks_arabic(client: httpx.Client, kind: str) -> None:
    drawn = client.get(f"/v1/charts/{kind}.svg", params=ASKED).text
    assert "مدنيون" in drawn
    assert "اللاذقية" in drawn or kind == "origins"
    assert 'direction="ltr"' in drawn
    assert "civilians" not in drawn


def test_a_png_has_arabic_letters_not_boxes(client: httpx.Client) -> None:
    from service.charts.raster import png

    def drawn(text: str) -> bytes:
        return png(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="30"><text y="20">{text}</text></svg>'
        )

    assert len({drawn("قتلى"), drawn("جرحى"), drawn("ىلتق"), drawn("\u0378\u0378\u0378\u0378")}) == 4
    assert client.get("/v1/charts/trend.png", params=ASKED).content.startswith(b"\x89PNG")


def test_a_language_that_is_not_spoken_is_refused_with_those_that_are(client: httpx.Client) -> None:
    refused = client.get("/v1/charts/trend.svg", params={**ASKED, "language": "tlh"})
    assert refused.status_code == 422
    assert "en or ar" in refused.json()["fix"]


def test_a_page_of_a_picture_by_itself_runs_from_right_to_left(client: httpx.Client) -> None:
    page = client.get("/v1/charts/trend.html", params=ASKED).text
    assert '<html lang="ar" dir="rtl" data-more="… و{} غيرها">' in page


def test_the_ledger_at_home_and_elsewhere_draw_the_same_arabic_figure(ledger: Ledger, server: str) -> None:
    from service import connect

    asked = {"area": "SY06", "measure": "killed", "population": "civilians", "language": "ar"}
    with connect(server) as elsewhere:
        figures = (json.loads(each.chart(**asked).to_json()) for each in (ledger, elsewhere))
        assert next(figures) == next(figures)


def test_origins_go_by_their_arabic_names_on_pages_and_in_pictures(client: httpx.Client) -> None:
    coast = "area=x-syrian-coast&measure=killed&population=civilians&as_of=2025-03-12"
    for path in (
        f"/ar/why?{coast}", "/ar/source/sohr", "/ar/area/SY06", f"/v1/charts/trend.svg?{coast}&language=ar",
        f"/v1/charts/origins.svg?{coast}&language=ar", f"/v1/charts/why.svg?{coast}&language=ar",
    ):  # fmt: skip
        page = client.get(path, headers={"Accept": "*/*" if path.startswith("/v1") else "text/html"}).text
        assert "المرصد السوري لحقوق الإنسان" in page, path
        assert not re.search(r">\s*SOHR\s*<", page), path
