"""What does docs/accuracy.md say of the first crisis?

Every figure on the page comes from the run that wrote it.
"""

from __future__ import annotations

import pandas as pd

from bench.accuracy import coast
from bench.accuracy.page import number, share, table


def section(late: list[coast.Late], followed: pd.DataFrame) -> str:
    """The section on the first crisis itself."""
    off = coast.distances(late, followed)
    held = coast.coverage(late, followed)
    return "\n\n".join([
        "## The Syrian coast: what we said then, and the totals of July-August 2025",
        "Each day from 8 March to 30 June 2025, from the shipped reports known that day, for the whole "
        "coast. The late totals differ among themselves, so the yardstick is their span; error is the "
        "distance to it.",
        table(["population", "late totals", "origins", "days", "range meets span", "open above"], [
            [t.population, f"{t.low:,.0f}–{t.high:,.0f}", t.origins, held[t.population][0],
             share(held[t.population][1]), share(held[t.population][2])] for t in late]),
        "Mean distance to the span, in people, over the days on which the method had a figure:",
        table(["method", *off.columns], [[n, *(number(v, 0) for v in row)]
                                         for n, row in zip(off.index, off.to_numpy(), strict=True)]),
        "Days on which there was an expected figure: " + "; ".join(
            f"{who} {n}" for who, n in followed.groupby("population")[coast.EXPECTED].count().items())
        + ". Where it is far outside the span, what simulated crises teach does not hold here: their tolls "
        "take in those whom nobody ever counts, and the late totals are of people who were counted.",
        "Late totals of one population still count different people (with or without fighters and security "
        "personnel), so a distance here is as much a matter of definition as of error.",
    ])  # fmt: skip
