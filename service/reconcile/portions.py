"""How many reports go through the steps together?

Crises know nothing of each other, so each goes through whole, and memory grows with the answer alone. This
module does not know the steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from service.reconcile.claims import READ
from service.reconcile.columns import order
from service.reconcile.words import Numbered

ROWS_A_PORTION = 100_000


def portions_of_crises(reports: pa.Table) -> Iterator[pa.Table]:
    """Yield the reports (READ columns) of whole crises, in the order of their names, about ROWS_A_PORTION
    at a time."""
    reports = reports.select(READ)
    if len(reports) <= ROWS_A_PORTION:
        if len(reports):
            yield reports
        return
    crisis = Numbered.of(reports.column("crisis_id")).numbers
    if (np.diff(crisis) < 0).any():
        sequence = order(crisis)
        reports, crisis = reports.take(pa.array(sequence)), crisis[sequence]
    begins = np.append(np.flatnonzero(np.diff(crisis, prepend=-1)), len(reports)).tolist()
    start = 0
    for end, following in zip(begins[1:], [*begins[2:], None], strict=True):
        if following is None or following - start > ROWS_A_PORTION:
            yield reports.slice(start, end - start)
            start = end
