"""``python -m bench.coherence``: the time until a crisis adds up, and what had to move."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench.coherence.crises import first, large
from service.reconcile import reconcile
from service.reconcile.coherence import cohere

T = TypeVar("T")
ROUNDS = 5
DAYS = (dt.date(2025, 3, 12), dt.date(2025, 12, 31))


def main() -> None:
    """Print the figures, processor seconds of one thread, medians."""
    figures, over, groups = large(1)
    taken, found = timed(partial(cohere, figures, over, groups), rounds=3)
    given = len(figures.best)
    moved = np.abs(found.best[:given] - figures.best)
    print(f"60 places x 200 days x 4 populations, {given:,} figures: {taken:.2f} s.")
    print(
        f"{(moved > 0).mean():.0%} of them moved, by {np.median(moved[moved > 0]):.0f} people in the middle; "
        f"{len(found.relations):,} relations, {len(found.best) - given:,} rows added for stale wholes."
    )
    with tempfile.TemporaryDirectory() as folder:
        for day in DAYS:
            reports, reference = first(Path(folder), day)
            of = partial(reconcile, reports, reference, as_of=day)
            plain, _ = timed(partial(of, method="least-disagreement/1"))
            whole, answer = timed(partial(of, method="coherent/1"))
            told = sum(finding.code == "does_not_add_up" for finding in answer.findings)
            print(
                f"The first crisis as of {day}, {reports.num_rows} reports: {1000 * (whole - plain):.0f} ms "
                f"to add up, beside {1000 * plain:.0f} ms to reconcile; {told} stated figures gave way."
            )


def timed(run: Callable[[], T], rounds: int = ROUNDS) -> tuple[float, T]:
    """The processor seconds of ``run``, the median of ``rounds``, and what it gave."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        found = run()
        times.append(time.process_time() - start)
    return statistics.median(times), found


if __name__ == "__main__":
    main()
