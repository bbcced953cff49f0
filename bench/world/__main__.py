"""``make world``: the made-up world of 350,000 events, loaded, served and charted by the ordinary commands.

Aims, on two processors of its own: loaded within 3 minutes, the first chart within 1 s, 2 GB. Each step is a
process of its own; the clock says how long it took beside whatever else the machine did, the processor
seconds what it took in itself. ``--place`` keeps the ledger, to look at with ``casualty serve --data-dir``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bench.large.__main__ import used_by
from bench.report import keep
from bench.world.events import World, draw_world

EVENTS = 350_000
Row = dict[str, Any]
LOAD_SECONDS, CHART_SECONDS, MEMORY_MB = 180, 1, 2048
SAME = """The data are made up. Places are countries and their provinces, not villages; each event gives one
or two counts of its five; an event that a final release drops is not in it. The first chart is that of a
conflict of the middle, about which nobody has asked before, while the server prepares all others in the
background."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.world", description=__doc__)
    parser.add_argument("--events", type=lambda text: int(float(text)), default=EVENTS)
    parser.add_argument("--place", type=Path, help="Where to build it, and leave it.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casualty-world.") as folder:
        place = asked.place or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        world = draw_world(asked.events)
        rows = [*load_world(world, place), *serve(place / "data", world)]
    at = {row["step"]: row for row in rows}
    loaded, chart = at["events loaded"]["clock, s"], at.get("first chart", {"clock, s": math.inf})["clock, s"]
    most = max(row["memory, MB"] for row in rows)
    keep(
        "world",
        title=f"A world of {asked.events:,} events (`make world`)",
        same=SAME,
        rows=rows,
        aims=[
            (f"loaded within {LOAD_SECONDS} s by the clock ({loaded:,.0f})", loaded <= LOAD_SECONDS),
            (f"first chart within {CHART_SECONDS} s by the clock ({chart:.2f})", chart <= CHART_SECONDS),
            (f"{MEMORY_MB:,} MB ({most:,})", most <= MEMORY_MB),
        ],
    )


def load_world(world: World, place: Path) -> list[Row]:
    """Register the places and take the releases in by the ordinary commands, and say what that took."""
    paths, areas, mapping = world.write(place)
    into = ("--data-dir", str(place / "data"), "--quiet")
    return [
        run("places registered", "register", "areas", str(areas), *into),
        run("events loaded", "ingest", *map(str, paths), "--mapping", str(mapping), *into),
    ]


def run(step: str, *words: str) -> Row:
    """Run one command to a good end and return its row."""
    begin = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "service", *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words[0]} ended with {process.returncode}")
    return _row(step, begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def serve(data_dir: Path, world: World) -> list[Row]:
    """Start a server, ask it as a reader would, and say after how long each answer came."""
    command = [sys.executable, "-m", "service", "serve", "--port", "0", "--json", "--data-dir", str(data_dir)]
    begin = time.monotonic()
    rows: list[Row] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        try:
            with httpx.Client(base_url=url, timeout=600) as client:
                while not client.get("/readyz").is_success:
                    time.sleep(0.05)
                rows.append(_row("server ready", begin, *used_by(process.pid)))
                crises = {row["name"]: row["crisis_id"] for row in client.get("/v1/crises").json()["data"]}
                for name, question in questions(crises, world).items():
                    before, begin = used_by(process.pid)[0], time.monotonic()
                    answer = client.get(question)
                    computing, held = used_by(process.pid)
                    told = "" if answer.is_success else f": refused ({answer.json()['code']})"
                    rows.append(_row(name + told, begin, computing - before, held))
        finally:
            process.terminate()
    return rows


def questions(crises: dict[str, str], world: World) -> dict[str, str]:
    """The addresses to ask, by what they show: a conflict of the middle, then the largest."""
    middle, largest = crises["Conflict 100"], crises[world.largest]
    cell = "measure=killed&population=all"
    return {
        "first chart": f"/v1/charts/trend.svg?crisis={middle}&{cell}&attributed_to=any",
        "the same again": f"/v1/charts/trend.svg?crisis={middle}&{cell}&attributed_to=any",
        "figures of the largest conflict": f"/v1/figures.json?crisis={largest}&{cell}",
        "the largest conflict a year ago": f"/v1/figures.json?crisis={largest}&{cell}&as_of=2023-12-31",
        "revisions of every source": "/v1/revisions.json",
    }


def _row(step: str, begin: float, computing: float, megabytes: float) -> Row:
    """``begin`` is when the step began; ``computing`` the seconds of the process, of a server all its own."""
    row = {
        "step": step,
        "clock, s": round(time.monotonic() - begin, 2),
        "processor, s": round(computing, 1),
        "memory, MB": round(megabytes),
    }
    print(json.dumps(row), flush=True)
    return row


if __name__ == "__main__":
    main()
