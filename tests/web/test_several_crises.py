"""A page never shows one crisis for another, and names the crisis wherever there are several."""

from __future__ import annotations

import html
import re

import httpx

PAGE = {"Accept": "text/html"}


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def test_a_place_of_another_crisis_opens_the_crisis_that_reports_on_it(client: httpx.Client) -> None:
    page = client.get("/?area=LY-DR", headers=PAGE).text
    assert "Derna" in re.findall(r"<h1>(.*?)</h1>", page)[0]
    assert "No figure" not in text_of(page)


def test_every_link_from_the_page_of_a_place_to_its_curves_names_its_crisis(client: httpx.Client) -> None:
    page = html.unescape(client.get("/area/LY-DR", headers=PAGE).text)
    links = re.findall(r'href="(/\?[^"]+)"', page)
    assert links
    assert all("crisis=libya-derna-2023-09" in link for link in links)


def test_a_place_of_two_crises_tells_their_figures_apart(client: httpx.Client) -> None:
    page = client.get("/area/x-arza", headers=PAGE).text
    rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", page, re.DOTALL)
    told = [re.search(r"</th>\s*<td>(.*?)</td>", row)[1] for row in rows if "Civilians" in row]
    assert len(told) == len(set(told)) == 2


def test_a_question_about_two_crises_is_told_to_name_one(client: httpx.Client) -> None:
    asked = "area=x-arza&measure=killed&population=civilians"
    for address in (f"/why?{asked}", f"/v1/explain.json?{asked}"):
        answer = client.get(address, headers=PAGE)
        assert answer.status_code == 422
        assert "Name area, measure, population and crisis" in text_of(answer.text)


def test_disagreements_name_their_crisis_and_can_be_narrowed_to_one(client: httpx.Client) -> None:
    everything = client.get("/conflict", headers=PAGE).text
    headings = [text_of(each) for each in re.findall(r"<h2 id=\"conflict-.*?</h2>", everything, re.DOTALL)]
    assert {"Derna" in each for each in headings} == {True, False}
    one = client.get("/conflict?crisis=libya-derna-2023-09", headers=PAGE).text
    assert 0 < one.count('id="conflict-') < everything.count('id="conflict-')


def test_what_shows_no_day_is_counted_to_none(client: httpx.Client) -> None:
    asked = "area=Latakia&measure=killed&population=civilians"
    points = client.get(f"/v1/explain.json?{asked}").json()["data"]
    undated = [point for point in points if point["is_undated"]]
    assert undated
    assert all(point["counted_to"] is None for point in undated)
    assert "counted to 2026-11-22" not in text_of(client.get(f"/why?{asked}", headers=PAGE).text)


def test_a_kind_of_chart_that_has_nothing_to_show_says_so_and_the_page_stays(client: httpx.Client) -> None:
    page = client.get("/crisis/syria-coast-2025-03?kind=parts&area=Banias", headers=PAGE)
    assert page.status_code == 200
    against = client.get("/crisis/syria-coast-2025-03?kind=against&population=all", headers=PAGE)
    assert against.status_code == 200
    assert "Derna" in text_of(against.text)


def test_a_crisis_is_compared_by_the_place_that_the_first_page_gives_its_figure_of(
    client: httpx.Client,
) -> None:
    coast, derna = "syria-coast-2025-03", "libya-derna-2023-09"
    assert "killed, Derna" in text_of(client.get("/", headers=PAGE).text)
    for crisis, other in ((coast, derna), (derna, coast)):
        page = client.get(f"/crisis/{crisis}?kind=against&population=all&compare={other}", headers=PAGE)
        (told,) = re.findall(r"<figcaption.*?</figcaption>", page.text, re.DOTALL)
        assert "Derna: " in text_of(told), crisis
        assert "Syrian coast: " in text_of(told), crisis


def test_places_are_ticked_on_the_page_and_stand_in_the_address(client: httpx.Client) -> None:
    page = client.get("/crisis/syria-coast-2025-03", headers=PAGE).text
    offered = re.findall(r'type="checkbox" name="area" value="([^"]+)"', page)
    assert {"SY06", "SY0602", "SY1002", "x-syrian-coast"} <= {*offered}
    chosen = client.get("/crisis/syria-coast-2025-03?area=SY06&area=SY10", headers=PAGE).text
    assert re.findall(r'name="area" value="([^"]+)" checked', chosen) == ["SY06", "SY10"]
    assert not re.findall(r'type="hidden" name="area"', chosen.split('class="controls options"')[0])
