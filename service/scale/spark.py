"""How do the tasks run on the workers of a Spark cluster?

Each task is one row of a data frame with a partition of its own, so that Spark hands it to whichever worker
is free, and to another where that one is lost. Only the names and hashes of the files that an attempt wrote
come back; the rows go from the worker to the disk. What is used of Spark (``range``, ``mapInArrow``,
``collect``) works on a cluster and through Spark Connect alike. This module must not know what a task does.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import shutil
import socket
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from service.errors import QueryError, StoreError
from service.extras import explain_missing
from service.scale.run import Watch
from service.scale.task import DONE, Outcome, Task, run_task

OUTCOME = "number long, outcome string"
SECONDS_TO_CONNECT = 5.0
SECONDS_FOR_WORKERS = 60.0
"""How long a master may take to answer, and to give the work a first worker."""
SECONDS_BETWEEN_LOOKS = 0.5
LIGHT_JAVA = "-XX:TieredStopAtLevel=1"
"""Java hands out names here and no rows: what it would take to make it fast is better spent on the tasks."""
LOCAL_MASTER = re.compile(r"local(\[(\*|\d+)(,\s*\d+)?\])?")
NAMED_MASTERS = ("yarn", "k8s://")


@dataclasses.dataclass(frozen=True)
class SparkEngine:
    """Runs tasks on the cluster of ``master`` (spark://HOST:PORT, local[N], yarn, k8s://…), or on the one
    behind the Spark Connect server ``remote`` (sc://HOST:PORT)."""

    master: str | None = None
    remote: str | None = None

    def __call__(self, tasks: Sequence[Task], watch: Watch) -> Iterable[Outcome]:
        """Return an outcome of each task. Raises StoreError where the cluster cannot be had or gives up."""
        self._check()
        if not tasks:
            return []
        largest_first = sorted(tasks, key=lambda task: (-task.reports.rows, task.number))
        with spark_errors(), _Session(self) as spark, _watching(largest_first, watch):
            return _run(spark, largest_first)

    def _check(self) -> None:
        """Raise an error for what would make Spark fail late, or wait for ever."""
        if self.master and self.remote:
            raise QueryError("--master and --remote contradict each other.", fix="Give one of them.")
        _require_pyspark()
        if self.remote:
            _require_answer(self.remote, "sc", "--remote")
            return
        _require_java()
        master = self.master or "local[*]"
        if LOCAL_MASTER.fullmatch(master) or master.startswith(NAMED_MASTERS):
            return
        _require_answer(master, "spark", "--master")


class _Session:
    """A Spark session of our own, from ``with`` to its end."""

    def __init__(self, engine: SparkEngine) -> None:
        self._engine = engine

    def __enter__(self) -> Any:  # noqa: ANN401 - a session of either kind
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        from pyspark.sql import SparkSession

        builder: Any = SparkSession.builder
        if self._engine.remote:
            self._spark = builder.remote(self._engine.remote).create()
            return self._spark
        master = self._engine.master or "local[*]"
        log = resources.files("service.scale") / "log4j2.properties"
        options = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "ERROR",
            "spark.driver.extraJavaOptions": f"{LIGHT_JAVA} -Dlog4j2.configurationFile={log}",
            "spark.executor.defaultJavaOptions": LIGHT_JAVA,
            "spark.sql.codegen.wholeStage": "false",
        }
        for name, value in options.items():
            builder = builder.config(name, value)
        if urlsplit(master).hostname in ("127.0.0.1", "localhost"):
            builder = builder.config("spark.driver.host", "127.0.0.1")
        self._spark = builder.master(master).appName("casualty reconcile").getOrCreate()
        if not LOCAL_MASTER.fullmatch(master):
            _wait_for_worker(self._spark, master)
        return self._spark

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):  # what it found wrong has been said
            self._spark.stop()


def _run(spark: Any, tasks: Sequence[Task]) -> list[Outcome]:  # noqa: ANN401 - a session of either kind
    """Have each task run in a partition of its own, and return the outcomes."""
    of_number = dict(enumerate(tasks))

    def outcomes(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                done = run_task(of_number[number])
                yield pa.RecordBatch.from_pydict({"number": [number], "outcome": [done.encode()]})

    rows = spark.range(0, len(tasks), 1, len(tasks)).mapInArrow(outcomes, OUTCOME).collect()
    return [Outcome.decode(row["outcome"]) for row in rows]


@contextlib.contextmanager
def _watching(tasks: Sequence[Task], watch: Watch) -> Iterator[None]:
    """Tell ``watch`` how many tasks are done, by what they have left in the room, while the context lasts."""
    room, is_ending = Path(tasks[0].room), threading.Event()

    def look() -> None:
        while not is_ending.wait(SECONDS_BETWEEN_LOOKS):
            watch(len({path.parent.name.partition("-")[0] for path in room.glob(f"*/{DONE}")}), len(tasks))

    looking = threading.Thread(target=look, name="progress", daemon=True)
    watch(0, len(tasks))
    looking.start()
    try:
        yield
        watch(len(tasks), len(tasks))
    finally:
        is_ending.set()
        looking.join()


def _wait_for_worker(spark: Any, master: str) -> None:  # noqa: ANN401 - a classic session
    """Return once a worker has taken up the work. Raises StoreError where none does."""
    context = spark.sparkContext._jsc.sc()
    end = time.monotonic() + SECONDS_FOR_WORKERS
    while context.getExecutorMemoryStatus().size() <= 1:  # the driver itself is one
        if context.isStopped() or time.monotonic() > end:
            raise StoreError(
                f"No worker of {master} took up the work within {SECONDS_FOR_WORKERS:g} seconds.",
                fix="Start workers, or free cores and memory on those that there are.",
            )
        time.sleep(0.1)


def _require_pyspark() -> None:
    with explain_missing("or use --engine local."):
        import pyspark  # noqa: F401


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if found is None:
        where = f"in JAVA_HOME ({home})" if home else "on the PATH"
        raise StoreError(
            f"There is no Java {where}, and Spark runs on it.",
            fix="Install Java 17 (`apt-get install openjdk-17-jre-headless`), name a server that has it with "
            "--remote, or use --engine local.",
        )


def _require_answer(url: str, scheme: str, option: str) -> None:
    """Raise QueryError for what is no address, StoreError where nobody answers at it."""
    try:
        hosts = [
            urlsplit(f"//{each}") for each in url.removeprefix(f"{scheme}://").partition("/")[0].split(",")
        ]
        places = [(host.hostname or "", host.port or (15002 if scheme == "sc" else 7077)) for host in hosts]
    except ValueError:
        places = []
    if not url.startswith(f"{scheme}://") or not all(host for host, _ in places) or not places:
        ways = "sc://HOST:PORT" if scheme == "sc" else "spark://HOST:PORT, local[N], yarn or k8s://…"
        raise QueryError(f"{option} {url!r} is no address of a cluster.", fix=f"Write it as {ways}.")
    for host, port in places:
        with contextlib.suppress(OSError), socket.create_connection((host, port), SECONDS_TO_CONNECT):
            return
    raise StoreError(
        f"Nobody answers at {url}.", fix=f"Start the cluster, or mend {option}; --engine local needs none."
    )


@contextlib.contextmanager
def spark_errors() -> Iterator[None]:
    """Raise what Spark says as one sentence that says what to do."""
    try:
        yield
    except (StoreError, QueryError):
        raise
    except Exception as error:
        words = str(error)
        if "No module named 'service'" in words:
            raise StoreError(
                "The workers cannot import this service.",
                fix="Install the same version of it on every worker, and set PYSPARK_PYTHON to its Python.",
            ) from error
        raise StoreError(
            f"Spark gave up: {_last_words(words)}", fix="Mend what it names, and run the command again."
        ) from error


def _last_words(words: str) -> str:
    """Return the line of an error of Spark that says most: the last of a worker's Python, else the first."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    python = [line for line in lines if re.match(r"[A-Za-z_.]*(Error|Exception)\b.*: ", line)]
    chosen = python[-1] if python else (lines or ["it did not say why"])[0]
    return chosen[:300]
