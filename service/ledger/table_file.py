"""How are tables put into a database file that others open? A DuckDB file, and an SQLite file.

Both hold the tables as they are, with the keys of those that have one, and the views of ``VIEWS``. A DuckDB
file has the table macros besides: views that take a day. This module must not know what the tables mean.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from service.errors import StoreError
from service.ledger.index import STORAGE_VERSION
from service.ledger.statements import literal, sql
from service.ledger.storage_errors import first_line

VIEWS = {
    "latest_figures": "the latest row of each series",
    "latest_evidence": "the reports behind each of latest_figures, by role",
    "standing_reports": "the reports that nobody has withdrawn",
    "reports_as_of(day)": "the reports that were public by that day (DuckDB only)",
    "figures_up_to(day)": "each series as far as that day: its last row by then (DuckDB only)",
    "figures_as_of(day)": "the latest figures as they stood on that day of knowledge, where the release has "
    "vintages (DuckDB only)",
}
"""The views and macros, and what each holds."""
_TYPES = {
    pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE", pa.timestamp("us"): "TIMESTAMP",
}  # fmt: skip
_SQLITE_TYPES = {pa.int64(): "INTEGER", pa.bool_(): "INTEGER", pa.float64(): "REAL"}
_AT_A_TIME = 10_000
"""Rows that are at hand as Python values at once."""


def write_duckdb(path: Path, tables: Mapping[str, pa.Table], keys: Mapping[str, tuple[str, ...]]) -> None:
    """Write ``tables`` by name to a new DuckDB file; ``keys`` are the columns that name a row, by table.

    Days and moments keep their types. Views and macros say what they hold (``duckdb_views()``,
    ``duckdb_functions()``). Raises StoreError where the file cannot be written.
    """
    with (
        _write_errors(path),
        duckdb.connect(str(path), config={"storage_compatibility_version": STORAGE_VERSION}) as connection,
    ):
        for name, table in tables.items():
            connection.execute(_create(name, table.schema, keys.get(name, ()), _TYPES))
            connection.register("rows_of_table", table)
            connection.execute(f'INSERT INTO "{name}" SELECT * FROM rows_of_table')
            connection.unregister("rows_of_table")
        connection.execute(sql("published_views"))
        connection.execute(sql("published_macros"))
        if "vintages" in tables:
            connection.execute(sql("published_vintages"))
        for view, meaning in VIEWS.items():
            name, is_macro, _ = view.partition("(")
            if name != "figures_as_of" or "vintages" in tables:
                kind = "MACRO TABLE" if is_macro else "VIEW"
                connection.execute(f"COMMENT ON {kind} {name} IS {literal(meaning)}")
        connection.execute("CHECKPOINT")


def write_sqlite(path: Path, tables: Mapping[str, pa.Table], keys: Mapping[str, tuple[str, ...]]) -> None:
    """Write ``tables`` by name to a new SQLite file; days and moments are text (``2025-03-12``), truth is 0
    or 1. Raises StoreError where the file cannot be written."""
    with _write_errors(path), closing(sqlite3.connect(path)) as connection, connection:
        for name, table in tables.items():
            connection.execute(_create(name, table.schema, keys.get(name, ()), _SQLITE_TYPES))
            places = ", ".join("?" * table.num_columns)
            connection.executemany(f'INSERT INTO "{name}" VALUES ({places})', _plain_rows(table))
        connection.executescript(sql("published_views"))


@contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    """Raise what a database says of its disk as a StoreError; a key that is not unique is a fault of ours."""
    try:
        yield
    except (duckdb.ConstraintException, sqlite3.IntegrityError):
        raise
    except (duckdb.Error, sqlite3.Error) as error:
        raise StoreError(
            f"{path.name} cannot be written: {first_line(error)}",
            fix="Check that the disk has room, or name another place.",
        ) from error


def _create(name: str, schema: pa.Schema, key: tuple[str, ...], types: Mapping[pa.DataType, str]) -> str:
    """Return the statement that creates a table. A type that is not in ``types`` is text."""
    columns = [
        f'"{field.name}" {types.get(field.type, "TEXT")}{"" if field.nullable else " NOT NULL"}'
        for field in schema
    ]
    if key:
        columns.append(f"PRIMARY KEY ({', '.join(map(_quoted, key))})")
    return f'CREATE TABLE "{name}" ({", ".join(columns)})'


def _quoted(name: str) -> str:
    return f'"{name}"'


def _plain_rows(table: pa.Table) -> Iterator[tuple[object, ...]]:
    """Yield the rows as values that SQLite takes."""
    for begin in range(0, table.num_rows, _AT_A_TIME):
        columns = [
            map(_plain, column.to_pylist()) if _is_temporal(column.type) else column.to_pylist()
            for column in table.slice(begin, _AT_A_TIME).columns
        ]
        yield from zip(*columns, strict=True)


def _is_temporal(kind: pa.DataType) -> bool:
    return bool(pa.types.is_temporal(kind))


def _plain(value: dt.date | dt.datetime | None) -> str | None:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"
    return None if value is None else value.isoformat()
