"""Datasette on SQLite over the same reports, each table with the index that suits the question best."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pyarrow as pa

from service.api import Ledger

HERE = Path(__file__).parent
ROWS_A_BATCH = 50_000


def install(place: Path) -> Path:
    """Datasette in a virtual environment of its own; the path of its command."""
    command = place / "bin" / "datasette"
    if not command.exists():
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        pip = [place / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", HERE / "requirements.txt"], check=True)
    return command


def build(ledger: Ledger, file: Path) -> None:
    """The published series and the reports of ``ledger`` as SQLite tables, with their indexes."""
    series = ledger.series(arrow=True)
    pages = ledger.report_pages(ledger.query(attributed_to="any"))
    with sqlite3.connect(file) as database:
        for name, parts in (("series", [series]), ("reports", pages.read())):
            for number, part in enumerate(parts):
                if number == 0:
                    _create(database, name, part)
                _insert(database, name, part)
        database.execute("CREATE INDEX of_a_series ON series (area_code, measure, population, date)")
        database.execute("CREATE UNIQUE INDEX of_a_report ON reports (report_id)")
        database.execute("CREATE INDEX of_a_cell ON reports (areas, measure, population, counted_to)")
        database.execute("ANALYZE")


def _create(database: sqlite3.Connection, name: str, table: pa.Table) -> None:
    kinds = ("INTEGER" if pa.types.is_integer(field.type) else "TEXT" for field in table.schema)
    columns = ", ".join(f'"{column}" {kind}' for column, kind in zip(table.column_names, kinds, strict=True))
    database.execute(f'CREATE TABLE "{name}" ({columns})')


def _insert(database: sqlite3.Connection, name: str, table: pa.Table) -> None:
    places = ", ".join("?" * table.num_columns)
    for start in range(0, table.num_rows, ROWS_A_BATCH):
        part = table.slice(start, ROWS_A_BATCH)
        plain = [
            column if pa.types.is_integer(column.type) else column.cast(pa.string())
            for column in part.columns
        ]
        rows = zip(*(column.to_pylist() for column in plain), strict=True)
        database.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)


def command(datasette: Path, file: Path, port: int) -> list[str]:
    """How it is started: the file said to be unchanging, and nothing asked of it beside the rows."""
    settings = {
        "suggest_facets": "off", "allow_facet": "off", "num_sql_threads": "3", "cache_size_kb": "200000",
        "max_returned_rows": "5000",
    }  # fmt: skip
    chosen = [word for name, value in settings.items() for word in ("--setting", name, value)]
    return [str(datasette), "serve", "--immutable", str(file), "--port", str(port), *chosen]
