"""What did we say on each day about the Syrian coast, and what do the totals of July-August 2025 say now?

The shipped seeds, asked through the service's own front door with ``as_of`` each day from 8 March to 30 June
2025. The late totals are the running totals for the whole coast that were first published in July or August
2025, per population; they differ, so the yardstick is their lowest to highest, and an error is the distance
to the nearest end. Populations are kept apart: "all", women, security forces.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from bench.accuracy.baselines import BASELINES, newest
from bench.accuracy.said import METHOD
from service import Ledger, connect

EXPECTED = "ours, expected"
CRISIS = "syria-coast-2025-03"
WHOLE = "x-syrian-coast"
FIRST, LAST = dt.date(2025, 3, 8), dt.date(2025, 6, 30)
LATE_FROM, LATE_TO = dt.date(2025, 7, 1), dt.date(2025, 8, 31)
LATE_KNOWN = dt.date(2026, 6, 30)


@dataclasses.dataclass(frozen=True)
class Late:
    """The late totals of one population: the ends of their span, and who gave them."""

    population: str
    low: float
    high: float
    origins: int


def late_totals(reports: pd.DataFrame) -> list[Late]:
    """Per population the lowest and highest late total; an interval ("about 1,400") counts with both ends."""
    rows = _whole(reports)
    published = pd.to_datetime(rows["published_on"]).dt.date
    rows = rows[(published >= LATE_FROM) & (published <= LATE_TO) & rows["high"].notna()]
    return [
        Late(str(who), float(g["low"].min()), float(g["high"].max()), int(g["origin_id"].nunique()))
        for who, g in rows.groupby("population")
    ]


def follow() -> tuple[list[Late], pd.DataFrame]:
    """The late totals, and a row per day and population: ours (low, best, high) and every baseline.

    What is known changes only on days on which something was published; in between, the rows repeat.
    """
    with tempfile.TemporaryDirectory() as folder, connect(Path(folder)) as ledger:
        late = late_totals(ledger.reports(crisis=CRISIS, as_of=LATE_KNOWN))
        reports = ledger.reports(crisis=CRISIS, as_of=LAST)
        known_on = pd.to_datetime(reports["known_on"]).dt.date
        rows: list[dict[str, object]] = []
        told: list[dict[str, object]] = []
        for offset in range((LAST - FIRST).days + 1):
            on = FIRST + dt.timedelta(offset)
            if not told or (known_on == on).any():
                told = _figures(ledger, on, late, reports[known_on <= on])
            rows += [{"on": on, **row} for row in told]
    table = pd.DataFrame(rows)
    numbers = ["ours", EXPECTED, "low", "high", *BASELINES]
    return late, table.assign(**{n: pd.to_numeric(table[n], errors="coerce") for n in numbers})


def _figures(ledger: Ledger, on: dt.date, late: list[Late], known: pd.DataFrame) -> list[dict[str, object]]:
    """One row per population of the late totals: every method's figure on a day."""
    newest_said = newest(_whole(known)).assign(areas=WHOLE)
    others = {name: method(newest_said) for name, method in BASELINES.items()}
    series = _newest(ledger, on, METHOD)
    found = []
    for total in late:
        key = (CRISIS, WHOLE, total.population)
        row: dict[str, object] = {"population": total.population}
        row |= {name: figures.get(key, np.nan) for name, figures in others.items()}
        if total.population in series.index:
            said = series.loc[total.population]
            row |= {"ours": said["best"], "low": said["low"], "high": said["high"]}
            row |= {EXPECTED: said["expected"]}
        found.append(row)
    return found


def _newest(ledger: Ledger, on: dt.date, method: str) -> pd.DataFrame:
    """The newest figure of each population of the whole coast as known on a day, by population."""
    series = ledger.series(crisis=CRISIS, area=WHOLE, measure="killed", as_of=on, method=method)
    return series.sort_values("date").groupby("population").tail(1).set_index("population")


def distances(late: list[Late], table: pd.DataFrame) -> pd.DataFrame:
    """Mean distance to the late totals' span: a row per method, a column per population."""
    columns = {}
    for total in late:
        rows = table[table["population"] == total.population]
        columns[total.population] = {
            name: (np.maximum(total.low - rows[name], 0) + np.maximum(rows[name] - total.high, 0)).mean()
            for name in ("ours", EXPECTED, *BASELINES)
        }
    return pd.DataFrame(columns)


def coverage(late: list[Late], table: pd.DataFrame) -> dict[str, tuple[int, float, float]]:
    """Per population: days with a figure, share of days whose range meets the late span, share left open
    above."""
    found = {}
    for total in late:
        rows = table[(table["population"] == total.population) & table["low"].notna()]
        high = rows["high"].fillna(np.inf)
        meets = (rows["low"] <= total.high) & (high >= total.low)
        found[total.population] = (len(rows), float(meets.mean()), float(np.isinf(high).mean()))
    return found


def _whole(reports: pd.DataFrame) -> pd.DataFrame:
    """Running totals of people killed on the whole coast, not split by responsibility."""
    places = reports["areas"].isin([WHOLE, "SY04|SY05|SY06|SY10"])
    return reports[
        places & (reports["measure"] == "killed") & (reports["basis"] == "cumulative")
        & (reports["attributed_to"] == "") & reports["withdrawn"].isna()
    ]  # fmt: skip
