"""The desk's pages in a real Chromium: hand in and see the curve move, withdraw and see it go back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from service.api import Ledger
from service.ledger.api_keys import Keyring, Role
from service.vocabulary import REDACTED
from tests.browser.conftest import watched
from tests.conftest import MOMENT
from tests.serving import serving

TABLE = "place\tdeaths\nJablehh\t2,000\nTotal\t2,000\n"
JABLEH = "/?area=SY0602&measure=killed&population=civilians"


@pytest.fixture(params=[1280, pytest.param(360, marks=pytest.mark.long)])
def desk(request: pytest.FixtureRequest, browser: Browser, own_ledger: Ledger) -> Iterator[tuple[Page, str]]:
    """A page of a server that may be written to, and an editor's key."""
    with opened(browser, own_ledger, request.param) as found:
        yield found


@contextmanager
def opened(
    browser: Browser, ledger: Ledger, width: int, *, scripts: bool = True
) -> Iterator[tuple[Page, str]]:
    secret = Keyring(ledger.store.data_dir).create(Role.EDITOR, at=MOMENT)[1]
    with serving(ledger, prepares=False) as address, watched(browser, address, width, scripts) as page:
        yield page, secret


def fill_in(page: Page, secret: str, *, crisis: str = "syria-coast-2025-03", language: str = "") -> None:
    page.goto(f"{language}/submit")
    page.fill("#key", secret)
    page.fill("#text", TABLE)
    for name, value in (("crisis", crisis), ("source", "SOHR"), ("published_on", "2026-11-20")):
        page.fill(f"#about-{name}", value)
    page.fill("#about-counted_to", "2026-11-19")
    page.select_option("#about-population", "civilians")
    page.click("button:not(.unseen)[value=read]")


def best(page: Page) -> str:
    page.goto(JABLEH)
    page.wait_for_selector("figure[data-drawn]")
    return page.locator('.card[data-area="SY0602"] .best').inner_text()


def test_reports_are_handed_in_as_one_types_and_withdrawn_again(desk: tuple[Page, str]) -> None:
    page, secret = desk
    before = best(page)
    fill_in(page, secret)
    judged = page.locator("tr[data-verdict]")
    expect(judged).to_have_count(2)
    page.get_by_role("button", name="Jableh", exact=True).click()
    expect(page.locator('tr[data-verdict="accepted"]')).to_have_count(1)
    page.check("#leave-1")  # looked at as it is changed: no button
    expect(page.locator('tr[data-verdict="quarantined"]')).to_have_count(0)
    expect(page.locator("#key")).to_have_value(secret)
    page.get_by_role("button", name="Hand in", exact=True).click()
    outcome = page.locator("#outcome")
    expect(outcome).to_contain_text("1 accepted")
    expect(outcome).to_contain_text("Jableh")
    report = page.locator("tr[data-verdict] a").first.get_attribute("href")
    assert best(page) == "2,000"
    page.goto(f"{report}/mend")
    page.fill("#reason", "given by mistake")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator("#outcome")).to_contain_text("Withdrawn")
    assert best(page) == before


def is_in_sight(page: Page, place: Locator) -> bool:
    """Whether all of it can be seen as the page stands."""
    box, size = place.bounding_box(), page.viewport_size
    assert box and size
    ends = box["x"] + box["width"], box["y"] + box["height"]
    return min(box["x"], box["y"]) >= 0 and ends[0] <= size["width"] and ends[1] <= size["height"]


@pytest.mark.parametrize("desk", [360], indirect=True)
@pytest.mark.parametrize("language", ["", "/ar"])
def test_on_a_telephone_what_moved_is_seen_at_once_before_and_now(
    desk: tuple[Page, str], language: str
) -> None:
    page, secret = desk
    fill_in(page, secret, language=language)
    page.fill("#cell-0-0", "Jableh")
    page.check("#leave-1")
    expect(page.locator('tr[data-verdict="accepted"]')).to_have_count(1)
    page.locator("button.main[value=hand_in]").click()
    expect(page.locator("#outcome")).to_be_focused()
    assert is_in_sight(page, page.locator("#outcome-title"))
    first = page.locator("table.moved tbody tr").first
    for place in (first.locator("th"), *first.locator("td.num").all()):
        assert is_in_sight(page, place)


@pytest.mark.parametrize("desk", [1280], indirect=True)
def test_what_could_not_be_sent_is_said_and_kept_and_can_be_sent_again(desk: tuple[Page, str]) -> None:
    page, secret = desk
    fill_in(page, secret)
    page.fill("#cell-0-0", "Jableh")
    page.check("#leave-1")
    expect(page.locator('tr[data-verdict="accepted"]')).to_have_count(1)
    page.context.set_offline(True)
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator(".sending")).to_contain_text("The server did not answer.")
    expect(page.locator("#cell-0-0")).to_have_value("Jableh")
    page.context.set_offline(False)
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator("#outcome")).to_contain_text("1 accepted")


@pytest.mark.parametrize("desk", [1280], indirect=True)
def test_enter_looks_at_the_grid_again_and_corrects_a_report_and_never_withdraws_it(
    desk: tuple[Page, str],
) -> None:
    page, secret = desk
    fill_in(page, secret)
    page.fill("#cell-0-0", "Jableh")
    page.fill("#cell-0-1", "2,100")
    page.keyboard.press("Enter")
    expect(page.locator('tr[data-verdict="accepted"]')).to_have_count(1)
    expect(page.locator("#cell-0-1")).to_have_value("2,100")
    page.check("#leave-1")
    expect(page.locator('tr[data-verdict="quarantined"]')).to_have_count(0)
    page.get_by_role("button", name="Hand in", exact=True).click()
    report = page.locator("tr[data-verdict] a").first.get_attribute("href")
    page.goto(f"{report}/mend")
    page.fill("#reason", "the bulletin says so")
    page.fill("#set-count", "2,200")
    page.keyboard.press("Enter")
    expect(page.locator("#outcome")).to_contain_text("Corrected")
    assert best(page) == "2,200"


@pytest.mark.parametrize("desk", [360], indirect=True)
def test_what_one_types_into_can_be_read(desk: tuple[Page, str]) -> None:
    page, _ = desk
    for path in ("/submit", "/held", "/register"):
        page.goto(path)
        fields = page.locator(
            "form.desk :is(input:not([type=checkbox], [type=radio], [type=hidden]), select)"
        )
        widths = [field.bounding_box()["width"] for field in fields.all() if field.is_visible()]
        assert widths, path
        assert min(widths) > 120, path


def test_a_crisis_is_made_from_nothing_without_scripts(browser: Browser, own_ledger: Ledger) -> None:
    with opened(browser, own_ledger, 1280, scripts=False) as (page, secret):
        page.goto("/register")
        form = page.locator("form:has(#crisis_name)")
        form.locator("#crisis_name").fill("Earthquake in Nepal")
        form.locator("#places").fill("Nepal")
        form.locator("#period_start").fill("2026-11-02")
        form.locator("input[name=key]").fill(secret)
        form.get_by_role("button", name="Register").click()
        page.get_by_role("link", name="Hand in its reports").click()
        expect(page.locator("#about-crisis")).to_have_value("earthquake-in-nepal-2026-11")
        fill_in(page, secret, crisis="earthquake-in-nepal-2026-11")
        page.fill("#cell-0-0", "Nepal")
        page.fill("#key", secret)  # without scripts it is typed each time
        page.get_by_role("button", name="Hand in", exact=True).click()
        expect(page.locator("#outcome")).to_contain_text("1 accepted")
        page.goto("/?crisis=earthquake-in-nepal-2026-11")
        expect(page.locator(".card .best").first).to_have_text("2,000")


@pytest.mark.parametrize("desk", [360], indirect=True)
def test_a_note_is_ticked_and_taken_out_for_good_and_in_arabic_nothing_is_left(
    desk: tuple[Page, str], own_ledger: Ledger
) -> None:
    page, secret = desk
    row = {
        "crisis": "syria-coast-2025-03", "source": "sohr", "published_on": "2026-11-20", "areas": "Latakia",
        "population": "civilians", "counted_to": "2026-11-19", "measure": "detained", "count": "700",
        "note": "seen by Zacharia Quintessence",
    }  # fmt: skip
    ((_, _, report),) = own_ledger.ingest_rows([row]).verdicts
    page.goto(f"/report/{report}")
    page.get_by_role("link", name="Withdraw, correct or redact it").click()
    page.fill("#key", secret)
    page.fill("#reason", "it named somebody")
    page.get_by_label("its note").check()
    page.get_by_role("button", name="Take it out for good").click()
    expect(page.locator("#outcome")).to_contain_text("Texts taken out: 1;")
    expect(page.get_by_label("its note")).not_to_be_checked()
    assert own_ledger.answers.report(report)["note"] == REDACTED
    page.goto(f"/ar/report/{report}/mend")
    page.fill("#reason", "الاسم")
    page.get_by_label("ملاحظته").check()
    page.get_by_role("button", name="إزالته نهائيًا").click()
    expect(page.locator("#outcome")).to_contain_text("لم يبقَ ما يُزال")


def test_a_report_is_withdrawn_from_its_own_page_and_the_curve_goes_back(desk: tuple[Page, str]) -> None:
    page, secret = desk
    before = drawn(page)
    fill_in(page, secret)
    page.fill("#cell-0-0", "Jableh")
    page.check("#leave-1")
    expect(page.locator('tr[data-verdict="accepted"]')).to_have_count(1)
    page.get_by_role("button", name="Hand in", exact=True).click()
    page.locator("tr[data-verdict] a", has_text="report").first.click()
    expect(page.get_by_role("heading", name="A report: “2,000”")).to_be_visible()
    report = page.url
    assert drawn(page) != before, "the curve has moved"
    page.goto(report)
    page.get_by_role("link", name="Withdraw, correct or redact it").click()
    page.fill("#reason", "given by mistake")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator("#outcome")).to_be_focused()
    assert is_in_sight(page, page.locator("#outcome-title"))
    page.get_by_role("link", name="← The report").click()
    expect(page.locator("main")).to_contain_text("Withdrawn: given by mistake. It no longer counts")
    assert drawn(page) == before


def drawn(page: Page) -> list[str]:
    """The lines of the curve of Jableh, wide or narrow, as they are drawn."""
    best(page)
    lines: list[str] = page.eval_on_selector_all(
        '.drawn path[stroke="#2f3b4a"]', "lines => lines.map(line => line.getAttribute('d'))"
    )
    assert lines
    return lines


OWN = {
    "": ("Afghanistan", "Herat Disaster Office", "Earthquake in Herat", "Province\tDate\tDeaths"),
    "/ar": ("أفغانستان", "هيئة الكوارث في هرات", "زلزال هرات", "المكان\tالتاريخ\tالقتلى"),
}
OWN_ROWS = "Herat\t2026-11-18\t120\nHerat\t2026-11-19\t>1,000\nHerat\t2026-11-20\t1,482\n"


@pytest.mark.parametrize("desk", [360], indirect=True)
@pytest.mark.parametrize("language", ["", pytest.param("/ar", marks=pytest.mark.long)])
def test_a_crisis_country_source_and_first_reports_of_ones_own_come_from_forms_to_a_chart(
    desk: tuple[Page, str], language: str
) -> None:
    page, secret = desk
    country, source, crisis, headings = OWN[language]
    page.goto(f"{language}/register")
    for form, fields in (
        ("country", {"country_name": country}), ("source", {"source_name": source}),
        ("crisis", {"crisis_name": crisis, "places": "Herat", "period_start": "2026-11-18"}),
    ):  # fmt: skip
        section = page.locator(f"section[aria-labelledby={form}]")
        for name, text in fields.items():
            section.locator(f"#{name}").fill(text)
        if form == "source":
            section.locator("#kind").select_option("government")
        section.locator("input[name=key]").fill(secret)
        section.locator("button.main").click()
        expect(page.locator(f"section[aria-labelledby={form}] #outcome")).to_be_visible()
    page.locator("#outcome a").click()
    page.fill("#key", secret)
    page.fill("#text", f"{headings}\n{OWN_ROWS}")
    page.fill("#about-source", source)
    page.fill("#about-published_on", "2026-11-20")
    page.select_option("#about-population", "all")
    page.click("button:not(.unseen)[value=read]")
    expect(page.locator('tr[data-verdict="accepted"]')).to_have_count(3)
    assert is_in_sight(page, page.locator("#rows-title")), "what was read is seen"
    page.locator("button.main[value=hand_in]").click()
    expect(page.locator("#outcome")).to_be_focused()
    page.goto(f"{language}/crisis/{page.locator('#about-crisis').input_value()}")
    expect(page.locator(".card .best").first).to_have_text("1,482")
    expect(page.locator("h1")).to_have_text(crisis)
    page.wait_for_selector("figure[data-drawn]")
    assert page.locator(".narrow-drawn a.datum").count() == 3
    labels = [label.bounding_box() for label in page.locator(".narrow-drawn svg text").all()]
    assert not overlapping([box for box in labels if box])


def overlapping(boxes: list[FloatRect]) -> list[tuple[FloatRect, FloatRect]]:
    """Pairs of texts of one line that stand in one another."""
    return [
        (a, b)
        for n, a in enumerate(boxes)
        for b in boxes[n + 1 :]
        if abs(a["y"] - b["y"]) < 3 and a["x"] < b["x"] + b["width"] - 1 and b["x"] < a["x"] + a["width"] - 1
    ]
