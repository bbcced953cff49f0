"""``python -m bench.accuracy.calibrate``: where do figures settle? Written where the service reads it.

Only ``TUNING`` settings with the first four of ``TUNING_SEEDS`` teach, and ``TUNING_DRAWN`` with the first
two. How far ranges must reach is learnt in settings that are pushed further than those the factors came from:
of several dials in turn, the eighth of the settings that lies furthest out is left out and then answered.
A changed file is a new version of the range method (``service/reconcile/calibration.py``); what it is
worth is published by ``python -m bench.accuracy``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow.csv

from bench.accuracy import crises
from bench.accuracy.ranges import fit, margins, widened
from bench.accuracy.worlds import TUNING, TUNING_DRAWN, TUNING_SEEDS, World, furthest
from service import reconcile
from service.reconcile.calibration import Factors

CALIBRATION_FILE = Path(reconcile.__file__).with_name("calibration.csv")


def main() -> None:
    """Simulate, fit, leave settings out and widen, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.calibrate", description=__doc__)
    parser.add_argument("--output", type=Path, default=CALIBRATION_FILE)
    output = parser.parse_args().output
    worlds = (*TUNING, *TUNING_DRAWN)
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        rows = _learn(workers, worlds, Factors())
        served = []
        for dial, left_out in furthest(worlds).items():
            names = [world.name for world in left_out]
            elsewhere = fit(rows[~rows["world"].isin(names)])
            served.append(_learn(workers, left_out, Factors(elsewhere)))
            print(f"{dial}: {', '.join(names)}", file=sys.stderr, flush=True)
    by = margins(pd.concat(served, ignore_index=True))
    for key, power in by.items():
        print(*key, round(power, 3), file=sys.stderr)
    learnt = widened(fit(rows), by)
    pyarrow.csv.write_csv(
        learnt, output, pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none")
    )
    print(f"{len(rows):,} settled figures, {len(learnt)} classes: {output}")


def _learn(workers: ProcessPoolExecutor, worlds: Iterable[World], factors: Factors) -> pd.DataFrame:
    """The rows of the crises of some settings, as answered by ``factors``, with their settled tolls."""
    asked = [
        workers.submit(crises.learn, [world], TUNING_SEEDS[: 4 if world in TUNING else 2], factors)
        for world in worlds
    ]
    return pd.concat([each.result() for each in asked], ignore_index=True)


if __name__ == "__main__":
    main()
