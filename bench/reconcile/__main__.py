"""``python -m bench.reconcile``: time ours against the limit, in crises of two shapes; how time grows.

``--rows 1e4 1e5`` asks for smaller sizes than a million.
"""

from __future__ import annotations

import argparse

from bench.reconcile.measure import first, fresh, limit, ours, warm
from bench.reconcile.touched import touched

SHAPES = {
    "giant": "one giant crisis",
    "of 1000": "crises of 1,000 reports",
    "of 100": "crises of 100 reports",
}
LEDGER_ROWS = 100_000
"""No larger ledger is filled: it takes many times longer than what is measured of it."""
HEAD = """| shape | reports | ours, s | GROUP BY, s | ratio | memory, GB | growth |
|---|---:|---:|---:|---:|---:|---:|"""
FOOT = """
Processor time (a shared machine's clock tells of the neighbours), medians of {rounds} rounds, each size in
a process of its own; ours and GROUP BY with one thread on the same Arrow table. Memory is the peak of the
process, the reports and the answer included.
Growth is the time per tenfold of reports. Ratio: ours to GROUP BY."""


def main() -> None:
    """Print one row per shape and size; ratios are of medians of one run."""
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description=__doc__)
    sizes = [100_000, 1_000_000]
    parser.add_argument("--rows", nargs="+", type=lambda text: int(float(text)), default=sizes)
    parser.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=["giant", "of 1000"])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    alone = [1000 * fresh(measure, 100) for measure in (first, warm)]
    print("A crisis of 100 reports: {:.0f} ms the first time, {:.0f} ms afterwards.\n".format(*alone))
    print(HEAD)
    for shape in asked.shapes:
        before: tuple[int, float] | None = None
        for rows in sorted(asked.rows):
            taken, memory = fresh(ours, shape, rows, asked.rounds)
            least = fresh(limit, shape, rows, asked.rounds)
            growth = f"{10 * taken / before[1] / (rows / before[0]):.1f}" if before else "–"
            print(
                f"| {SHAPES[shape]} | {rows:,} | {taken:.2f} | {least:.3f} | {taken / least:.1f} "
                f"| {memory:.2f} | {growth} |",
                flush=True,
            )
            before = (rows, taken)
    print(FOOT.format(rounds=asked.rounds))
    few, many = (fresh(ours, "relayed", rows, asked.rounds)[0] for rows in (2_000, 16_000))
    print(
        "\nOne outlet relays one small number for 500 districts: "
        f"2,000 reports {few:.2f} s, 16,000 {many:.2f} s, {many / few:.1f} times as long."
    )
    print("\nOne report more, and its crisis asked again:")
    for shape in asked.shapes:
        for rows in sorted({min(rows, LEDGER_ROWS) for rows in asked.rows}):
            taken_in, answered = (1000 * each for each in fresh(touched, shape, rows))
            print(
                f"- in a ledger of {rows:,} ({SHAPES[shape]}): {taken_in + answered:.0f} ms, of which "
                f"{taken_in:.0f} until it is taken in",
                flush=True,
            )


if __name__ == "__main__":
    main()
