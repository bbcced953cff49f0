"""Does what the ledger holds get elsewhere whole, and is nothing ever written over on the way?"""

import csv
import io
import json
import subprocess
import sys
import tarfile

import pytest

from service import connect
from service.cli import main
from service.ledger import Store
from service.ledger.api_keys import Keyring, Role
from service.ledger.file_lock import FileLock
from service.schema.tables import REFERENCE_SCHEMAS
from tests.builders import batch, moment, report
from tests.conftest import clock

QUESTION = ("series", "--crisis", "syria-coast-2025-03", "--as-of", "2025-06-01", "--format", "csv")
PINNED = ("--as-of", "2025-06-01", "--recorded-by", "2026-11-23T00:00:00Z")


@pytest.fixture
def run(capfdbinary):
    def call(place, *words):
        code = main([words[0], "--data-dir", str(place), *words[1:]])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


@pytest.fixture
def small(tmp_path):
    """A ledger of two entries, quick to copy."""
    place = tmp_path / "small"
    with Store.open(place) as store:
        for count in (683, 690):
            store.submit(batch(report(count=count)), recorded_at=moment("2025-03-12T00:00"))
    return place


def test_a_backup_is_restored_checked_and_answers_alike(run, data_dir, tmp_path):
    file = tmp_path / "ledger.tar"
    told = json.loads(run(data_dir, "backup", str(file), "--json")[1])
    assert told["bytes"] == file.stat().st_size
    code, said, _ = run(tmp_path / "new" / "data", "restore", str(file))
    assert code == 0
    assert said.startswith(f"Restored and sound: {told['entries']} entries, head {told['head']}")
    assert run(tmp_path / "new" / "data", *QUESTION) == run(data_dir, *QUESTION)
    assert names(tmp_path / "new") == ["data"]
    assert json.loads(run(tmp_path / "new" / "data", "verify", "--json")[1])["head"] == told["head"]


def test_the_same_head_gives_the_same_backup_and_no_key_is_in_it(run, small, tmp_path):
    Keyring(small).create(Role.EDITOR, at=moment("2025-03-12T00:00"))
    files = [tmp_path / "one.tar", tmp_path / "two.tar"]
    for file in files:
        assert run(small, "backup", str(file), "-q") == (0, "", "")
    assert files[0].read_bytes() == files[1].read_bytes()
    with tarfile.open(files[0]) as tar:
        assert tar.getnames() == ["manifest.json", "journal/000001.seg"]


def test_a_backup_can_be_taken_while_another_process_writes(run, small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Store.open(small) as store:
        store.submit(batch(report(count=700)), recorded_at=moment("2025-03-12T00:00"))
        told = json.loads(run(small, "backup", "--json")[1])
        assert told["head"] == str(store.head)
        with next((small / "journal").glob("*.seg")).open("ab") as segment:
            segment.write(b"CLJ1 half a record")
        assert json.loads(run(small, "backup", "again.tar", "--json")[1])["head"] == told["head"]
    assert told["file"] == f"casualty-{told['head']}.tar"
    assert (tmp_path / told["file"]).read_bytes() == (tmp_path / "again.tar").read_bytes()


def test_nothing_is_written_over(run, small, tmp_path):
    file = tmp_path / "ledger.tar"
    assert run(small, "backup", str(file))[0] == 0
    before = file.read_bytes()
    for words in (("backup", str(file)), ("release", str(file))):
        code, said, complaint = run(small, *words)
        assert (code, said) == (2, "")
        assert "exists already" in complaint
    code, _, complaint = run(small, "restore", str(file))
    assert (code, "is not empty" in complaint) == (2, True)
    assert file.read_bytes() == before


def test_what_is_restored_is_put_into_an_empty_directory_that_stays_the_one_it_is(run, small, tmp_path):
    """A mounted disk and a container's volume cannot be exchanged, and their user may write nowhere else."""
    file, target = tmp_path / "ledger.tar", tmp_path / "volume"
    assert run(small, "backup", str(file))[0] == 0
    (target / "lost+found").mkdir(parents=True)
    (target / ".restoring" / "journal").mkdir(parents=True)  # as of a restore that was killed
    (target / ".restoring" / "journal" / "000001.seg").write_bytes(b"half of it")
    before, parent_changed = target.stat().st_ino, tmp_path.stat().st_mtime_ns
    assert run(target, "restore", str(file))[0] == 0
    assert (target.stat().st_ino, tmp_path.stat().st_mtime_ns) == (before, parent_changed)
    assert names(target) == ["casualty.duckdb", "journal", "ledger.lock", "lost+found"]
    assert run(target, "verify")[0] == 0


def test_nothing_is_restored_to_where_another_process_is(run, small, tmp_path):
    file, target = tmp_path / "ledger.tar", tmp_path / "volume"
    assert run(small, "backup", str(file))[0] == 0
    target.mkdir()
    lock = FileLock.acquire(target)
    code, _, complaint = run(target, "restore", str(file))
    assert (code, "is held by process" in complaint) == (3, True)
    lock.release()
    assert run(target, "restore", str(file))[0] == 0


def test_a_backup_of_nothing_or_of_a_damaged_journal_is_refused(run, small, tmp_path):
    code, _, complaint = run(tmp_path / "nowhere", "backup", str(tmp_path / "x.tar"))
    assert (code, "There is no ledger in" in complaint) == (3, True)
    segment = next((small / "journal").glob("*.seg"))
    data = bytearray(segment.read_bytes())
    data[200] ^= 1
    segment.write_bytes(data)
    code, _, complaint = run(small, "backup", str(tmp_path / "x.tar"))
    assert (code, "is not sound, and was not copied" in complaint) == (3, True)
    assert names(tmp_path) == ["small"]


def names(place):
    return sorted(path.name for path in place.iterdir())


def damage(name):
    """Ways in which a backup may be broken: its bytes, to other bytes."""
    return {
        "cut in the middle": lambda data: data[:3000],
        "cut to nothing": lambda data: b"",
        "without its last segment": lambda data: data[:1536],
        "with a byte turned": lambda data: data[:2500] + bytes([data[2500] ^ 1]) + data[2501:],
        "another file": lambda data: b"PK not a tar" * 99,
        "with a path that leaves": lambda data: data.replace(b"journal/000001.seg", b"../../../00001.seg"),
        "of a later version": lambda data: data.replace(b'"format": 1', b'"format": 2'),
        "with another head": lambda data: data.replace(b'"head": "2-', b'"head": "3-'),
    }[name]


@pytest.mark.parametrize(
    "name",
    [
        "cut in the middle", "cut to nothing", "without its last segment", "with a byte turned",
        "another file", "with a path that leaves", "of a later version", "with another head",
    ],
)  # fmt: skip
def test_a_torn_backup_is_said_to_be_one_and_leaves_nothing_behind(run, small, tmp_path, name):
    file = tmp_path / "ledger.tar"
    assert run(small, "backup", str(file))[0] == 0
    file.write_bytes(damage(name)(file.read_bytes()))
    code, said, complaint = run(tmp_path / "new", "restore", str(file))
    assert (code, said) == (3, "")
    assert complaint.startswith(f"casualty: {file} is no whole backup") or "is not sound" in complaint
    assert complaint.count("\n") == 1
    assert names(tmp_path) == ["ledger.tar", "small"]


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from service.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""A file can grow no further than on a disk that is full."""


@pytest.mark.parametrize("words", [("backup",), ("release",)])
def test_a_disk_that_is_full_is_a_store_error_and_leaves_nothing_behind(data_dir, tmp_path, words):
    place = tmp_path / "out"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", FULL, *words, str(place / "file"), "--data-dir", str(data_dir)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("words", [("backup",), ("release",), ("restore",)])
def test_a_directory_that_is_not_there_is_a_store_error(run, small, tmp_path, words):
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "below"
    if words == ("restore",):
        assert run(small, "backup", str(tmp_path / "ledger.tar"))[0] == 0
        code, _, complaint = run(target, "restore", str(tmp_path / "ledger.tar"))
    else:
        code, _, complaint = run(small, *words, str(target))
    assert (code, "Traceback" in complaint) == (3, False)
    assert str(tmp_path / "file") in complaint


@pytest.mark.parametrize(
    "form",
    [
        "csv",
        "json",
        "parquet",
        "xlsx",
        *(pytest.param(form, marks=pytest.mark.long) for form in ("ndjson", "arrow")),
    ],
)
def test_what_is_exported_comes_in_again_as_the_same_reports(run, data_dir, tmp_path, form):
    reports, copy = tmp_path / f"reports.{form}", tmp_path / "copy"
    code, _, said = run(data_dir, "export", "-o", str(reports))
    assert (code, "withdrawn reports left out" in said) == (0, True)
    with Store.open(copy) as store, connect(data_dir, clock=clock) as ledger:
        for name in REFERENCE_SCHEMAS:
            store.register(name, getattr(ledger.reference(), name), recorded_at=clock())
    code, said, complaint = run(copy, "ingest", str(reports), "--json")
    told = json.loads(said)
    assert (told["quarantined"], told["rejected"]) == (0, 0), (complaint, told["findings"])
    ids = [
        {
            row["report_id"]
            for row in json.loads(run(place, "reports", "--json")[1])["data"]
            if not row["withdrawn"]
        }
        for place in (data_dir, copy)
    ]
    assert ids[0] == ids[1]
    assert told["accepted"] == len(ids[0]) > 600


@pytest.mark.parametrize("what", ["areas", "sources", "populations", "crises"])
def test_reference_rows_that_are_exported_can_be_registered_again(run, data_dir, tmp_path, what):
    file = tmp_path / f"{what}.csv"
    assert run(data_dir, "export", what, "-o", str(file))[0] == 0
    told = json.loads(run(data_dir, "register", what, str(file), "--json")[1])
    assert told["registered"] == 0, "nothing has changed on the way"


def test_all_series_are_exported_with_every_attribution_and_beginning(run, data_dir):
    rows = list(csv.DictReader(io.StringIO(run(data_dir, "export", "series", "--format", "csv")[1])))
    assert len({row["period_start"] for row in rows}) > 1
    assert {row["attributed_to"] for row in rows} > {""}


def test_figures_are_exported_as_they_were_stated(run, tmp_path):
    place = tmp_path / "data"
    given = tmp_path / "given.csv"
    given.write_text(
        "crisis,source,published_on,areas,measure,population,count,low,best,high\n"
        "syria-coast-2025-03,snhr,2025-03-14,SY06,killed,civilians,over 740,,,\n"
        "syria-coast-2025-03,snhr,2025-03-15,SY06,killed,civilians,,71,75,80\n"
        "syria-coast-2025-03,snhr,2025-03-16,SY06,killed,civilians,,,75,\n"
        "syria-coast-2025-03,snhr,2025-03-17,SY06,killed,civilians,,71,,\n"
    )
    assert run(place, "ingest", str(given), "-q")[0] == 0
    rows = list(csv.DictReader(io.StringIO(run(place, "export", "--format", "csv")[1])))[-4:]
    figures = [tuple(row[name] for name in ("count", "low", "best", "high")) for row in rows]
    assert figures == [
        ("over 740", "", "", ""),
        ("", "71", "75", "80"),
        ("", "", "75", ""),
        ("", "71", "", ""),
    ]
