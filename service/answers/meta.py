"""What do the rows of an answer hold for?

``meta`` stands beside the rows in every way out: the question as understood, the day of knowledge, the state
of the ledger and, where figures are given, the method and how often its ranges hold. It is put together here
and nowhere else. It must not know which rows it stands beside, nor how it is written.
"""

from __future__ import annotations

from typing import Any

from service.answers.query import Query
from service.reconcile.calibration import SETTLED, range_method, range_methods
from service.schema.records import Head

WHERE_BLANK = (
    "Blank where nobody by name gives a count or a lower bound, for measures other than killed, beyond the "
    "days that settled crises teach, and, where the end of the crisis is not known, a week after the latest "
    "figure."
)


def meta_of_figures(query: Query, head: Head | str) -> dict[str, Any]:
    """Return what reconciled figures hold for: query, as_of, head, method, and the expected range's coverage.

    ``expected.nominal`` is the share of settled figures that expected ranges should hold,
    ``expected.coverage`` the share they held in crises whose end is known; both null where the method expects
    nothing. ``expected.blank`` says where there is none, and why.
    """
    name = range_method(query.method)
    ranges = range_methods()[name] if name == SETTLED else None
    return {
        **meta_of_reports(query, head),
        "method": query.method,
        "expected": {
            "method": ranges.name if ranges else None,
            "nominal": ranges.nominal if ranges else None,
            "coverage": ranges.coverage if ranges else None,
            "blank": WHERE_BLANK if ranges else None,
        },
    }


def meta_of_reports(query: Query, head: Head | str) -> dict[str, Any]:
    """Return what reports as published hold for: query, as_of, head."""
    return {"query": query.meta(), "as_of": query.as_of, "head": str(head)}


def meta_of_state(head: Head | str) -> dict[str, Any]:
    """Return what rows hold for that depend on the state of the ledger alone."""
    return {"head": str(head)}
