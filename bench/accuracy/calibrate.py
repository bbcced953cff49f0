"""``python -m bench.accuracy.calibrate``: how wide must a range be, and what does a count miss? Written where
the service reads it.

Only ``TUNING`` settings and ``TUNING_SEEDS`` teach. A changed file is a new version of the range method, or
of ``nowcast`` (``service/reconcile/calibration.py``); what they are worth is published by ``python -m
bench.accuracy``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from bench.accuracy import crises
from bench.accuracy.ranges import fit_calibration, fit_completion
from bench.accuracy.simulation import NOBODY
from bench.accuracy.worlds import TUNING, TUNING_SEEDS
from service import reconcile

CALIBRATION_FILE = Path(reconcile.__file__).with_name("calibration.csv")
COMPLETION_FILE = Path(reconcile.__file__).with_name("completion.csv")


def main() -> None:
    """Simulate, fit, write."""
    tuned = crises.run(TUNING, TUNING_SEEDS, tell=lambda line: print(line, file=sys.stderr, flush=True))
    best, truth, closed = tuned.array(crises.OURS), tuned.array("truth"), ~np.isnan(tuned.array("high"))
    _write(fit_calibration(best, tuned.array("stage"), truth, closed), CALIBRATION_FILE)
    _write(completion_of(tuned), COMPLETION_FILE)
    print(f"{len(tuned.cells):,} settled figures: {CALIBRATION_FILE}, {COMPLETION_FILE}")


def completion_of(tuned: crises.Run) -> pa.Table:
    """COMPLETION, from what named origins said of the cells themselves. How old a count is, is told by the
    figure that it speaks for, not by the day of asking: a figure must not move because time passes."""
    said = tuned.said.of(~tuned.said.is_part & (tuned.said.origin != NOBODY))
    counted_at = tuned.array("day")[said.cell] - said.age
    age = np.maximum(tuned.array("stage")[said.cell] - counted_at, 0)
    return fit_completion(said.count, counted_at, age, tuned.array("truth")[said.cell])


def _write(learnt: pa.Table, file: Path) -> None:
    pyarrow.csv.write_csv(learnt, file, pyarrow.csv.WriteOptions(quoting_style="none"))


if __name__ == "__main__":
    main()
