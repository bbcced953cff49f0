"""How are the figures told? As they came, with their spread, whether the aims were met or not."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence

from bench.serve.ledger import PER_CRISIS
from bench.serve.measures import DESKS, REPORTS_A_BATCH, STEADY_PACE, Measure

HEAD = """# How fast it answers

Written by `make bench-serve`. One machine ({cores} cores, Python {python}), one process each, {server}; a
ledger of {rows:,} reports in {crises:,} crises. Medians of {rounds} rounds, lowest and highest in brackets; a
ratio is the median of the rounds' own ratios. `wrk` asks from one thread over 16 connections and shares the
machine, which was {busy} when the run began and ended.

| measure | figures | ratio | aim |
|---|---|---:|---|
"""
FOOT = """
What is asked:

- **hot**: one series, again and again. The bare route is `async def` in Starlette under the same server: once
  with the very bytes of our answer (its body, and its headers for security, CORS, caching and request id),
  once with the body and the two headers that it needs. The aim is about the first; ten headers are a sixth of
  what an answer costs this server. Every answer of ours is counted, named, logged and held against its
  client's rate as well.
- **304**: the same with `If-None-Match`, beside the bare route's 200.
- **cold**: every request another place, population or last day, none asked for twice in a round. Datasette
  gives the rows that ours had published, from an immutable SQLite file with an index on exactly these
  columns: it looks up what has been reconciled already.
- **point look-up**: the latest figure of one place and population, likewise.
- **under ingest**: {pace:g} reads a second at a steady pace, counted from when each was due, while reports
  are handed in over HTTP in batches of {batch} by {desks} desks in turn, and without.
- **CSV**: all reports in one answer over the loopback; growth is the highest resident memory of the server
  during the download less that before it.

A question as of an earlier day that nobody has asked about before is reconciled anew for its crisis (tens of
milliseconds for a thousand reports) and then kept; it is not among the cold ones above.
"""


def page(
    results: Mapping[Measure, Sequence[tuple[float, ...]]], *, rows: int, rounds: int, server: str, busy: str
) -> str:
    """The whole page."""
    head = HEAD.format(
        cores=os.cpu_count(), python=platform.python_version(), server=server, rows=rows,
        crises=-(-rows // PER_CRISIS), rounds=rounds, busy=busy,
    )  # fmt: skip
    lines = "\n".join(_line(measure, taken) for measure, taken in results.items())
    return f"{head}{lines}\n{FOOT.format(pace=STEADY_PACE, batch=REPORTS_A_BATCH, desks=DESKS)}"


def _line(measure: Measure, taken: Sequence[tuple[float, ...]]) -> str:
    figures = "; ".join(
        f"{name} {_spread([each[place] for each in taken])}" for place, name in enumerate(measure.columns)
    )
    ratios = "; ".join(_spread([each[0] / each[place] for each in taken]) for place in measure.beside)
    return f"| {measure.name} | {figures} | {ratios} | {measure.aim} |"


def _spread(values: Sequence[float]) -> str:
    """The median, and the lowest and highest."""
    return f"{_short(statistics.median(values))} [{_short(min(values))}–{_short(max(values))}]"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
