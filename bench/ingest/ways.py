"""One way of taking in a CSV report file: run in a process of its own, it prints what it took.

    python -m bench.ingest.ways ours FILE

``ours`` reads, validates, journals and indexes. "pandas, checked" does in pandas what a careful script
would: days and closed lists are checked, wordings become bounds, every row has a hash of its content that no
other has. The others only store what is in the cells.
"""

# ruff: noqa: PLC0415 - each way loads only what it needs
from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TODAY = dt.datetime(2026, 11, 1)  # noqa: DTZ001 - the ledger keeps UTC without a zone
TABLE = "report"


def ours(path: Path, folder: Path) -> int:
    """Into a ledger that holds the shipped reference data, as the command line does it. Of a folder, every
    file in turn, with the places of ``bench.ingest.table``."""
    from service.cli.session import leave_pandas_out

    leave_pandas_out()
    from bench.ingest.table import areas
    from service.api import Ledger
    from service.ingest import load_seeds
    from service.ledger import Store
    from service.settings import shipped_seeds

    with Store.open(folder / "ledger") as store:
        for table, rows in load_seeds(shipped_seeds()).reference.items():
            store.register(table, rows, recorded_at=TODAY)
        if path.is_dir():
            store.register("area", areas(), recorded_at=TODAY)
        ledger = Ledger(store, clock=lambda: TODAY)
        documents = sorted(path.iterdir()) if path.is_dir() else [path]
        return sum(ledger.ingest(document).accepted for document in documents)


def duckdb(path: Path, folder: Path) -> int:
    """DuckDB's ``read_csv`` into a table of a file."""
    import duckdb

    with duckdb.connect(str(folder / "raw.duckdb")) as connection:
        connection.execute(f"CREATE TABLE {TABLE} AS FROM read_csv('{path}')")
        connection.execute("CHECKPOINT")
        (rows,) = connection.execute(f"SELECT count(*) FROM {TABLE}").fetchall()[0]
        return int(rows)


def pandas(path: Path, folder: Path) -> int:
    """pandas ``read_csv`` and ``to_sql`` into SQLite."""
    import sqlite3

    import pandas as pd

    with sqlite3.connect(folder / "pandas.sqlite") as connection:
        return int(pd.read_csv(path).to_sql(TABLE, connection, index=False) or 0)


def pandas_checked(path: Path, folder: Path) -> int:
    """The same with days, words and wordings checked, and a SHA-256 of each row as its primary key. It has no
    journal, no look at earlier figures, no names of places, no look for personal data."""
    import hashlib
    import sqlite3

    import pandas as pd

    from service.vocabulary import Basis, Measure

    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in ("published_on", "counted_to", "period_start"):
        pd.to_datetime(rows[name], format="%Y-%m-%d")
    if not (rows["measure"].isin([*Measure]).all() and rows["basis"].isin([*Basis]).all()):
        raise ValueError("a word that is in no list")
    parts = rows["count"].str.extract(r"^(|over |at least |about )(\d+)$")
    number = pd.to_numeric(parts[1])
    if number.isna().any():
        raise ValueError("a wording that is no count")
    rows["low"] = number + (parts[0] == "over ") - (parts[0] == "about ") * (number // 10)
    rows["best"] = number.where(~parts[0].isin(["over ", "at least "]))
    rows["high"] = (rows["best"] + (parts[0] == "about ") * (number // 10)).astype("Int64")
    rows["report_id"] = [
        hashlib.sha256("\x1f".join(map(str, row)).encode()).hexdigest()[:20]
        for row in rows.itertuples(index=False, name=None)
    ]
    with sqlite3.connect(folder / "checked.sqlite") as connection:
        stored = rows.to_sql(TABLE, connection, index=False)
        connection.execute(f"CREATE UNIQUE INDEX by_id ON {TABLE} (report_id)")
    return int(stored or 0)


def sqlite_utils(path: Path, folder: Path) -> int:
    """``sqlite-utils insert --csv``, which detects types as well."""
    target = folder / "utils.sqlite"
    command = [
        sys.executable,
        "-m",
        "sqlite_utils",
        "insert",
        str(target),
        TABLE,
        str(path),
        "--csv",
        "--silent",
    ]
    subprocess.run(command, check=True)
    import sqlite3

    with sqlite3.connect(target) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0])


WAYS: dict[str, Callable[[Path, Path], int]] = {
    "ours": ours,
    "DuckDB read_csv": duckdb,
    "pandas to_sql": pandas,
    "pandas, checked": pandas_checked,
    "sqlite-utils": sqlite_utils,
}


def main(name: str, path: str) -> None:
    """Print rows, seconds by the clock and of processors (children included), and peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        rows = WAYS[name](Path(path), Path(folder))
        clock = time.perf_counter() - began
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(who) for who in whose]
    print(
        json.dumps(
            {
                "rows": rows,
                "clock": clock,
                "processor": sum(each.ru_utime + each.ru_stime for each in used),
                "memory": sum(each.ru_maxrss for each in used) / 1024,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
