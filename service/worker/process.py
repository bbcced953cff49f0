"""What does the process do that works for the service?

It waits for work, does it under the limits it came with, and sends back what came of it: a result, or the
error that ended it. It ends when the service does, and when it has had no work for a while, for it holds
memory.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pickle
import resource
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from service import deadline, effort
from service.effort import Terms
from service.worker.messages import receive, send

NICENESS = 15
"""Steps of priority by which this process lies behind the one that answers."""
IDLE = 60.0
"""Seconds without work after which it ends."""
MEMORY_SHARE = 2
"""The process may take so many times what one answer may: what an answer takes is estimated, and this is
where an estimate that was wrong ends."""
STATUS = Path("/proc/self/status")


@dataclasses.dataclass(frozen=True)
class Task:
    """A function, what it is called with, and on what terms: the ``seconds`` that are left ``of`` those that
    there were (None: as many as it takes) and what the workshop allows (None: anything)."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]
    seconds: float | None
    of: float | None
    terms: Terms | None


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A result or an error, and the seconds of work counted for the answer by then."""

    result: Any
    error: BaseException | None
    counted: float


def main(tasks: int, life: int) -> None:
    """Work for whoever holds the other end of the socket ``tasks``; end with the pipe ``life``.

    SIGTERM goes to all processes of a service that is to end: this one goes on for as long as the service
    itself waits for it.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    step_back()
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()
    with socket.socket(fileno=tasks) as own:
        own.settimeout(IDLE)
        while True:
            try:
                task = receive(own)
            except (TimeoutError, EOFError, OSError):
                return
            outcome = do(task)
            own.settimeout(None)
            try:
                send(own, outcome)
            except ConnectionError:
                return
            except (OSError, MemoryError):  # there is no room for a copy of the result
                send(own, Outcome(None, effort.too_much_memory(task.terms), outcome.counted))
            own.settimeout(IDLE)


def step_back() -> None:
    """Let whoever answers have a processor before this process, and at once: Linux lets other processes of
    the same service run out their time otherwise, which is 3 ms."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    if hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def do(task: Task) -> Outcome:
    """Return what comes of a task."""
    with contextlib.ExitStack() as stack:
        counted = stack.enter_context(effort.on_terms(task.terms))
        if task.seconds is not None:
            stack.enter_context(deadline.limit(task.seconds, of=task.of))
        if task.terms is not None:
            stack.enter_context(_limit_memory(MEMORY_SHARE * task.terms.allowed.memory))
        try:
            return Outcome(task.function(*task.arguments, **task.named), None, counted())
        except MemoryError:
            return Outcome(None, effort.too_much_memory(task.terms), counted())
        except Exception as error:  # noqa: BLE001 - it is raised where the task came from
            return Outcome(None, _portable(error), counted())


def _portable(error: Exception) -> BaseException:
    """Return an error that can be sent: itself, or one that says where it arose."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - an error may hold anything
        return RuntimeError("".join(traceback.format_exception(error)))
    error.add_note("".join(traceback.format_tb(error.__traceback__)))
    return error


@contextlib.contextmanager
def _limit_memory(size: int) -> Any:  # noqa: ANN401 - a context
    """Let this process take so many bytes more than it has, until the context ends; Linux alone says what it
    has."""
    has = _taken()
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if has is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (has + size, hard))
    try:
        yield
    finally:
        if has is not None:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _taken() -> int | None:
    with contextlib.suppress(OSError, StopIteration):
        lines = STATUS.read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmData:"))
    return None


def _end_with(life: int) -> None:
    """End this process when the service is gone, however it went."""
    with contextlib.suppress(OSError):
        os.read(life, 1)
    os._exit(0)
