"""What does it take to reconcile?

Two sizes decide: the reports, and the accounts times the days on which anything is counted to. The seconds
and bytes of each were measured (``make bench-cost``); they say whether an answer may be begun, and no figure
depends on them.
"""

from __future__ import annotations

from service import effort

SECONDS_A_REPORT = 8e-6
BYTES_A_REPORT = 400
SECONDS_AN_ACCOUNT_DAY = 0.25e-6
BYTES_AN_ACCOUNT_DAY = 28
BYTES_A_CELL_DAY = 200


def begin_reports(reports: int) -> None:
    """Say that so many reports are about to be read. Raises as ``effort.begin``."""
    effort.begin(seconds=reports * SECONDS_A_REPORT, memory=reports * BYTES_A_REPORT)


def begin_accounts(accounts: int, cells: int, days: int) -> None:
    """Say that so many accounts of some cells are about to be worked out. Raises as ``effort.begin``."""
    memory = accounts * days * BYTES_AN_ACCOUNT_DAY + cells * days * BYTES_A_CELL_DAY
    effort.begin(seconds=accounts * days * SECONDS_AN_ACCOUNT_DAY, memory=memory)
