"""Writes a report file of any length: the same rows for the same number, on every machine.

As in a real file most columns repeat a few texts (sources, places, days), counts take thousands of values,
and every row has an address of its own; one note in four is quoted.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from service.ingest import REPORT_FILE

SOURCES = ("sohr", "snhr", "afp", "reuters", "ap", "ohchr", "bbc", "enab-baladi", "north-press", "syria-tv")
PLACES = ("SY06", "SY10", "SY05", "SY0602", "SY1002", "SY06|SY0602|SY1002", "SY04", "Latakia", "Tartus", "SY")
POPULATIONS = ("all", "civilians", "women", "children", "security_forces")
FIRST = dt.date(2025, 3, 6)


def write_rows(path: Path, count: int) -> None:
    """A CSV report file of ``count`` rows, no two of them the same report."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(REPORT_FILE)
        for number in range(count):
            writer.writerow(_row(number))


def _row(number: int) -> list[object]:
    day = FIRST + dt.timedelta(days=number % 300)
    figure = (number * 7919) % 5000
    wording = (figure, f"over {figure}", f"at least {figure}", f"about {figure}")[number % 4]
    note = f"Bulletin {number % 97}, as relayed" if number % 4 == 0 else f"Bulletin {number % 97}"
    return [
        "syria-coast-2025-03", SOURCES[number % 10], SOURCES[number % 3], f"https://example.org/reports/{number}",
        day + dt.timedelta(days=number % 3), day, FIRST, "", PLACES[number // 10 % 10], "killed",
        POPULATIONS[number // 100 % 5], "", "cumulative", wording, "", "", "", "", note,
    ]  # fmt: skip
