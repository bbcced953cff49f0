"""What somebody does here for the first time, by what is seen and clicked alone: hand a report in and see the
curve move, withdraw it and see it go back, begin a crisis from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from service.api import Ledger
from service.language import Translator
from service.ledger.api_keys import Keyring, Role
from tests.browser.conftest import watched
from tests.conftest import MOMENT
from tests.serving import serving

TABLE = "place\tdeaths\nJableh\t2,000\n"
JABLEH = '.card[data-area="SY0602"] .best'


class Reader(NamedTuple):
    """How somebody reads: the language, the scheme, the width of the screen."""

    language: str = "en"
    scheme: str = "light"
    width: int = 1280


class Desk(NamedTuple):
    """A page of a server that may be written to, an editor's key, and the words on its buttons."""

    page: Page
    secret: str
    words: Translator
    prefix: str

    def button(self, text: str) -> None:
        self.page.get_by_role("button", name=self.words.say(text), exact=True).click()

    def link(self, text: str) -> None:
        self.page.get_by_role("link", name=self.words.say(text), exact=True).first.click()

    def goto(self, path: str) -> None:
        self.page.goto(f"{self.prefix}{path}")


READERS = [
    Reader(),
    pytest.param(Reader(language="ar"), marks=pytest.mark.long),
    pytest.param(Reader(scheme="dark", width=360), marks=pytest.mark.long),
    pytest.param(Reader(language="ar", scheme="dark", width=360), marks=pytest.mark.long),
]


@pytest.fixture(params=READERS, ids=lambda reader: "-".join(map(str, reader)))
def desk(request: pytest.FixtureRequest, browser: Browser, own_ledger: Ledger) -> Iterator[Desk]:
    with opened(browser, own_ledger, request.param) as found:
        yield found


@contextmanager
def opened(browser: Browser, ledger: Ledger, reader: Reader) -> Iterator[Desk]:
    secret = Keyring(ledger.store.data_dir).create(Role.EDITOR, at=MOMENT)[1]
    with serving(ledger, prepares=False) as address, watched(browser, address, reader.width, True) as page:
        page.emulate_media(color_scheme=reader.scheme)
        prefix = "" if reader.language == "en" else f"/{reader.language}"
        yield Desk(page, secret, Translator(reader.language), prefix)


def fill_in(desk: Desk, *, crisis: str, place: str = "Jableh") -> None:
    """Say what a newcomer has before him: a table, and what its page says of all of it."""
    page = desk.page
    page.fill("#key", desk.secret)
    page.fill("#text", TABLE.replace("Jableh", place))
    said = {"crisis": crisis, "source": "SOHR", "published_on": "2026-11-20", "counted_to": "2026-11-19"}
    for name, value in said.items():
        page.fill(f"#about-{name}", value)
    page.select_option("#about-population", "civilians")
    desk.button("Read it")
    expect(page.locator('tr[data-verdict="accepted"]')).to_have_count(1)


def curve(desk: Desk) -> tuple[str, list[str | None]]:
    """Return the figure of Jableh and how its curve is drawn, for the screen that there is."""
    page = desk.page
    desk.goto("/?area=SY0602&measure=killed&population=civilians")
    page.wait_for_selector("figure[data-drawn]")
    paths = page.locator("figure.chart svg:visible path").all()
    drawn = [path.get_attribute("d") for path in paths]
    assert drawn
    return page.locator(JABLEH).inner_text(), drawn


def test_a_report_is_handed_in_and_moves_the_curve_and_withdrawn_it_goes_back(desk: Desk) -> None:
    page = desk.page
    before = curve(desk)
    desk.link("Hand in")
    fill_in(desk, crisis="syria-coast-2025-03")
    desk.button("Hand in")
    outcome = page.locator("#outcome")
    expect(outcome.locator("table.moved")).to_be_visible()
    expect(outcome).to_contain_text("2,000")
    report = page.locator("tr[data-verdict] a").first
    where = report.get_attribute("href")
    figure, drawn = curve(desk)
    assert figure == "2,000"
    assert drawn != before[1], "the curve has moved"
    page.goto(str(where))
    page.locator('a[href$="/mend"]').first.click()
    page.fill("#key", desk.secret)
    page.fill("#reason", "given by mistake")
    desk.button("Withdraw it")
    expect(page.locator("#outcome")).to_be_visible()
    assert curve(desk) == before, "it is back where it was"


def test_a_crisis_is_begun_from_nothing_and_has_its_first_figure(desk: Desk) -> None:
    page = desk.page
    desk.goto("/submit")
    desk.link("New place, source or crisis")
    form = page.locator("form:has(#crisis_name)")
    form.locator("input[name=key]").fill(desk.secret)
    form.locator("#crisis_name").fill("Earthquake in Nepal")
    form.locator("#places").fill("Nepal")
    form.locator("#period_start").fill("2026-11-02")
    form.get_by_role("button", name=desk.words.say("Register"), exact=True).click()
    page.locator('a[href*="/submit?"]').first.click()
    crisis = page.locator("#about-crisis").input_value()
    assert crisis == "earthquake-in-nepal-2026-11"
    fill_in(desk, crisis=crisis, place="Nepal")
    desk.button("Hand in")
    expect(page.locator("#outcome")).to_contain_text("2,000")
    desk.goto("/")
    page.locator(f'a[href$="/crisis/{crisis}"]').first.click()
    page.wait_for_selector("figure[data-drawn]")
    expect(page.locator(".card .best").first).to_have_text("2,000")
