"""The description of the API is true: each example runs, each status that it names can be reached, each
answer is as its schema says. The cases are made from the description itself."""

from __future__ import annotations

import asyncio
import re
import resource
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from html import unescape
from itertools import count
from typing import Any, NamedTuple

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from service.answers.endpoints import ENDPOINTS
from service.api import Ledger
from service.ingest.new_areas import new_area
from service.ledger.api_keys import Keyring, Role
from service.web.app import create_app
from service.web.idempotency import WriteAnswer
from service.web.openapi_desk import EXAMPLE_MAPPING
from service.web.openapi_writes import EXAMPLE_ROW
from service.web.pages.api_reference import AS_FILE
from tests.conftest import MOMENT, clock
from tests.serving import serving

NO_STATE = "99-000000000000"
NO_REPORT = "r00000000000000000000"
METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"
_number = count(1_000)


class Operation(NamedTuple):
    """One operation of the description."""

    method: str
    path: str
    words: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.words["operationId"])

    @property
    def body(self) -> Any:
        """The example of what it takes; None where it takes nothing."""
        content = self.words.get("requestBody", {}).get("content", {})
        return content[JSON]["example"] if content else None

    def request(self, **more: Any) -> dict[str, Any]:
        """The request that its examples make; ``more`` adds to it or replaces."""
        shown = [each for each in self.words["parameters"] if "example" in each] if self.has_any else []
        path, query = self.path, {}
        for each in shown:
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", more.pop(each["name"], each["example"]))
            else:
                query[each["name"]] = each["example"]
        request = {"method": self.method, "url": path, "params": {**query, **more.pop("params", {})}}
        if self.body is not None and "content" not in more:
            request["json"] = self.body
        return {**request, **more}

    @property
    def has_any(self) -> bool:
        return bool(self.words.get("parameters"))


@cache
def described() -> dict[str, Any]:
    return create_app().openapi()


def operations() -> list[Operation]:
    return [
        Operation(method, path, words)
        for path, methods in described()["paths"].items()
        for method, words in methods.items()
        if method in METHODS
    ]


OPERATIONS = {operation.name: operation for operation in operations()}
REACHABLE = [(name, status) for name, each in OPERATIONS.items() for status in each.words["responses"]]


class Desk(NamedTuple):
    """A server for each way of being refused, and the keys that open it."""

    app: FastAPI
    open: httpx.Client
    busy: httpx.Client
    small: httpx.Client
    shut: httpx.Client
    editor: dict[str, str]
    reporter: dict[str, str]
    key_id: str


@pytest.fixture(scope="module")
def desk(seeded_dir, tmp_path_factory) -> Iterator[Desk]:
    places = [
        shutil.copytree(seeded_dir, tmp_path_factory.mktemp(name) / "data") for name in ("open", "shut")
    ]
    keys = {role: Keyring(places[0]).create(role, at=MOMENT) for role in Role}
    shutil.copy(places[0] / "keys.json", places[1] / "keys.json")
    headers = {role: {"Authorization": f"Bearer {secret}"} for role, (_, secret) in keys.items()}
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger.open(places[0], clock=clock))
        closed = Ledger.open(places[1], clock=clock)

        def served(of: Ledger, **settings: str) -> httpx.Client:
            """A server with settings that no other has."""
            with pytest.MonkeyPatch.context() as patch:
                for name, value in settings.items():
                    patch.setenv(name, value)
                address = stack.enter_context(serving(of, prepares=False))
            return stack.enter_context(httpx.Client(base_url=address, timeout=600))

        limits = {"CASUALTY_READ_RATE": "1/hour", "CASUALTY_WRITE_RATE": "1/hour"}
        open_, shut = served(ledger), served(closed)
        small = served(ledger, CASUALTY_BODY_LIMIT="10")
        busy = served(ledger, CASUALTY_BODY_LIMIT="10", CASUALTY_LIMIT_LOOPBACK="true", **limits)
        closed.close()
        hold_a_row(open_, headers[Role.REPORTER])
        keep_a_mapping(open_, headers[Role.EDITOR])
        yield Desk(
            create_app(ledger), open_, busy, small, shut, headers[Role.EDITOR], headers[Role.REPORTER],
            keys[Role.EDITOR][0].id,
        )  # fmt: skip


def hold_a_row(client: httpx.Client, headers: dict[str, str]) -> None:
    """Hand in the document with a row to be held that the examples name."""
    row = {**EXAMPLE_ROW, "areas": "Nowhere at all"}
    text = "\n".join(",".join(cells) for cells in (row.keys(), row.values()))
    files = {"file": (OPERATIONS["redact_held_row"].body["document"], text.encode())}
    assert client.post("/v1/reports", files=files, headers=headers).json()["quarantined"] == 1


def keep_a_mapping(client: httpx.Client, headers: dict[str, str]) -> None:
    """Keep the mapping that the examples name."""
    body = {**OPERATIONS["add_mapping"].body, "name": OPERATIONS["redact_mapping"].body["mapping"]}
    assert client.post("/v1/mappings", json=body, headers=headers).status_code == 201


# --- examples ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_example_of_an_operation_works_and_its_answer_is_as_the_schema_says(
    desk: Desk, name: str
) -> None:
    operation = OPERATIONS[name]
    answer = desk.open.request(**operation.request(), headers=desk.editor)
    assert answer.is_success, answer.text
    is_as_described(operation, answer)
    assert operation.words["tags"]
    assert operation.words["summary"].endswith(".")


def test_the_served_page_shows_every_operation_and_its_examples_work(desk: Desk) -> None:
    page = desk.open.get("/docs").text
    shown = set(re.findall(r'<span class="code">([A-Z]+ /[^<]*)</span></h3>', page))
    assert shown == {
        f"{each.method.upper()} {each.path}"
        for each in OPERATIONS.values()
        if not each.path.endswith(AS_FILE)
    }
    for example in re.findall(r'href="((?:/v1/|/healthz|/readyz|/metrics)[^"]*)"', page):
        answer = desk.open.get(unescape(example))
        assert answer.status_code == 200, (example, answer.text)
    bodies = re.findall(r"-d &#39;(.*?)&#39;|-d '(.*?)'", page, re.DOTALL)
    assert len(bodies) == sum(each.body is not None for each in OPERATIONS.values())


# --- statuses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "status"), REACHABLE)
def test_a_status_that_an_operation_names_can_be_reached(desk: Desk, name: str, status: str) -> None:
    operation = OPERATIONS[name]
    answer = REACHED_BY[status](desk, operation)
    assert answer.status_code == int(status), answer.text
    is_as_described(operation, answer)


def is_as_described(operation: Operation, answer: httpx.Response) -> None:
    """The answer's type, headers and JSON are those that the description names for its status."""
    words = operation.words["responses"][str(answer.status_code)]
    for name, header in words.get("headers", {}).items():
        if name in answer.headers:
            check(header["schema"], _value(answer.headers[name], header["schema"]))
        else:
            assert not header.get("required"), name
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    assert (media_type in words.get("content", {})) or not answer.content
    if media_type.endswith("json"):
        check(words["content"][media_type]["schema"], answer.json())


def _value(text: str, schema: dict[str, Any]) -> str | int:
    return int(text) if schema["type"] == "integer" else text


def check(schema: dict[str, Any], value: object) -> None:
    """Raises ValidationError unless ``value`` is as ``schema`` (a part of the description) says."""
    whole = {**schema, "components": described()["components"]}
    jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(value)


def reading(desk: Desk, operation: Operation) -> httpx.Response:
    """200: the example; of one that creates something, its rehearsal or its repetition."""
    if operation.name == "hand_in":
        return desk.open.request(**operation.request(params={"dry_run": "true"}), headers=desk.editor)
    if operation.name in ("correct", "add_mapping", "add_spellings") or "register_" in operation.name:
        desk.open.request(**operation.request(), headers=desk.editor)
    return desk.open.request(**operation.request(), headers=desk.editor)


def creating(desk: Desk, operation: Operation) -> httpx.Response:
    if operation.name == "add_mapping":
        mapping = {"name": "desk", "text": f"{EXAMPLE_MAPPING}# {next(_number)}"}
        return desk.open.request(**operation.request(json=mapping), headers=desk.editor)
    if operation.name.startswith("register_"):
        identifier, name = [*operation.body[0]][:2]
        number = next(_number)
        row = {**operation.body[0], identifier: f"x-{number}", name: f"Another {number}"}
        return desk.open.request(**operation.request(json=[row]), headers=desk.editor)
    if operation.name == "retry":
        name = f"Village {next(_number)}"
        row = {**EXAMPLE_ROW, "areas": name}
        desk.open.post("/v1/reports", json=[row], headers=desk.editor)
        ledger = desk.app.state.ledger
        ledger.store.register(
            "area", new_area(ledger.reference().area, name, level="village"), recorded_at=MOMENT
        )
        return desk.open.request(**operation.request(), headers=desk.editor)
    if operation.name == "add_spellings":
        body = {"area": "Jableh", "spellings": [f"Gebleh {next(_number)}"]}
        return desk.open.request(**operation.request(json=body), headers=desk.editor)
    row = {**EXAMPLE_ROW, "count": next(_number)}
    body = [row] if operation.name == "hand_in" else {"reason": "misread", "rows": [row]}
    return desk.open.request(**operation.request(json=body), headers=desk.editor)


def unchanged(desk: Desk, operation: Operation) -> httpx.Response:
    return desk.open.request(**operation.request(), headers={"If-None-Match": "*"})


def in_part(desk: Desk, operation: Operation) -> httpx.Response:
    return desk.open.request(**operation.request(), headers={"Range": "bytes=0-9"})


def behind_the_end(desk: Desk, operation: Operation) -> httpx.Response:
    return desk.open.request(**operation.request(), headers={"Range": "bytes=999999999-"})


def malformed(desk: Desk, operation: Operation) -> httpx.Response:
    sent = operation.request(content=b"[{")
    return desk.open.request(**sent, headers={**desk.editor, "Content-Type": JSON})


def without_a_key(desk: Desk, operation: Operation) -> httpx.Response:
    if operation.method == "get":  # whose notes alone take a key
        return desk.open.request(**operation.request(params={"notes": "1"}))
    return desk.open.request(**operation.request())


def with_too_low_a_role(desk: Desk, operation: Operation) -> httpx.Response:
    if operation.name == "hand_in":  # which only with a mapping of one's own takes more than a reporter
        files = {"file": ("desk.csv", b"day,place,dead"), "mapping": ("desk.toml", EXAMPLE_MAPPING.encode())}
        return desk.open.post(operation.path, files=files, headers=desk.reporter)
    return desk.open.request(**operation.request(), headers=desk.reporter)


def about_nothing(desk: Desk, operation: Operation) -> httpx.Response:
    if operation.name == "retry":
        sent = operation.request(json={"documents": ["nowhere.csv"]})
        return desk.open.request(**sent, headers=desk.editor)
    if operation.name == "redact_mapping":
        sent = operation.request(json={**operation.body, "mapping": "nowhere"})
        return desk.open.request(**sent, headers=desk.editor)
    if operation.name == "redact_held_row":
        sent = operation.request(json={**operation.body, "document": "nowhere.csv"})
        return desk.open.request(**sent, headers=desk.editor)
    if "{report_id}" in operation.path:
        return desk.open.request(**operation.request(report_id=NO_REPORT), headers=desk.editor)
    if operation.name.startswith("chart_"):
        return desk.open.request(**operation.request(format_name="gif"))
    missing = {"since": NO_STATE}
    if operation.name != "changes_feed":
        missing = {"cursor": f"{NO_STATE}.1{'.1' if operation.name.startswith('reports') else ''}"}
    return desk.open.request(**operation.request(params=missing))


def in_no_format(desk: Desk, operation: Operation) -> httpx.Response:
    if operation.path.endswith(AS_FILE):
        return desk.open.request(**operation.request(format_name="json", params={"hxl": "1"}))
    return desk.open.request(**operation.request(), headers={"Accept": "image/png"})


def under_way(desk: Desk, operation: Operation) -> httpx.Response:
    """409: asked again, with its Idempotency-Key, from inside the making of the first answer."""
    told: list[httpx.Response] = []

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(desk.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as client:
            headers = {**desk.editor, "Idempotency-Key": operation.name}
            return await client.request(**operation.request(), headers=headers)

    def make() -> WriteAnswer:
        told.append(asyncio.run(ask()))
        return WriteAnswer(200, b"")

    desk.app.state.write_answers.answer_once(desk.key_id, operation.name, "first", clock(), make)
    return told[0]


def changed_since(desk: Desk, operation: Operation) -> httpx.Response:
    return desk.open.request(**operation.request(), headers={**desk.editor, "If-Match": '"3-000000000000"'})


def too_large(desk: Desk, operation: Operation) -> httpx.Response:
    return desk.small.request(**operation.request(), headers=desk.editor)


def of_another_type(desk: Desk, operation: Operation) -> httpx.Response:
    sent = operation.request(content=b"<p>683</p>")
    return desk.open.request(**sent, headers={**desk.editor, "Content-Type": "text/html"})


def misspelt(desk: Desk, operation: Operation) -> httpx.Response:
    return desk.open.request(**operation.request(params={"aera": "SY06"}), headers=desk.editor)


def too_often(desk: Desk, operation: Operation) -> httpx.Response:
    desk.busy.request(**operation.request(), headers=desk.reporter)
    return desk.busy.request(**operation.request(), headers=desk.reporter)


def while_the_ledger_is_shut(desk: Desk, operation: Operation) -> httpx.Response:
    return desk.shut.request(**operation.request(), headers=desk.editor)


def while_the_disk_is_full(desk: Desk, operation: Operation) -> httpx.Response:
    """507: no file can grow, as where a disk has no room."""
    none, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, most))
    try:
        refused = creating(desk, operation)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (none, most))
    assert creating(desk, operation).status_code == 201, "once there is room it goes on"
    return refused


REACHED_BY = {
    "200": reading, "201": creating, "206": in_part, "304": unchanged, "400": malformed, "401": without_a_key,
    "403": with_too_low_a_role, "404": about_nothing, "406": in_no_format, "409": under_way,
    "412": changed_since, "413": too_large, "415": of_another_type, "416": behind_the_end, "422": misspelt,
    "429": too_often, "503": while_the_ledger_is_shut,
    "507": while_the_disk_is_full,
}  # fmt: skip
"""A request that is answered with each status."""


# --- what the examples name, on the shipped reports -------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.method == "get"])
def test_the_example_of_a_question_finds_something_in_the_shipped_reports(
    client: httpx.Client, name: str
) -> None:
    answer = client.request(**OPERATIONS[name].request())
    if answer.status_code == 401:  # what an editor sees; nothing is held of the shipped reports
        return
    assert answer.is_success, answer.text
    is_rows = answer.headers["content-type"].startswith(JSON) and "data" in answer.json()
    if is_rows and name != "conflicts":  # there is none about the people that the examples name
        assert answer.json()["data"]


FILTERED = {
    row.name: (verb, row) for verb in ENDPOINTS.values() for row in verb.filters if verb.name != "explain"
}
"""Each filter with one of the verbs that take it."""


@pytest.mark.parametrize("name", FILTERED)
def test_the_example_of_every_filter_is_taken_on_the_shipped_reports(client: httpx.Client, name: str) -> None:
    verb, row = FILTERED[name]
    needed = {each.name: each.example for each in (*verb.in_path, *verb.filters) if each.required}
    path = verb.address
    for each in verb.in_path:
        path = path.replace(f"{{{each.name}}}", needed.pop(each.name))
    answer = client.get(f"/v1{path}", params={**needed, row.name: row.example})
    assert answer.is_success, answer.text


def test_a_write_names_a_shipped_report_and_its_rows_a_crisis_and_places_that_are_there(
    client: httpx.Client,
) -> None:
    named = [
        each["example"]
        for operation in OPERATIONS.values()
        for each in operation.words.get("parameters", ())
        if each["in"] == "path" and each["name"] == "report_id"
    ]
    assert len(named) > 4
    for report_id in set(named):
        assert client.get(f"/v1/reports/{report_id}/history").is_success
    row = EXAMPLE_ROW
    asked = {"crisis": row["crisis"], "area": row["areas"], "measure": row["measure"]}
    assert client.get("/v1/reports", params=asked).json()["data"]
