"""Which address shows the same question elsewhere, today or later?"""

from __future__ import annotations

from urllib.parse import urlencode

from service.answers.filters import ANY
from service.answers.query import DEFAULT_METHOD, Query
from service.api import Ledger
from service.vocabulary import Dates


def address(path: str, query: Query, **more: object) -> str:
    """Return the address under ``path`` that asks ``query``, with its filters spelled out.

    ``more`` adds filters or replaces them; None or an empty list leaves one out.
    """
    values: dict[str, object] = {
        "area": list(query.areas),
        "measure": query.measure,
        "population": query.population,
        "crisis": query.crisis,
        "attributed_to": ANY if query.attributed_to is None else query.attributed_to,
        "period_start": query.period_start,
        "from": query.date_from,
        "to": query.date_to,
        "as_of": query.as_of,
        "dates": None if query.dates == Dates.ALL else query.dates,
        "method": None if query.method == DEFAULT_METHOD else query.method,
        "weights": [f"{name}={weight:g}" for name, weight in query.weights],
        "recorded_by": f"{query.recorded_by.isoformat()}Z" if query.recorded_by else None,
        **more,
    }
    filters = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(filters, doseq=True, safe='|:')}"


def recording_instant(ledger: Ledger, query: Query) -> str:
    """Return the ``recorded_by`` that keeps a citation stable: later it is answered from the same entries."""
    instant = query.recorded_by
    if instant is None or instant > ledger.last_recorded_at:  # more may yet be recorded by then
        instant = ledger.answers.moment(ledger.answers.head(query))
    return f"{instant.isoformat()}Z"
