"""How many examples does the test of a parser look at?

Two thousand each time, the same ones; with CASUALTY_EXAMPLES as many as it says (``make nightly``: 100,000).
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("CASUALTY_EXAMPLES", "2000"))

thorough = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""For tests of parsers: whatever comes in is read or refused, and what is written is read back."""
