"""What are we measured against?

``grouped`` is the limit: one pass over the rows that gives median, lowest and highest per cell and day,
with no lineage, no carrying forward and no evidence. ``applied`` is what a user would write: the same kind
of answer as ours (one voice per origin and day, later totals replacing earlier ones, the weighted median of
what stands, a range, and a row of evidence per report), a function per cell under pandas' groupby. It knows
neither parts of a whole nor distorted copies, which makes its work lighter than ours.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

CELL = ["crisis_id", "areas", "measure", "population", "attributed_to", "period_start"]
WEIGHT = {"monitor": 24 * 6, "government": 16 * 4, "media": 16 * 3, "party": 4 * 3}


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


def applied(reports: pd.DataFrame) -> int:
    """The rules by groupby-apply; how many estimates came out."""
    return sum(len(estimates) for estimates, _ in map(_cell, _groups(reports)))


def _groups(reports: pd.DataFrame) -> list[pd.DataFrame]:
    return [rows for _, rows in reports.groupby(CELL, dropna=False)]


def _cell(rows: pd.DataFrame) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Estimates (day, low, best, high) and evidence (day, report, role) of one cell."""
    rows = rows.assign(own=rows["source_id"] == rows["origin_id"])
    carried = rows.groupby(["origin_id", "counted_to", "number"]).agg(
        own=("own", "any"), carriers=("source_id", "nunique"), low=("low", "min"), best=("best", "max")
    ).reset_index().sort_values(["counted_to", "origin_id", "own", "carriers", "number"])  # fmt: skip
    said = carried.groupby(["origin_id", "counted_to"]).tail(1)
    estimates: list[tuple[object, ...]] = []
    evidence: list[tuple[object, ...]] = []
    for day in sorted(said["counted_to"].unique()):
        standing = said[said["counted_to"] <= day].groupby("origin_id").tail(1).sort_values("number")
        weight = standing["origin_id"].str.partition("-")[0].map(WEIGHT).to_numpy()
        at = int(np.searchsorted(np.cumsum(weight), weight.sum() / 2))
        exact = standing["best"].dropna()
        estimates.append((day, standing["low"].min(), standing["number"].iloc[at], exact.max()))
        known = rows[rows["counted_to"] <= day]
        counted = known.merge(standing[["origin_id", "counted_to", "number"]], how="left", indicator=True)
        evidence += list(zip([day] * len(counted), counted["report_id"], counted["_merge"], strict=True))
    return estimates, evidence
