"""The same question by every way out gives the same numbers: API, command line, notebook and page."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from service.api import Ledger
from service.schema.tables import SERIES

Row = dict[str, Any]
SHOWN_ON_THE_PAGE = ("date", "low", "best", "high", "grade", "origins", "reports")
QUESTIONS: list[Row] = [
    {"area": ["SY06", "SY0602", "SY1002"], "population": "civilians", "as_of": "2025-03-12"},
    {"area": ["SY06", "SY0602", "SY1002"], "population": "civilians", "as_of": "2026-11-22"},
    {"area": ["x-syrian-coast"], "population": "civilians", "as_of": "2025-03-11"},
    {"area": ["Latakia"], "population": "all", "as_of": "2025-07-31"},
    {"area": ["SY10", "Lattakia"], "population": "civilians", "as_of": "2025-03-12"},
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda asked: "-".join([*asked["area"], asked["as_of"]]))
def test_every_way_out_gives_the_same_numbers(
    client: httpx.Client, ledger: Ledger, data_dir: Path, question: Row
) -> None:
    asked = {**question, "measure": "killed", "crisis": "syria-coast-2025-03"}
    expected = ledger.series(**asked, arrow=True).to_pylist()
    assert expected

    from_json = client.get("/v1/series.json", params=asked).json()["data"]
    assert [typed(row) for row in from_json] == expected
    assert from_csv(client.get("/v1/series.csv", params=asked).text) == expected
    parquet = client.get("/v1/series.parquet", params=asked).content
    assert pq.read_table(io.BytesIO(parquet)).to_pylist() == expected
    assert from_csv(command_line(data_dir, asked)) == expected
    assert from_frame(ledger, asked) == expected
    codes = ledger.query(**asked).areas
    in_order = sorted(expected, key=lambda row: codes.index(row["area_code"]))
    columns = ("area_code", *SHOWN_ON_THE_PAGE)
    marked = [row | {"grade": row["grade"] + "_raised" * row["is_raised"]} for row in in_order]
    assert from_page(client, asked) == [tuple(row[name] for name in columns) for row in marked]


@pytest.mark.parametrize(
    ("area", "as_of", "date", "best"),
    [
        ("SY06", "2025-03-12", "2025-03-12", 683),
        ("SY06", "2025-03-11", "2025-03-11", 658),
        ("x-syrian-coast", "2025-03-12", "2025-03-12", 1383),
        ("x-syrian-coast", "2025-03-11", "2025-03-11", 1225),
    ],
)
def test_the_command_line_ends_in_the_figure_of_that_day(
    data_dir: Path, area: str, as_of: str, date: str, best: int
) -> None:
    asked = {"area": [area], "measure": "killed", "population": "civilians", "as_of": as_of}
    last = from_csv(command_line(data_dir, asked))[-1]
    assert (last["date"].isoformat(), last["best"]) == (date, best)


def command_line(data_dir: Path, asked: Row) -> str:
    """What ``casualty series`` prints as CSV."""
    flags = [f"--area={area}" for area in asked["area"]]
    flags += [f"--{name.replace('_', '-')}={value}" for name, value in asked.items() if name != "area"]
    command = [sys.executable, "-m", "service", "series", *flags, "--format=csv", f"--data-dir={data_dir}"]
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def from_csv(text: str) -> list[Row]:
    return [typed(row) for row in csv.DictReader(io.StringIO(text))]


def from_frame(ledger: Ledger, asked: Row) -> list[Row]:
    """The rows of the data frame a notebook gets."""
    frame = ledger.series(**asked)
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [typed({str(name): value for name, value in row.items()}) for row in rows]


def from_page(client: httpx.Client, asked: Row) -> list[tuple[Any, ...]]:
    """The cells of the page's tables, typed as the series types them."""
    page = client.get("/", params=asked, headers={"Accept": "text/html"}).text
    rows: list[tuple[Any, ...]] = []
    for area, body in re.findall(r'<table data-area="([^"]+)">.*?<tbody>(.*?)</tbody>', page, re.DOTALL):
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
            cells = [told(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
            cells.remove("Why")
            del cells[4:7]  # what is expected
            named = dict(zip(SHOWN_ON_THE_PAGE, cells, strict=False))
            named = {name: value.replace(",", "").replace(" ", "_") for name, value in named.items()}
            rows.append((area, *typed(named).values()))
    return rows


def told(cell: str) -> str:
    """The text of a table cell; a gap's explanation is left out."""
    text = re.sub(r'<span class="unseen">.*?</span>', "", cell)
    text = unescape(re.sub(r"<[^>]+>", "", text)).strip()
    return "" if text == "—" else text


def typed(row: Row) -> Row:
    """A row with the types of SERIES; blank and missing are None where the column may be unknown."""
    values: Row = {}
    for name, value in row.items():
        field = SERIES.field(name)
        if value is None or (value == "" and field.nullable):
            values[name] = None
        elif str(field.type) == "int64":
            values[name] = int(value)
        elif str(field.type) == "bool":
            values[name] = str(value).lower() == "true"
        elif str(field.type).startswith("date32"):
            values[name] = dt.date.fromisoformat(str(value)[:10])
        else:
            values[name] = str(value)
    return values
