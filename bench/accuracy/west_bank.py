"""How far were the first counts of the West Bank from what was verified later?

UN flash counts (running totals in bulletins, October 2023 - November 2024) beside the UN's later verified
totals for the same days, as compiled by Tech for Palestine (public domain); the file stays outside the
project.

**Scored**: the bulletin days of the UN itself (``flash_source`` "un"; days filled in between are left out)
from the first on which ten earlier bulletins have a known truth. The truth of a day is taken to be known 30
days later, so scoring begins on 15 November 2023: 139 bulletins, 138 for the injured, whose verified totals
end in October 2024. On these the raw flash is off by 4.41 killed, 43.95 injured, 1.73 children killed and
7.65 injured on average, which ``load`` and ``Measured.scored`` reproduce exactly.

**Never peeking**: for a bulletin of day d everything learnt comes from bulletins of day d - 30 or before.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bench.accuracy.gazetteer import plain_reference
from service.reconcile import reconcile
from service.schema.tables import LEDGER_REPORT

LAG = 30
RESOLVED_FIRST = 10
MEASURES = {
    "killed": ("killed", "all"),
    "injured": ("injured", "all"),
    "killed_children": ("killed", "children"),
    "injured_children": ("injured", "children"),
}
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
WINDOWS = (5, 10, 20, 40)
METHOD = "least-disagreement/2"
SERVED = ("best", "low", "high", "expected", "expected_low", "expected_high")
STANDARDS = {"un-flash": "official", "un-verified": "verified"}


@dataclasses.dataclass(frozen=True)
class Measured:
    """One measure's bulletins in order: the day (ordinal), the flash total and the verified total of
    that day."""

    name: str
    day: np.ndarray
    flash: np.ndarray
    verified: np.ndarray

    @property
    def resolved(self) -> np.ndarray:
        """How many of the earlier bulletins have a known truth on each bulletin's day."""
        return np.searchsorted(self.day, self.day - LAG, side="right")

    @property
    def scored(self) -> np.ndarray:
        """True for the bulletins that take part in the score."""
        return self.resolved >= RESOLVED_FIRST


def load(path: Path) -> list[Measured]:
    """The four measures; a bulletin without a verified total is left out of that measure."""
    days: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    bulletins = [row for row in days if row["flash_source"] == "un" and "verified" in row]
    found = []
    for name in MEASURES:
        column = f"{name}_cum"
        rows = [row for row in bulletins if column in row and column in row["verified"]]
        found.append(
            Measured(
                name,
                np.array([dt.date.fromisoformat(row["report_date"]).toordinal() for row in rows]),
                np.array([row[column] for row in rows], dtype=float),
                np.array([row["verified"][column] for row in rows], dtype=float),
            )
        )
    return found


def served(measures: list[Measured], *, with_verified: bool) -> dict[str, dict[str, np.ndarray]]:
    """What the service itself answers on each bulletin's day (SERVED, by measure), from the flash counts so
    far and, if asked, the verified totals published by then (an older total of a second origin). Each
    bulletin's state of knowledge is reconciled as a crisis of its own, so that one run answers for all
    days."""
    rows: list[dict[str, Any]] = []
    for measure in measures:
        for at, known in enumerate(measure.resolved):
            flash = zip(measure.day[: at + 1], measure.flash[: at + 1], strict=True)
            rows += [_report(measure, at, "un-flash", int(d), int(d), int(n)) for d, n in flash]
            if with_verified:
                checked = zip(measure.day[:known], measure.verified[:known], strict=True)
                rows += [
                    _report(measure, at, "un-verified", int(d), int(d) + LAG, int(n)) for d, n in checked
                ]
    crises = sorted({row["crisis_id"] for row in rows})
    found = reconcile(
        pa.Table.from_pylist([{**row, "report_id": f"w{n:07}"} for n, row in enumerate(rows)], LEDGER_REPORT),
        plain_reference(crises, STANDARDS, "un", ("all", "children")),
        as_of=dt.date(2025, 12, 31),
        method=METHOD,
    ).estimates.to_pandas()
    newest = found.sort_values("date").groupby(["crisis_id", "measure", "population"]).tail(1)
    newest = newest.set_index(["crisis_id", "measure", "population"])
    answers = {}
    for measure in measures:
        keys = [(str(dt.date.fromordinal(day)), *MEASURES[measure.name]) for day in measure.day]
        figures = newest.reindex(keys)
        answers[measure.name] = {name: figures[name].to_numpy(float) for name in SERVED}
    return answers


BLANK = {field.name: None if field.nullable else "" for field in LEDGER_REPORT} | {
    "counted_to_inferred": False, "areas": "WB", "basis": "cumulative", "seq": 1, "row": 1,
    "recorded_at": dt.datetime.combine(dt.date(2025, 1, 1), dt.time()),
}  # fmt: skip


def _report(measure: Measured, at: int, source: str, *told: int) -> dict[str, Any]:
    """A total as the ledger would hand it out on the day of bulletin ``at``; ``told`` is the day counted to,
    the day of publication (ordinals) and the number."""
    counted, published, number = told
    what, who = MEASURES[measure.name]
    known = dt.date.fromordinal(published)
    return {
        **BLANK, "crisis_id": str(dt.date.fromordinal(int(measure.day[at]))),
        "measure": what, "population": who,
        "source_id": source, "origin_id": source, "published_on": known, "known_on": known,
        "counted_to": dt.date.fromordinal(counted), "count_stated": str(number),
        "low": number, "best": number, "high": number, "number": number,
        "standard": STANDARDS[source],
    }  # fmt: skip


# --- corrections learnt from what has been verified so far -------------------------------------------------


def corrected(measure: Measured, share: float, window: int) -> np.ndarray:
    """Flash plus ``share`` of the median gap (verified minus flash) of the last ``window`` resolved
    bulletins."""
    gap = measure.verified - measure.flash
    usual = [np.median(gap[:known][-window:]) if known else 0.0 for known in measure.resolved]
    return measure.flash + share * np.array(usual)


def ratio(measure: Measured, window: int = 20) -> np.ndarray:
    """Flash times the median ratio of verified to flash in the last ``window`` resolved bulletins."""
    each = measure.verified / np.maximum(measure.flash, 1)
    return measure.flash * np.array([np.median(each[:k][-window:]) if k else 1.0 for k in measure.resolved])


def blended(measure: Measured) -> np.ndarray:
    """The plain mean of every correction in SHARES x WINDOWS: nothing is chosen."""
    return np.mean([corrected(measure, s, w) for s in SHARES for w in WINDOWS], axis=0)


def chosen(measure: Measured) -> np.ndarray:
    """For each bulletin the correction with the smallest total error on the bulletins resolved by then."""
    tried = np.stack([corrected(measure, s, w) for s in SHARES for w in WINDOWS])
    error = np.concatenate(
        [np.zeros((len(tried), 1)), np.cumsum(np.abs(tried - measure.verified), axis=1)], axis=1
    )
    return tried[np.argmin(error[:, measure.resolved], axis=0), np.arange(len(measure.day))]


def adapted(miss: float, wanted: float, was_missed: float, pace: float) -> float:
    """Adaptive conformal inference (Gibbs & Candès 2021): the next miss rate to aim at, after one more
    outcome."""
    return float(np.clip(miss + pace * (wanted - was_missed), 0.0, 0.5))


# --- ranges ------------------------------------------------------------------------------------------------


def ranged(
    measure: Measured, best: np.ndarray, window: int | None, pace: float
) -> tuple[np.ndarray, np.ndarray]:
    """Low and high by conformal prediction: the quantile of absolute errors of the last ``window`` resolved
    bulletins (None: all), at a miss rate that adapts with ``pace`` (0: fixed) as outcomes become known.
    """
    off = np.abs(measure.verified - best)
    low, high = np.full(len(best), np.nan), np.full(len(best), np.nan)
    miss, told = 0.1, 0
    for at, known in enumerate(measure.resolved):
        for then in range(told, known):
            if not np.isnan(low[then]):
                missed = not low[then] <= measure.verified[then] <= high[then]
                miss = adapted(miss, 0.1, missed, pace)
        told = max(told, int(known))
        if known < RESOLVED_FIRST:
            continue
        errors = np.sort(off[:known][-(window or known) :])
        rank = min(int(np.ceil((len(errors) + 1) * (1 - miss))), len(errors))
        low[at] = max(0.0, np.floor(best[at] - errors[rank - 1]))
        high[at] = np.ceil(best[at] + errors[rank - 1])
    return low, high
