"""What was submitted, and what was known when? ``Store`` is the door to all storage.

The journal is the truth and the DuckDB index is made from it; ``store.py`` says what holds at any moment.
"""

from service.ledger.clock import ClockRule
from service.ledger.file_lock import Holder, holder
from service.ledger.index import SUBMISSION
from service.ledger.published import PublishedStore
from service.ledger.questions import Questions
from service.ledger.report_pages import START, Position, ReportFilter, ReportPages
from service.ledger.state import State
from service.ledger.store import Store
from service.ledger.view import HISTORY, STORED_FINDING, STORED_HELD, STORED_WITHDRAWAL, View

__all__ = [
    "HISTORY",
    "START",
    "STORED_FINDING",
    "STORED_HELD",
    "STORED_WITHDRAWAL",
    "SUBMISSION",
    "ClockRule",
    "Holder",
    "Position",
    "PublishedStore",
    "Questions",
    "ReportFilter",
    "ReportPages",
    "State",
    "Store",
    "View",
    "holder",
]
