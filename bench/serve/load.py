"""How many answers a second, and how late are the latest?

``wrk`` asks as fast as it is answered; ``steady`` asks at a fixed pace, whether answered or not, and counts
from the moment at which a question was due.
"""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
CONNECTIONS = 16
SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local place = 0
request = function()
  place = place %% #paths + 1
  return wrk.format("GET", paths[place])
end
"""


@dataclasses.dataclass(frozen=True)
class Measured:
    """Answers per second and the 99th percentile in milliseconds."""

    rate: float
    p99: float
    failed: int


def wrk(
    address: str, paths: Sequence[str], seconds: float, *, connections: int = CONNECTIONS, header: str = ""
) -> Measured:
    """The paths one after the other from one thread, over and over where there are too few."""
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "paths.lua"
        listed.write_text("\n".join(paths))
        script.write_text(SCRIPT % listed)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-s", str(script)]
        if header:
            command += ["-H", header]
        done = subprocess.run([*command, address], check=True, capture_output=True, text=True)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])  # type: ignore[index]
    number, unit = re.search(r"99%\s+([\d.]+)(\w+)", done.stdout).groups()  # type: ignore[union-attr]
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    return Measured(rate, float(number) * UNITS[unit], int(failed[1]) if failed else 0)


def steady(port: int, paths: Iterator[str], seconds: float, a_second: float) -> Measured:
    """Asked at a steady pace over kept connections: the latest of a hundred, from when it was due."""
    gc.freeze()  # half a million questions lie ready: to search them for garbage would make this one late
    try:
        return asyncio.run(_steady(port, paths, seconds, a_second))
    finally:
        gc.unfreeze()


async def _steady(port: int, paths: Iterator[str], seconds: float, a_second: float) -> Measured:
    free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    taken: list[float] = []
    failed = 0

    async def ask(path: str, due: float) -> None:
        nonlocal failed
        reader, writer = await free.get()
        if reader.at_eof():  # a connection that was long idle has been closed
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        taken.append(1000 * (time.perf_counter() - due))
        failed += not head.startswith(b"HTTP/1.1 200")
        free.put_nowait((reader, writer))

    began = time.perf_counter()
    async with asyncio.timeout(2 * seconds + 60), asyncio.TaskGroup() as group:
        for number in range(int(seconds * a_second)):
            due = began + number / a_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(ask(next(paths), due))
    while not free.empty():
        free.get_nowait()[1].close()
    return Measured(len(taken) / seconds, statistics.quantiles(taken, n=100)[98], failed)
