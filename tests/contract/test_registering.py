"""Places, spellings, sources, crises and populations come in by every way, and release what waited."""

from __future__ import annotations

import asyncio
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
from service.client.asynchronous import AsyncRemoteLedger
from service.client.sync import RemoteLedger
from service.errors import NotFound, QueryError, UnknownName, UnreadableDocument
from service.ingest.fixes import Fix
from service.ingest.mapping.definition import read_mapping
from service.ingest.reference_file import reference_table
from service.ledger.api_keys import Keyring, Role
from service.schema.records import Registration
from tests.conftest import MOMENT, clock
from tests.serving import serving

AREAS = b"area_code,name,level,parent_code\nx-upper,Upper Village,village,SY06\nSY06,Latakia,governorate,SY\n"
ROW = {
    "crisis": "syria-coast-2025-03", "source": "sohr", "published_on": "2025-03-13", "measure": "detained",
    "population": "civilians",
}  # fmt: skip


class Served(NamedTuple):
    ledger: Ledger
    address: str
    editor: RemoteLedger
    keys: dict[Role, str]
    place: Path


@pytest.fixture(scope="module")
def served(seeded_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = Path(shutil.copytree(seeded_dir, tmp_path_factory.mktemp("registering") / "data"))
    with connect(place, clock=clock) as ledger, serving(ledger, prepares=False) as address:
        keys = {role: Keyring(place).create(role, at=MOMENT)[1] for role in Role}
        ledger.store.announce(address)
        with RemoteLedger(address, key=keys[Role.EDITOR]) as editor:
            yield Served(ledger, address, editor, keys, place)


@pytest.fixture
def run(
    served: Served, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setenv("CASUALTY_KEY", served.keys[Role.EDITOR])

    def call(*words: str) -> tuple[int, str, str]:
        capfdbinary.readouterr()
        code = main([*words, "--data-dir", str(served.place)])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


def hold(served: Served, place: str, count: int = 1, **more: str) -> None:
    """Hand rows in that are held for their place, or for what ``more`` says."""
    rows = [{**ROW, "areas": place, "count": str(number + 1), **more} for number in range(count)]
    receipt = served.ledger.ingest_rows(rows)
    assert receipt.quarantined == count


def test_a_dry_run_says_what_the_real_one_does_and_writes_nothing(served: Served) -> None:
    hold(served, "Upper Village", 3)
    before = served.ledger.head
    rehearsed = served.editor.register("area", AREAS, name="places.csv", dry_run=True)
    assert (rehearsed.dry_run, served.ledger.head) == (True, before)
    real = served.editor.register("area", AREAS, name="places.csv")
    assert real.rows == rehearsed.rows == (("x-upper", "new"), ("SY06", "changed"))
    assert (real.registered, real.released, rehearsed.released) == (2, 3, 3)
    assert str(real.head)[:10] == str(served.ledger.head)[:10]
    again = served.editor.register("area", AREAS)
    assert (again.registered, again.released, again.rows[0]) == (0, 0, ("x-upper", "known"))
    entries = served.ledger.store.submissions().select(["kind", "key_id"]).to_pylist()[-2:]
    assert [entry["kind"] for entry in entries] == ["register", "reports"]
    assert all(entry["key_id"] for entry in entries), "the journal says by which key"


def test_every_table_is_taken_as_rows_and_as_a_file_and_alike_at_home(served: Served) -> None:
    rows = {
        "source": {"source_id": "hill-radio", "name": "Hill Radio", "kind": "media"},
        "crisis": {"crisis_id": "flood-2031", "name": "A flood", "period_start": "2031-01-02"},
        "population": {"population": "teachers", "label": "Teachers", "parent": "civilians"},
    }
    for table, row in rows.items():
        receipt = served.editor.register(table, [row])
        assert (receipt.table, receipt.registered) == (table, 1)
        csv = f"{','.join(row)}\n{','.join(row.values())}\n".encode()
        assert served.ledger.register(table, csv).rows == ((next(iter(row.values())), "known"),)
        assert served.editor.register(table, csv).registered == 0
    with pytest.raises(UnknownName, match="weight"):
        served.editor.register("weight", b"")


def test_rows_held_for_a_population_are_released_too_and_others_stay(served: Served) -> None:
    hold(served, "Jableh", population="nurses")
    hold(served, "Atlantis", population="nurses")
    row = {"population": "nurses", "label": "Nurses", "parent": "civilians"}
    assert served.ledger.register("population", [row]).released == 1
    assert served.ledger.alias_area("Banias", "Atlantis", dry_run=True).released == 1


def test_commands_register_through_the_server_that_holds_the_ledger(
    served: Served, run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "sources.csv"
    file.write_text("source_id,name,kind\ncoast-paper,Coast Paper,media\n")
    code, said, complaint = run("register", "sources", str(file), "--dry-run")
    assert (code, said.count("1 new")) == (0, 1), complaint
    told = json.loads(run("register", "sources", str(file), "--json")[1])
    assert (told["table"], told["rows"]) == ("sources", [{"key": "coast-paper", "verdict": "new"}])
    hold(served, "Neu Dorf", 2)
    told = json.loads(
        run("areas", "add", "Neu Dorf", "--level", "village", "--parent", "Jableh", "--json")[1]
    )
    assert (told["area_code"], told["released"]) == ("x-neu-dorf", 2)
    hold(served, "Neudorf")
    code, said, _ = run("areas", "alias", "Neu Dorf", "Neudorf")
    assert (code, "1 row that was held for it is taken in" in said) == (0, True)
    assert run("areas", "alias", "Jableh", "Latakia")[0] == 2


def test_it_can_be_awaited_as_well(served: Served) -> None:
    async def register() -> tuple[Registration, Registration]:
        async with AsyncRemoteLedger(served.address, key=served.keys[Role.EDITOR]) as ledger:
            added = await ledger.add_area("Far Hill", level="village", parent="SY06")
            return added, await ledger.alias_area("Far Hill", "Farhill")

    added, spelled = asyncio.run(register())
    assert (added.rows, spelled.rows) == ((("x-far-hill", "new"),), (("x-far-hill", "changed"),))


@pytest.mark.parametrize(
    ("table", "data", "told"),
    [
        ("area", b"area_code,name,level\nx-a,A,hamlet\n", "row 1, column level: “hamlet”"),
        ("area", b"area_code,name,levl\nx-a,A,village\n", "level for “levl”"),
        ("area", [{"area_code": "x a", "name": "A", "level": "village"}], "may hold no space"),
        ("source", [{"source_id": "s", "name": "S"}], "no column kind"),
        ("population", [{"population": "p", "label": "P", "lable": "Q"}], "an unknown column lable"),
    ],
)
def test_one_wrong_value_refuses_the_whole_and_is_named_alike_everywhere(
    served: Served, table: str, data: bytes, told: str
) -> None:
    before = served.ledger.head
    fixes = set()
    for door in (served.ledger, served.editor):
        with pytest.raises(UnreadableDocument) as refused:
            door.register(table, data)
        assert told in str(refused.value)
        fixes.add(refused.value.fix)
    assert (len(fixes), served.ledger.head) == (1, before)


def test_what_is_no_spelling_and_who_may_not_register_is_refused(served: Served) -> None:
    for body in ({"area": "Jableh"}, {"area": 5, "spellings": ["x"]}, {"area": "Jableh", "spellings": []}):
        with httpx.Client(base_url=served.address) as client:
            answer = client.post(
                "/v1/spellings", json=body,
                headers={"Authorization": f"Bearer {served.keys[Role.EDITOR]}"},
            )  # fmt: skip
        assert answer.status_code == 422
    with pytest.raises(QueryError, match="stands for SY06"):
        served.editor.alias_area("Jableh", "SY06")
    with RemoteLedger(served.address, key=served.keys[Role.REPORTER]) as reporter:
        for table in ("area", "source", "crisis", "population"):
            with pytest.raises(QueryError, match="takes the role editor"):
                reporter.register(table, [])


def test_held_rows_are_taken_again_through_a_server_with_what_was_decided(
    served: Served, run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "again.csv"
    file.write_text(f"{','.join(ROW)},areas,count\n{','.join(ROW.values())},Jableh,lots of them\n")
    assert run("ingest", str(file), "-q")[0] == 1
    fix = ("--set", "1:count=12", "--reason", "the page says 12")
    code, said, complaint = run("ingest", "--retry", "again.csv", *fix, "--dry-run", "--json")
    assert (code, json.loads(said)["accepted"]) == (0, 1), complaint
    code, said, _ = run("ingest", "--retry", "again.csv", *fix, "--json")
    assert (code, json.loads(said)["accepted"]) == (0, 1)
    code, _, complaint = run("ingest", "--retry", "again.csv")
    assert (code, "No row of again.csv is held" in complaint) == (2, True)


def test_one_decision_mends_every_held_row_alike_by_every_way(
    served: Served, run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    fixes = {
        "command": ("areas", "Jablehh", "Jableh"),
        "http": ("population", "civilianz", "civilians"),
        "python": ("measure", "kiled", "killed"),
    }
    wrong = {**ROW, "areas": "Jableh", "population": "civilians", "measure": "killed"}
    days = range(1, 4)
    rows = [
        {**wrong, column: was, "published_on": f"2025-0{month}-0{day}", "count": str(month * 10 + day)}
        for month, (column, was, _) in enumerate(fixes.values(), 4)
        for day in days
    ]
    receipt = served.ledger.ingest_rows(rows, name="alike")
    assert receipt.quarantined == len(rows)
    column, was, value = fixes["command"]
    fix = ("--set", f"{column}:{was}={value}", "--reason", "a misspelling")
    code, said, complaint = run("ingest", "--retry", "alike", *fix, "--json")
    assert code == 1, complaint
    assert json.loads(said)["accepted"] == len(days)
    column, was, value = fixes["http"]
    body = {"documents": ["alike"], "fixes": [{"column": column, "was": was, "value": value, "reason": "so"}]}
    key = {"Authorization": f"Bearer {served.keys[Role.EDITOR]}"}
    with httpx.Client(base_url=served.address, headers=key, timeout=600) as client:
        (told,) = client.post("/v1/retry", json=body).json()["documents"]
    assert told["accepted"] == len(days)
    ((_, last),) = served.editor.retry("alike", fixes=[Fix.alike(*fixes["python"], "a misspelling")])
    assert (last.accepted, last.quarantined) == (len(days), 0)
    with pytest.raises(NotFound, match="is held"):
        served.editor.retry(fixes=[Fix.alike(*fixes["python"], "a misspelling")])


@pytest.mark.parametrize(
    "body",
    [
        [], {"document": []}, {"documents": "all"}, {"mapping": "../x"}, {"mapping": 5}, {"fixes": {}},
        {"fixes": [{"row": 0, "column": "count", "value": "1", "reason": "x"}]},
        {"fixes": [{"row": 1, "column": "count", "value": 1, "reason": "x"}]},
        {"fixes": [{"row": 1, "column": "count", "value": "1", "reason": " "}]},
        {"fixes": [{"column": "count", "value": "1", "reason": "x"}]},
        {"fixes": [{"row": 1, "was": "2", "column": "count", "value": "1", "reason": "x"}]},
    ],
)  # fmt: skip
def test_a_retry_that_means_nothing_is_refused(served: Served, body: object) -> None:
    key = {"Authorization": f"Bearer {served.keys[Role.EDITOR]}"}
    with httpx.Client(base_url=served.address, headers=key, timeout=600) as client:
        answer = client.post("/v1/retry", json=body)
    assert (answer.status_code, bool(answer.json()["fix"])) == (422, True)


def test_rows_of_another_layout_come_in_by_a_mapping_at_home_as_well(served: Served) -> None:
    mapping = (
        '[fields]\ncrisis = "syria-coast-2025-03"\nsource = "sohr"\nareas = "{where}"\nmeasure = "missing"\n'
        'population = "all"\npublished_on = "2025-03-12"\n[[figure]]\ncount = "{n}"\n'
    )
    served.ledger.add_mapping(mapping.encode(), name="rows-of-ours")
    for door in (served.ledger, served.editor):
        receipt = door.ingest([{"where": "Jableh", "n": 4}], mapping="rows-of-ours")
        assert receipt.accepted + receipt.duplicate == 1


def test_a_country_of_the_world_comes_in_by_every_way_and_releases_what_waited_for_it(
    served: Served, run: Callable[..., tuple[int, str, str]]
) -> None:
    receipt = served.ledger.ingest_rows([{**ROW, "areas": "Kherson oblast", "count": "113"}])
    (finding,) = (each for each in receipt.findings if each.column == "areas")
    assert (
        "It is a division of Ukraine, and comes in with the country: on the page /register, or with "
        "casualty areas add-country UA." in finding.fix
    )
    before = served.ledger.head
    code, said, complaint = run("areas", "add-country", "أوكرانيا", "--dry-run", "--json")
    rehearsed = json.loads(said)
    assert (code, rehearsed["released"], served.ledger.head) == (0, 1, before), complaint
    assert (
        served.ledger.add_country("Ukraine", dry_run=True).rows
        == served.editor.add_country("UKR", dry_run=True).rows
    )
    told = json.loads(run("areas", "add-country", "Ukraine", "--json")[1])
    assert (told["rows"], told["released"], told["registered"]) == (rehearsed["rows"], 1, 28)
    code, said, _ = run("areas", "add-country", "UA")
    assert (code, "28 places known already: UA, UA-05" in said) == (0, True)
    code, said, _ = run("areas", "add", "Kherson city", "--level", "city", "--parent", "UA-65")
    assert (code, "x-kherson-city" in said) == (0, True)


def test_a_place_brings_the_country_that_it_lies_in_by_every_way(
    served: Served, run: Callable[..., tuple[int, str, str]]
) -> None:
    here = served.ledger.add_area("Pedernales", level="city", parent="Manabí", dry_run=True)
    away = served.editor.add_area("Pedernales", level="city", parent="Manabí", dry_run=True)
    assert here.rows == away.rows
    *around, place = (key for key, _ in here.rows)
    assert (around[0], len(around), place) == ("EC", 25, "x-pedernales")
    hold(served, "Pedernales")
    code, said, _ = run("areas", "add", "Pedernales", "--level", "city", "--parent", "Manabí")
    assert (code, "1 row that was held" in said, "25 places came with it: EC, " in said) == (0, True, True), (
        said
    )
    (row,) = (row for row in served.ledger.reference().area.to_pylist() if row["name"] == "Pedernales")
    assert row["parent_code"] == "EC-M"
    code, said, _ = run("areas", "add", "Jama", "--level", "city", "--parent", "Manabí")
    assert (code, "came with it" in said) == (0, False)
    with pytest.raises(UnknownName, match="Atlantis"):
        served.editor.add_area("Poseidonis", level="city", parent="Atlantis")


def test_a_country_can_be_awaited_as_well(served: Served) -> None:
    async def register() -> Registration:
        async with AsyncRemoteLedger(served.address, key=served.keys[Role.EDITOR]) as ledger:
            return await ledger.add_country("Nepal")

    assert asyncio.run(register()).rows[:2] == (("NP", "new"), ("NP-P1", "new"))
    assert served.ledger.reference().area.num_rows > 30


@pytest.mark.parametrize(
    ("table", "rows", "message"),
    [
        (
            "area",
            [
                {"area_code": "x-a", "name": "Village A", "level": "village", "parent_code": "x-b"},
                {"area_code": "x-b", "name": "Village B", "level": "village", "parent_code": "x-a"},
            ],
            "x-a would lie in x-b, which lies in x-a",
        ),
        (
            "area",
            [{"area_code": "x-r", "name": "R", "level": "region", "parent_code": "SY06", "members": "SY06"}],
            "x-r would lie in SY06, which lies in x-r",
        ),
        ("population", [{"population": "p-a", "label": "A", "parent": "p-a"}], "p-a would lie in p-a:"),
    ],
)
def test_nothing_is_registered_that_would_lie_in_itself(
    served: Served, table: str, rows: list[dict[str, str]], message: str
) -> None:
    before = served.ledger.head
    for door in (served.ledger, served.editor):
        with pytest.raises(QueryError, match=message) as refused:
            door.register(table, rows)
        assert f"of {rows[0][table if table == 'population' else 'area_code']}" in refused.value.fix
    lines = ['extends = "native"']
    for row in rows:
        lines += [f"[[register.{table}]]", *(f'{name} = "{value}"' for name, value in row.items())]
    text = "\n".join(lines)
    with pytest.raises(QueryError, match=message):
        served.ledger.ingest(b"crisis,count\nc,1\n", mapping=read_mapping(text.encode(), "rings"))
    assert served.ledger.head == before


@pytest.mark.parametrize(
    ("table", "row", "other"),
    [
        ("source", {"source_id": "s-2", "name": "SOHR", "kind": "media"}, "sohr"),
        ("source", {"source_id": "s-2", "name": "S", "kind": "media", "aliases": "T|sohr"}, "sohr"),
        (
            "source",
            {"source_id": "syrian-observatory-for-human-rights", "name": "S", "kind": "media"},
            "sohr",
        ),
        ("crisis", {"crisis_id": "c-2", "name": "Violence on the Syrian coast, March 2025"}, "syria-coast"),
        ("population", {"population": "p-2", "label": "Civilians", "parent": "all"}, "civilians"),
    ],
)
def test_nothing_is_given_a_name_that_another_has(
    served: Served, table: str, row: dict[str, str], other: str
) -> None:
    before = served.ledger.head
    columns, values = ",".join(row), ",".join(f'"{value}"' for value in row.values())
    given = [f"[[register.{table}]]", *(f'{name} = "{value}"' for name, value in row.items())]
    text = "\n".join(
        ['title = "T"', '[fields]\ncrisis = "{crisis}"', '[[figure]]\ncount = "{count}"', *given]
    )
    for door in (served.ledger, served.editor):
        with pytest.raises(QueryError, match=f"is that of {other}") as refused:
            door.register(table, f"{columns}\n{values}\n".encode())
        assert "another name or, if it is" in refused.value.fix
    with pytest.raises(QueryError, match=f"is that of {other}"):
        served.ledger.ingest(b"crisis,count\nc,1\n", mapping=read_mapping(text.encode(), "names"))
    assert served.ledger.head == before


@pytest.mark.parametrize(
    ("table", "first", "second"),
    [
        (
            "source",
            {"source_id": "s-1", "name": "Both", "kind": "media"},
            {"source_id": "s-2", "name": "S", "kind": "media", "aliases": "T|both"},
        ),
        ("crisis", {"crisis_id": "c-1", "name": "Both"}, {"crisis_id": "c-2", "name": "Both"}),
        (
            "population",
            {"population": "p-1", "label": "P", "label_ar": "Both", "parent": "all"},
            {"population": "p-2", "label": "Both", "parent": "all"},
        ),
    ],
)
def test_two_new_rows_of_one_file_that_share_a_name_are_refused_with_both(
    served: Served, table: str, first: dict[str, str], second: dict[str, str]
) -> None:
    before = served.ledger.head
    given = [
        f"[[register.{table}]]\n" + "\n".join(f'{k} = "{v}"' for k, v in row.items())
        for row in (first, second)
    ]
    text = "\n".join(
        ['title = "T"', '[fields]\ncrisis = "{crisis}"', '[[figure]]\ncount = "{count}"', *given]
    )
    for door in (served.ledger, served.editor):
        with pytest.raises(
            QueryError, match=r"rows 1 and 2: “.oth” is a name of both .-1 and .-2"
        ) as refused:
            door.register(table, [first, second])
        assert "another name or, if they are one" in refused.value.fix
    with pytest.raises(QueryError, match="rows 1 and 2"):
        served.ledger.ingest(b"crisis,count\nc,1\n", mapping=read_mapping(text.encode(), "names"))
    assert served.ledger.head == before


def test_what_is_registered_is_registered_again_as_exported_and_changed_under_its_own_name(
    served: Served,
) -> None:
    known = served.ledger.reference()
    for table in ("source", "crisis", "population", "area", "context"):
        again = served.ledger.register(table, getattr(known, table).to_pylist())
        assert (again.registered, again.released) == (0, 0)
    (row,) = (row for row in known.source.to_pylist() if row["source_id"] == "al-jazeera-arabic")
    changed = served.ledger.register(
        "source", [row | {"name_ar": "الجزيره نت", "independence": "of its own"}]
    )
    assert changed.registered == 1


@pytest.mark.parametrize("name", ["N" * 10_000, "Two\nlines", "A\u2028line", "a\ttab"])
@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("area", {"area_code": "x-1", "name": "N", "level": "village"}, "name"),
        ("area", {"area_code": "x-1", "name": "N", "level": "village"}, "aliases"),
        ("source", {"source_id": "s-1", "name": "N", "kind": "media"}, "name_ar"),
        ("crisis", {"crisis_id": "c-1", "name": "N"}, "name"),
        ("population", {"population": "p-1", "label": "N", "parent": "all"}, "label"),
    ],
)
def test_a_name_is_one_line_and_not_endless(
    served: Served, table: str, row: dict[str, str], column: str, name: str
) -> None:
    before = served.ledger.head
    for door in (served.ledger, served.editor):
        with pytest.raises(
            QueryError, match=f"{table}, row 1, column {column}: “.{{4,130}}” (has|is)"
        ) as refused:
            door.register(table, [row | {column: name}])
        assert "one line and at most 200 characters" in refused.value.fix
    assert served.ledger.head == before


def test_a_name_that_was_registered_before_names_had_a_bound_stays_and_its_row_can_be_changed(
    served: Served,
) -> None:
    row = {"source_id": "old", "name": "N" * 300, "kind": "media"}
    served.ledger.store.register("source", reference_table("source", [row], "old.csv"), recorded_at=MOMENT)
    assert served.ledger.register("source", [row | {"country": "Syria"}]).registered == 1
