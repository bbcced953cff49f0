"""Does Superset itself answer the queries of docs/dashboards.md from a release, and draw from them?

``make dashboards`` installs Superset into ``build/superset`` (0.9 GB, minutes), starts it on this machine
with a release as its databases, and asks by its own API: every query in its SQL Lab, and the data of a chart
over a data set made of the first. Both must have the rows that DuckDB has, and nothing for what is unknown.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import httpx

from service.api import Ledger
from service.release import make_release
from service.release.directory import write_release
from tests.conftest import clock

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "superset"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
PORT = 8188
ADDRESS = f"http://127.0.0.1:{PORT}"
WHO = {"username": "desk", "password": "desk-desk", "provider": "db"}
INSTALL_LIMIT, STEP_LIMIT = 1800, 600
"""Seconds after which the installation, or a step of Superset, has failed."""
FILES = {
    "DuckDB": "duckdb:///{folder}/casualty-ledger.duckdb?access_mode=read_only",
    "SQLite": "sqlite:///{folder}/casualty-ledger.sqlite",
}
CONFIGURATION = """
SECRET_KEY = "{secret}"
SQLALCHEMY_DATABASE_URI = "sqlite:///{room}/superset.db"
PREVENT_UNSAFE_DB_CONNECTIONS = False  # SQLite is refused otherwise
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
"""


def main() -> int:
    """Print how many queries Superset answered from each file; raise AssertionError for other rows."""
    install()
    queries = re.findall(r"^```sql\n(.*?)^```", (ROOT / "docs" / "dashboards.md").read_text(), re.M | re.S)
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        with Ledger.open(room / "data", clock=clock) as ledger:
            write_release(make_release(ledger), room / "release")
        with duckdb.connect(str(room / "release" / "casualty-ledger.duckdb"), read_only=True) as database:
            expected = [database.execute(query).fetchall() for query in queries]
        with superset(room) as client:
            for file, address in FILES.items():
                uri = address.format(folder=room / "release")
                database_id = made(client, "database", {"database_name": file, "sqlalchemy_uri": uri})
                for query, rows in zip(queries, expected, strict=True):
                    assert in_sql_lab(client, database_id, query) == plain(rows), query
                assert in_a_chart(client, database_id, queries[0]) == plain(expected[0])
                sys.stdout.write(f"{file}: Superset answers {len(queries)} queries, and charts the first\n")
    return 0


def install() -> None:
    """Have Superset in PLACE."""
    if (PLACE / "bin" / "superset").exists():
        return
    uv = [sys.executable, "-m", "uv", "--quiet"]
    for command in (
        [*uv, "venv", "--clear", "--python", sys.executable, str(PLACE)],
        [*uv, "pip", "install", "--python", str(PLACE / "bin" / "python"), "-r", str(REQUIREMENTS)],
    ):
        subprocess.run(command, check=True, timeout=INSTALL_LIMIT)


@contextmanager
def superset(room: Path) -> Iterator[httpx.Client]:
    """A client of a Superset of its own, signed in."""
    settings = room / "superset_settings.py"
    settings.write_text(CONFIGURATION.format(secret=os.urandom(24).hex(), room=room))
    environment = {**os.environ, "SUPERSET_CONFIG_PATH": str(settings), "FLASK_APP": "superset"}
    environment.pop("PYTHONPATH", None)
    create = ["fab", "create-admin", "--username", WHO["username"], "--password", WHO["password"]]
    create += ["--firstname", "a", "--lastname", "desk", "--email", "desk@example.org"]
    for words in (["db", "upgrade"], create, ["init"]):
        command = [str(PLACE / "bin" / "superset"), *words]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=STEP_LIMIT)
    serve = [str(PLACE / "bin" / "gunicorn"), "-w", "1", "--threads", "4", "--timeout", "300"]
    serve += ["-b", f"127.0.0.1:{PORT}", "superset.app:create_app()"]
    with (room / "log").open("wb") as log:
        process = subprocess.Popen(serve, env=environment, stdout=log, stderr=log)
        try:
            with httpx.Client(base_url=f"{ADDRESS}/api/v1", timeout=STEP_LIMIT) as client:
                wait_until_healthy(process)
                token = client.post("/security/login", json=WHO).json()["access_token"]
                client.headers["Authorization"] = f"Bearer {token}"
                yield client
        finally:
            process.terminate()
            process.wait(STEP_LIMIT)


def wait_until_healthy(process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STEP_LIMIT
    while True:
        assert process.poll() is None, "Superset ended while starting"
        assert time.monotonic() < end, "Superset did not start"
        try:
            if httpx.get(f"{ADDRESS}/health").text == "OK":
                return
        except httpx.TransportError:
            time.sleep(0.5)


def made(client: httpx.Client, kind: str, words: dict[str, Any]) -> int:
    """The id of a new database or data set."""
    answer = client.post(f"/{kind}/", json=words)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def in_sql_lab(client: httpx.Client, database_id: int, query: str) -> list[tuple[str, ...]]:
    """The rows of a query as SQL Lab shows them."""
    words = {
        "database_id": database_id,
        "sql": query,
        "queryLimit": 100_000,
        "client_id": os.urandom(4).hex(),
    }
    answer = client.post("/sqllab/execute/", json=words)
    assert answer.status_code == 200, answer.text
    return plain([tuple(row.values()) for row in answer.json()["data"]])


def in_a_chart(client: httpx.Client, database_id: int, query: str) -> list[tuple[str, ...]]:
    """The rows that a chart over a data set of the query is given."""
    table = {"database": database_id, "sql": query, "table_name": f"toll {database_id}"}
    source = {"id": made(client, "dataset", table), "type": "table"}
    columns = ["time", "low", "best", "high", "grade"]
    asked = {"columns": columns, "orderby": [["time", True]], "row_limit": 100_000}
    answer = client.post("/chart/data", json={"datasource": source, "queries": [asked]})
    assert answer.status_code == 200, answer.text
    return plain([tuple(row[name] for name in columns) for row in answer.json()["result"][0]["data"]])


def plain(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Rows as text, whole numbers without a point, in an order of their own."""
    texts = ([re.sub(r"\.0$", "", "" if each is None else str(each)) for each in row] for row in rows)
    return sorted(map(tuple, texts))


if __name__ == "__main__":
    raise SystemExit(main())
