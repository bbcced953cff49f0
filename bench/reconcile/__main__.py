"""``python -m bench.reconcile``: time ours against the limit, in crises of two shapes; how time grows.

``--rows 1e4 1e5`` asks for smaller sizes than a million.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from bench.reconcile.measure import WAYS, WAYS_OF_OURS, first, fresh, measure, ours, warm
from bench.reconcile.touched import touched
from bench.report import keep

SHAPES = {
    "giant": "one giant crisis",
    "of 1000": "crises of 1,000 reports",
    "of 100": "crises of 100 reports",
}
UNUSUAL = {
    "relayed": "One outlet relays one small number for 500 districts",
    "voices": "As many origins as reports count one district",
    "events": "One origin lists an incident a day",
}
"""Shapes in which pairs of reports would show."""
LEDGER_ROWS = 100_000
"""No larger ledger is filled: it takes many times longer than what is measured of it."""
MOST_GROWTH = 12
"""Of ten times the reports, sorting takes a little more than ten times as long."""
Row = dict[str, Any]
SAME = """Not the same work: ours gives a figure, a range, a grade and an expected range for each day of each
cell, sets contradictions aside, adds up parts, and says of each report why; the bare GROUP BY gives median,
lowest and highest of all numbers of a cell and day; by hand, the median of the origins' latest numbers for
each cell, without days. Revisions replay each source's own words over all days. Each in a process of its own,
over the same Arrow table; DuckDB with one thread. Growth is the time per tenfold of reports; of memory, the
reports and the answer are part."""


def main() -> None:
    """Print one row per shape and size; ratios are of medians of one run."""
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description=__doc__)
    sizes = [100_000, 1_000_000]
    parser.add_argument("--rows", nargs="+", type=lambda text: int(float(text)), default=sizes)
    parser.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=["giant", "of 1000"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    alone = [1000 * fresh(each, 100) for each in (first, warm)]
    print("A crisis of 100 reports: {:.0f} ms the first time, {:.0f} ms afterwards.\n".format(*alone))
    rows = [row for shape in asked.shapes for row in measure_shape(shape, sorted(asked.rows), asked.rounds)]
    if asked.write:
        keep("reconcile", **result_of(rows))
    for shape, meaning in UNUSUAL.items():
        few, many = (fresh(ours, shape, rows, asked.rounds)[0] for rows in (2_000, 16_000))
        print(f"\n{meaning}: 2,000 reports {few:.2f} s, 16,000 {many:.2f} s, {many / few:.1f} times as long.")
    print("\nOne report more, and its crisis asked again:")
    for shape in asked.shapes:
        for rows in sorted({min(rows, LEDGER_ROWS) for rows in asked.rows}):
            taken_in, answered = (1000 * each for each in fresh(touched, shape, rows))
            print(
                f"- in a ledger of {rows:,} ({SHAPES[shape]}): {taken_in + answered:.0f} ms, of which "
                f"{taken_in:.0f} until it is taken in",
                flush=True,
            )


def result_of(rows: list[Row]) -> dict[str, Any]:
    """Return what docs/benchmarks.md is to say of the rows; the plot is of the largest size."""
    most = max(row["reports"] for row in rows)
    grown = [row for row in rows if row["growth"] and row["way"] in WAYS_OF_OURS]
    return {
        "title": "Reconciling, beside what is written by hand",
        "same": SAME,
        "rows": rows,
        "plot": ("bar", "seconds"),
        "plotted": [
            {"bar": f"{row['way']}, {row['crises']}", "seconds": row["seconds"]}
            for row in rows
            if row["reports"] == most
        ],
        "aims": [
            (
                f"{row['way']}, {row['crises']}: at most {MOST_GROWTH} times as long "
                f"for ten times the reports ({row['growth']})",
                row["growth"] <= MOST_GROWTH,
            )
            for row in grown
        ],
    }


def measure_shape(shape: str, sizes: Sequence[int], rounds: int) -> list[Row]:
    """Return a row for each way and number of reports, printed as they come."""
    found: list[Row] = []
    for way in WAYS:
        before: tuple[int, float] | None = None
        for rows in sizes:
            taken, memory = fresh(measure, way, shape, rows, rounds)
            growth = round(10 * taken / before[1] / (rows / before[0]), 1) if before else None
            found.append(
                {
                    "way": way, "crises": SHAPES[shape], "reports": rows, "seconds": round(taken, 2),
                    "memory, GB": round(memory, 2), "growth": growth,
                }
            )  # fmt: skip
            print(found[-1], flush=True)
            before = (rows, taken)
    return found


if __name__ == "__main__":
    main()
