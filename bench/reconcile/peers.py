"""What are we measured against?

``grouped`` is the limit: one pass over the rows that gives median, lowest and highest per cell and day,
with no lineage, no accounts, no order of parts and no evidence. Nobody could do the work in less.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

CELL = ["crisis_id", "areas", "measure", "population", "attributed_to", "period_start"]


def grouped(reports: pa.Table, threads: int) -> int:
    """The bare GROUP BY; how many groups came out."""
    with duckdb.connect(":memory:", config={"threads": threads}) as engine:
        engine.execute("SET enable_progress_bar = false")
        engine.register("report", reports)
        found = engine.sql(
            f"SELECT {', '.join(CELL)}, counted_to, median(best), min(low), max(high) "
            "FROM report GROUP BY ALL"
        )
        return int(found.to_arrow_table().num_rows)
