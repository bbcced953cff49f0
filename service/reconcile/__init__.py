"""Which count agrees best with everything that independent origins had said by a given day, and why?

``reconcile(reports, reference, as_of=…)`` is a pure function of its arguments: it reads no file, no setting
and no clock, and the order of its input never matters. The rules stand, step by step, in the modules beside
this file, each a pass over columns in memory; what only some methods need is SQL.
"""

from service.reconcile.bounds import Asked, bounds
from service.reconcile.engine import Reconciled, combine, reconcile, reconcile_days

__all__ = ["Asked", "Reconciled", "bounds", "combine", "reconcile", "reconcile_days"]
