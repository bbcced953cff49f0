"""What does a method make of those who stand?

By default the count with the least disagreement, in a range that is calibrated or goes from the lowest
statement to the highest. What other methods do otherwise is SQL over the same columns. This module must not
know where those who stand come from.
"""

from __future__ import annotations

import pyarrow as pa

from service.reconcile.adding_up import settle
from service.reconcile.agreement import Agreed, least_disagreement
from service.reconcile.calibration import CALIBRATED, Factors, range_method
from service.reconcile.claims import Claims
from service.reconcile.columns import Rows, columns, table
from service.reconcile.figures import FIGURE, graded
from service.reconcile.findings import NOTICED
from service.reconcile.ranges import (
    ESTIMATED,
    VERIFIED_LATE,
    begun,
    begun_table,
    estimates,
    lowest_to_highest,
    verified_late,
)
from service.reconcile.standing import Standing
from service.reconcile.steps import Engine
from service.schema.records import Reference

AGREED = "SELECT cell_id, date, best, is_best_blank FROM settled_agreed ORDER BY cell_id, date"
CLAIM = pa.schema(
    [
        *((name, pa.int32()) for name in ("cell_id", "origin_no", "report_no")),
        ("said", pa.int64()),
        ("known_on", pa.date32()),
    ]
)
"""What SQL reads of the claims that stand."""


class Method:
    """Least disagreement: ``least-disagreement`` and ``latest:ORIGIN``."""

    def __init__(
        self, name: str, claims: Claims, reference: Reference, factors: Factors, engine: Engine
    ) -> None:
        self._name = name
        self._claims = claims
        self._reference = reference
        self._factors = factors
        self._engine = engine

    def agreed(self, standing: Standing) -> tuple[Standing, Agreed]:
        """The counts agreed on, and who then stands for them."""
        return standing, least_disagreement(standing)

    def estimated(self, figure: Rows, walked: Rows) -> pa.Table:
        """ESTIMATED rows with their grades, in order."""
        if range_method(self._name) != CALIBRATED:
            return graded(lowest_to_highest(figure), ESTIMATED)
        since = begun(figure, self._claims.cells)
        return graded(estimates(figure, since, verified_late(walked), self._factors.range), ESTIMATED)

    def noticed(self) -> list[pa.Table]:
        """NOTICED rows about what the method did."""
        return []


class Asking(Method):
    """A count that SQL finds: ``median``, ``range``, ``ucdp``."""

    def agreed(self, standing: Standing) -> tuple[Standing, Agreed]:
        self._engine.add(active=standing.table())
        return standing, Agreed.read(self._engine.step(f"5_{self._name}"), standing)


class Expecting(Method):
    """The settled figure that the one agreed on leads to expect: ``nowcast``."""

    def agreed(self, standing: Standing) -> tuple[Standing, Agreed]:
        self._engine.add(active=standing.table())
        return super().agreed(standing)

    def estimated(self, figure: Rows, walked: Rows) -> pa.Table:
        self._engine.add(
            figure=graded(figure, FIGURE),
            estimate=super().estimated(figure, walked),
            begun=begun_table(begun(figure, self._claims.cells)),
            verified_late=table(verified_late(walked), VERIFIED_LATE),
            completion=self._factors.completion,
            cell=self._claims.cells.table,
        )
        return self._engine.step("6_expected")


class Adding(Method):
    """Counts that add up over places, populations and days: ``coherent``."""

    def agreed(self, standing: Standing) -> tuple[Standing, Agreed]:
        agreed = least_disagreement(standing).table(standing)
        self._engine.add(active=standing.table(), agreed=agreed, cell=self._claims.cells.table)
        self._engine.add(settled=settle(self._engine.read, self._reference))
        settled = Standing(columns(self._engine.step("5_settled")))
        return settled, Agreed.read(self._engine.read(AGREED), settled)

    def estimated(self, figure: Rows, walked: Rows) -> pa.Table:
        self._engine.add(estimate=super().estimated(figure, walked))
        return self._engine.step("6_contested")

    def noticed(self) -> list[pa.Table]:
        self._engine.add(claim=table(self._claims.rows, CLAIM))
        return [self._engine.step("8_unsettled").cast(NOTICED)]


METHODS: dict[str, type[Method]] = {
    "least-disagreement": Method,
    "latest": Method,
    "median": Asking,
    "range": Asking,
    "ucdp": Asking,
    "nowcast": Expecting,
    "coherent": Adding,
}
