"""A real Spark cluster on the loopback: a standalone master and workers of one core each, in processes that a
test starts and ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

LONGEST_START = 120.0
"""Seconds after which a master that has not answered is broken."""


class Cluster:
    """A master at ``url`` and its workers."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.port = _free_port()
        self.url = f"spark://127.0.0.1:{self.port}"
        self._master = self._start(
            "master.Master", "--host", "127.0.0.1", "--port", str(self.port), "--webui-port", "0"
        )
        self._workers: list[subprocess.Popen[bytes]] = []
        _wait_for(self.port, self._master)

    @property
    def sessions(self) -> list[int]:
        """The sessions of the master and the workers, with all that they have started."""
        return [process.pid for process in (self._master, *self._workers)]

    def add_worker(self, *, is_held: bool = False) -> None:
        """Start one more worker; one that ``is_held`` has one core of this machine for everything, its Java
        and its Arrow too."""
        number = len(self._workers)
        work = self._place / f"worker-{number}"
        words = [
            "--host",
            "127.0.0.1",
            "--webui-port",
            "0",
            "--cores",
            "1",
            "--memory",
            "1g",
            "-d",
            str(work),
        ]
        self._workers.append(self._start("worker.Worker", *words, self.url))
        if is_held:
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(self._workers[-1].pid, {cores[number % len(cores)]})

    def kill_worker(self) -> None:
        """End the first worker and all it has started at once, as a power cut would."""
        _kill(self._workers.pop(0))

    def close(self) -> None:
        for process in (*self._workers, self._master):
            _kill(process)

    def _start(self, kind: str, *words: str) -> subprocess.Popen[bytes]:
        return _start(self._place, "spark-class", f"org.apache.spark.deploy.{kind}", *words)


@contextlib.contextmanager
def running_cluster(place: Path, workers: int, *, is_held: bool = False) -> Iterator[Cluster]:
    """Give a cluster with so many workers, each held to one core if ``is_held``; it ends with the context."""
    cluster = Cluster(place)
    try:
        for _ in range(workers):
            cluster.add_worker(is_held=is_held)
        yield cluster
    finally:
        cluster.close()


@contextlib.contextmanager
def running_connect_server(place: Path) -> Iterator[str]:
    """Give the address of a Spark Connect server that works by itself; it ends with the context."""
    port = _free_port()
    binding = "spark.connect.grpc.binding"
    words = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", "local[1]"]
    words += ["--conf", f"{binding}.address=127.0.0.1", "--conf", f"{binding}.port={port}"]
    server = _start(place, "spark-submit", *words, "--conf", "spark.ui.enabled=false", "spark-internal")
    try:
        _wait_for(port, server)
        yield f"sc://127.0.0.1:{port}"
    finally:
        _kill(server)


def _start(place: Path, program: str, *words: str) -> subprocess.Popen[bytes]:
    """Start one of Spark's programs, which writes its log in ``place``."""
    import pyspark  # noqa: PLC0415 - installed where it is wanted only

    home = Path(pyspark.__file__).parent
    own = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    with (place / "cluster.log").open("ab") as log:
        return subprocess.Popen(
            [str(home / "bin" / program), *words],
            env={**os.environ, **own},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"no master at port {port}")
