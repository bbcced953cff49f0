"""The pages as a client without JavaScript reads them, and what every answer promises a browser."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from service.api import Ledger
from service.schema.lists import write_account
from service.schema.tables import AREA_SEPARATOR
from service.web.pages import front
from service.web.pages.page import Reader
from tests.conftest import clock
from tests.serving import serving

PAGE = {"Accept": "text/html"}
COAST = "/crisis/syria-coast-2025-03"
A_DAY_LATER = dt.datetime.fromisoformat("2026-11-23T12:00")


@pytest.mark.parametrize(
    "address", ["/", "/docs", "/v1/series?area=SY06", "/nowhere", "/v1/series?as_of=x", "/healthz"]
)
def test_every_answer_forbids_other_hosts_frames_and_sniffing(client: httpx.Client, address: str) -> None:
    headers = client.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy.get("script-src", "'none'") in {"'self'", "'none'"}
    assert policy["frame-ancestors"] == "'none'"
    assert "http" not in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    is_data = address.startswith("/v1") and not headers["content-type"].startswith("application/problem")
    assert ("referrer-policy" in headers) is not is_data, "of a document only"


def test_a_page_loads_nothing_from_another_host(client: httpx.Client) -> None:
    for address in ("/", COAST, "/why?area=SY06&measure=killed&population=civilians", "/docs"):
        page = client.get(address, headers=PAGE).text
        loaded = re.findall(
            r'<(?:script|link(?! rel="(?:canonical|alternate)")|img|iframe)[^>]+(?:src|href)="([^"]+)"', page
        )
        assert loaded
        assert all(each.startswith("/") and not each.startswith("//") for each in loaded), loaded
        assert not re.search(r"<script(?![^>]*\ssrc=)(?! type=.application/ld)", page), (
            "no script stands inside the page"
        )
        assert " onclick=" not in page


def test_files_of_the_page_may_be_kept_for_ever(client: httpx.Client) -> None:
    page = client.get(COAST, headers=PAGE).text
    files = re.findall(r'"(/static/[^"]+)"', page)
    assert {each.rsplit("/", 1)[1] for each in files} == {
        "ledger.css",
        "ledger.js",
        "mark.svg",
        "chart.js",
    }
    for each in set(files):
        answer = client.get(each)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_the_page_says_what_each_place_is_and_that_they_are_not_added_up(client: httpx.Client) -> None:
    page = re.sub(r"<[^>]+>|\s+", " ", client.get(COAST, headers=PAGE).text)
    page = re.sub(r"\s+", " ", page)
    assert "governorate · P-code SY06" in page
    assert "district · P-code SY0602 , inside Latakia" in page
    assert "district · P-code SY1002" in page
    assert "Jableh lies inside Latakia governorate" in page
    assert "never added up" in page


def test_unknown_is_a_dash_with_a_reason_and_never_zero(client: httpx.Client, ledger: Ledger) -> None:
    rows = ledger.series(area="SY06", measure="killed", population="civilians", arrow=True).to_pylist()
    assert any(row["high"] is None for row in rows), "the case needs a row that is open above"
    page = client.get("/?area=SY06", headers=PAGE).text
    assert 'title="open above">—' in page
    assert not re.search(r'<td class="num">0</td>\s*<td class="num strong">', page)


def test_the_citation_gives_the_same_numbers_after_more_has_come_in(own_ledger: Ledger) -> None:
    with serving(own_ledger) as address, httpx.Client(base_url=address, headers=PAGE, timeout=600) as client:
        before = client.get(COAST).text
        cited = re.search(r'id="cite".*?href="([^"]+)"', before, re.DOTALL)
        assert cited
        link = cited.group(1).replace("&amp;", "&")
        assert f"recorded_by={own_ledger.store.state.recorded_at.isoformat()}Z" in link
        assert str(own_ledger.head) in before

        own_ledger.clock = lambda: A_DAY_LATER
        document = (
            "crisis,source,origin,url,published_on,counted_to,areas,measure,population,basis,count,standard\n"
            "syria-coast-2025-03,ohchr,ohchr,,2026-11-23,2025-04-30,SY06,killed,civilians,cumulative,999,verified\n"
        )
        assert own_ledger.ingest(document.encode(), name="late.csv").accepted == 1
        assert tables(client.get(COAST).text) != tables(before)
        assert tables(client.get(link).text) == tables(before)


def test_the_places_of_the_page_are_those_the_crisis_features(client: httpx.Client, ledger: Ledger) -> None:
    crisis = next(
        row for row in ledger.reference().crisis.to_pylist() if row["crisis_id"] == "syria-coast-2025-03"
    )
    shown = re.findall(r'<article class="card" data-area="([^"]+)"', client.get(COAST, headers=PAGE).text)
    assert shown == crisis["featured_areas"].split(AREA_SEPARATOR)


def test_another_crisis_opens_with_its_own_places_people_and_days(client: httpx.Client) -> None:
    asked = {"measure": "killed", "population": "civilians", "as_of": "2025-03-12", "area": "SY06"}
    page = client.get("/", params=asked, headers=PAGE).text
    (form,) = re.findall(r'<form class="crises".*?</form>', page, re.DOTALL)
    assert re.findall(r' name="([^"]+)"', form) == ["crisis"]
    assert re.findall(r'<option value="([^"]+)" selected', form) == ["syria-coast-2025-03"]
    derna = client.get("/", params={"crisis": "libya-derna-2023-09"}, headers=PAGE).text
    assert re.findall(r'<article class="card" data-area="([^"]+)"', derna) == ["LY-DR"]
    assert "4,540" in derna
    assert '<input type="hidden" name="crisis" value="libya-derna-2023-09">' in derna
    day = client.get("/", params={"crisis": "libya-derna-2023-09", "as_of": "2023-09-24"}, headers=PAGE).text
    assert "3,845" in day


def test_every_choice_of_the_controls_leads_to_a_page(client: httpx.Client) -> None:
    page = client.get(COAST, headers=PAGE).text
    for name in ("crisis", "measure", "population"):
        control = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
        assert control
        for value in re.findall(r'<option value="([^"]+)"', control.group(0)):
            answer = client.get("/", params={name: value}, headers=PAGE)
            assert answer.status_code == 200, (name, value, answer.text[:300])


def test_a_day_of_the_steps_leads_to_a_page_of_that_day(client: httpx.Client) -> None:
    page = client.get(COAST, headers=PAGE).text
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


def text(page: str) -> str:
    """What a reader sees of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_page_of_a_place_has_its_figures_its_curve_and_what_was_reported(client: httpx.Client) -> None:
    page = client.get("/area/SY06?as_of=2025-03-12", headers=PAGE).text
    rows = client.get("/v1/figures?area=SY06&attributed_to=any&as_of=2025-03-12").json()["data"]
    assert [
        row["best"] for row in rows if row["measure"] == "killed" and row["population"] == "civilians"
    ] == [683]
    assert page.count('class="num strong"') == len(rows)
    assert "<svg" in page
    assert "as it could be known on 12 March 2025" in text(page)
    said = client.get("/v1/reports?area=SY06&as_of=2025-03-12").json()["data"]
    assert sorted(re.findall(r'<tr id="([^"]+)"', page)) == sorted(row["report_id"] for row in said)
    assert 'href="/area/SY0602?' in page
    assert 'href="/area/SY?' in page
    links = {unescape(link) for link in re.findall(r'<a [^>]*?href="(/[^"]*)"', page)}
    for link in links:
        assert client.get(link, headers=PAGE).status_code == 200, link


def test_every_place_that_is_reported_about_has_a_page(client: httpx.Client) -> None:
    areas = {row["areas"] for row in client.get("/v1/reports").json()["data"]}
    assert any("|" in area for area in areas)
    for area in sorted(areas)[::7]:
        assert client.get(f"/area/{area}", headers=PAGE).status_code == 200, area


def test_the_page_of_a_report_says_what_it_states_what_it_did_and_what_became_of_it(
    own_ledger: Ledger,
) -> None:
    served = serving(own_ledger, public_notes=True)
    with served as address, httpx.Client(base_url=address, headers=PAGE, timeout=600) as client:
        row = {
            "crisis": "syria-coast-2025-03", "source": "sohr", "published_on": "2025-03-13", "areas": "SY06",
            "measure": "killed", "population": "civilians", "count": "70", "note": "<b>by phone</b>",
        }  # fmt: skip
        old = own_ledger.ingest_rows([row]).verdicts[0][2]
        before = text(client.get(f"/report/{old}").text)
        assert "Civilians, people reported killed, in Latakia , as published by SOHR" in before
        assert "<b>by phone</b>" in before
        new = own_ledger.correct(old, [{**row, "count": "700"}], reason="A digit was missing.").verdicts[0][2]
        after = client.get(f"/report/{old}").text
        assert "Withdrawn: A digit was missing. It no longer counts" in text(after)
        assert f'href="/report/{new}"' in after
        assert "replaces" in text(client.get(f"/report/{new}").text)
        assert client.get(f"/report/{old}?as_of=2025-03-12").status_code == 404
        assert client.get("/report/r00000000000000000000").status_code == 404


def test_the_page_of_disagreements_lists_them_as_the_api_does(client: httpx.Client) -> None:
    rows = client.get("/v1/conflicts?area=x-syrian-coast").json()["data"]
    page = client.get("/conflict?area=x-syrian-coast", headers=PAGE).text
    assert len(rows) == page.count('<section class="conflict"') > 1
    for row in rows:
        assert f"{row['people']:,}" in text(page)
        assert all(write_account(account) in text(page) for account in row["says"])
    for link in re.findall(r'href="(/why[^"]*)"', page):
        assert client.get(unescape(link), headers=PAGE).status_code == 200


def test_what_the_checks_noticed_and_what_is_kept_aside_stands_on_a_page(own_ledger: Ledger) -> None:
    header = "crisis,source,published_on,areas,measure,population,count\n"
    rows = "".join(f"syria-coast-2025-03,sohr,2025-03-13,{area},killed,civilians,{count}\n"
                   for area, count in (("Atlantis", 5), ("SY06", -4)))  # fmt: skip
    own_ledger.ingest((header + rows).encode(), name="<desk>.csv")
    with serving(own_ledger) as address, httpx.Client(base_url=address, headers=PAGE, timeout=600) as client:
        page = client.get("/findings").text
        assert "1 row quarantined" in text(page)
        assert "1 row rejected" in text(page)
        assert "No area is called “Atlantis”." in text(page)
        assert "<desk>" not in page
        assert "1 row quarantined, 1 row rejected" in text(client.get(COAST).text)
        assert "Atlantis" not in client.get("/findings?check=negative_count").text
        assert client.get("/findings?severity=dreadful").status_code == 422


def test_a_place_by_another_name_or_none_is_told_its_code(client: httpx.Client) -> None:
    for written, near in (("Latakia%20governorate", "SY06"), ("SY99", "")):
        answer = client.get(f"/area/{written}")
        assert answer.status_code in (404, 422)
        assert near in str(answer.json()["suggestions"])


def test_every_source_has_a_page(client: httpx.Client) -> None:
    for row in client.get("/v1/sources").json()["data"][::25]:
        assert client.get(f"/source/{row['source_id']}", headers=PAGE).status_code == 200


def test_a_source_that_is_not_there_names_the_nearest(client: httpx.Client) -> None:
    answer = client.get("/source/shor")
    assert answer.status_code == 404
    assert "sohr" in answer.json()["suggestions"]
    assert client.get("/source/SOHR").json()["fix"] == "Its id is sohr."
    assert "Did you mean sohr" in client.get("/source/shor", headers=PAGE).text


def tables(page: str) -> list[str]:
    """The figures of the tables on a page, without their links."""
    bodies = re.findall(r"<tbody>.*?</tbody>", page, re.DOTALL)
    return [re.sub(r"<a .*?</a>", "", body) for body in bodies]


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("", "of the latest figures of simulated crises like this one it held"),
        ("median", "it is not a probability"),
    ],
)
def test_the_page_says_what_its_ranges_mean(client: httpx.Client, method: str, said: str) -> None:
    assert said in client.get(COAST, params={"as_of": "2025-03-12", "method": method or None}).text


def test_the_page_says_nothing_of_expected_ranges_where_no_figure_has_one(client: httpx.Client) -> None:
    asked = {"as_of": "2023-09-20", "measure": "missing"}
    page = client.get("/crisis/libya-derna-2023-09", params=asked, headers=PAGE).text
    assert "it is not a probability" in page
    assert "expected to settle" not in page


def test_a_page_says_that_an_expected_range_may_reach_below_what_is_said(client: httpx.Client) -> None:
    below = "It may reach below what is said now: such counts have been too high before."
    derna = {"area": "Derna", "measure": "killed", "population": "all", "as_of": "2023-09-12"}
    row = client.get("/v1/figures", params=derna).json()["data"][0]
    assert row["expected_low"] < row["low"]
    assert below in client.get("/crisis/libya-derna-2023-09", params={"as_of": "2023-09-12"}).text
    assert below in client.get("/why", params=derna | {"date": str(row["date"])}, headers=PAGE).text
    verified = derna | {"population": "bangladeshi_nationals", "as_of": "2023-09-16"}
    row = client.get("/v1/figures", params=verified).json()["data"][0]
    assert row["expected_low"] >= row["low"]
    assert below not in client.get("/why", params=verified | {"date": str(row["date"])}, headers=PAGE).text


def test_a_figure_without_a_best_is_cited_and_announced_with_its_floor(client: httpx.Client) -> None:
    derna = {"area": "Derna", "measure": "killed", "population": "all", "as_of": "2023-09-12"}
    page = client.get("/why", params=derna | {"date": "2023-09-12"}, headers=PAGE).text
    (cited,) = re.findall(r'<p class="cite">(.*?)<a', page)
    assert "people reported killed: at least 5,201 (no best figure, open above), counted to" in cited
    page = client.get("/crisis/libya-derna-2023-09", params={"as_of": "2023-09-12"}).text
    (described,) = re.findall(r'<meta name="description" content="(.*?)"', page)
    assert "Derna at least 5,201;" in described


def test_the_front_has_every_crisis_with_the_newest_figure_of_the_api(client: httpx.Client) -> None:
    page = client.get("/", headers=PAGE).text
    shown = re.findall(r'data-crisis="([^"]+)"', page)
    assert sorted(shown) == sorted(row["crisis_id"] for row in client.get("/v1/crises").json()["data"])
    for crisis, area, population in (
        ("syria-coast-2025-03", "x-syrian-coast", "civilians"), ("libya-derna-2023-09", "LY-DR", "all"),
    ):  # fmt: skip
        (card,) = re.findall(
            rf'<article class="standing" data-crisis="{crisis}">.*?</article>', page, re.DOTALL
        )
        asked = {"crisis": crisis, "area": area, "measure": "killed", "population": population}
        row = client.get("/v1/series", params=asked).json()["data"][-1]
        assert f'<p class="best">{row["best"]:,}</p>' in card
        assert f"{row['low']:,} to {row['high']:,}" in card
        assert "spark-line" in card
        reports = client.get("/v1/reports", params={"crisis": crisis, "limit": 5_000}).json()["data"]
        standing = [each for each in reports if each["withdrawn"] is None]
        assert 0 < len(standing) < len(reports)
        assert f"{len(standing):,} reports" in card
        assert f'href="/crisis/{crisis}"' in card


def test_the_front_begins_with_the_crisis_that_changed_last(own_ledger: Ledger) -> None:
    own_ledger.new_crisis("Earthquake in Nepal", period_start="2026-11-02", places=["Nepal"])
    with (
        serving(own_ledger, prepares=False) as address,
        httpx.Client(base_url=address, timeout=600) as client,
    ):
        page = client.get("/", headers=PAGE).text
        assert re.findall(r'data-crisis="([^"]+)"', page)[0] == "earthquake-in-nepal-2026-11"
        assert "No report of it stands." in page
        empty = client.get("/crisis/earthquake-in-nepal-2026-11", headers=PAGE).text
        assert "No figure for this place" in empty


def test_what_is_registered_for_one_crisis_is_no_change_of_another(own_ledger: Ledger) -> None:
    before = own_ledger.answers.read_state.state.own_recorded_at("libya-derna-2023-09")
    assert before is not None
    own_ledger.new_crisis("Earthquake in Nepal", period_start="2026-11-02", places=["Nepal"])
    state = own_ledger.answers.read_state.state
    assert state.own_recorded_at("libya-derna-2023-09") == before
    assert state.crisis_recorded_at("libya-derna-2023-09") > before


def test_a_crisis_without_a_whole_shows_its_places_with_their_figures_on_the_front(
    own_ledger: Ledger,
) -> None:
    own_ledger.add_country("Nepal")
    own_ledger.add_country("Bhutan")
    crisis = "earthquake-2026-11"
    own_ledger.new_crisis("Earthquake", period_start="2026-11-02", places=["Nepal", "Bhutan"])
    common = {"crisis": crisis, "source": "un-ocha", "published_on": "2026-11-05", "counted_to": "2026-11-04",
              "measure": "killed", "population": "all"}  # fmt: skip
    own_ledger.ingest(
        [{**common, "areas": "Nepal", "count": "120"}, {**common, "areas": "Bhutan", "count": "7"}]
    )
    page = front.write_front(own_ledger, Reader())
    card = page.partition(f'data-crisis="{crisis}"')[2].partition("</article>")[0]
    assert re.findall(r'<p class="best">(\d+)</p>', card) == ["7", "120"]
    assert card.count("Why this number") == 2
    assert card.count("All people, people reported killed; counted up to 4 November 2026") == 2


def test_only_crises_that_are_shown_with_a_figure_are_worked_out(
    own_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []
    rows = own_ledger.answers.rows
    monkeypatch.setattr(front, "MOST_CRISES", 1)
    monkeypatch.setattr(own_ledger.answers, "rows", lambda query: asked.append(query.crisis) or rows(query))
    page = front.write_front(own_ledger, Reader())
    assert set(asked) == {"syria-coast-2025-03"}
    assert re.findall(r'data-crisis="([^"]+)"', page) == ["syria-coast-2025-03"]
    assert "Flood in Derna" in page, "by its name"


def test_a_ledger_of_one_crisis_opens_with_it(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "data", afresh=True, clock=clock) as ledger:
        row = {"crisis": "flood", "source": "un-ocha", "published_on": "2026-11-01", "areas": "Nepal",
               "measure": "killed", "population": "all", "count": "120"}  # fmt: skip
        ledger.add_country("Nepal")
        ledger.ingest([row])
        with serving(ledger, prepares=False) as address:
            page = httpx.get(f"{address}/", headers=PAGE, timeout=600).text
    assert '<p class="best">120</p>' in page
    assert "All crises" not in page


def test_what_was_said_of_places_together_stands_beside_them_as_it_was_said(client: httpx.Client) -> None:
    page = client.get(COAST, params={"as_of": "2025-03-10"}, headers=PAGE).text
    beside = re.findall(r'<article class="card beside" data-area="([^"]+)">(.*?)</article>', page, re.DOTALL)
    together = dict(beside)["SY06|SY0602|SY1002"]
    assert "Latakia, Jableh and Banias together" in together
    assert re.search(r'at least </span>741|<p class="best">74\d', together)
    chosen = client.get(COAST, params={"area": "SY06"}, headers=PAGE).text
    assert "card beside" not in chosen, "who chose places is shown these"


def test_a_crisis_that_there_is_not_is_said(client: httpx.Client) -> None:
    answer = client.get("/crisis/syria-cost", headers=PAGE)
    assert answer.status_code == 404
    assert "syria-coast-2025-03" in answer.text


def test_a_disagreement_has_a_page_with_both_sides_as_the_api_has_them(client: httpx.Client) -> None:
    row = client.get("/v1/conflicts", params={"crisis": "syria-coast-2025-03"}).json()["data"][0]
    listed = client.get("/conflict?crisis=syria-coast-2025-03", headers=PAGE).text
    own = f"/conflict/syria-coast-2025-03/{row['area_code']}/{row['measure']}/{row['population']}"
    (address,) = {unescape(each) for each in re.findall(rf'href="({re.escape(own)}[^"]*)"', listed)}
    page = client.get(address, headers=PAGE)
    assert page.status_code == 200
    assert f"{row['people']:,} people apart" in page.text
    for account in row["says"]:
        assert f"/report/{account['report_id']}" in page.text
    assert "The higher side" in page.text
    assert "The lower side" in page.text
    assert "6 March 2025" in page.text, "the beginning"
    missing = client.get("/conflict/syria-coast-2025-03/SY0602/missing/civilians", headers=PAGE)
    assert missing.status_code == 404
    assert "No origins disagree" in missing.text
    narrowed = client.get("/conflict?measure=displaced&area=x-akkar", headers=PAGE).text
    assert narrowed.count('<section class="conflict"') == 1


@pytest.mark.parametrize(
    ("code", "has_p_code"), [("SY0602", True), ("LY-BA", False), ("x-syrian-coast", False)]
)
def test_a_code_is_called_a_p_code_only_where_it_is_one(
    client: httpx.Client, code: str, has_p_code: bool
) -> None:
    page = client.get(f"/area/{code}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert ("P-code" in page.text) == has_p_code


EXPECTED = ("expected_low", "expected", "expected_high")


@pytest.mark.parametrize("path", [COAST, "/area/SY06"])
def test_the_expected_range_stands_in_tables_apart_from_what_origins_say_or_a_dash_says_why_not(
    client: httpx.Client, path: str
) -> None:
    page = client.get(f"{path}?as_of=2025-03-12", headers=PAGE).text
    asked = {"area": "SY06", "measure": "killed", "population": "civilians", "as_of": "2025-03-12"}
    latest = client.get("/v1/series", params=asked).json()["data"][-1]
    table = page[page.index("<thead>") :]
    names = re.findall(r"<th[^>]*>([^<]+)</th>", table[: table.index("</thead>")])
    assert names[names.index("What origins say") + 1] == "Expected to settle"
    assert names[-6:] == ["Low", "Best", "High", "From", "Middle", "To"]
    cells = r"</td>\s*<td[^>]*>".join(f"{latest[name]:,}" for name in EXPECTED)
    assert re.search(rf">{cells}</td>", page)
    assert 'title="nobody by name gives a count or a lower bound"' in page


def test_a_retraction_among_the_reports_of_a_place_is_named_as_one(client: httpx.Client) -> None:
    asked = {"area": "Derna", "source": "khaleej-times"}
    reports = client.get("/v1/reports", params=asked).json()["data"]
    taken_back = [each["report_id"] for each in reports if each["basis"] == "retraction"]
    page = client.get("/source/khaleej-times", headers=PAGE).text
    for report_id in taken_back:
        row = page[page.index(f'id="{report_id}"') :].partition("</tr>")[0]
        assert "taken back by this report" in row
        assert "nobody: it takes this figure back" in client.get(f"/report/{report_id}", headers=PAGE).text
    assert taken_back


def test_a_figure_says_how_many_state_it_and_not_that_so_many_count(client: httpx.Client) -> None:
    asked = "area=SY1002&measure=killed&population=civilians&as_of=2026-11-22"
    row = client.get(f"/v1/figures.json?{asked}&crisis=syria-coast-2025-03").json()["data"][0]
    said = f"stated by 1 origin in {row['reports']} reports"
    why = client.get(f"/why?crisis=syria-coast-2025-03&{asked}&date={row['date']}").text
    assert f"{said}, copies and earlier counts among them" in why
    assert said in client.get("/crisis/syria-coast-2025-03?as_of=2026-11-22").text
    everyone = "crisis=syria-coast-2025-03&area=SY06&measure=killed&population=all&as_of=2026-11-22"
    inferred = client.get(f"/v1/figures.json?{everyone}").json()["data"][0]
    assert inferred["origins"] == 0
    assert "stated by no origin itself" in client.get(f"/why?{everyone}&date={inferred['date']}").text


@pytest.mark.parametrize("address", ["/changes?since=2025-03-10", "/conflict", "/findings", "/ar/conflict"])
def test_no_line_of_a_page_ends_within_a_day(client: httpx.Client, address: str) -> None:
    page = client.get(address, headers=PAGE).text.partition("<body")[2]
    whole = re.sub(r'<(textarea|time)\b.*?</\1>|<span class="iso">[^<]*</span>', "", page, flags=re.DOTALL)
    assert '<span class="iso">2025-' in page or "/ar/" in address
    assert not re.search(r">[^<]*(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])[^<]*<", whole)


def test_who_is_counted_and_to_which_day_stands_once_on_any_screen(client: httpx.Client) -> None:
    page = client.get("/area/SY06?as_of=2025-03-12", headers=PAGE).text
    table = page.partition('<table class="figures">')[2].partition("</table>")[0]
    rows = table.count("<tr>") - 2
    assert rows > 2
    assert table.count('class="unfolded') == 2 * rows + 2, "of two columns, and their headings"
    assert table.count('class="folded') == 2 * rows
