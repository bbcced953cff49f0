"""How many examples does the test of a parser look at?

Of a single value two thousand each time, of a whole document a quarter of that, always the same ones; with
CASUALTY_EXAMPLES as many as it says (``make nightly``: 100,000).
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
documents = settings(thorough, max_examples=EXAMPLES // 4)
"""For tests that write and read a whole document for each example."""
twice = settings(thorough, max_examples=EXAMPLES // 10)
"""For tests that take each example in as a report file, in two formats or again."""
