"""Does the command line run the server, tell who holds what, and find what is wrong with the store?"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import duckdb
import pytest

from service import connect
from service.cli import main
from service.ledger import holder
from tests.conftest import clock


def casualty(*words):
    """A real ``casualty`` process, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "service", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(*words):
    """The exit code, standard output and error of a real ``casualty`` process."""
    process = casualty(*words)
    said, complaint = process.communicate(timeout=600)
    return process.returncode, said, complaint


@pytest.fixture
def run(data_dir, capfdbinary):
    def call(command, *words):
        code = main([command, "--data-dir", str(data_dir), *words])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


def test_a_sound_ledger_is_said_to_be_sound(run):
    code, said, _ = run("verify")
    assert code == 0
    assert said.startswith("The ledger is sound: ")
    answer = json.loads(run("verify", "--json")[1])
    assert answer["sound"] is True
    assert answer["findings"] == []
    assert run("verify", "-q") == (0, "", "")


def test_one_flipped_byte_in_the_journal_ends_with_3(run, data_dir):
    segment = next(iter(sorted((data_dir / "journal").iterdir())))
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    assert run("verify")[0] == 3
    code, said, _ = run("doctor")
    assert code == 3
    assert "journal" in said


def test_rebuild_makes_the_index_anew_and_changes_no_answer(run, data_dir):
    question = ("series", "--area", "SY06", "--as-of", "2025-03-20", "--format", "csv")
    before = run(*question)
    index = next(data_dir.glob("*.duckdb"))
    index.unlink()
    code, said, _ = run("rebuild")
    assert (code, index.exists()) == (0, True)
    assert said.startswith("Rebuilt from the journal: ")
    assert json.loads(run("rebuild", "--json")[1])["entries"] > 1
    assert run(*question) == before


@pytest.mark.parametrize("words", [("verify",), ("rebuild",)])
def test_where_there_is_no_ledger_none_is_begun_to_be_called_sound(tmp_path, capsys, words):
    nowhere = tmp_path / "nowhere"
    for _ in range(2):
        assert main([*words, "--data-dir", str(nowhere)]) == 3
        assert f"There is no ledger in {nowhere}." in capsys.readouterr().err
        nowhere.mkdir(exist_ok=True)
    assert list(nowhere.iterdir()) == []


@pytest.mark.parametrize("lost", ["the end of the last entry", "the last entry", "the journal"])
@pytest.mark.parametrize("version", ["of this version", "of an earlier version"])
def test_an_index_that_knows_what_the_journal_lost_is_not_made_anew_without_it(run, data_dir, lost, version):
    with connect(data_dir, clock=clock) as ledger:
        whole = (data_dir / "journal" / "000001.seg").stat().st_size
        ledger.add_area("Newtown", parent="SY06", level="town")
        entries = ledger.head.seq
    if version == "of an earlier version":
        with duckdb.connect(str(data_dir / "casualty.duckdb")) as index:
            index.execute("UPDATE ledger SET schema_version = schema_version - 1")
    segment = data_dir / "journal" / "000001.seg"
    match lost:
        case "the end of the last entry":
            os.truncate(segment, segment.stat().st_size - 5)
        case "the last entry":
            os.truncate(segment, whole)
        case "the journal":
            shutil.rmtree(data_dir / "journal")
    for words in (("verify",), ("rebuild",), ("series",)):
        code, said, complaint = run(*words)
        assert (code, said) == (3, "")
        assert "Put the journal back from a backup; or, to accept the loss, move" in complaint
        assert str(data_dir / "casualty.duckdb") in complaint
        assert ("is torn" in complaint) == (lost == "the end of the last entry")
    (data_dir / "casualty.duckdb").unlink()  # the loss is accepted
    assert run("rebuild")[0] == 0
    assert json.loads(run("verify", "--json")[1])["sound"] is True
    with connect(data_dir, clock=clock) as ledger:
        assert ledger.head.seq < entries


def test_doctor_tells_versions_place_and_state_and_touches_nothing(run, data_dir, tmp_path, capfdbinary):
    code, said, _ = run("doctor", "--json")
    report = json.loads(said)
    assert (code, report["ledger"], report["data_dir"]) == (0, "sound", str(data_dir))
    assert report["python"] == ".".join(map(str, sys.version_info[:3]))
    assert report["journal_bytes"] > 0
    nowhere = tmp_path / "nowhere"
    assert main(["doctor", "--data-dir", str(nowhere)]) == 0
    assert b"not begun" in capfdbinary.readouterr().out
    assert not nowhere.exists()


def test_a_ledger_that_another_process_holds_is_refused_with_who_holds_it(data_dir, tmp_path):
    with connect(data_dir):
        for words in (("series",), ("ingest", "-")):
            code, said, complaint = ended(*words, "--data-dir", str(data_dir))
            assert (code, said) == (3, "")
            assert f"process {os.getpid()}" in complaint
        code, said, _ = ended("doctor", "--data-dir", str(data_dir))
        assert code == 0
        assert f"held by process {os.getpid()}" in said


def test_a_data_directory_that_cannot_be_one_is_a_store_error(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("")
    assert main(["series", "--data-dir", str(file)]) == 3
    assert str(file) in capsys.readouterr().err


def test_serve_tells_its_address_answers_as_the_command_line_does_and_ends_well_on_ctrl_c(data_dir):
    twin = shutil.copytree(data_dir, data_dir.with_name("twin"))
    server = casualty("serve", "--port", "0", "--json", "--data-dir", str(data_dir))
    try:
        told = json.loads(server.stdout.readline())
        assert told["data_dir"] == str(data_dir)
        url = told["url"]
        query = "area=Latakia&area=Jableh&measure=killed&population=civilians&as_of=2025-03-12"
        by_api = {
            name: urllib.request.urlopen(f"{url}/v1/{name}?{query}", timeout=600).read()
            for name in ("series.csv", "series.json", "figures.ndjson")
        }
        signed = urllib.request.urlopen(f"{url}/v1/head", timeout=600).read().decode()
        (data_dir.with_name("head.json")).write_text(signed)
        told = ended("verify", "--data-dir", str(data_dir), "--head", str(data_dir.with_name("head.json")))
        assert (told[0], told[1].splitlines()[1:]) == (
            0,
            [f"It begins with head {json.loads(signed)['head']}."],
        )
        code, _, complaint = ended("rebuild", "--data-dir", str(data_dir), "--json")
        assert code == 3
        assert url in json.loads(complaint)["detail"]
        code, _, complaint = ended("serve", "--port", url.rpartition(":")[2], "--data-dir", str(twin))
        assert code == 2
        assert "--port" in complaint
    finally:
        server.send_signal(signal.SIGINT)
        _, complaint = server.communicate(timeout=600)
    assert (server.returncode, complaint) == (0, "")
    words = ("--area", "Latakia", "--area", "Jableh", "--measure", "killed", "--population", "civilians")
    for name, body in by_api.items():
        command, _, fmt = name.partition(".")
        target = data_dir.with_name(name)
        known = ("--as-of", "2025-03-12", "--data-dir", str(data_dir))
        assert main([command, *words, *known, "--format", fmt, "-o", str(target), "-q"]) == 0
        assert target.read_bytes() == body


def test_an_interrupted_command_ends_with_130_and_lets_go_of_the_ledger(data_dir):
    process = casualty("ingest", "-", "--data-dir", str(data_dir))
    process.stdin.write("crisis")  # it waits for a first letter before it opens the ledger
    process.stdin.flush()
    deadline = time.monotonic() + 60
    while holder(data_dir) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "Traceback" not in complaint
    assert holder(data_dir) is None
