"""A page that remembers everything that went wrong in it, and a test that ends with that list empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

from tests.serving import PATIENCE

Opener = Callable[..., Page]
CUT_OFF = "ERR_INTERNET_DISCONNECTED"
EXPECTED_WITHIN = 90.0
"""Seconds until what a page is expected to show has to stand there. A busy machine has it in ten; where it
never comes, the test ends in this time, and not in ``PATIENCE``."""
expect.set_options(timeout=EXPECTED_WITHIN * 1000)


@pytest.fixture
def open_page(browser: Browser, server: str) -> Iterator[Opener]:
    """``open_page("/", width=360, scripts=False)`` opens a page of the service in a browser of its own."""
    with ExitStack() as stack:

        def opened(path: str, *, width: int = 1280, scripts: bool = True) -> Page:
            page = stack.enter_context(watched(browser, server, width, scripts))
            page.goto(path)
            if scripts and page.locator("figure.chart").count():
                page.wait_for_selector("figure[data-drawn]")
            return page

        yield opened


@contextmanager
def watched(browser: Browser, server: str, width: int, scripts: bool) -> Iterator[Page]:
    """A page whose console, requests and answers are checked when it closes. What fails because a test has
    cut it off from the network is no trouble."""
    trouble: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            trouble.append(f"console {message.type}: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{server}/", "data:", "blob:")):
            trouble.append(f"left the host: {request.url}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            trouble.append(f"answered {response.status}: {response.url}")

    context = browser.new_context(
        base_url=server,
        viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.on("console", heard)
    page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
    page.on("request", asked)
    page.on("requestfailed", lambda request: trouble.append(f"failed: {request.url} {request.failure}"))
    page.on("response", answered)
    yield page
    context.close()
    trouble = [line for line in trouble if CUT_OFF not in line]
    assert not trouble, "\n".join(trouble)
