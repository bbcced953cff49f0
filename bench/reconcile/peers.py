"""What are we measured against?

``grouped`` is the limit: one pass over the rows that gives median, lowest and highest per cell and day,
with no lineage, no accounts, no order of parts and no evidence. Nobody could do the work in less. The others
are what an analyst writes by hand in an afternoon: the latest number of each origin for each cell, and of
these the median, the lowest and the highest; one row a cell, no days, nothing set aside, no reasons.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

Toll = tuple[float, int, int]
"""Median, lowest and highest."""

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


def by_hand_in_duckdb(reports: pa.Table) -> list[Toll]:
    """The tolls of the cells in DuckDB, with one thread, in order."""
    cell = ", ".join(CELL)
    with duckdb.connect(":memory:", config={"threads": 1}) as engine:
        engine.execute("SET enable_progress_bar = false")
        engine.register("report", reports)
        latest = (
            f"SELECT {cell}, origin_id, arg_max(number, (counted_to, number)) AS number "
            "FROM report GROUP BY ALL"
        )
        found = engine.sql(f"SELECT median(number), min(number), max(number) FROM ({latest}) GROUP BY {cell}")
        return sorted((float(middle), int(least), int(most)) for middle, least, most in found.fetchall())


def by_hand_in_pandas(reports: pa.Table) -> list[Toll]:
    """The same in pandas, over Arrow columns, without a loop."""
    frame = reports.select([*CELL, "origin_id", "counted_to", "number"]).to_pandas(types_mapper=pd.ArrowDtype)
    frame = frame.sort_values(["counted_to", "number"])
    latest = frame.groupby([*CELL, "origin_id"], sort=False, dropna=False)["number"].last()
    tolls = latest.groupby(level=CELL, sort=False, dropna=False).agg(["median", "min", "max"])
    return sorted(
        (float(middle), int(least), int(most)) for middle, least, most in tolls.itertuples(index=False)
    )


def by_hand_in_polars(reports: pa.Table) -> list[Toll]:
    """The same in Polars."""
    frame = pl.from_arrow(reports.select([*CELL, "origin_id", "counted_to", "number"])).lazy()
    latest = frame.group_by(*CELL, "origin_id").agg(pl.col("number").sort_by("counted_to", "number").last())
    number = pl.col("number")
    tolls = latest.group_by(*CELL).agg(
        number.median().alias("m"), number.min().alias("l"), number.max().alias("h")
    )
    rows = tolls.select("m", "l", "h").collect().rows()
    return sorted((float(middle), int(least), int(most)) for middle, least, most in rows)


BY_HAND: dict[str, Callable[[pa.Table], list[Toll]]] = {
    "DuckDB by hand": by_hand_in_duckdb,
    "pandas by hand": by_hand_in_pandas,
    "Polars by hand": by_hand_in_polars,
}
