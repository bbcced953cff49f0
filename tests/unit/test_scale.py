"""Is a published ledger reconciled to the figures of the live one, all at once or not at all?"""

import dataclasses
import datetime as dt
import hashlib
import json
import resource
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.serve import ledger as drawn
from service import connect
from service.cli import main
from service.errors import StoreError, StoreHeld
from service.ledger import Store
from service.ledger.publish import write_publication
from service.publication import LEDGER, RECONCILIATION, publish, read_manifest, read_table
from service.reconcile import reconcile
from service.scale.run import reconcile_publication
from service.scale.task import run_task
from service.schema.figures import FIGURE_TABLES
from tests import builders
from tests.builders import moment
from tests.conftest import clock

AS_OF = dt.date(2031, 6, 1)
REPORTS = 6_000


def unwatched(done, total):
    """Nobody looks."""


def export(data, place):
    """Publish the ledger in a data directory, two crises a file."""
    with Store.open(data) as store, store.view() as view, publish(place, LEDGER) as publisher:
        write_publication(view, publisher, as_of=AS_OF, rows_a_file=2_000)


def bytes_of(place):
    """Every file of a publication, by its path."""
    files = (path for path in place.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A ledger of six crises, as three files, and its directory."""
    place = tmp_path_factory.mktemp("exported")
    drawn.build(place / "data", REPORTS)
    export(place / "data", place / "ledger")
    return place


@pytest.fixture
def ledger(exported):
    return exported / "ledger"


@pytest.fixture(scope="module")
def whole(exported):
    """Its figures, published in one go."""
    reconcile_publication(exported / "ledger", exported / "whole", watch=unwatched)
    return bytes_of(exported / "whole")


def test_figures_are_those_that_one_run_over_all_reports_gives(exported, whole):
    manifest = read_manifest(exported / "whole", RECONCILIATION)
    assert [len(files) for files in manifest.tables.values()] == [3, 3, 3, 3]
    with Store.open(exported / "data") as store:
        figures = reconcile(store.reports(), store.reference(), as_of=AS_OF, method=manifest.facts["method"])
        assert str(store.head) == str(manifest.head)
    stored = {
        name: read_table(exported / "whole", manifest.tables[name], schema)
        for name, schema in FIGURE_TABLES.items()
    }
    for name, expected in (("estimate", figures.estimates), ("evidence", figures.evidence)):
        rows = pa.table({"crisis": expected["crisis_id"], "place": pa.array(range(len(expected)))})
        in_order = expected.take(
            pa.compute.sort_indices(rows, [("crisis", "ascending"), ("place", "ascending")])
        )
        assert stored[name].combine_chunks() == in_order.combine_chunks()
    assert dict(zip(*stored["start"].to_pydict().values(), strict=True)) == figures.starts
    assert stored["finding"].num_rows == figures.findings.num_rows


def test_the_shipped_crises_come_out_as_the_ledger_answers(data_dir, tmp_path, capfdbinary):
    place, figures = str(tmp_path / "ledger"), tmp_path / "figures"
    assert main(["export", "--parquet", place, "--data-dir", str(data_dir), "--as-of", "2025-03-12"]) == 0
    assert main(["reconcile", "--reports", place, "--out", str(figures), "--json"]) == 0
    said = json.loads(capfdbinary.readouterr().out.splitlines()[-1])
    manifest = read_manifest(figures, RECONCILIATION)
    assert (said["as_of"], said["sha256"]) == ("2025-03-12", manifest.digest)
    rows = read_table(figures, manifest.tables["estimate"], FIGURE_TABLES["estimate"])
    with connect(data_dir, clock=clock) as ledger:
        answer = ledger.answer(as_of="2025-03-12", attributed_to="any", period_start="any").table
    names = ("areas", "measure", "population", "date", "low", "best", "high", "expected", "grade")
    ours = sorted(map(str, rows.select(names).rename_columns(["area_code", *names[1:]]).to_pylist()))
    assert ours == sorted(map(str, answer.select(["area_code", *names[1:]]).to_pylist()))


def test_attempts_that_were_lost_or_run_twice_leave_no_byte(ledger, whole, tmp_path):
    def unlucky(tasks, watch):
        for task in reversed(tasks):
            run_task(task)
            yield run_task(task)

    reconcile_publication(ledger, tmp_path / "out", engine=unlucky, watch=unwatched)
    assert bytes_of(tmp_path / "out") == whole


@pytest.mark.parametrize("lost", [1, 3])
def test_a_run_in_which_a_file_is_missing_publishes_nothing(ledger, whole, tmp_path, lost):
    out = tmp_path / "out"
    reconcile_publication(ledger, out, as_of=dt.date(2031, 2, 1), watch=unwatched)
    before = bytes_of(out)
    with pytest.raises(StoreError, match=f"Of 3 files {3 - lost} were reconciled"):
        reconcile_publication(
            ledger, out, engine=lambda tasks, watch: map(run_task, tasks[lost:]), watch=unwatched
        )
    assert bytes_of(out) == before
    reconcile_publication(ledger, out, watch=unwatched)
    assert whole.items() <= bytes_of(out).items()  # beside the files of the publication before


def limited(size, *words):
    """A real process that may write no file of more than ``size`` bytes, as on a disk that is full."""
    return subprocess.run(
        [sys.executable, "-m", "service", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


def test_where_the_disk_is_full_the_earlier_output_stays_whole(exported, ledger, whole, tmp_path):
    out = tmp_path / "out"
    reconcile_publication(ledger, out, watch=unwatched)
    ended = limited(20_000, "reconcile", "--reports", ledger, "--out", out, "--as-of", "2031-02-01")
    assert (ended.returncode, "Free some space" in ended.stderr) == (3, True), ended.stderr
    assert "What was published before stands" in ended.stderr
    assert bytes_of(out) == whole
    before = bytes_of(ledger)
    export(exported / "data", tmp_path / "own")
    first = bytes_of(tmp_path / "own")
    ended = limited(
        20_000, "export", "--parquet", tmp_path / "own", "--data-dir", exported / "data", "--notes"
    )
    assert ended.returncode == 3
    assert bytes_of(tmp_path / "own") == first
    assert bytes_of(ledger) == before


def test_a_run_that_is_killed_leaves_the_earlier_output_and_the_next_one_cleans_up(ledger, whole, tmp_path):
    out = tmp_path / "out"
    reconcile_publication(ledger, out, watch=unwatched)
    program = (
        "import datetime as dt, os, sys; from pathlib import Path; from service.scale.run import *\n"
        "def watch(done, total): done == 2 and os.kill(os.getpid(), 9)\n"
        "reconcile_publication(Path(sys.argv[1]), Path(sys.argv[2]), as_of=dt.date(2031, 2, 1), watch=watch)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(ledger), str(out)], check=False)
    assert ended.returncode == -9
    assert len(list(out.glob(".unfinished-*"))) == 1
    assert whole.items() <= bytes_of(out).items()
    reconcile_publication(ledger, out, watch=unwatched)
    assert bytes_of(out) == whole


def test_one_run_at_a_time_writes_to_a_directory_and_none_to_a_folder_of_others(ledger, tmp_path):
    with (
        publish(tmp_path / "out", RECONCILIATION),
        pytest.raises(StoreHeld, match="Another process is writing to"),
    ):
        reconcile_publication(ledger, tmp_path / "out", watch=unwatched)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("x")
    with pytest.raises(StoreError, match=r"holds other things \(dear.txt\)"):
        reconcile_publication(ledger, tmp_path / "letters", watch=unwatched)
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="is a file"):
        reconcile_publication(ledger, tmp_path / "file", watch=unwatched)


def test_no_publication_takes_the_place_of_one_of_another_kind_or_a_later_format(ledger, whole, tmp_path):
    before = bytes_of(ledger)
    with pytest.raises(StoreError, match="holds a ledger, not a reconciliation"):
        reconcile_publication(ledger, ledger, watch=unwatched)
    assert bytes_of(ledger) == before
    out = tmp_path / "out"
    reconcile_publication(ledger, out, watch=unwatched)
    manifest = out / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(StoreError, match="a later version of this service wrote"):
        reconcile_publication(ledger, out, watch=unwatched)
    manifest.write_text("{")
    reconcile_publication(ledger, out, watch=unwatched)  # what is torn is mended so
    assert bytes_of(out) == whole


def test_a_ledger_without_reports_and_a_directory_of_any_name_are_published_too(tmp_path):
    data, place = tmp_path / "data", tmp_path / "it's [1] * ?"
    with Store.open(data) as store:
        store.register("area", builders.areas({"area_code": "SY06"}), recorded_at=moment("2025-03-12T00:00"))
    export(data, place)
    manifest = reconcile_publication(place, place / "figures", watch=unwatched)
    assert {name: manifest.rows(name) for name in manifest.tables} == dict.fromkeys(FIGURE_TABLES, 0)
    with connect(place, clock=clock) as ledger:
        assert ledger.answer().table.num_rows == 0
        assert ledger.reference().area.column("area_code").to_pylist() == ["SY06"]


def test_a_file_of_another_version_is_refused_by_its_columns(ledger, tmp_path):
    other = tmp_path / "ledger"
    with publish(other, LEDGER) as publisher:
        manifest = read_manifest(ledger, "ledger")
        tables = {}
        for name, files in manifest.tables.items():
            (publisher.room / name).mkdir()
            tables[name] = []
            for number, file in enumerate(files):
                path = publisher.room / name / f"{number}.parquet"
                rows = pq.read_table(ledger / file.path)
                pq.write_table(
                    rows.drop_columns(["event"]) if (name, number) == ("report", 1) else rows, path
                )
                data = path.read_bytes()
                tables[name].append(
                    dataclasses.replace(
                        file,
                        path=f"{name}/{number}.parquet",
                        bytes=len(data),
                        sha256=hashlib.sha256(data).hexdigest(),
                    )
                )
        publisher.commit(manifest.head, manifest.as_of, tables, manifest.facts)
    with pytest.raises(StoreError, match=r"report/1\.parquet was written by another version.*in event"):
        reconcile_publication(other, tmp_path / "out", watch=unwatched)
    assert bytes_of(tmp_path / "out") == {}


def test_a_worker_of_another_version_is_told(ledger, tmp_path):
    def elsewhere(tasks, watch):
        old = tuple((name, "0.1") for name, _ in tasks[0].versions)
        return [run_task(dataclasses.replace(task, versions=old)) for task in tasks]

    with pytest.raises(StoreError, match=r"A worker has casualty-ledger .* where 0\.1 asks"):
        reconcile_publication(ledger, tmp_path / "out", engine=elsewhere, watch=unwatched)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--engine", "spark", "--master", "sprak://x:1"], 2, "is no address of a cluster"),
        (["--engine", "spark", "--master", "spark://"], 2, "is no address of a cluster"),
        (
            ["--engine", "spark", "--master", "spark://127.0.0.1:1"],
            3,
            "Nobody answers at spark://127.0.0.1:1",
        ),
        (["--engine", "spark", "--remote", "sc://127.0.0.1:1"], 3, "Nobody answers at sc://127.0.0.1:1"),
        (["--engine", "spark", "--remote", "http://x"], 2, "Write it as sc://HOST:PORT"),
        (["--engine", "spark", "--master", "local[1]", "--remote", "sc://x"], 2, "contradict each other"),
        (["--master", "local[1]"], 2, "Add --engine spark"),
        (["--as-of", "yesterdayish"], 2, "as_of"),
    ],
)
def test_a_cluster_that_cannot_be_is_refused_at_once(  # noqa: PLR0917 - what each asks, and how it ends
    ledger, tmp_path, monkeypatch, capfd, words, code, said
):
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setattr("service.scale.spark._require_java", lambda: None)
    ended = main(["reconcile", "--reports", str(ledger), "--out", str(tmp_path / "out"), *words])
    assert (ended, said in (told := capfd.readouterr().err)) == (code, True), told


def test_without_java_or_pyspark_it_is_said_how_to_go_on(ledger, tmp_path, monkeypatch, capfd):
    words = ["reconcile", "--reports", str(ledger), "--out", str(tmp_path / "out"), "--engine", "spark"]
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert main(words) == 3
    assert "pip install 'casualty-ledger[spark]'" in capfd.readouterr().err
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert main(words) == 3
    assert "There is no Java on the PATH" in capfd.readouterr().err


@pytest.mark.parametrize(
    "address", ["s3a://bucket/published", "S3://bucket", "hdfs://name:8020/x", "file:///x"]
)
def test_an_address_of_object_storage_is_refused_and_no_folder_of_its_name_is_made(
    ledger, data_dir, tmp_path, capfd, address
):
    for words in (
        ["reconcile", "--reports", address, "--out", str(tmp_path / "out")],
        ["reconcile", "--reports", str(ledger), "--out", address],
        [
            "reconcile",
            "--reports",
            str(ledger),
            "--out",
            address,
            "--engine",
            "spark",
            "--master",
            "local[1]",
        ],
        ["export", "--parquet", address, "--data-dir", str(data_dir)],
        ["serve", "--published", address],
    ):
        assert main(words) == 2, words
        said = capfd.readouterr().err
        assert "is an address" in said
        assert "hadoop-aws" in said
        assert "Traceback" not in said
    assert not list(Path().glob("*:*"))
    assert not (tmp_path / "out").exists()


def test_what_is_not_exported_cannot_be_reconciled(tmp_path, capfd):
    assert main(["reconcile", "--reports", str(tmp_path), "--out", str(tmp_path / "out")]) == 3
    assert "There is no publication in" in capfd.readouterr().err
    assert main(["export", "series", "--parquet", str(tmp_path / "x")]) == 2
    assert main(["export", "--notes"]) == 2
