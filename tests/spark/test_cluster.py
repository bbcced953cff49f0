"""Do a Spark cluster and this process write the same bytes, also where a worker is lost on the way?

``make test-spark`` installs PySpark and runs all of it; without PySpark or Java it is skipped with a notice,
and without CASUALTY_SPARK the long part is.
"""

import datetime as dt
import importlib.util
import os
import resource
import shutil
import subprocess
import sys

import pytest

from bench.scale.cluster import running_cluster, running_connect_server
from bench.serve import ledger as drawn
from service.cli import main
from service.errors import StoreError
from service.ledger import Store
from service.ledger.publish import write_publication
from service.publication import LEDGER, publish
from service.scale.run import reconcile_publication
from service.scale.spark import SparkEngine

if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
    pytest.skip("no PySpark or no Java here: `make test-spark` runs these", allow_module_level=True)

long = pytest.mark.skipif("CASUALTY_SPARK" not in os.environ, reason="long: `make test-spark` runs it")
REPORTS, ROWS_A_FILE = 100_000, 5_000
AS_OF = dt.date(2031, 6, 1)
MOST_BYTES = 40_000
"""Of a file, where the disk is as good as full: less than the evidence of five thousand reports."""


def unwatched(done, total):
    """Nobody looks."""


def bytes_of(place):
    """Every file of a publication, by its path."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A ledger of a hundred thousand reports in a hundred crises, as twenty files."""
    place = tmp_path_factory.mktemp("published")
    drawn.build(place / "data", REPORTS)
    with (
        Store.open(place / "data") as store,
        store.view() as view,
        publish(place / "ledger", LEDGER) as publisher,
    ):
        write_publication(view, publisher, as_of=AS_OF, rows_a_file=ROWS_A_FILE)
    return place / "ledger"


@pytest.fixture(scope="module")
def local(published):
    """What this process makes of it."""
    out = published.parent / "local"
    manifest = reconcile_publication(published, out, watch=unwatched)
    assert len(manifest.tables["estimate"]) == REPORTS // ROWS_A_FILE
    return bytes_of(out)


def test_spark_on_this_machine_writes_the_bytes_of_one_process(seeded_dir, tmp_path, capfdbinary):
    out, data = tmp_path / "out", ["--data-dir", str(shutil.copytree(seeded_dir, tmp_path / "data"))]
    assert main(["export", "--parquet", str(tmp_path / "ledger"), "--as-of", "2026-11-22", *data]) == 0
    words = ["reconcile", "--reports", str(tmp_path / "ledger"), "--out"]
    assert main([*words, str(tmp_path / "local")]) == 0
    spark = [sys.executable, "-m", "service", *words, str(out), "--engine", "spark", "--master", "local[1]"]
    ended = subprocess.run(spark, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert bytes_of(out) == bytes_of(tmp_path / "local")


@long
def test_two_workers_write_the_bytes_of_one_process(published, local, tmp_path):
    with running_cluster(tmp_path, workers=2) as cluster:
        reconcile_publication(published, tmp_path / "out", engine=SparkEngine(cluster.url), watch=unwatched)
    assert bytes_of(tmp_path / "out") == local


@long
def test_a_worker_that_is_lost_midway_changes_no_byte(published, local, tmp_path):
    with running_cluster(tmp_path, workers=2) as cluster:
        lost_after = []

        def kill_one(done, total):
            if done and done < total and not lost_after:
                lost_after.append(done)
                cluster.kill_worker()

        reconcile_publication(published, tmp_path / "out", engine=SparkEngine(cluster.url), watch=kill_one)
    assert lost_after
    assert bytes_of(tmp_path / "out") == local


@long
def test_where_a_worker_finds_the_disk_full_the_earlier_output_stays_whole(published, local, tmp_path):
    out = tmp_path / "out"
    reconcile_publication(published, out, watch=unwatched)
    words = ["reconcile", "--reports", published, "--out", out, "--as-of", "2031-02-01"]
    ended = subprocess.run(
        [sys.executable, "-m", "service", *map(str, words), "--engine", "spark", "--master", "local[2]"],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES)),
    )
    assert ended.returncode == 3, ended.stderr
    assert "Free some space" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert bytes_of(out) == local


@long
def test_a_master_without_workers_is_given_up_after_a_minute(published, tmp_path):
    with (
        running_cluster(tmp_path, workers=0) as cluster,
        pytest.raises(StoreError, match=r"No worker of spark://.* took up the work"),
    ):
        reconcile_publication(published, tmp_path / "out", engine=SparkEngine(cluster.url), watch=unwatched)
    assert bytes_of(tmp_path / "out") == {}


@long
def test_a_connect_server_writes_the_bytes_of_one_process(published, local, tmp_path):
    pytest.importorskip("grpc", reason="no grpcio: pyspark[connect] brings it")
    with running_connect_server(tmp_path) as remote:
        reconcile_publication(published, tmp_path / "out", engine=SparkEngine(remote=remote), watch=unwatched)
    assert bytes_of(tmp_path / "out") == local
