"""How machines find the pages and what they are about: robots, site map, schema.org, the public address."""

from __future__ import annotations

import json
import re
from html import unescape
from xml.etree import ElementTree as ET

import httpx
import pytest

from service.answers.endpoints import ENDPOINTS
from service.api import Ledger
from service.errors import QueryError
from service.settings import Settings
from tests.serving import serving

PAGE = {"Accept": "text/html"}
COAST = "/crisis/syria-coast-2025-03"
PUBLIC = "https://figures.example.org"


def described(page: str) -> dict:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_the_site_map_names_every_crisis_and_guide_and_each_answers(client: httpx.Client) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    found = [each.text or "" for each in ET.fromstring(answer.content).iterfind(".//{*}loc")]
    base = str(client.base_url).rstrip("/")
    paths = [each.removeprefix(base) for each in found]
    assert paths[0] == "/"
    assert {COAST, "/crisis/libya-derna-2023-09", "/guide/methodology", "/about", "/area/SY06"} <= set(paths)
    for path in paths[:12]:
        assert client.get(path, headers=PAGE).status_code == 200, path


def test_robots_are_led_to_the_site_map_and_kept_from_forms(client: httpx.Client) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /submit" in text
    assert f"Sitemap: {str(client.base_url).rstrip('/')}/sitemap.xml" in text


def test_an_assistant_is_told_what_the_service_is_how_to_quote_it_and_where_its_doors_are(
    client: httpx.Client,
) -> None:
    answer = client.get("/llms.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    text, base = answer.text, str(client.base_url).rstrip("/")
    assert text.startswith(
        f"# Casualty Ledger\n\n> {client.get('/openapi.json').json()['info']['description']}\n"
    )
    about = client.get("/about", headers=PAGE).text
    headings = [
        unescape(each) for each in re.findall(r"<h2 id=[^>]*>(.*?)</h2>", about.partition("</article>")[0])
    ]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [*headings, "Questions", "Other doors", "Guides"]
    assert "never\ngive one without its range" in text.replace(" give one", "\ngive one")
    assert not re.search(r"<[a-z/]|&[a-z]+;|\]\(/|  ", text)
    addresses = re.findall(r"\]\((\S+?)\)", text)
    assert len(addresses) > 50
    for address in dict.fromkeys(addresses):
        assert address.startswith(base)
        if "/v1/" not in address:
            assert client.head(address.removeprefix(base), headers=PAGE).status_code == 200, address
    questions = [address.removeprefix(base) for address in addresses if "/v1/" in address]
    assert {f"/v1{verb.address}" for verb in ENDPOINTS.values() if not verb.in_path} <= {
        path.partition(".")[0] for path in questions
    }
    for path in (questions[0], questions[11]):
        assert client.get(path).json()["data"], path


def test_a_crisis_page_describes_its_figures_as_a_data_set(client: httpx.Client) -> None:
    data = described(client.get(COAST, headers=PAGE).text)
    assert data["@type"] == "Dataset"
    assert data["temporalCoverage"] == "2025-03-06/2025-03-10"
    assert [place["name"] for place in data["spatialCoverage"]] == ["Latakia", "Jableh", "Banias"]
    assert len(data["description"]) >= 50, "what search engines for data ask for"
    for file in data["distribution"]:
        answer = client.get(file["contentUrl"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(file["encodingFormat"])


def test_a_link_that_is_shared_says_the_figures(client: httpx.Client) -> None:
    page = client.get(COAST, params={"as_of": "2025-03-12"}, headers=PAGE).text
    (words,) = re.findall(r'<meta property="og:description" content="([^"]+)">', page)
    assert "Latakia 683" in unescape(words)
    assert "as known on 2025-03-12" in words


def test_every_address_that_is_copied_is_the_public_one(own_ledger: Ledger) -> None:
    with (
        serving(own_ledger, prepares=False, settings=Settings(public_url=PUBLIC)) as address,
        httpx.Client(base_url=address, timeout=600, headers={"Host": "evil.example"}) as client,
    ):
        page = client.get(COAST, headers=PAGE).text
        assert f'<link rel="canonical" href="{PUBLIC}{COAST}">' in page
        assert f"{PUBLIC}{COAST}?" in unescape(page), "the citation"
        assert PUBLIC in client.get("/v1/changes.atom?since=2030-01-01").text
        assert PUBLIC in client.get("/v1/series?area=SY06&cite=bibtex").text
        assert f"<loc>{PUBLIC}/" in re.sub(r"ns\d+:", "", client.get("/sitemap.xml").text)
        for path in (COAST, "/sitemap.xml", "/robots.txt", "/v1/changes.atom?since=2030-01-01"):
            assert "evil.example" not in client.get(path, headers=PAGE).text


@pytest.mark.parametrize(
    "value",
    ["figures.example.org", "https://a.example/", "https://a.example/a b", "ftp://a.example", "https://a b"],
)
def test_a_public_address_that_ends_in_a_slash_or_has_no_scheme_is_refused(value: str) -> None:
    with pytest.raises(QueryError, match="CASUALTY_PUBLIC_URL"):
        Settings(public_url=value)


def test_the_site_map_names_a_page_in_every_language_and_each_in_the_others(client: httpx.Client) -> None:
    root = ET.fromstring(client.get("/sitemap.xml").content)
    base = str(client.base_url).rstrip("/")
    urls = {url.findtext("{*}loc"): url for url in root.iterfind("{*}url")}
    for path in ("/about", COAST, "/area/SY06"):
        for address in (f"{base}{path}", f"{base}/ar{path}"):
            links = {each.get("hreflang"): each.get("href") for each in urls[address].iterfind("{*}link")}
            assert links == {"en": f"{base}{path}", "ar": f"{base}/ar{path}"}
    assert f"{base}/ar/docs" not in urls
    assert client.get("/ar/about", headers=PAGE).status_code == 200
