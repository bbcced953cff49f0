"""What does every origin say of a crisis, taken together, and which figure do most of their weights support?

The way of a datum: report -> ``claims`` -> ``statements`` (what an origin said, however many carried it) ->
``consistency`` (what contradicts its own origin is set aside) -> ``floors`` and ``ceilings`` -> ``accounts``
(an interval for every cell and day) -> ``figures`` (weighted median, count, range) -> ``sums`` -> ``grades``
-> ``expected``; and back from every report to what it did (``evidence``). Nothing here reads or writes a
file.
"""

from service.reconcile.cost import SECONDS_A_REPORT
from service.reconcile.days_of_knowledge import reconcile_days
from service.reconcile.engine import reconcile
from service.reconcile.findings import NOTICED
from service.reconcile.latest import Latest
from service.reconcile.result import Asked, Reconciled, combine

__all__ = [
    "NOTICED",
    "SECONDS_A_REPORT",
    "Asked",
    "Latest",
    "Reconciled",
    "combine",
    "reconcile",
    "reconcile_days",
]
