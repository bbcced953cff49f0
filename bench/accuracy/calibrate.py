"""``python -m bench.accuracy.calibrate``: where do figures settle? Written where the service reads it.

Only ``TUNING`` settings with ``TUNING_SEEDS`` teach, and ``TUNING_DRAWN`` with the first two.
A changed file is a new version of the range method (``service/reconcile/calibration.py``); what it is
worth is published by ``python -m bench.accuracy``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd
import pyarrow.csv

from bench.accuracy import crises
from bench.accuracy.ranges import fit
from bench.accuracy.worlds import TUNING, TUNING_DRAWN, TUNING_SEEDS
from service import reconcile

CALIBRATION_FILE = Path(reconcile.__file__).with_name("calibration.csv")


def main() -> None:
    """Simulate, fit, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.calibrate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=len(TUNING_SEEDS), help="crises per setting")
    seeds = TUNING_SEEDS[: parser.parse_args().seeds]
    rows = pd.concat([
        crises.learn(worlds, some, tell=lambda line: print(line, file=sys.stderr, flush=True))
        for worlds, some in ((TUNING, seeds), (TUNING_DRAWN, seeds[:2]))
    ])  # fmt: skip
    learnt = fit(rows)
    pyarrow.csv.write_csv(
        learnt, CALIBRATION_FILE, pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none")
    )
    print(f"{len(rows):,} settled figures, {len(learnt)} classes: {CALIBRATION_FILE}")


if __name__ == "__main__":
    main()
