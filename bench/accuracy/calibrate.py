"""``python -m bench.accuracy.calibrate``: how wide must a range be? Written where the service reads it.

Only ``TUNING`` settings and ``TUNING_SEEDS`` teach. A changed file is a new version of the range method
(``service/reconcile/calibration.py``); its coverage is published by ``python -m bench.accuracy``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow.csv

from bench.accuracy import crises
from bench.accuracy.ranges import fit_calibration
from bench.accuracy.worlds import TUNING, TUNING_SEEDS
from service import reconcile

CALIBRATION_FILE = Path(reconcile.__file__).with_name("calibration.csv")


def main() -> None:
    """Simulate, fit, write."""
    tuned = crises.run(TUNING, TUNING_SEEDS, tell=lambda line: print(line, file=sys.stderr, flush=True))
    learnt = fit_calibration(
        tuned.array(crises.OURS), tuned.array("stage"), tuned.array("truth"), ~np.isnan(tuned.array("high"))
    )
    options = pyarrow.csv.WriteOptions(quoting_style="none")
    pyarrow.csv.write_csv(learnt, CALIBRATION_FILE, options)
    print(f"{len(tuned.cells):,} settled figures, {learnt.num_rows} groups: {CALIBRATION_FILE}")


if __name__ == "__main__":
    main()
