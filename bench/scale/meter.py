"""What do a command, a cluster and all that they have started take together?

Whatever a process starts stays in its session, the Python of a Spark worker too, so that sessions say what
belongs together. Memory that several processes share is counted once.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

SECONDS_BETWEEN_LOOKS = 1.0
TICKS = os.sysconf("SC_CLK_TCK")


class Meter:
    """Looks at the sessions that ``sessions`` names, again and again, from ``with`` to its end."""

    def __init__(self, sessions: Callable[[], Iterable[int]]) -> None:
        self._sessions = sessions
        self._is_ending = threading.Event()
        self._looking = threading.Thread(target=self._look, name="meter", daemon=True)
        self._before = self.processor_s = 0.0
        self.memory_mb = 0

    def __enter__(self) -> Meter:
        self._before, _ = self._now()
        self._looking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_ending.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._is_ending.wait(SECONDS_BETWEEN_LOOKS):
            seconds, memory = self._now()
            self.processor_s = max(self.processor_s, seconds - self._before)
            self.memory_mb = max(self.memory_mb, memory)

    def _now(self) -> tuple[float, int]:
        """Return the processor seconds of all, of children that have ended too, and their memory in MB."""
        wanted, seconds, kilobytes = set(self._sessions()), 0.0, 0
        for process in _processes(wanted):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                ticks = (process / "stat").read_text().rpartition(")")[2].split()[11:15]
                seconds += sum(map(int, ticks)) / TICKS
                sizes = (process / "smaps_rollup").read_text().splitlines()
                kilobytes += sum(int(line.split()[1]) for line in sizes if line.startswith("Pss:"))
        return seconds, kilobytes >> 10


def _processes(sessions: set[int]) -> Iterator[Path]:
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                if os.getsid(int(process.name)) in sessions:
                    yield process
