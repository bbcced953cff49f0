"""``python -m bench.reconcile --rows 1e5 1e6`` (or 1e7): time ours against the limit and against pandas."""

from __future__ import annotations

import argparse

from bench.reconcile.measure import first, fresh, limit, ours, pandas, warm
from bench.reconcile.touched import touched

PANDAS_ROWS = 1000
LEDGER_ROWS = 1_000_000
"""No larger ledger is filled: it takes many times longer than what is measured of it."""
HEAD = """| reports | ours, s | GROUP BY, s | ratio | pandas, s | ratio | memory, GB | growth |
|---:|---:|---:|---:|---:|---:|---:|---:|"""
FOOT = """
Processor time (a shared machine's clock tells of the neighbours), medians of {rounds} rounds, each size in
a process of its own; ours and GROUP BY with one thread on the same Arrow table. pandas ran on {pandas:,}
reports, scaled in proportion. Memory is the peak of the process, the reports and the answer included. Growth
is the time per tenfold of reports. Ratios: ours to GROUP BY, pandas to ours."""


def main() -> None:
    """Print one row per size; ratios are of medians of one run."""
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description=__doc__)
    sizes = [10_000, 100_000, 1_000_000]
    parser.add_argument("--rows", nargs="+", type=lambda text: int(float(text)), default=sizes)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    alone = [1000 * fresh(measure, 100) for measure in (first, warm)]
    print("A crisis of 100 reports: {:.0f} ms the first time, {:.0f} ms afterwards.\n".format(*alone))
    print(HEAD)
    before: tuple[int, float] | None = None
    for rows in sorted(asked.rows):
        taken, memory = fresh(ours, rows, asked.rounds)
        least = fresh(limit, rows, asked.rounds)
        written = fresh(pandas, min(rows, PANDAS_ROWS)) * max(1.0, rows / PANDAS_ROWS)
        growth = f"{10 * taken / before[1] / (rows / before[0]):.1f}" if before else "–"
        print(
            f"| {rows:,} | {taken:.2f} | {least:.3f} | {taken / least:.1f} | {written:,.1f} "
            f"| {written / taken:.1f} | {memory:.2f} | {growth} |",
            flush=True,
        )
        before = (rows, taken)
    print(FOOT.format(rounds=asked.rounds, pandas=PANDAS_ROWS))
    print("\nOne report more, and its crisis (of 100 reports) asked again:")
    least = 0.0
    for rows in sorted(rows for rows in asked.rows if rows <= LEDGER_ROWS):
        taken = fresh(touched, rows)
        least = least or taken
        print(
            f"- in a ledger of {rows:,}: {1000 * taken:.0f} ms, {taken / least:.2f} times the first",
            flush=True,
        )


if __name__ == "__main__":
    main()
