"""Which process does a piece of heavy work, and what if it does not come back?

A process is started when the first piece comes, and used again; so many work at a time. Work whose time is
up, or that nobody waits for any more, ends with its process: nothing else can stop a computation in the
middle.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from service import deadline, effort
from service.worker.messages import receive, send
from service.worker.process import IDLE, Outcome, Task

WORTH_SENDING = effort.MANY
"""Rows of input from which on work takes longer than sending it elsewhere and back."""
LOOK = effort.LOOK
"""Seconds between two looks whether anybody still waits for the work, and the process still works."""
LONGEST_STOP = 1.0
"""Seconds for which a process may be stopped (SIGSTOP, a debugger) before another takes its place."""
TRIES = 2
"""How many processes are tried for one piece of work, where they are stopped."""
GRACE = 1.0
"""Seconds by which a process may be late to say itself that its time is up, before it is ended."""
_START = "import sys; from service.worker.process import main; main(*map(int, sys.argv[1:]))"
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # others set a gigabyte aside, which counts as taken
    "PYTHONDONTWRITEBYTECODE": "1",
}

P = ParamSpec("P")
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Stopped(Exception):
    """A process was stopped at its work and does not go on: the work is not at fault."""


class WorkerPool:
    """So many processes at most. Safe to use from several threads."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def run(self, rows: int, function: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> T:
        """Return what ``function`` returns, worked out in another process if it has so many ``rows`` to go
        through that this is worth it. The function stands in a module, and what it takes and returns can be
        pickled.

        Raises what it raises, TooSlow, TooBusy, and TooMuch where the process did not survive it.
        """
        if rows < WORTH_SENDING or self._is_closed:
            return function(*arguments, **named)
        effort.take_place()
        for _ in range(TRIES):
            with contextlib.suppress(Stopped), self._worker() as worker:
                left, allowed = deadline.seconds_left(), deadline.seconds_allowed()
                outcome = worker.do(Task(function, arguments, named, left, allowed, effort.terms()))
                break
        else:
            raise effort.is_stopped()
        effort.count_up_to(outcome.counted)
        if outcome.error is not None:
            raise outcome.error
        result: T = outcome.result
        return result

    def close(self) -> None:
        """End the processes that have nothing to do; the others end with their work."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    @contextlib.contextmanager
    def _worker(self) -> Iterator[Worker]:
        """Give a process that nobody else uses meanwhile; one that failed is not used again."""
        while not self._free.acquire(timeout=LOOK):
            effort.check()
        try:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            worker = worker if worker and worker.is_alive else Worker()
            try:
                yield worker
            except BaseException:
                worker.end()
                raise
            with self._lock:
                is_kept = not self._is_closed
                if is_kept:
                    self._idle.append(worker)
            if not is_kept:
                worker.end()
        finally:
            self._free.release()


class Worker:
    """One process that works for this one. Raises TooBusy where the system gives none."""

    def __init__(self) -> None:
        with contextlib.ExitStack() as undo:
            try:
                self._tasks, tasks = map(undo.enter_context, socket.socketpair())
                life, self._life = os.pipe()
                undo.callback(os.close, self._life)
                undo.callback(os.close, life)
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
                    # -P: no module of the directory that the service was started in takes the place of ours
                    [sys.executable, "-P", "-c", _START, str(tasks.fileno()), str(life)],
                    stdin=subprocess.DEVNULL,
                    pass_fds=(tasks.fileno(), life),
                    process_group=0,  # Ctrl-C is for the service, which ends this
                    env={**_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                )
            except OSError as error:  # no memory, too many processes or open files
                raise _no_process(error) from error
            undo.pop_all()
        tasks.close()
        os.close(life)
        self._used = time.monotonic()

    @property
    def is_alive(self) -> bool:
        """Whether the process is there, and for a while yet: without work, it ends by itself."""
        if self._process.poll() is None and time.monotonic() - self._used < IDLE / 2:
            return True
        self.end()
        return False

    @property
    def _is_stopped(self) -> bool:
        """Whether the process is stopped at this moment. One that only gets no processor is not."""
        with contextlib.suppress(ChildProcessError):
            return os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
        return False

    def do(self, task: Task) -> Outcome:
        """Return what comes of a task. Raises TooSlow or TooBusy where nobody waits for it any more, Stopped
        where the process is, and TooMuch where it did not survive it; it is then of no use."""
        latest = time.monotonic() + (task.seconds or 0) + GRACE
        works_at = time.monotonic()
        try:
            self._tasks.settimeout(None)
            send(self._tasks, task)
            self._tasks.settimeout(LOOK)
            while True:
                try:
                    outcome: Outcome = receive(self._tasks)
                    self._used = time.monotonic()
                    return outcome
                except TimeoutError:
                    now = time.monotonic()
                    if deadline.seconds_left() != 0 or now > latest:
                        effort.check()
                    works_at = works_at if self._is_stopped else now
                    if now - works_at > LONGEST_STOP:
                        _log.warning("The process that worked an answer out was stopped: another takes over")
                        raise Stopped from None
        except (EOFError, ConnectionError) as error:
            self._process.kill()
            _log.warning(
                "The process that worked an answer out ended with %s%s",
                self._process.wait(), f": {error.__cause__!r}" if error.__cause__ else "",
            )  # fmt: skip
            raise effort.did_not_survive() from None
        except OSError as error:
            raise _no_process(error) from error

    def end(self) -> None:
        """End the process, whatever it does."""
        self._tasks.close()
        with contextlib.suppress(OSError):
            os.close(self._life)
        self._process.kill()
        self._process.wait()


def _no_process(error: OSError) -> effort.TooBusy:
    _log.warning("No process could be had to work out an answer: %s", error)
    return effort.has_no_process()
