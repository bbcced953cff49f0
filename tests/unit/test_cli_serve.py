"""Does a command on a ledger that a server holds go through that server, and only where that is safe?"""

import csv
import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys

import pytest

from service import connect
from service.cli import main
from service.ledger import Holder, holder, local_key
from service.ledger.api_keys import Keyring, Role
from tests.conftest import MOMENT, clock

CELL = ("--area", "SY06", "--measure", "killed", "--population", "civilians", "--as-of", "2025-03-20")
READING = [
    ("series", *CELL),
    ("figures", *CELL),
    ("explain", *CELL),
    ("conflicts", "--as-of", "2025-06-01"),
    ("vintages", *CELL),
    ("changes", *CELL, "--since", "2020-01-01"),
    ("reports", "--source", "sohr", "--from", "2025-03-08", "--to", "2025-03-12"),
    ("areas",),
    ("sources",),
]
REPORT = (
    "crisis,source,published_on,counted_to,areas,measure,population,count\n"
    "syria-coast-2025-03,snhr,2025-03-14,2025-03-13,SY06,killed,civilians,{}\n"
)


def casualty(*words):
    """The exit code, standard output and error of a real ``casualty`` process."""
    done = subprocess.run(
        [sys.executable, "-m", "service", *words],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def started(place):
    """A real server for the ledger in ``place``, and what it says when it can be asked."""
    server = subprocess.Popen(
        [sys.executable, "-m", "service", "serve", "--port", "0", "--json", "--data-dir", str(place)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    told = json.loads(server.stdout.readline())
    return server, told["url"]


def stop(server):
    server.send_signal(signal.SIGTERM)
    _, complaint = server.communicate(timeout=600)
    assert (server.returncode, complaint) == (0, "")


@pytest.fixture(scope="module")
def served(seeded_dir, tmp_path_factory):
    """A ledger held by a server, and the same one held by nobody."""
    place = shutil.copytree(seeded_dir, tmp_path_factory.mktemp("served") / "data")
    free = shutil.copytree(seeded_dir, place.with_name("free"))
    server, url = started(place)
    yield place, free, url
    stop(server)


@pytest.fixture
def run(capfdbinary, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))

    def call(place, *words):
        code = main([*words, "--data-dir", str(place)])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_reading_command_says_the_same_through_the_server(served, run, words, form):
    place, free, _ = served
    assert run(place, *words, "--format", form) == run(free, *words, "--format", form)


def test_a_draft_reads_the_names_through_the_server_and_keeps_the_text_here(served, run, tmp_path):
    place, free, _ = served
    article = tmp_path / "article.txt"
    article.write_text("Over 740 civilians were killed in Latakia, Jableh and Banias, SOHR said.")
    words = ("draft", str(article), "--published-on", "2025-03-10", "--format", "csv")
    assert run(place, *words) == run(free, *words)


def test_a_question_at_fault_is_refused_with_the_same_words(served, run):
    place, free, _ = served
    for words in (("series", "--area", "Latkia"), ("series", "--as-of", "12/03/2025")):
        assert run(place, *words) == run(free, *words)
        assert run(place, *words)[0] == 2


def test_handing_in_goes_through_the_server_and_is_seen_there_at_once(served, run, tmp_path):
    place, free, _ = served
    file = tmp_path / "new.csv"
    file.write_text(REPORT.format(611))
    told = [json.loads(run(each, "ingest", str(file), "--json")[1]) for each in (place, free)]
    assert [each["accepted"] for each in told] == [1, 1]
    assert told[0]["findings"] == told[1]["findings"]
    assert run(place, "ingest", str(file))[1].startswith("new.csv: 1 row: 0 accepted, 1 duplicate")
    asked = ("reports", "--source", "snhr", "--from", "2025-03-13", "--to", "2025-03-13", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run(place, *asked)[1])))
    [mine] = [row["report_id"] for row in rows if row["best"] == "611"]
    file.write_text(REPORT.format(612))
    code, said, _ = run(place, "correct", mine, str(file), "--reason", "typing error", "--json")
    assert (code, json.loads(said)["accepted"]) == (0, 1)
    code, said, _ = run(place, "withdraw", mine, "--reason", "again")
    assert (code, said.startswith(f"{mine} is withdrawn")) == (0, True)
    file.write_text(REPORT.format(5).replace("SY06", "Atlantis"))
    assert run(place, "ingest", str(file))[0] == 1
    assert run(place, "ingest", str(file), "--sheet", "one")[0] == 2


@pytest.mark.parametrize(
    "words",
    [
        ("rebuild",),
        ("serve", "--port", "0"),
    ],
)
def test_what_needs_the_ledger_to_itself_names_who_holds_it(served, run, words):
    place, _, url = served
    code, said, complaint = run(place, *words)
    assert (code, said) == (3, "")
    assert f"process {holder(place).pid}" in complaint
    assert url in complaint
    assert "stop that process first" in complaint


def test_the_latchkey_is_private_worthless_afterwards_and_new_each_time(data_dir):
    path = data_dir / local_key.FILE_NAME
    seen = []
    for _ in range(2):
        server, url = started(data_dir)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        told = json.loads(path.read_text())
        assert told["address"] == url
        seen.append(told["key"])
        assert Keyring(data_dir).find(told["key"]).role == Role.EDITOR
        stop(server)
        assert not path.exists()
        assert Keyring(data_dir).find(told["key"]) is None
    assert seen[0] != seen[1]


def test_a_latchkey_left_by_a_server_that_was_killed_is_revoked_at_the_next_start(data_dir):
    server, _ = started(data_dir)
    server.kill()
    server.communicate(timeout=600)
    left = json.loads((data_dir / local_key.FILE_NAME).read_text())["key"]
    assert Keyring(data_dir).find(left) is not None
    assert casualty("series", *CELL, "--data-dir", str(data_dir))[0] == 0, "nobody holds it"
    stop(started(data_dir)[0])
    assert Keyring(data_dir).find(left) is None


HELD = Holder(4711, "http://127.0.0.1:8000")


def left(directory, **changed):
    """A latchkey in ``directory`` as the process 4711 would leave it, but for what is changed."""
    with local_key.publish(directory, HELD.address, clock=clock):
        told = json.loads((directory / local_key.FILE_NAME).read_text())
    path = directory / local_key.FILE_NAME
    path.touch(0o600)
    path.write_text(json.dumps({**told, "pid": HELD.pid, **changed}))
    return path, told["key"]


def test_a_latchkey_is_taken_only_where_nothing_about_it_is_odd(tmp_path):
    path, key = left(tmp_path)
    assert local_key.read(tmp_path, HELD) == key
    assert local_key.read(tmp_path, Holder(4712, HELD.address)) is None
    assert local_key.read(tmp_path, Holder(HELD.pid, "http://127.0.0.1:9000")) is None
    path.chmod(0o640)
    assert local_key.read(tmp_path, HELD) is None
    path.chmod(0o600)
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    assert local_key.read(tmp_path, HELD) is None
    path.unlink()
    assert local_key.read(tmp_path, HELD) is None
    for text in ("", "{", "[]", "{}", '{"key": 1}'):
        path.touch(0o600)
        path.write_text(text)
        assert local_key.read(tmp_path, HELD) is None
    path.unlink()
    path, _ = left(tmp_path, place="another machine")
    assert local_key.read(tmp_path, HELD) is None
    assert local_key.is_elsewhere(tmp_path)


def test_a_server_on_another_machine_or_in_a_container_is_not_asked(served, data_dir):
    """What listens here at the address it tells may be somebody else's service."""
    _, _, url = served
    with connect(data_dir, clock=clock) as held:
        held.store.announce(url)
        path, _ = left(data_dir, place="another machine", pid=os.getpid(), address=url)
        code, said, complaint = casualty("series", *CELL, "--data-dir", str(data_dir))
        assert (code, said) == (3, "")
        assert f"held by process {os.getpid()}, which serves it at {url}" in complaint
        path.unlink()
        assert casualty("series", *CELL, "--data-dir", str(data_dir))[0] == 0


def test_without_a_latchkey_handing_in_takes_a_key_from_the_environment(data_dir, tmp_path, run, monkeypatch):
    file = tmp_path / "new.csv"
    file.write_text(REPORT.format(613))
    server, url = started(data_dir)
    try:
        (data_dir / local_key.FILE_NAME).chmod(0o644)
        words = ("ingest", str(file), "--json")
        code, said, complaint = run(data_dir, *words)
        assert (code, said) == (3, "")
        assert "set CASUALTY_KEY" in json.loads(complaint)["fix"]
        _, secret = Keyring(data_dir).create(Role.REPORTER, at=MOMENT)
        monkeypatch.setenv("CASUALTY_KEY", secret)
        code, said, _ = run(data_dir, *words)
        assert (code, json.loads(said)["accepted"]) == (0, 1)
        code, _, complaint = run(data_dir, "withdraw", "r00000000000000000000", "--reason", "x")
        assert (code, "role editor" in complaint) == (2, True)
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        assert run(data_dir, "series", *CELL)[0] == 0
        assert url.startswith("http://127.0.0.1:")
    finally:
        stop(server)
