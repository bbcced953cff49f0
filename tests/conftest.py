"""What tests share: the shipped crises in a ledger, a server around it and a browser in front of it.

The seeds are loaded once per worker into a directory that nobody writes to; ``ledger`` and ``server`` read a
copy of it and are shared, so tests that hand something in take ``own_ledger`` or a ``data_dir`` of their own.
The clock stands still.
"""

from __future__ import annotations

import datetime as dt
import functools
import gc
import os
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import settings

from service.api import Ledger
from tests.serving import PATIENCE, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# the same examples each time, so that a change is judged by itself; HYPOTHESIS_PROFILE=searching looks on
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("searching", derandomize=False, max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# every httpx.Client reads all certificates anew, though it talks to the loopback without any: a twentieth of
# a second each, a twelfth of all that the tests took
ssl.create_default_context = functools.cache(ssl.create_default_context)

LONGEST = (
    "test_schemathesis", "test_cli_help", "test_home", "test_pages", "test_workshop", "test_description",
    "test_desk", "test_path_prefix", "test_cli_asking", "test_index", "test_writes", "test_any_input",
    "test_cli_serve", "test_paging", "test_notebooks", "test_hostile_documents", "test_streaming",
    "test_desk_pages", "test_formats", "test_pseudo_language", "test_accounts_properties", "test_first_time",
    "test_accessibility", "test_taken_back", "test_cli_transfer", "test_cli_ingest", "test_connections",
    "test_concurrency", "test_faults", "test_walk_through",
)  # fmt: skip
"""Modules that take longest, in that order: they go first, so that no worker is left alone with one of them.

A module stays with one worker (``--dist loadfile``), so that what its tests share is made once."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


def pytest_collection_finish() -> None:
    """Have the garbage collector leave alone what is loaded: to walk through it took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure() -> None:
    """Let what is loaded go at the end: some libraries count what is left of theirs."""
    gc.unfreeze()


MOMENT = dt.datetime.fromisoformat("2026-11-22T12:00")
"""The present, in every test."""

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def clock() -> dt.datetime:
    return MOMENT


@pytest.fixture(scope="session", autouse=True)
def _no_test_touches_the_real_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASUALTY_DATA_DIR", str(tmp_path_factory.mktemp("elsewhere") / "data"))
        yield


@pytest.fixture(scope="session")
def seeded_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the shipped seeds. Copy it; do not open it."""
    place = tmp_path_factory.mktemp("seeded") / "data"
    Ledger.open(place, clock=clock).close()
    return place


@pytest.fixture
def data_dir(seeded_dir: Path, tmp_path: Path) -> Path:
    """A copy of the seeded directory, the test's own."""
    return Path(shutil.copytree(seeded_dir, tmp_path / "data"))


@pytest.fixture(scope="session")
def ledger(seeded_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The shipped crises, for reading."""
    place = shutil.copytree(seeded_dir, tmp_path_factory.mktemp("shared") / "data")
    with Ledger.open(place, clock=clock) as opened:
        yield opened


@pytest.fixture
def own_ledger(data_dir: Path) -> Iterator[Ledger]:
    """The shipped crises, for tests that write."""
    with Ledger.open(data_dir, clock=clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(ledger: Ledger) -> Iterator[str]:
    """The address of a real server for ``ledger``."""
    with serving(ledger) as address:
        yield address


@pytest.fixture(scope="session")
def client(server: str) -> Iterator[httpx.Client]:
    """An HTTP client for ``server``."""
    with httpx.Client(base_url=server, timeout=PATIENCE) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. A module at a time: while it runs, no other event loop can in this thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_FLAGS))
        yield opened
        opened.close()


def chromium() -> str | None:
    """The Chromium of CASUALTY_CHROMIUM, else the first on the PATH, else (None) Playwright's own."""
    found = [os.environ.get("CASUALTY_CHROMIUM"), *(shutil.which(name) for name in CHROMIUM_NAMES)]
    return next((path for path in found if path), None)
