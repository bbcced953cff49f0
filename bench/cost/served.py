"""The ordinary server on a ledger, and what it takes of time and memory.

Time is the clock's; memory is what the server and every process below it have resident, what they share
counted once, the peak while a question is answered less what it was before.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil


@dataclasses.dataclass(frozen=True)
class Taken:
    """What an answer took: its status (0: none in time), seconds of the clock and of the server's processors,
    bytes and mebibytes more than before; ``detail`` is what a refusal says."""

    status: int
    seconds: float
    processor: float
    size: int
    memory: float
    detail: str = ""


class Served:
    """A server, its address and its process."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process, self.url = process, url
        self._of_system = psutil.Process(process.pid)

    def memory(self) -> float:
        """Resident mebibytes of the server and of the processes below it."""
        total = 0.0
        for each in (self._of_system, *self._of_system.children(recursive=True)):
            with contextlib.suppress(psutil.Error, OSError):
                total += _proportional(each.pid)
        return total

    def processor_seconds(self) -> float:
        """Seconds of the server and of the processes below it that have not ended."""
        total = 0.0
        for each in (self._of_system, *self._of_system.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                times = each.cpu_times()
                total += times.user + times.system
        return total

    def ask(self, path: str, patience: float) -> Taken:
        """Ask one question, and watch what it takes."""
        before, highest, is_over = self.memory(), [0.0], threading.Event()
        spent = self.processor_seconds()

        def watch() -> None:
            while not is_over.wait(0.02):
                highest[0] = max(highest[0], self.memory())

        watching = threading.Thread(target=watch)
        watching.start()
        began, size, status, detail = time.perf_counter(), 0, 0, ""
        try:
            with (
                httpx.Client(timeout=patience) as client,
                client.stream("GET", f"{self.url}{path}") as answer,
            ):
                for piece in answer.iter_raw():
                    size += len(piece)
                    if answer.status_code != 200:
                        detail += piece.decode("utf-8", "replace")
                    if time.perf_counter() - began > patience:
                        break
                else:
                    status = answer.status_code
        except httpx.HTTPError as error:
            detail = repr(error)
        seconds = time.perf_counter() - began
        is_over.set()
        watching.join()
        used = self.processor_seconds() - spent
        return Taken(status, seconds, used, size, max(0.0, highest[0] - before), detail)


def _proportional(pid: int) -> float:
    """Resident mebibytes of a process, what it shares with others in proportion."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


@contextlib.contextmanager
def served(ledger: Path, *, files: int = 0) -> Iterator[Served]:
    """The ordinary command on a copy of a data directory, until the context ends; it may have so many
    ``files`` open (0: as many as this process)."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(shutil.copytree(ledger, Path(folder) / "data"))
        command = [sys.executable, "-m", "service", "serve", "--port", "0", "--json", "--data-dir"]
        limit = f"ulimit -n {files}; " if files else ""
        shell = ["/bin/sh", "-c", limit + 'exec "$@"', "sh"]
        process = subprocess.Popen([*shell, *command, str(place)], stdout=subprocess.PIPE)
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            yield Served(process, url)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
