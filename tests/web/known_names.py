"""What Schemathesis cannot know of the API: the names in the reference data, and that days have an order.

The description gives a parameter whose values are listed elsewhere a format named after the list; here each
such format gets values of the shipped seeds.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import schemathesis
from hypothesis import strategies as st

from service.answers.filters import ANY
from service.answers.query import METHODS
from service.ingest import load_seeds
from service.ingest.checks import CODES
from service.settings import shipped_seeds
from service.web.openapi_writes import EXAMPLE_ROW

SEEDS = load_seeds(shipped_seeds()).reference
AREAS = [
    name for column in ("area_code", "name_ar") for name in SEEDS["area"].column(column).to_pylist() if name
]
SOURCES = SEEDS["source"].column("source_id").to_pylist()
POPULATIONS = SEEDS["population"].column("population").to_pylist()
CRISES = SEEDS["crisis"].column("crisis_id").to_pylist()
NAMES = {
    "area": [*AREAS, "SY06|SY10"],
    "population": [*POPULATIONS, ANY],
    "crisis": [*CRISES, ANY],
    "source": SOURCES,
    "method": [*(name for name in METHODS if ":" not in name), "least-disagreement/2", "latest:sohr"],
    "check": list(CODES),
    "mapping": ["native"],
    "weights": ["kind:anonymous=0.1", "standard:verified=2", "origin:sohr=1"],
}
KEYS = count()
for name, values in NAMES.items():
    schemathesis.openapi.format(name, st.sampled_from(values))
schemathesis.openapi.format("idempotency-key", st.builds(lambda: f"request-{next(KEYS)}"))


@schemathesis.hook
def map_query(context: schemathesis.HookContext, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """A span of days begins before it ends."""
    ends = [(query or {}).get(name) for name in ("from", "to")]
    if query and all(isinstance(end, str) for end in ends):
        return {**query, "from": min(ends), "to": max(ends)}
    return query


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """Every other row that is an object is the example with some values changed, so that rows get in."""
    if isinstance(body, dict) and isinstance(body.get("rows"), list):
        return {**body, "rows": map_body(context, body["rows"])}
    if not isinstance(body, list):
        return body
    return [
        {**EXAMPLE_ROW, **row} if isinstance(row, dict) and number % 2 else row
        for number, row in enumerate(body)
    ]
