"""WCAG 2.2 AA on every page, as axe-core judges it: in light and dark, and as narrow as 320 pixels."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Opener
from tests.browser.test_home import ALL_PAGES, COAST, REPORT, each_page

AXE = Axe()
IN_ARABIC = (
    "/ar/", "/ar/why?area=SY0602&measure=killed&population=civilians", f"/ar/report/{REPORT}",
    "/ar/guide/privacy",
    "/ar/guide/search?q=withdraw",
)  # fmt: skip
"""Pages of other languages are made of the same templates: one of each layout, and of each kind of table."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def found(page: Any, **options: Any) -> list[str]:
    """What axe-core finds wrong, with the first place of each."""
    rows_alike = {"exclude": [["tbody tr:nth-child(n+8)"], [".conflict:nth-of-type(n+6)"]]}
    answer = AXE.run(page, rows_alike, options={"resultTypes": ["violations"], **options}).response
    return [
        f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:160]}" for each in answer["violations"]
    ]


@pytest.mark.parametrize("path", (*each_page(*ALL_PAGES, *IN_ARABIC), f"/ar{COAST}"))
def test_axe_finds_nothing_wrong_in_light_and_dark_and_on_a_narrow_screen(
    open_page: Opener, path: str
) -> None:
    page = open_page(path, width=320)
    assert found(page, runOnly=WCAG) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark")
    assert found(page, runOnly=["color-contrast"]) == []
