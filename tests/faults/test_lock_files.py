"""Somebody deletes or exchanges the lock file beside a server: nobody else gets to write all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from service.api import Ledger
from service.errors import StoreHeld
from service.ledger import Store
from service.ledger.api_keys import Keyring, Role
from service.ledger.journal import Journal
from tests.builders import moment
from tests.conftest import clock
from tests.faults.history import fill
from tests.faults.http_kills import document
from tests.faults.syscalls import ROOT, ROWS, environment
from tests.serving import PATIENCE, serving


def replace(path: Path) -> None:
    """Put another file of the same content in its place."""
    copy = path.with_name("copy")
    shutil.copy(path, copy)
    copy.replace(path)


HARMS: dict[str, Callable[[Path], None]] = {"deleted": Path.unlink, "exchanged": replace}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, httpx.Client]]:
    """A ledger's directory, and a client with a key of the server that has it."""
    data = tmp_path_factory.mktemp("served") / "data"
    with Store.open(data) as store:
        fill(store)
        _, secret = Keyring(data).create(Role.EDITOR, at=moment("2025-03-16"))
        with serving(Ledger(store, clock=clock), prepares=False) as address:
            yield (
                data,
                httpx.Client(
                    base_url=address, headers={"Authorization": f"Bearer {secret}"}, timeout=PATIENCE
                ),
            )


@pytest.mark.parametrize("number", range(len(HARMS)), ids=HARMS)
def test_no_second_writer_gets_in_and_the_server_writes_on(
    served: tuple[Path, httpx.Client], number: int
) -> None:
    data, client = served
    list(HARMS.values())[number](data / "ledger.lock")
    for afresh in (False, True):
        with pytest.raises(StoreHeld):
            Store.open(data, afresh=afresh)
    assert client.post("/v1/reports", json=document(0, number)).status_code == 201
    assert len(client.get("/v1/reports.json").json()["data"]) == 3 + 3 * (number + 1)


def test_a_command_beside_it_is_told_who_has_the_ledger(
    served: tuple[Path, httpx.Client], tmp_path: Path
) -> None:
    data, _ = served
    replace(data / "ledger.lock")
    (tmp_path / "new.csv").write_text(ROWS.format(4711))
    command = [sys.executable, "-m", "service", "ingest", "--data-dir", str(data), str(tmp_path / "new.csv")]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, f"is held by process {os.getpid()}" in done.stderr) == (3, True), done.stderr


def test_of_two_that_opened_an_empty_ledger_one_writes(tmp_path: Path) -> None:
    first = Journal.open(tmp_path / "journal")
    second = Journal.open(tmp_path / "journal")  # nothing is there yet that could be locked
    first.append(b"one")
    first.sync()
    second.append(b"two")
    with pytest.raises(StoreHeld):
        second.sync()
    second.close()
    first.append(b"three")
    first.sync()
    assert [content for _, content in first.contents()] == [b"one", b"three"]
    first.close()


def test_who_opens_a_journal_while_it_goes_on_to_its_next_segment_is_told_that_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = Journal.open(tmp_path / "journal", segment_bytes=1)
    owner.append(b"one")
    owner.sync()
    listed = Journal.segments

    def rotating(self: Journal) -> list[Path]:
        """The owner goes on just after the other one has looked which segment is the last."""
        segments = listed(self)
        monkeypatch.setattr(Journal, "segments", listed)
        owner.append(b"two")
        owner.sync()
        return segments

    monkeypatch.setattr(Journal, "segments", rotating)
    with pytest.raises(StoreHeld):
        Journal.open(tmp_path / "journal")
    owner.append(b"three")
    owner.sync()
    assert owner.damage() is None
    owner.close()


def test_a_journal_exchanged_under_a_server_is_neither_written_to_nor_acknowledged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Store.open(data) as store:
        fill(store, upto=7)
        _, secret = Keyring(data).create(Role.EDITOR, at=moment("2025-03-16"))
        with serving(Ledger(store, clock=clock), prepares=False) as address:
            replace(data / "journal" / "000001.seg")
            before = (data / "journal" / "000001.seg").read_bytes()
            answer = httpx.post(
                f"{address}/v1/reports",
                json=document(0, 0),
                timeout=PATIENCE,
                headers={"Authorization": f"Bearer {secret}"},
            )
            assert answer.status_code >= 500
            assert "exchanged" in answer.json()["detail"]
            assert (data / "journal" / "000001.seg").read_bytes() == before
    with Store.open(data) as store:
        assert store.verify() == []
