"""A ledger that may be written to over HTTP, with a client for each role and a row to send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx

from service.api import Ledger
from service.ledger.api_keys import Keyring, Role
from tests.conftest import MOMENT
from tests.serving import serving

ROW = {
    "crisis": "syria-coast-2025-03", "source": "sohr", "published_on": "2026-11-20",
    "counted_to": "2026-11-19", "period_start": "2025-03-06", "areas": "SY06", "measure": "detained",
    "population": "civilians", "count": "over 700", "standard": "documented",
}  # fmt: skip
NOWHERE = {**ROW, "areas": "Atlantis"}
NEGATIVE = {**ROW, "count": -5}
CSV = f"{','.join(ROW)}\n{','.join(ROW.values())}\n".encode()
TALLIES = ("accepted", "duplicate", "quarantined", "rejected")
JSON = {"Content-Type": "application/json"}


class Desk(NamedTuple):
    """A ledger that may be written to, its server, and a client for each role."""

    ledger: Ledger
    reporter: httpx.Client
    editor: httpx.Client

    def stands(self, report_id: str) -> dict[str, Any]:
        """A report as the API shows it."""
        rows = self.reporter.get("/v1/reports?measure=detained&as_of=2026-11-22").json()["data"]
        return next(row for row in rows if row["report_id"] == report_id)


@contextmanager
def opened(ledger: Ledger) -> Iterator[Desk]:
    keyring = Keyring(ledger.store.data_dir)
    headers = [
        {"Authorization": f"Bearer {keyring.create(role, at=MOMENT)[1]}"}
        for role in (Role.REPORTER, Role.EDITOR)
    ]
    with (
        serving(ledger, prepares=False) as address,
        httpx.Client(base_url=address, headers=headers[0], timeout=600) as reporter,
        httpx.Client(base_url=address, headers=headers[1], timeout=600) as editor,
    ):
        yield Desk(ledger, reporter, editor)


def tallies(answer: httpx.Response) -> tuple[int, ...]:
    return tuple(answer.json()[name] for name in TALLIES)
