"""The home page in a real Chromium, with and without JavaScript, wide and narrow; rules for every page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener

REPORT = "r46cf8bb1e6f571e4c92a"
"""The first report of the shipped seeds."""
COAST = "/crisis/syria-coast-2025-03"
ALL_PAGES = (
    "/", COAST, "/why?area=SY06&measure=killed&population=civilians", "/area/SY06", f"/report/{REPORT}",
    "/source/sohr", "/conflict", "/findings", "/docs",
    "/submit", "/held", "/register", f"/report/{REPORT}/mend",
    "/guide", "/guide/methodology", "/guide/search?q=withdraw", "/guide/benchmarks",
    "/about", "/changes", "/conflict/syria-coast-2025-03/x-syrian-coast/killed/civilians", "/ar/submit",
)  # fmt: skip
LAYOUTS = (
    "/", COAST, "/why?area=SY06&measure=killed&population=civilians", f"/report/{REPORT}", "/submit",
    "/guide/search?q=withdraw",
)  # fmt: skip
"""One page of each layout: `make test` looks at these, `make test-long` at the others."""
PLACES = ("SY06", "SY0602", "SY1002")
COLUMNS = (
    "date", "low", "best", "high", "expected_low", "expected", "expected_high", "grade", "origins", "reports",
)  # fmt: skip


def each_page(*paths: str) -> list[Any]:
    """The pages as parameters of a test, all but one of each layout long."""
    return [path if path in LAYOUTS else pytest.param(path, marks=pytest.mark.long) for path in paths]


def shown_rows(page: Page, area: str) -> list[tuple[str, ...]]:
    """The rows of a place's table as a reader sees them."""
    rows: list[list[str]] = page.eval_on_selector_all(
        f'table[data-area="{area}"] tbody tr',
        """rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim().split('\\n')[0])
            .filter(text => text !== 'Why'))""",
    )
    return [tuple(re.sub(r" \(.*\)$", "", cell) for cell in row[: len(COLUMNS)]) for row in rows]


def expected_rows(client: httpx.Client, area: str, as_of: str) -> list[tuple[str, ...]]:
    """The rows of the API, written as the page writes them."""
    asked = {"area": area, "measure": "killed", "population": "civilians", "as_of": as_of}
    return [
        tuple(written(marked(row)[column]) for column in COLUMNS)
        for row in client.get("/v1/series", params=asked).json()["data"]
    ]


def marked(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the mark that the page puts beside the grade of a raised figure."""
    return row | {"grade": row["grade"] + ", raised" * row["is_raised"]}


def written(value: Any) -> str:
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else str(value).replace("_", " ")


def latest(page: Page, area: str) -> str:
    return page.locator(f'.card[data-area="{area}"] .best').inner_text()


def test_three_curves_are_drawn_each_with_its_range(open_page: Opener) -> None:
    page = open_page(COAST)
    boxes = page.eval_on_selector_all(
        ".wide-drawn svg",
        """drawings => drawings.map(svg => {
            const area = (box) => box.width * Math.max(box.height, 1);
            const drawn = (name) => [...svg.querySelectorAll(name)].map(node => area(node.getBBox()));
            return {
              lines: drawn('path[stroke="#2f3b4a"]'), ranges: drawn('path[fill="rgb(86,101,122)"]'),
              points: drawn('a.datum'),
              titles: [...svg.querySelectorAll('text')].map(text => text.textContent),
            };
        })""",
    )
    (box,) = boxes
    assert {"Latakia", "Jableh", "Banias"} <= set(box["titles"])
    assert max(box["lines"]) > 100, "a line one can see"
    assert max(box["ranges"]) > 10, "a range one can see"
    assert box["points"], "the reports behind it"
    told = page.locator("figcaption").inner_text()
    assert all(name in told for name in ("Latakia", "Jableh", "Banias"))


@pytest.mark.parametrize("as_of", ["2025-03-09", "2025-03-12", "2026-11-22"])
def test_the_table_shows_the_rows_of_the_api(open_page: Opener, client: httpx.Client, as_of: str) -> None:
    page = open_page(f"{COAST}?as_of={as_of}", scripts=False)
    compared = 0
    for area in PLACES:
        rows = expected_rows(client, area, as_of)
        assert shown_rows(page, area) == rows
        compared += len(rows)
    assert compared


@pytest.mark.parametrize("path", [f"{COAST}?as_of=2025-03-12", f"/ar{COAST}?as_of=2025-03-12"])
def test_on_a_telephone_both_ranges_stand_beside_their_day(open_page: Opener, path: str) -> None:
    page = open_page(path, width=360)
    table = page.locator('table[data-area="SY0602"]')
    row = table.locator("tbody tr").last
    day = row.locator("th")
    for cell in row.locator("td.num").all()[:6]:
        cell.scroll_into_view_if_needed()
        box, beside = cell.bounding_box(), day.bounding_box()
        assert box and beside
        assert box["x"] >= 0 and box["x"] + box["width"] <= 361, "both ranges are in sight"
        assert box["x"] >= beside["x"] + beside["width"] - 1 or box["x"] + box["width"] <= beside["x"] + 1
        assert 0 <= beside["x"] < 360, "the day stays in sight"


def test_another_day_of_knowledge_changes_the_numbers_and_the_address(open_page: Opener) -> None:
    page = open_page(COAST)
    today = latest(page, "SY06")
    page.get_by_label("As known on", exact=True).fill("2025-03-12")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile(r"as_of=2025-03-12"))
    expect(page.locator('.card[data-area="SY06"] .best')).to_have_text("683")
    counted_to, _, best, *_ = shown_rows(page, "SY06")[-1]
    assert (counted_to, best) == ("2025-03-12", "683")
    expect(page.locator(".lead")).to_contain_text("12 March 2025")
    page.wait_for_selector("figure[data-drawn]")

    page.go_back()
    expect(page.locator('.card[data-area="SY06"] .best')).to_have_text(today)
    assert today != "683"
    page.wait_for_selector("figure[data-drawn]")


def test_the_slider_walks_through_the_days_of_knowledge_by_keyboard(open_page: Opener) -> None:
    page = open_page(f"{COAST}?as_of=2025-03-12")
    slider = page.get_by_label("Day of knowledge")
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_url(re.compile(r"as_of=2025-03-11"))
    expect(page.locator('.card[data-area="SY06"] .best')).to_have_text("658")
    expect(page.locator("#step-day")).to_have_text("11 March 2025")
    expect(page.get_by_label("Day of knowledge")).to_be_focused()
    page.wait_for_selector("figure[data-drawn]")


def test_in_arabic_a_choice_keeps_the_language_and_the_other_one_shows_the_same(open_page: Opener) -> None:
    page = open_page(f"/ar{COAST}?as_of=2025-03-12")
    expect(page.locator('.card[data-area="SY06"] .best')).to_have_text("683")
    page.locator("#population").select_option("all")
    page.wait_for_url(re.compile(r"/ar/crisis/.*population=all"))
    page.wait_for_selector("figure[data-drawn]")
    page.get_by_role("link", name="English").click()
    page.wait_for_url(re.compile(r"//[^/]*/crisis/.*as_of=2025-03-12.*population=all|population=all.*as_of"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.wait_for_selector("figure[data-drawn]")


def test_earlier_and_later_lead_from_day_to_day(open_page: Opener) -> None:
    page = open_page(f"{COAST}?as_of=2025-03-12", scripts=False)
    page.get_by_role("link", name="Earlier").click()
    page.wait_for_url(re.compile(r"as_of=2025-03-11"))
    assert latest(page, "SY06") == "658"
    page.get_by_role("link", name="Later").click()
    page.wait_for_url(re.compile(r"as_of=2025-03-12"))
    assert latest(page, "SY06") == "683"


def test_another_population_shows_other_counts(open_page: Opener) -> None:
    page = open_page(f"{COAST}?as_of=2025-03-12&area=x-syrian-coast")
    assert latest(page, "x-syrian-coast") == "1,383"
    page.get_by_label("Who is counted").select_option("all")
    page.wait_for_url(re.compile(r"population=all"))
    assert "area=x-syrian-coast" in page.url
    expect(page.locator('.card[data-area="x-syrian-coast"] .best')).not_to_have_text("1,383")
    page.wait_for_selector("figure[data-drawn]")


def test_why_this_number_is_one_click_away(open_page: Opener) -> None:
    page = open_page(f"{COAST}?as_of=2025-03-12")
    page.get_by_role("link", name="Why this number: Latakia, 12 March 2025").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why this number")
    expect(page.locator(".verdict .best")).to_have_text("683")
    counted = page.locator('table[data-role="counted"] tbody tr')
    expect(counted).to_have_count(1)
    expect(counted).to_contain_text("SOHR")
    assert page.locator('table[data-role="superseded"] tbody tr').count() >= 1
    links = page.locator('table.reports a[href^="http"]')
    assert links.count() > 0
    for number in range(links.count()):
        told = links.nth(number).get_attribute("rel") or ""
        assert {"noopener", "nofollow"} <= set(told.split())
    page.get_by_role("link", name="← Figures").click()
    expect(page.locator('.card[data-area="SY06"] .best')).to_have_text("683")
    page.wait_for_selector("figure[data-drawn]")


def test_why_at_least_741_says_where_it_is_expected_to_settle_and_shows_every_reason_whole(
    open_page: Opener,
) -> None:
    page = open_page(
        "/why?area=SY06|SY0602|SY1002&measure=killed&population=civilians&as_of=2025-03-11&date=2025-03-11"
    )
    expect(page.locator(".verdict")).to_contain_text("at least 741")
    expect(page.locator(".verdict")).to_contain_text(re.compile(r"Expected to settle between [1-9]\d+ and "))
    hidden = page.locator(".scroll").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
    assert hidden and max(hidden) <= 0, "nothing of a reason lies beyond the edge of its table"


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_figure_to_its_place_and_from_its_reasons_to_a_report(
    open_page: Opener, scripts: bool
) -> None:
    page = open_page(f"{COAST}?as_of=2025-03-12", scripts=scripts)
    page.locator('.card[data-area="SY06"] h3 a').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Latakia")
    assert "as_of=2025-03-12" in page.url
    page.wait_for_selector("figure[data-drawn]" if scripts else "figure.chart svg")
    page.get_by_role("link", name="Why this number: killed, Civilians").click()
    stated = page.locator("table.reports th.stated a").first
    told = stated.inner_text()
    stated.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"A report: “{told}”")
    expect(page.locator("table.history")).to_contain_text("recorded")


def test_downloads_hold_the_rows_of_the_page(open_page: Opener, client: httpx.Client) -> None:
    page = open_page(f"{COAST}?as_of=2025-03-12", scripts=False)
    link = page.get_by_role("link", name="CSV", exact=True).get_attribute("href")
    assert link
    lines = client.get(link).text.splitlines()
    assert len(lines) - 1 == sum(len(shown_rows(page, area)) for area in PLACES)
    for name in ("JSON", "Parquet", "Reports behind them (CSV)"):
        href = page.get_by_role("link", name=name, exact=True).get_attribute("href")
        assert href
        assert client.get(href).status_code == 200


def test_without_javascript_the_page_shows_picture_and_table_and_its_form_works(open_page: Opener) -> None:
    page = open_page(COAST, scripts=False)
    picture = page.locator("figure .wide-drawn svg")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box
    assert box["width"] > 600
    assert box["height"] > 300
    assert shown_rows(page, "SY06")
    expect(page.locator("#step")).to_be_hidden()
    page.get_by_label("As known on", exact=True).fill("2025-03-12")
    page.get_by_role("button", name="Show").click()
    assert "as_of=2025-03-12" in page.url
    assert latest(page, "SY06") == "683"


@pytest.mark.parametrize("path", each_page(*ALL_PAGES))
def test_without_scripts_too_nothing_is_wider_than_a_small_telephone(open_page: Opener, path: str) -> None:
    page = open_page(path, width=360, scripts=False)
    session = page.context.new_cdp_session(page)  # no script runs in the page: the browser itself is asked
    assert session.send("Page.getLayoutMetrics")["cssContentSize"]["width"] <= 360


def test_the_keyboard_reaches_the_figures_first_and_every_table(open_page: Opener) -> None:
    page = open_page(COAST)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the figures")).to_be_focused()
    for region in page.locator(".scroll").all():
        region.focus()
        expect(region).to_be_focused()


def test_paper_gets_the_figures_without_the_controls(open_page: Opener) -> None:
    page = open_page(COAST, scripts=False)
    page.emulate_media(media="print")
    for form in page.locator("form.controls").all():
        expect(form).to_be_hidden()
    expect(page.locator('table[data-area="SY06"]')).to_be_visible()


CHART = f"{COAST}?area=x-syrian-coast&measure=killed&population=civilians&as_of=2025-03-12"


def test_a_point_says_who_stated_it_and_opens_its_report(open_page: Opener) -> None:
    page = open_page(CHART)
    point = page.locator(".wide-drawn a.datum").last
    said = point.get_attribute("aria-label")
    assert said
    point.hover()
    expect(page.locator(".wide-drawn .tip")).to_contain_text(said)
    point.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A report")


def test_the_keyboard_walks_the_points_and_each_is_spoken(open_page: Opener) -> None:
    page = open_page(CHART)
    points = page.locator(".wide-drawn a.datum")
    stops = points.evaluate_all("nodes => nodes.filter(node => node.tabIndex === 0).length")
    assert stops == 1, "one stop for the Tab key"
    points.first.focus()
    for n in range(1, 4):
        page.keyboard.press("ArrowRight")
        expect(points.nth(n)).to_be_focused()
        expect(page.locator(".wide-drawn .tip")).to_have_text(points.nth(n).get_attribute("aria-label") or "")
    page.keyboard.press("End")
    expect(points.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".wide-drawn .tip")).to_be_hidden()
    points.last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A report")


@pytest.mark.parametrize("start", [CHART, COAST])
def test_sohr_snhr_and_ohchr_stand_side_by_side_after_two_clicks(open_page: Opener, start: str) -> None:
    page = open_page(start)
    page.get_by_role("link", name="Who says what").click()
    page.wait_for_url(re.compile("kind=origins"))
    for name in ("SOHR", "SNHR", "OHCHR"):
        page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Draw").click()
    page.wait_for_url(re.compile("compare=sohr"))
    titles = page.locator('.wide-drawn svg text[font-weight="bold"]').all_text_contents()
    assert {"SOHR", "SNHR", "OHCHR"} <= {*titles}
    expect(page.locator(".wide-drawn a.datum").first).to_be_visible()
    page.go_back()
    page.wait_for_function("!location.search.includes('compare=sohr')")


def test_no_policy_of_the_page_is_broken_by_a_chart(open_page: Opener) -> None:
    """``open_page`` fails where the console says anything."""
    for kind in ("trend", "origins", "known", "increments"):
        page = open_page(f"{CHART}&kind={kind}")
        expect(page.locator(".wide-drawn svg")).to_be_visible()


def test_a_telephone_gets_a_drawing_of_its_own_whose_letters_can_be_read(open_page: Opener) -> None:
    page = open_page(CHART, width=360)
    drawing = page.locator(".narrow-drawn svg")
    expect(drawing).to_be_visible()
    expect(page.locator(".wide-drawn svg")).to_be_hidden()
    box = drawing.bounding_box()
    assert box
    assert box["width"] / 340 > 0.9


def test_a_newcomer_finds_the_total_of_the_coast_its_csv_and_its_citation(open_page: Opener) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Violence on the Syrian coast").click()
    coast = page.locator('.card[data-area="x-syrian-coast"]')
    total = coast.locator(".best").inner_text()
    expect(coast.locator(".span")).to_contain_text("range")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV", exact=True).click()
    text = Path(started.value.path()).read_text(encoding="utf-8")
    assert text.startswith("crisis,")
    coast.get_by_role("link", name="Why this number").click()
    citation = page.locator(".cite").inner_text()
    assert total in citation
    assert "ledger state" in citation
    assert "recorded_by=" in citation


def test_on_a_telephone_what_is_ticked_keeps_its_size_and_a_first_column_leaves_room(
    open_page: Opener,
) -> None:
    page = open_page("/submit", width=360)
    boxes = page.locator('.desk :is(input[type="checkbox"], input[type="radio"]):visible').all()
    assert boxes
    assert min((box.bounding_box() or {"width": 0})["width"] for box in boxes) >= 22
    page = open_page(f"/report/{REPORT}", width=360)
    first = page.locator("table.bears tbody th").first
    assert first.evaluate("cell => cell.scrollWidth <= cell.clientWidth"), "its text lies over no other"
    assert first.evaluate("cell => cell.getBoundingClientRect().right") < 0.7 * 360
