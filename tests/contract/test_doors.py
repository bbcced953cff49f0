"""Is every verb the same through every door: the same filters, the same rows, the same ``meta``?"""

from __future__ import annotations

import inspect
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer.main
from jsonschema import Draft202012Validator

from service import connect
from service.answers import filters
from service.answers.endpoints import ENDPOINTS, Endpoint, endpoint
from service.answers.parameters import write_parameters
from service.answers.rows import ROWS
from service.answers.verbs import Verbs
from service.api import Ledger
from service.cli import app, main
from service.cli.json_schemas import schema_of
from service.client.asynchronous import AsyncRemoteLedger
from service.client.sync import RemoteLedger
from service.errors import UnknownName
from service.formats.encode import encode
from service.formats.file_format import Format
from service.ledger.api_keys import Keyring, Role
from tests.conftest import MOMENT

CELL = {"area": "SY06", "measure": "killed", "population": "civilians"}
KNOWN = {"as_of": "2025-03-12", "recorded_by": f"{MOMENT.isoformat()}Z"}
VERBS = [pytest.param(row, id=row.name) for row in ENDPOINTS.values()]
FIGURES = [row for row in VERBS if row.values[0].gives_figures]


@pytest.fixture(scope="module")
def report_id(ledger: Ledger) -> str:
    return str(ledger.reports(arrow=True, source="sohr")["report_id"][0])


@pytest.fixture(scope="module")
def key(ledger: Ledger) -> str:
    """A key of the server: notes are for who has one."""
    return Keyring(ledger.store.data_dir).create(Role.REPORTER, at=MOMENT)[1]


@pytest.fixture(scope="module")
def remote(server: str, key: str) -> Iterator[RemoteLedger]:
    with connect(server, key=key) as opened:
        assert isinstance(opened, RemoteLedger)
        yield opened


@pytest.fixture(scope="module")
def place(seeded_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(seeded_dir, tmp_path_factory.mktemp("doors") / "data"))


def question_of(row: Endpoint, report_id: str) -> dict[str, Any]:
    """What every verb that takes it is asked: one cell, as known on a day, at a state of the ledger."""
    known = {**CELL, **KNOWN, "since": "2025-01-01", "report_id": report_id}
    known |= {"text": "683 civilians were killed in Latakia", "a": report_id, "b": report_id}
    return {
        each.keyword: known[each.keyword] for each in (*row.filters, *row.in_path) if each.keyword in known
    }


@pytest.mark.parametrize("row", VERBS)
def test_a_verb_says_the_same_through_every_door(  # noqa: PLR0917 - a door each
    row: Endpoint,
    report_id: str,
    ledger: Ledger,
    remote: RemoteLedger,
    key: str,
    client: httpx.Client,
    place: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    question = question_of(row, report_id)
    near, far = ledger.ask(row.name, **question), remote.ask(row.name, **question)
    expected = json.loads(encode(near.table, Format.JSON, meta=near.meta))
    assert json.loads(encode(far.table, Format.JSON, meta=far.meta)) == expected

    in_url = write_parameters({name: value for name, value in question.items() if name != "report_id"})
    if row.gives_notes:
        in_url.append(("notes", "1"))
    path, headers = f"/v1{row.address.format(report_id=report_id)}.json", {"Authorization": f"Bearer {key}"}
    assert client.get(path, params=in_url, headers=headers).json() == expected

    options = [word for each in row.filters if each.keyword in question
               for word in (each.flag, question[each.keyword])]  # fmt: skip
    arguments = [question[each.keyword] for each in row.in_path]
    everything = ["--all"] if row.name == "findings" else []
    words = [row.name, *arguments, *options, *everything, "--json", "--data-dir", str(place)]
    capfdbinary.readouterr()
    assert main(words) == 0
    printed = json.loads(capfdbinary.readouterr().out)
    assert printed == expected
    Draft202012Validator(schema_of(row.name)).validate(printed)


@pytest.mark.parametrize("row", FIGURES)
def test_whoever_gives_figures_says_by_which_method_as_of_when_and_how_often_its_ranges_hold(
    row: Endpoint, ledger: Ledger
) -> None:
    meta = ledger.ask(row.name, **question_of(row, "")).meta
    assert {"query", "as_of", "head", "method", "expected", "rows", "returned"} <= set(meta)
    assert meta["method"] == meta["query"]["method"]
    assert set(meta["expected"]) == {"method", "nominal", "coverage", "blank"}
    assert list(meta["query"]) == [each.name for each in filters.QUESTION]
    assert str(meta["as_of"]) == KNOWN["as_of"]


def test_every_verb_has_rows_and_only_verbs_have() -> None:
    assert list(ROWS) == list(ENDPOINTS)


def test_a_verb_that_is_none_is_answered_with_the_nearest(ledger: Ledger) -> None:
    with pytest.raises(UnknownName, match="conflict"):
        ledger.ask("conflict")
    with pytest.raises(UnknownName):
        endpoint("")


@pytest.mark.parametrize("row", VERBS)
@pytest.mark.parametrize("kind", [Ledger, RemoteLedger, AsyncRemoteLedger])
def test_every_ledger_has_every_verb_with_its_filters(kind: type, row: Endpoint) -> None:
    taken: set[str] = set()
    for name, parameter in inspect.signature(getattr(kind, row.name)).parameters.items():
        is_rest = parameter.kind is inspect.Parameter.VAR_KEYWORD
        taken |= set(filters.KEYWORDS) if is_rest else {name} - {"self", "arrow"}
    assert {each.keyword for each in (*row.filters, *row.in_path)} <= taken


def test_the_verbs_that_give_rows_are_written_once() -> None:
    own = {name for name, _ in inspect.getmembers(Verbs, inspect.isfunction) if not name.startswith("_")}
    assert own == set(ENDPOINTS) - {"explain"}, "which gives an object of its own"
    for kind in (Ledger, RemoteLedger, AsyncRemoteLedger):
        assert own.isdisjoint(vars(kind))
        assert getattr(Verbs.series, "__doc__", "")


@pytest.mark.parametrize("row", VERBS)
def test_every_verb_is_a_command_with_its_filters(row: Endpoint) -> None:
    command: Any = typer.main.get_command(app).commands[row.name]  # type: ignore[attr-defined]
    flags = {flag for parameter in command.params for flag in parameter.opts}
    names = {parameter.name for parameter in command.params}
    assert {each.flag for each in row.filters} <= flags
    assert {each.keyword for each in (*row.filters, *row.in_path)} <= names


@pytest.mark.parametrize("row", VERBS)
def test_every_verb_is_a_route_with_its_filters(row: Endpoint, client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()["paths"][f"/v1{row.address}"]["get"]
    assert described["summary"] == row.summary
    names = [each["name"] for each in described["parameters"] if each["in"] == "query"]
    assert names == [each.name for each in row.parameters]
    in_path = [each["name"] for each in described["parameters"] if each["in"] == "path"]
    assert in_path == [each.keyword for each in row.in_path]
