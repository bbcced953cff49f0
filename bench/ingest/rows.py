"""Writes a report file of any length: the same rows for the same number, on every machine.

As in a real file most columns repeat a few texts (sources, places, days), counts take thousands of values,
and every row has an address of its own; one note in four is quoted. The figures are the running totals of
3,600 counters, day after day, and no population comes to more than the one it is part of, so that the checks
find as little as in a sound file.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from service.ingest import REPORT_FILE_COLUMNS

SOURCES = ("sohr", "snhr", "afp", "reuters", "ap", "ohchr", "bbc", "enab-baladi", "north-press", "syria-tv")
PLACES = (
    "SY0401", "SY0402", "SY0403", "SY0404", "SY0405", "SY0501", "SY0502", "SY0503", "Masyaf district",
    "SY0505", "Jableh", "Banias, Tartus",
)  # fmt: skip
MEASURES = ("killed", "injured", "missing", "displaced", "detained")
SHARES = {
    "all": 20, "civilians": 10, "women": 4, "medical_personnel": 1, "security_forces": 6,
    "alawite_civilians": 5,
}  # fmt: skip
"""How many in twenty of the people of a place belong to each population."""
POPULATIONS = tuple(SHARES)
COUNTERS = len(SOURCES) * len(PLACES) * len(MEASURES) * len(POPULATIONS)
FIRST = dt.date(2024, 1, 1)


def write_rows(path: Path, count: int) -> None:
    """A CSV report file of ``count`` rows, no two of them the same report."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, REPORT_FILE_COLUMNS, restval="")
        writer.writeheader()
        for number in range(count):
            writer.writerow(_row(number))


def _row(number: int) -> dict[str, object]:
    passed, counter = divmod(number, COUNTERS)
    rest, source = divmod(counter, len(SOURCES))
    rest, place = divmod(rest, len(PLACES))
    population, measure = divmod(rest, len(MEASURES))
    day = FIRST + dt.timedelta(days=passed)
    everyone = counter % (COUNTERS // len(POPULATIONS))
    people = 100 + everyone * 37 % 900 + passed * (1 + everyone % 5)
    figure = people * SHARES[POPULATIONS[population]] // SHARES["all"]
    wording = (figure, f"over {figure}", f"at least {figure}", f"about {figure}")[counter // 7 % 4]
    note = f"Bulletin {number % 97}, as relayed" if number % 4 == 0 else f"Bulletin {number % 97}"
    return {
        "crisis": "syria-coast-2025-03",
        "source": SOURCES[source],
        "origin": SOURCES[source % 3],
        "url": f"https://example.org/reports/{number}",
        "published_on": day + dt.timedelta(days=number % 3),
        "counted_to": day,
        "period_start": FIRST,
        "areas": PLACES[place],
        "measure": MEASURES[measure],
        "population": POPULATIONS[population],
        "basis": "cumulative",
        "count": wording,
        "note": note,
    }
