"""Mappings are entries of the ledger: kept, listed, read by through every door, and tried again by."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from service import connect
from service.api import Ledger
from service.cli import main
from service.client.sync import RemoteLedger
from service.errors import QueryError, UnknownName, UnreadableDocument
from service.ledger.api_keys import Keyring, Role
from tests.conftest import MOMENT, clock
from tests.serving import serving

DESK = """
title = "A desk's table"
[fields]
crisis = "desk-crisis"
source = "Desk"
counted_to = "{day}"
areas = "{place}"
measure = "killed"
population = "all"
[[figure]]
count = "{dead}"
"""
TABLE = "day,place,dead\n2025-03-08,Jableh,7\n"
HELD = "day,place,dead\n2025-03-08,Ruritania,9\n"


class Served(NamedTuple):
    """A ledger behind an address, with a client for each role."""

    ledger: Ledger
    address: str
    editor: RemoteLedger
    keys: dict[Role, str]
    place: Path


@pytest.fixture(scope="module")
def served(seeded_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = Path(shutil.copytree(seeded_dir, tmp_path_factory.mktemp("mappings") / "data"))
    with connect(place, clock=clock) as ledger, serving(ledger, prepares=False) as address:
        keys = {role: Keyring(place).create(role, at=MOMENT)[1] for role in Role}
        ledger.store.announce(address)
        with RemoteLedger(address, key=keys[Role.EDITOR]) as editor:
            yield Served(ledger, address, editor, keys, place)


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., tuple[int, str, str]]:
    def call(place: Path, *words: str) -> tuple[int, str, str]:
        capfdbinary.readouterr()
        code = main([*words, "--data-dir", str(place)])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "desk.toml").write_text(DESK)
    (tmp_path / "table.csv").write_text(TABLE)
    (tmp_path / "held.csv").write_text(HELD)
    (tmp_path / "places.csv").write_text("area_code,name,level\nRU1,Ruritania,country\n")
    return tmp_path


def test_a_mapping_of_ones_own_goes_along_with_a_file_to_a_server_and_stays_there(
    served, run, desk, monkeypatch
):
    monkeypatch.setenv("CASUALTY_KEY", served.keys[Role.EDITOR])
    file, mapping = str(desk / "table.csv"), str(desk / "desk.toml")
    before = served.ledger.head
    code, said, complaint = run(served.place, "ingest", file, "--mapping", mapping, "--dry-run", "--json")
    assert (code, json.loads(said)["accepted"], served.ledger.head) == (0, 1, before), complaint
    code, said, complaint = run(served.place, "ingest", file, "--mapping", mapping, "--json")
    assert (code, json.loads(said)["accepted"]) == (0, 1), complaint
    code, said, _ = run(served.place, "ingest", file, "--mapping", "desk", "--json")
    assert (code, json.loads(said)["duplicate"]) == (0, 1), "its name stands for it from then on"
    assert run(served.place, "mapping", "show", "desk")[1] == DESK
    listed = {row["name"]: row for row in served.editor.mappings(arrow=True).to_pylist()}
    assert (listed["desk"]["is_shipped"], listed["hxl"]["is_shipped"]) == (False, True)
    rows = [{"day": "2025-03-09", "place": "Jableh", "dead": 8}]
    assert served.editor.ingest(rows, mapping=Path(mapping)).accepted == 1, "rows too"


def test_only_an_editor_sends_a_mapping_and_anybody_who_hands_in_names_one(served, desk):
    served.editor.add_mapping(DESK.encode(), name="desk")
    reporter = {"Authorization": f"Bearer {served.keys[Role.REPORTER]}"}
    with httpx.Client(base_url=served.address, headers=reporter, timeout=600) as client:
        sent = {"file": ("table.csv", TABLE.encode()), "mapping": ("desk.toml", DESK.encode())}
        assert client.post("/v1/reports", files=sent).json()["code"] == "role_too_low"
        named = client.post("/v1/reports?mapping=desk&dry_run=true", files={"file": sent["file"]})
        assert (named.status_code, sum(named.json()[name] for name in ("accepted", "duplicate"))) == (200, 1)
        other = {"file": sent["file"], "more": ("x.csv", b"")}
        assert client.post("/v1/reports", files=other).json()["code"] == "malformed_body"
        assert client.post("/v1/mappings", json={"name": "a", "text": DESK}).status_code == 403


def test_a_mapping_is_added_once_and_an_older_text_becomes_the_newest_again(served):
    first = served.editor.add_mapping(DESK.encode(), name="Our Sheet")
    again = served.editor.add_mapping(DESK.encode(), name="our-sheet.toml")
    assert (first.name, first.is_new, again.is_new, again.head) == ("our-sheet", True, False, first.head)
    mended = served.editor.add_mapping(DESK.replace("killed", "injured").encode(), name="our-sheet")
    assert mended.mapping_id != first.mapping_id
    assert served.editor.add_mapping(DESK.encode(), name="our-sheet").is_new
    assert (
        served.editor.ingest(TABLE.encode(), name="t.csv", mapping="our-sheet", dry_run=True).duplicate == 1
    )
    by_text = served.editor.ingest(TABLE.encode(), name="t.csv", mapping=mended.mapping_id, dry_run=True)
    assert by_text.accepted == 1, "the very text of before"
    before = served.ledger.head
    assert not served.editor.add_mapping(f"{DESK}# x".encode(), name="our-sheet", dry_run=True).is_new
    assert served.ledger.head == before


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("hxl", DESK, QueryError),
        ("desk", "title = ", UnreadableDocument),
        ("desk", DESK.replace("[[figure]]", "[[figures]]"), UnreadableDocument),
        ("desk", DESK + "#" * 300_000, UnreadableDocument),
        ("desk", DESK.replace("title", 'extends = "desk"\ntitle'), UnknownName),
    ],
)
def test_what_is_no_mapping_is_refused_alike_through_every_door(served, name, text, error):
    before = served.ledger.head
    messages = set()
    for door in (served.ledger, served.editor):
        with pytest.raises(error) as refused:
            door.add_mapping(text.encode(), name=name)
        messages.add((refused.value.message, refused.value.fix))
    assert (len(messages), served.ledger.head) == (1, before)


def test_held_rows_are_tried_again_by_the_mapping_they_were_handed_in_with(data_dir, run, desk):
    mapping = desk / "desk.toml"
    assert run(data_dir, "ingest", str(desk / "held.csv"), "--mapping", str(mapping), "-q")[0] == 1
    mapping.unlink()
    code, said, complaint = run(data_dir, "register", "areas", str(desk / "places.csv"), "--json")
    assert (code, json.loads(said)["released"]) == (0, 1), complaint
    code, said, complaint = run(data_dir, "ingest", "--retry", "--json")
    assert (code, json.loads(said)["accepted"]) == (0, 0), complaint
    figures = run(data_dir, "figures", "--crisis", "desk-crisis", "--json")[1]
    assert [(row["area_code"], row["best"]) for row in json.loads(figures)["data"]] == [("RU1", 9)]
    assert run(data_dir, "verify", "-q")[0] == 0


def test_a_decision_about_a_held_row_is_read_by_its_own_mapping_too(data_dir, run, desk):
    mapping = desk / "desk.toml"
    (desk / "held.csv").write_text("day,place,dead\n2025-03-08,Jableh,lots\n")
    assert run(data_dir, "ingest", str(desk / "held.csv"), "--mapping", str(mapping), "-q")[0] == 1
    mapping.write_text(DESK.replace("desk-crisis", "another-crisis"))
    assert run(data_dir, "mapping", "add", str(mapping), "-q")[0] == 0
    fix = ("--set", "1:count=9", "--reason", "asked the desk")
    code, said, complaint = run(data_dir, "ingest", "--retry", *fix, "--json")
    assert (code, json.loads(said)["accepted"]) == (0, 1), complaint
    rows = json.loads(run(data_dir, "reports", "--crisis", "desk-crisis", "--json")[1])["data"]
    assert [(row["areas"], row["best"]) for row in rows] == [("SY0602", 9)], "by the text of then"


def test_a_ledger_made_anew_from_its_journal_has_the_same_mappings(data_dir, run, desk):
    assert run(data_dir, "mapping", "add", str(desk / "desk.toml"), "-q")[0] == 0
    before = run(data_dir, "mapping", "list", "--json")[1]
    assert run(data_dir, "rebuild", "-q")[0] == 0
    assert run(data_dir, "mapping", "list", "--json")[1] == before
    code, said, _ = run(data_dir, "mapping", "try", "desk", str(desk / "table.csv"))
    assert (code, "nothing was written" in said) == (0, True)
    code, said, _ = run(data_dir, "mapping", "try", str(desk / "desk.toml"), str(desk / "held.csv"))
    assert (code, "Ruritania" in said) == (1, True)


def test_no_file_is_read_by_a_mapping_that_was_redacted_until_it_is_added_anew(
    served: Served, desk: Path
) -> None:
    named = DESK.replace("A desk's table", "The table of the third floor")
    receipt = served.editor.add_mapping(named.encode(), name="floor")
    assert served.editor.redact_mapping("floor", reason="it said where").texts == 2
    assert "third floor" not in httpx.get(f"{served.address}/v1/mappings.json").text
    table = (desk / "table.csv").read_bytes()
    for name in ("floor", receipt.mapping_id):
        with pytest.raises((UnreadableDocument, UnknownName), match=r"was redacted|No mapping is called"):
            served.editor.ingest(table, name="table.csv", mapping=name, dry_run=True)
    assert served.editor.redact_mapping("floor", reason="it said where").texts == 0
    assert served.editor.add_mapping(DESK.encode(), name="floor").is_new
    read = served.editor.ingest(table, name="table.csv", mapping="floor", dry_run=True)
    assert read.accepted + read.duplicate == 1
