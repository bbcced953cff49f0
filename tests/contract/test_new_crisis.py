"""A crisis of one's own comes in with its places and first reports, as one entry or not at all."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from service import connect
from service.api import Ledger
from service.cli import main
from service.client.asynchronous import AsyncRemoteLedger
from service.client.sync import RemoteLedger
from service.errors import AmbiguousName, QueryError, UnknownName, UnreadableDocument
from service.ledger.api_keys import Keyring, Role
from tests.conftest import MOMENT, clock
from tests.serving import serving

ROWS = [
    {"source": "Nepal Police", "published_on": "2025-11-03", "counted_to": "2025-11-02", "areas": "Bagmati",
     "measure": "killed", "population": "all", "count": "at least 40"},
    {"source": "Nepal Police", "published_on": "2025-11-04", "counted_to": "2025-11-03", "areas": "Bagmati",
     "measure": "killed", "population": "all", "count": "71"},
    {"source": "Nepal Police", "published_on": "2025-11-04", "counted_to": "2025-11-03", "areas": "Kathmandu",
     "measure": "killed", "population": "all", "count": "12"},
]  # fmt: skip
DETAILS: dict[str, Any] = {"places": ["Bagmati"], "period_start": "2025-11-02"}
QUAKE = "earthquake-in-nepal-2025-11"
REFUSED: list[tuple[str, dict[str, Any], type[QueryError], str]] = [
    ("Flood", {"places": ["Georgia"]}, AmbiguousName, r"a country \(GE\) or a division of United States"),
    ("Flood", {"places": ["Kathmandu"]}, UnknownName, "No area is called “Kathmandu”"),
    ("Flood", {"kind": "suden"}, UnreadableDocument, "did you mean sudden"),
    ("Flood", {"period_start": "4 May 2026"}, UnreadableDocument, "period_start: “4 May 2026” is not"),
    ("Flood", {"period_start": "2.11.2025"}, UnreadableDocument, "period_start: “2.11.2025” is not a day"),
    (
        "Flood",
        {"period_start": "2025-11-02", "ended_on": "2025-11-01"},
        UnreadableDocument,
        "lies before period_start",
    ),
    ("Flood", {"crisis_id": "syria-coast-2025-03"}, QueryError, "is known already"),
    ("violence on the syrian coast, March 2025", {}, QueryError, "is known already"),
    ("…", {}, QueryError, "no name of a crisis"),
    ("Flood", {"crisis_id": "a b"}, UnreadableDocument, "may hold no space"),
]


class Served(NamedTuple):
    ledger: Ledger
    address: str
    editor: RemoteLedger
    reporter: RemoteLedger
    key: str
    place: Path


@pytest.fixture
def served(seeded_dir: Path, tmp_path: Path) -> Iterator[Served]:
    place = Path(shutil.copytree(seeded_dir, tmp_path / "data"))
    with connect(place, clock=clock) as ledger, serving(ledger, prepares=False) as address:
        keys = {role: Keyring(place).create(role, at=MOMENT)[1] for role in Role}
        ledger.store.announce(address)
        with (
            RemoteLedger(address, key=keys[Role.EDITOR]) as editor,
            RemoteLedger(address, key=keys[Role.REPORTER]) as reporter,
        ):
            yield Served(ledger, address, editor, reporter, keys[Role.EDITOR], place)


@pytest.fixture
def own(seeded_dir: Path, tmp_path: Path) -> Iterator[Ledger]:
    with connect(Path(shutil.copytree(seeded_dir, tmp_path / "own")), clock=clock) as ledger:
        yield ledger


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "first.csv"
    lines = [",".join(ROWS[0]), *(",".join(row.values()) for row in ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def figures(ledger: Ledger | RemoteLedger, crisis: str = QUAKE) -> list[tuple[object, ...]]:
    rows = ledger.ask("series", crisis=crisis).table.to_pylist()
    return [(row["area_code"], str(row["date"]), row["low"], row["best"], row["high"]) for row in rows]


FIGURES = [("NP-P3", "2025-11-02", 40, None, None), ("NP-P3", "2025-11-03", 71, 71, 71)]


def test_it_is_one_entry_the_same_by_every_door_and_a_dry_run_says_so_before(
    served: Served, own: Ledger, file: Path
) -> None:
    for door, ledger, reports in ((served.editor, served.ledger, file), (own, own, ROWS)):
        before = ledger.head
        rehearsed = door.new_crisis("Earthquake in Nepal", reports=reports, dry_run=True, **DETAILS)
        assert (ledger.head, rehearsed.dry_run) == (before, True)
        receipt = door.new_crisis("Earthquake in Nepal", reports=reports, **DETAILS)
        assert ledger.head.seq == before.seq + 1
        assert (receipt.crisis_id, receipt.places) == (QUAKE, ("NP-P3",))
        assert (receipt.areas, receipt.areas[:2], len(receipt.areas)) == (rehearsed.areas, ("NP", "NP-P1"), 8)
        assert receipt.reports is not None
        assert rehearsed.reports is not None
        assert (receipt.reports.accepted, receipt.reports.quarantined) == (2, 1)
        assert receipt.reports.verdicts == rehearsed.reports.verdicts
        assert figures(door) == FIGURES
        (row,) = (each for each in ledger.reference().crisis.to_pylist() if each["crisis_id"] == QUAKE)
        assert (row["kind"], str(row["period_start"]), row["whole_area"]) == ("sudden", "2025-11-02", "NP-P3")


def test_a_row_that_was_held_comes_in_once_its_place_is_known_and_another_crisis_keeps_its_rows(
    own: Ledger,
) -> None:
    rows = [*ROWS, {**ROWS[0], "crisis": "syria-coast-2025-03", "areas": "Jableh", "counted_to": "2025-03-09",
                    "published_on": "2025-03-10", "source": "sohr", "count": "3"}]  # fmt: skip
    receipt = own.new_crisis("Earthquake in Nepal", reports=rows, **DETAILS)
    assert receipt.reports is not None
    assert receipt.reports.accepted == 3
    released = own.add_area("Kathmandu", level="city", parent="NP-P3").released
    assert (released, figures(own)[-1]) == (1, ("x-kathmandu", "2025-11-03", 12, 12, 12))
    crises = own.ask("reports", source="nepal-police").table["crisis_id"].to_pylist()
    assert crises == [QUAKE] * 3


def test_its_places_release_what_waited_for_them(served: Served) -> None:
    served.ledger.ingest_rows([{**ROWS[0], "crisis": "other", "areas": "Kherson oblast"}])
    for dry_run in (True, False):
        receipt = served.editor.new_crisis("Flood", places=["Kherson oblast"], kind="sudden", dry_run=dry_run)
        assert (receipt.crisis_id, receipt.released, receipt.reports) == ("flood", 1, None)


def test_it_can_be_awaited_and_a_reporter_may_not(served: Served) -> None:
    async def begin() -> object:
        async with AsyncRemoteLedger(served.address, key=served.key) as ledger:
            return (await ledger.new_crisis("Earthquake in Nepal", reports=ROWS, **DETAILS)).crisis_id

    before = served.ledger.head
    for reports in (ROWS, None):
        with pytest.raises(QueryError, match="editor"):
            served.reporter.new_crisis("Earthquake in Nepal", reports=reports, **DETAILS)
    assert served.ledger.head == before
    assert asyncio.run(begin()) == QUAKE


def test_what_it_cannot_be_is_refused_with_the_remedy_and_nothing_is_written(
    own: Ledger, tmp_path: Path
) -> None:
    before = own.head
    for name, details, error, message in REFUSED:
        with pytest.raises(error, match=message) as refused:
            own.new_crisis(name, reports=ROWS, **details)
        assert refused.value.fix
    (tmp_path / "no.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UnreadableDocument):
        own.new_crisis("Flood", reports=tmp_path / "no.csv", places=["Kherson oblast"])
    assert own.head == before


def test_the_command_line_begins_one_on_a_directory_and_through_a_server(
    served: Served,
    own: Ledger,
    file: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own.close()
    monkeypatch.setenv("CASUALTY_KEY", served.key)
    told = []
    for place in (served.place, file.parent / "own"):
        options = ["--name", "Earthquake in Nepal", "--place", "Bagmati", "--period-start", "2025-11-02"]
        command = ["crisis", "new", str(file), *options, "--data-dir", str(place)]
        assert main([*command, "--dry-run", "--json"]) == 1
        rehearsed = json.loads(capfd.readouterr().out)
        assert main([*command, "--json"]) == 1  # a row is held
        said = json.loads(capfd.readouterr().out)
        assert {**said, "head": "", "dry_run": True} == {**rehearsed, "head": ""}
        told.append({**said, "head": ""})
    assert told[0] == told[1]
    assert (told[0]["crisis"], told[0]["accepted"], told[0]["quarantined"]) == (QUAKE, 2, 1)


def test_a_file_of_reports_that_is_not_there_is_said_to_be_missing(
    own: Ledger, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = own.head
    own.close()
    options = ["--name", "Flood", "--place", "Bagmati", "--period-start", "2025-11-02"]
    missing = str(tmp_path / "missing.csv")
    assert main(["crisis", "new", missing, *options, "--data-dir", str(tmp_path / "own")]) == 2
    said = capfd.readouterr().err
    assert f"There is no file {missing}" in said.replace("\n", " ")
    assert "who may read it" not in said
    with connect(tmp_path / "own") as again:
        assert again.head == before


def test_on_a_terminal_it_asks_for_each_thing_and_shows_what_would_come_of_it(
    own: Ledger, file: Path
) -> None:
    own.close()
    answers = ["Earthquake in Nepal", "soon", "", "2025-11-02", "", "NP; Bagmati", "", str(file), "y"]
    said, code = typed([sys.executable, "-m", "service", "crisis", "new", "--data-dir",
                        str(file.parent / "own")], answers)  # fmt: skip
    assert "“soon” is neither; write sudden or ongoing." in said
    assert said.index("dry run: nothing was written") < said.index("Is this right")
    assert "2 accepted, 0 duplicate, 1 quarantined" in said.partition("Is this right")[2]
    assert code == 1
    with connect(file.parent / "own", clock=clock) as ledger:
        assert figures(ledger) == FIGURES
        (row,) = (each for each in ledger.reference().crisis.to_pylist() if each["crisis_id"] == QUAKE)
        assert (row["featured_areas"], row["whole_area"], row["kind"]) == ("NP|NP-P3", "", "sudden")


def typed(command: list[str], answers: list[str]) -> tuple[str, int]:
    """What a command says on a terminal on which ``answers`` are typed, and the code it ends with."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "200"}
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True
    ) as process:
        os.close(theirs)
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        said, deadline = b"", time.monotonic() + 60
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 1)[0]:
                if process.poll() is not None:
                    break
                continue
            try:
                chunk = os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            said += chunk
        process.wait(timeout=600)
    os.close(ours)
    return " ".join(said.decode("utf-8", "replace").split()), process.returncode
