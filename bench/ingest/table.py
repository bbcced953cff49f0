"""Writes the daily table of a made-up country: a row for each place and population, day after day.

474 districts in 25 provinces of one country, whose running totals add up: 500 places, five populations, 2,500
rows a day. It comes as one file or, as a desk has it, as a file a day.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from service.schema.tables import AREA

SHARES = {"all": 20, "civilians": 10, "women": 4, "children": 3, "medical_personnel": 1}
"""How many in twenty of the people of a place belong to each population."""
PROVINCES, DISTRICTS = 25, 474
ROWS_A_DAY = (1 + PROVINCES + DISTRICTS) * len(SHARES)
FIRST = dt.date(2025, 1, 1)
COLUMNS = (
    "crisis", "source", "url", "published_on", "counted_to", "period_start", "areas", "measure", "population",
    "basis", "count",
)  # fmt: skip


def areas() -> pa.Table:
    """The places of the country (AREA)."""
    blank = {"name_ar": "", "members": "", "aliases": "", "parent_code": "", "lat": None, "lon": None}
    rows = [{**blank, "area_code": "T", "name": "Testland", "level": "country"}]
    for number in range(PROVINCES):
        code, name = f"T{number:02}", f"Province {number:02}"
        rows.append({**blank, "area_code": code, "name": name, "level": "governorate", "parent_code": "T"})
    for number in range(DISTRICTS):
        parent = f"T{number % PROVINCES:02}"
        code, name = f"{parent}{number // PROVINCES:02}", f"District {number:03}"
        rows.append({**blank, "area_code": code, "name": name, "level": "district", "parent_code": parent})
    return pa.Table.from_pylist(rows, schema=AREA)


def write_table(folder: Path, days: int, *, daily: bool) -> None:
    """Write the table of so many days into a folder, as one CSV file or as one for each day."""
    folder.mkdir()
    written = [(f"day-{day:04}.csv" if daily else "table.csv", _rows(day)) for day in range(days)]
    for name, rows in written:
        path = folder / name
        is_new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerows([COLUMNS] if is_new else [])
            writer.writerows(rows)


def _rows(day: int) -> Iterator[tuple[object, ...]]:
    date = (FIRST + dt.timedelta(days=day)).isoformat()
    dead = [20 * (5 + number * 37 % 90 + day * (1 + number % 5) // 3) for number in range(DISTRICTS)]
    totals = {"Testland": sum(dead)}
    totals |= {f"Province {number:02}": sum(dead[number::PROVINCES]) for number in range(PROVINCES)}
    totals |= {f"District {number:03}": count for number, count in enumerate(dead)}
    for place, total in totals.items():
        for population, share in SHARES.items():
            yield (
                "testland", "ministry", f"https://example.org/{date}", date, date, FIRST, place, "killed",
                population, "cumulative", total * share // 20,
            )  # fmt: skip
