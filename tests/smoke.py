"""Does every way in and out work with the libraries of the Python that runs this?

``python -m tests.smoke FOLDER`` serves the ledger in FOLDER (the shipped seeds where it is empty), asks it by
HTTP, Python and command line, draws a chart, and hands a report in. It needs neither pytest nor the
development libraries, and knows nothing of versions.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError

ROOT = Path(__file__).parents[1]
QUESTION = {"area": "SY06", "measure": "killed", "population": "civilians", "as_of": "2025-03-12"}
BEST = 683
"""The figure of the last day that QUESTION asks for, from the shipped seeds."""
REPORTS = (
    "crisis,source,origin,url,published_on,counted_to,period_start,period_end,areas,measure,population,count\n"
    "syria-coast-2025-03,Smoke Test,,https://example.org/1,2025-03-13,2025-03-12,2025-03-06,,Jableh,injured,all,"
    "over 12\n"
)
FORMATS = {
    "csv": b"crisis,",
    "json": b"{",
    "ndjson": b"{",
    "parquet": b"PAR1",
    "arrow": b"ARROW1",
    "xlsx": b"PK",
}
"""The formats of an answer, and what the bytes of each begin with."""
TIME_LIMIT = 60
"""Seconds that one step may take."""


def main(folder: Path) -> None:
    """Try every way in and out of the ledger in ``folder``; an AssertionError names the one that fails."""
    with serve(folder) as address:
        ask_over_http(address)
        ask_from_python(address)
        ask_on_the_command_line(folder)
        hand_in_over_http(folder, address)
    hand_in_files(folder)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address of a server of the ledger in ``folder``; the server has ended when the context ends."""
    command = [sys.executable, "-m", "service", "serve", "--port", "0", "--json", "--data-dir", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "`casualty serve` ended before it could be asked"
        yield json.loads(line)["url"]
    finally:
        process.terminate()
        code = process.wait(TIME_LIMIT)
        process.stdout.close()
    assert code == 0, "`casualty serve` did not end cleanly"


def ask_over_http(address: str) -> None:
    """Ask for the series in each format, the page, the description of the API, the metrics and the health."""
    query = "&".join(f"{name}={value}" for name, value in QUESTION.items())
    for suffix, beginning in FORMATS.items():
        body = fetch(f"{address}/v1/series.{suffix}?{query}")
        assert body.startswith(beginning), f"series.{suffix} begins with {body[:20]!r}"
    page = fetch(f"{address}/").decode()
    assert all(name in page for name in ("Latakia", "Jableh", "Banias")), "the page lacks a place"
    assert "/v1/series" in json.loads(fetch(f"{address}/openapi.json"))["paths"]
    assert b"# TYPE" in fetch(f"{address}/metrics")
    assert json.loads(fetch_once_ready(f"{address}/readyz"))["status"] == "ok"


def ask_from_python(address: str) -> None:
    """Ask for a data frame, an explanation and a chart."""
    import pandas as pd

    from service import connect

    ledger = connect(address)
    rows = ledger.series(**QUESTION)
    assert isinstance(rows, pd.DataFrame)
    assert rows["best"].iloc[-1] == BEST
    assert str(BEST) in " ".join(ledger.explain(**QUESTION).sentences)
    assert json.loads(ledger.chart(**QUESTION).to_json())["data"], "the chart is empty"


def ask_on_the_command_line(folder: Path) -> None:
    """Ask by ``casualty series`` for a table."""
    filters = [part for name, value in QUESTION.items() for part in (f"--{name.replace('_', '-')}", value)]
    assert str(BEST) in run("series", *filters, "--data-dir", str(folder))


def hand_in_over_http(folder: Path, address: str) -> None:
    """Hand a file in with a key made for it, and find its report."""
    key = json.loads(run("keys", "create", "--role", "reporter", "--json", "--data-dir", str(folder)))["key"]
    form = (
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="smoke.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{REPORTS}\r\n--edge--\r\n"
    )
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "multipart/form-data; boundary=edge"}
    answer = json.loads(fetch(f"{address}/v1/reports", form.encode(), headers))
    assert answer["accepted"] == 1, answer
    assert b"over 12" in fetch(f"{address}/v1/reports.csv?area=Jableh&measure=injured&as_of=2025-03-13")


def hand_in_files(folder: Path) -> None:
    """Hand the same report in as CSV and as a workbook, with no server running: both are known already."""
    import openpyxl

    book = openpyxl.Workbook()
    for line in io.StringIO(REPORTS):
        book.active.append(line.strip().split(","))
    book.save(folder.parent / "smoke.xlsx")
    (folder.parent / "smoke.csv").write_text(REPORTS, encoding="utf-8")
    files = [str(folder.parent / name) for name in ("smoke.csv", "smoke.xlsx")]
    answer = json.loads(run("ingest", *files, "--json", "--data-dir", str(folder)))
    assert answer["duplicate"] == 2, answer


def run(*words: str) -> str:
    """What ``casualty`` prints; raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", "service", *words]
    process = subprocess.run(
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=TIME_LIMIT
    )
    return process.stdout


def fetch(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    """The body that ``url`` answers with; raises HTTPError for an answer that is no success."""
    request = urllib.request.Request(url, body, headers or {})
    with urllib.request.urlopen(request, timeout=TIME_LIMIT) as answer:
        content: bytes = answer.read()
    return content


def fetch_once_ready(url: str) -> bytes:
    """The body that ``url`` answers with once the first figures are at hand; raises HTTPError after
    TIME_LIMIT."""
    deadline = time.monotonic() + TIME_LIMIT
    while True:
        try:
            return fetch(url)
        except HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
