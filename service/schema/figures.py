"""Which tables does a publication of figures hold, and what does each column mean?

They are what ``reconcile`` gives, with the crisis that a finding is about and the day from which on each
crisis counts. Rows stand in the order of their crises.
"""

from __future__ import annotations

import pyarrow as pa

from service.schema.tables import CRISIS, ESTIMATE, EVIDENCE, FINDING

CRISIS_FINDING = pa.schema([CRISIS.field("crisis_id"), *FINDING])
"""A finding of reconciliation, and the crisis that it is about."""
CRISIS_START = pa.schema([CRISIS.field("crisis_id"), CRISIS.field("period_start")])
"""From which day on a crisis counts (NULL: nobody knows)."""
FIGURE_TABLES: dict[str, pa.Schema] = {
    "estimate": ESTIMATE,
    "evidence": EVIDENCE,
    "finding": CRISIS_FINDING,
    "start": CRISIS_START,
}
METHOD, RULES = "method", "rules"
"""The facts of the manifest: the method of the figures, and the digest of the rules that made them."""
