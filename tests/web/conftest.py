"""What the tests of writing share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from service.api import Ledger
from tests.conftest import clock
from tests.web.desk import Desk, opened


@pytest.fixture
def desk(own_ledger) -> Iterator[Desk]:
    with opened(own_ledger) as desk:
        yield desk


@pytest.fixture(scope="module")
def shared(seeded_dir, tmp_path_factory) -> Iterator[Desk]:
    """A desk for what changes nothing, or nothing that another test looks at; one report is handed in."""
    place = shutil.copytree(seeded_dir, tmp_path_factory.mktemp("writes") / "data")
    with Ledger.open(place, clock=clock) as ledger, opened(ledger) as desk:
        yield desk
