"""Who may do what: every route of the application with every kind of key, limits, and what is told of it."""

from __future__ import annotations

import io
import json
import logging
import re
import shutil
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from service.answers.chart_kinds import KINDS
from service.answers.endpoints import REFERENCE_LISTS
from service.api import Ledger
from service.ledger.api_keys import FILE_NAME, Keyring, Role
from service.settings import Settings
from service.web.access_log import JsonLines
from service.web.app import create_app
from service.web.assets import asset_url
from service.web.openapi_desk import EXAMPLE_MAPPING, EXAMPLE_ROWS
from tests.conftest import MOMENT, clock
from tests.serving import serving
from tests.web.test_errors import refusal

WHO = ("nobody", "reporter", "editor", "revoked")
ANYBODY = (200, 200, 200, 200)
REPORTERS = (401, 200, 200, 401)
EDITORS = (401, 403, 404, 401)
CELL = "area=SY06&measure=killed&population=civilians"
TWO_CRISES = "&crisis=syria-coast-2025-03&compare=libya-derna-2023-09"
NO_REPORT = "r00000000000000000000"
REPORT = "r46cf8bb1e6f571e4c92a"
"""The first report of the shipped seeds."""
ABOUT_A_CELL = (
    "series", "figures", "evidence", "reports", "explain", "conflicts", "vintages", "parts", "bounds"
)  # fmt: skip
COLLECTIONS = (
    *ABOUT_A_CELL, "findings", "areas", "sources", "populations", "crises", "mappings", "measures", "methods"
)  # fmt: skip


class Door(NamedTuple):
    """A request that is sound but for its key, and what it is answered to each of WHO."""

    address: str
    statuses: tuple[int, int, int, int]
    body: object = None


def _reading() -> dict[str, Door]:
    doors = {}
    pair = f"?a={REPORT}&b={REPORT}"
    for name, query in {"lookup": "?text=683", "why-different": pair}.items():
        doors[f"GET /v1/{name}"] = Door(f"/v1/{name}{query}", ANYBODY)
        doors[f"GET /v1/{name}.{{format_name}}"] = Door(f"/v1/{name}.csv{query}", ANYBODY)
    for name in COLLECTIONS:
        query = f"?{CELL}" if name in ABOUT_A_CELL else ""
        doors[f"GET /v1/{name}"] = Door(f"/v1/{name}{query}", ANYBODY)
        doors[f"GET /v1/{name}.{{format_name}}"] = Door(f"/v1/{name}.csv{query}", ANYBODY)
    return doors


FORMS = {
    **{path: path for path in ("/submit", "/held", "/register")},
    "/report/{report_id}/mend": f"/report/{REPORT}/mend",
}
"""The desk's pages: their forms take the key in a field (``test_desk_pages``), so that JSON opens none."""
DOORS = {
    **_reading(),
    "GET /v1/changes": Door("/v1/changes?since=2030-01-01", ANYBODY),
    "GET /v1/changes.{format_name}": Door("/v1/changes.csv?since=2030-01-01", ANYBODY),
    "GET /v1/revisions": Door("/v1/revisions", ANYBODY),
    "GET /v1/revisions.{format_name}": Door("/v1/revisions.csv", ANYBODY),
    "GET /v1/changes.atom": Door("/v1/changes.atom?since=2030-01-01", ANYBODY),
    "GET /v1/reports/{report_id}/history": Door(f"/v1/reports/{REPORT}/history", ANYBODY),
    "GET /v1/reports/{report_id}/history.{format_name}": Door(f"/v1/reports/{REPORT}/history.csv", ANYBODY),
    **{
        f"GET /v1/{name}, notes": Door(f"/v1/{name}?{CELL}&notes=1", REPORTERS)
        for name in ("reports", "evidence", "explain")
    },
    "POST /v1/reports": Door("/v1/reports", REPORTERS, []),
    "POST /v1/mappings": Door(
        "/v1/mappings?dry_run=true", (401, 403, 200, 401), {"name": "desk", "text": EXAMPLE_MAPPING}
    ),
    **{
        f"POST /v1/{name}": Door(f"/v1/{name}?dry_run=true", (401, 403, 200, 401), [EXAMPLE_ROWS[table]])
        for table, name in REFERENCE_LISTS.items()
    },
    "POST /v1/retry": Door("/v1/retry?dry_run=true", (401, 403, 200, 401), {}),
    "POST /v1/spellings": Door(
        "/v1/spellings?dry_run=true", (401, 403, 200, 401), {"area": "Jableh", "spellings": ["Gebleh"]}
    ),
    "POST /v1/redact": Door(
        "/v1/redact",
        EDITORS,
        {"document": "none.csv", "row": 1, "columns": [], "reason": "it named somebody"},
    ),
    "POST /v1/mappings/redact": Door(
        "/v1/mappings/redact", EDITORS, {"mapping": "none", "reason": "it named somebody"}
    ),
    "POST /v1/reports/{report_id}/redact": Door(
        f"/v1/reports/{NO_REPORT}/redact", EDITORS, {"columns": ["note"], "reason": "it named somebody"}
    ),
    "POST /v1/reports/{report_id}/withdraw": Door(
        f"/v1/reports/{NO_REPORT}/withdraw", EDITORS, {"reason": "typing error"}
    ),
    "POST /v1/reports/{report_id}/reinstate": Door(
        f"/v1/reports/{NO_REPORT}/reinstate", EDITORS, {"reason": "up again"}
    ),
    "POST /v1/reports/{report_id}/correct": Door(
        f"/v1/reports/{NO_REPORT}/correct", EDITORS, {"reason": "typing error", "rows": [{"count": "5"}]}
    ),
    **{f"GET {path}": Door(address, ANYBODY) for path, address in FORMS.items()},
    **{f"POST {path}": Door(address, (415, 415, 415, 415), {}) for path, address in FORMS.items()},
    "GET /": Door("/", ANYBODY),
    "GET /embed/{kind_name}": Door(f"/embed/trend?{CELL}", ANYBODY),
    "GET /oembed": Door("/oembed?url=https://example.org/", (404, 404, 404, 404)),
    "GET /robots.txt": Door("/robots.txt", ANYBODY),
    "GET /sitemap.xml": Door("/sitemap.xml", ANYBODY),
    "GET /llms.txt": Door("/llms.txt", ANYBODY),
    "GET /guide": Door("/guide", ANYBODY),
    "GET /guide/search": Door("/guide/search?q=withdraw", ANYBODY),
    "GET /guide/{name:path}": Door("/guide/methodology", ANYBODY),
    "GET /about": Door("/about", ANYBODY),
    "GET /changes": Door("/changes?since=2030-01-01", ANYBODY),
    "GET /crisis/{crisis_id}": Door("/crisis/syria-coast-2025-03", ANYBODY),
    "GET /why": Door(f"/why?{CELL}", ANYBODY),
    **{
        f"GET /v1/charts/{kind}.{{format_name}}": Door(f"/v1/charts/{kind}.svg?{CELL}{TWO_CRISES}", ANYBODY)
        if kind == "against"
        else Door(f"/v1/charts/{kind}.svg?{CELL}", ANYBODY)
        for kind in KINDS
    },
    "GET /area/{area_code}": Door("/area/SY06", ANYBODY),
    "GET /report/{report_id}": Door(f"/report/{REPORT}", ANYBODY),
    "GET /source/{source_id}": Door("/source/sohr", ANYBODY),
    "GET /conflict": Door("/conflict", ANYBODY),
    "GET /conflict/{crisis}/{area}/{measure}/{population}": Door(
        "/conflict/syria-coast-2025-03/x-syrian-coast/missing/all", ANYBODY
    ),
    "GET /findings": Door("/findings", ANYBODY),
    "GET /static/{edition}/{name}": Door(asset_url("ledger.css"), ANYBODY),
    "GET /docs": Door("/docs", ANYBODY),
    "GET /openapi.json": Door("/openapi.json", ANYBODY),
    "GET /.well-known/security.txt": Door("/.well-known/security.txt", (404, 404, 404, 404)),
    "GET /healthz": Door("/healthz", ANYBODY),
    "GET /readyz": Door("/readyz", ANYBODY),
    "GET /v1/head": Door("/v1/head", ANYBODY),
    "GET /metrics": Door("/metrics", ANYBODY),
}


def routes(app: FastAPI) -> set[str]:
    """Every method and path template that the application answers; HEAD goes with GET."""
    found = set()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        found |= {f"{method} {route.path}" for method in set(route.methods) - {"HEAD"}}
    return found


def eventually(is_so: Callable[[], bool]) -> None:
    """Waits for what is noted after an answer has been sent."""
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Asking(NamedTuple):
    """A server, and a client for each of WHO."""

    ledger: Ledger
    keyring: Keyring
    clients: dict[str, httpx.Client]


@pytest.fixture(scope="module")
def asking(seeded_dir, tmp_path_factory) -> Iterator[Asking]:
    place = shutil.copytree(seeded_dir, tmp_path_factory.mktemp("access") / "data")
    keyring = Keyring(place)
    made = {
        "reporter": keyring.create(Role.REPORTER, at=MOMENT),
        "editor": keyring.create(Role.EDITOR, at=MOMENT),
        "revoked": keyring.create(Role.EDITOR, at=MOMENT),
    }
    keyring.revoke(made["revoked"][0].id, at=MOMENT)
    headers = {who: {"Authorization": f"Bearer {secret}"} for who, (_, secret) in made.items()}
    with Ledger.open(place, clock=clock) as ledger, serving(ledger) as address:
        clients = {
            who: httpx.Client(base_url=address, timeout=600, headers=headers.get(who, {})) for who in WHO
        }
        yield Asking(ledger, keyring, clients)
        for client in clients.values():
            client.close()


def test_every_route_stands_in_the_table_and_nothing_else():
    assert routes(create_app()) == {door.partition(",")[0] for door in DOORS}


@pytest.mark.parametrize("name", DOORS)
def test_each_route_answers_each_kind_of_key_as_the_table_says(asking, name):
    door, method = DOORS[name], name.partition(" ")[0]
    before = asking.ledger.head
    told = tuple(asking.clients[who].request(method, door.address, json=door.body).status_code for who in WHO)
    assert told == door.statuses
    assert asking.ledger.head == before


def test_a_route_that_could_write_and_asks_for_no_key_does_not_start():
    from fastapi import APIRouter

    from service.web.access import check_write_routes

    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        app, router = FastAPI(), APIRouter(prefix="/v1")
        router.add_api_route("/open", lambda: None, methods=["GET", method])
        app.include_router(router)
        with pytest.raises(RuntimeError, match="/open"):
            check_write_routes(app)


def test_a_refusal_says_what_is_missing(asking):
    nobody = asking.clients["nobody"].post("/v1/reports", json=[])
    assert refusal(nobody, 401, "key_needed")["fix"]
    assert nobody.headers["www-authenticate"].startswith("Bearer ")
    revoked = asking.clients["revoked"].post("/v1/reports", json=[])
    refusal(revoked, 401, "key_invalid")
    assert "invalid_token" in revoked.headers["www-authenticate"]
    low = asking.clients["reporter"].post(f"/v1/reports/{NO_REPORT}/withdraw", json={"reason": "x"})
    assert "editor" in str(refusal(low, 403, "role_too_low")["detail"])


@pytest.mark.parametrize("header", ["Basic {}", "{}", "Bearer", "Bearer {}x", "Token {}", "Bearer cl_"])
def test_only_a_whole_bearer_key_opens(asking, header):
    secret = asking.clients["editor"].headers["authorization"].partition(" ")[2]
    answer = asking.clients["nobody"].post(
        "/v1/reports", json=[], headers={"Authorization": header.format(secret)}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize("name", ["key", "api_key", "access_token", "TOKEN", "Authorization"])
def test_a_key_in_the_address_is_refused_even_beside_a_good_one(asking, name):
    secret = asking.clients["editor"].headers["authorization"].partition(" ")[2]
    for who in ("nobody", "editor"):
        answer = asking.clients[who].post("/v1/reports", params={name: secret}, json=[])
        refusal(answer, 400, "key_in_address")
        assert secret not in answer.text
    assert asking.clients["nobody"].get("/v1/series", params={name: secret}).status_code == 422


def test_a_running_server_knows_a_key_at_once_and_forgets_it_at_once(asking):
    key, secret = Keyring(asking.ledger.store.data_dir).create(Role.REPORTER, at=MOMENT)
    headers = {"Authorization": f"Bearer {secret}"}
    client = asking.clients["nobody"]
    assert client.post("/v1/reports", json=[], headers=headers).status_code == 200
    Keyring(asking.ledger.store.data_dir).revoke(key.id, at=MOMENT)
    assert client.post("/v1/reports", json=[], headers=headers).status_code == 401


def test_a_damaged_keyring_stops_writing_and_not_reading(own_ledger):
    _, secret = Keyring(own_ledger.store.data_dir).create(Role.EDITOR, at=MOMENT)
    (own_ledger.store.data_dir / FILE_NAME).write_text("{")
    headers = {"Authorization": f"Bearer {secret}"}
    with (
        serving(own_ledger, prepares=False) as address,
        httpx.Client(base_url=address, headers=headers) as client,
    ):
        refusal(client.post("/v1/reports", json=[]), 503, "store")
        assert client.get("/v1/measures").status_code == 200


# --- how often ---------------------------------------------------------------------------------------------


@pytest.fixture
def limited(own_ledger, monkeypatch) -> Iterator[tuple[httpx.Client, dict[str, str]]]:
    monkeypatch.setenv("CASUALTY_READ_RATE", "3/hour")
    monkeypatch.setenv("CASUALTY_WRITE_RATE", "2/hour")
    monkeypatch.setenv("CASUALTY_LIMIT_LOOPBACK", "true")
    _, secret = Keyring(own_ledger.store.data_dir).create(Role.REPORTER, at=MOMENT)
    with (
        serving(own_ledger, prepares=False) as address,
        httpx.Client(base_url=address, timeout=600) as client,
    ):
        yield client, {"Authorization": f"Bearer {secret}"}


def test_who_asks_too_often_is_told_when_to_come_again(limited):
    client, key = limited
    answers = [client.get("/v1/measures") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["ratelimit-limit"] for answer in answers} == {"3"}
    refusal(answers[-1], 429, "too_many_requests")
    assert 3590 <= int(answers[-1].headers["retry-after"]) <= 3600
    assert answers[-1].headers["access-control-allow-origin"] == "*"
    assert client.get("/v1/measures", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 200
    # a key has a limit of its own, and a made-up key is no way around that of the address
    assert [client.post("/v1/reports", json=[], headers=key).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/v1/measures", headers={"Authorization": "Bearer cl_1_2"}).status_code == 429


def test_every_kind_of_answer_says_how_much_is_left_in_the_form_of_the_draft(own_ledger, monkeypatch):
    monkeypatch.setenv("CASUALTY_READ_RATE", "1000/minute")
    monkeypatch.setenv("CASUALTY_LIMIT_LOOPBACK", "true")
    rows = "/v1/series?area=SY06&measure=killed&population=civilians&as_of=2025-03-12"
    with serving(own_ledger) as address, httpx.Client(base_url=address, timeout=600) as client:
        etag = client.get(rows).headers["etag"]
        page = {"Accept": "text/html"}
        asked = [
            (200, "GET", rows, {}), (200, "GET", rows, {}), (200, "HEAD", rows, {}),
            (304, "GET", rows, {"If-None-Match": etag}),
            (206, "GET", rows, {"Range": "bytes=0-9", "Accept-Encoding": "identity"}),
            (200, "GET", rows.replace("?", ".csv?"), {}), (200, "GET", rows.replace("?", ".parquet?"), {}),
            (200, "GET", "/v1/reports.ndjson", {}), (200, "GET", "/v1/charts/trend.svg?area=SY06", {}),
            (200, "GET", "/", page), (200, "GET", "/", page), (200, "GET", "/ar/about", page),
            (200, "GET", asset_url("mark.svg"), {}), (200, "GET", "/openapi.json", {}),
            (200, "GET", "/healthz", {}), (200, "GET", "/readyz", {}), (404, "GET", "/nowhere", {}),
            (422, "GET", "/v1/series?as_of=x", {}), (401, "POST", "/v1/reports", {}),
            (204, "OPTIONS", rows, {"Origin": "https://a.org", "Access-Control-Request-Method": "GET"}),
        ]  # fmt: skip
        left = 999
        for status, method, path, headers in asked:
            answer = client.request(method, path, headers=headers)
            assert answer.status_code == status, path
            left -= 1
            assert answer.headers["ratelimit-policy"] == '"default";q=1000;w=60', path
            assert re.fullmatch(rf'"default";r={left};t=\d+', answer.headers["ratelimit"]), path
            assert answer.headers["ratelimit-remaining"] == str(left)


def test_neighbours_in_one_ipv6_network_count_as_one_client(limited):
    client, _ = limited
    told = [
        client.get("/healthz", headers={"X-Forwarded-For": f"2001:db8::{number}"}).status_code
        for number in range(1, 5)
    ]
    assert told == [200, 200, 200, 429]
    assert client.get("/healthz", headers={"X-Forwarded-For": "2001:db8:1::1"}).status_code == 200


def test_this_machine_itself_is_not_limited_as_a_reader(own_ledger, monkeypatch):
    monkeypatch.setenv("CASUALTY_READ_RATE", "1/hour")
    with (
        serving(own_ledger, prepares=False) as address,
        httpx.Client(base_url=address, timeout=600) as client,
    ):
        answers = [client.get("/healthz") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert not any(name.startswith("ratelimit") for name in answers[0].headers)


# --- who may read it, and what is noted --------------------------------------------------------------------


def test_pages_of_any_host_may_read_and_none_may_write(asking):
    client = asking.clients["nobody"]
    origin = {"Origin": "https://elsewhere.example"}
    for address in (f"/v1/series?{CELL}", "/v1/series?area=nowhere-at-all", "/openapi.json"):
        answer = client.get(address, headers=origin)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    assert "ETag" in answer.headers["access-control-expose-headers"]
    first = client.options(
        "/v1/reports",
        headers={**origin, "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "authorization"},
    )  # fmt: skip
    assert first.status_code == 204
    assert "POST" not in first.headers["access-control-allow-methods"]
    assert "authorization" not in first.headers["access-control-allow-headers"].lower()
    written = asking.clients["reporter"].post("/v1/reports", json=[], headers=origin)
    assert written.status_code == 200
    assert "access-control-allow-origin" not in written.headers
    assert "access-control-allow-origin" not in client.get("/", headers=origin).headers


def test_every_answer_has_an_id_and_a_plain_one_of_the_client_s_is_kept(asking):
    client = asking.clients["nobody"]
    ids = {client.get("/healthz").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert client.get("/v1/x", headers={"X-Request-Id": "a.b-1"}).headers["x-request-id"] == "a.b-1"
    for odd in ("two words", "x" * 65, '"quoted"'):
        assert client.get("/healthz", headers={"X-Request-Id": odd}).headers["x-request-id"] != odd


def test_the_access_log_has_a_json_line_a_request_and_neither_query_nor_key(asking):
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("service.access")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        answer = asking.clients["editor"].get(f"/v1/series?{CELL}")
        asking.clients["editor"].get("/nowhere")
        eventually(lambda: lines.getvalue().count("\n") == 2)
    finally:
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)
    series, nowhere = map(json.loads, lines.getvalue().splitlines())
    assert series["request_id"] == answer.headers["x-request-id"]
    assert (series["method"], series["route"], series["path"], series["status"]) == (
        "GET", "/v1/series", "/v1/series", 200,
    )  # fmt: skip
    assert series["bytes"] == int(answer.headers["content-length"])
    assert series["ms"] > 0
    assert (nowhere["route"], nowhere["status"], nowhere["code"]) == ("none", 404, "no_such_page")
    assert "code" not in series
    assert "SY06" not in lines.getvalue()
    assert asking.clients["editor"].headers["authorization"].partition(" ")[2] not in lines.getvalue()


def test_the_access_log_is_written_where_the_setting_asks_for_it(own_ledger, monkeypatch, capfd):
    monkeypatch.setenv("CASUALTY_ACCESS_LOG", "true")
    with serving(own_ledger) as address:
        httpx.get(f"{address}/healthz", timeout=600)
    assert '"path": "/healthz"' in capfd.readouterr().err  # the server has stopped: all is written
    monkeypatch.delenv("CASUALTY_ACCESS_LOG")
    with serving(own_ledger) as address:
        httpx.get(f"{address}/healthz", timeout=600)
    assert capfd.readouterr().err == ""


def test_the_log_says_where_a_server_begins_and_ends_and_what_only_its_operator_can_mend(
    own_ledger, monkeypatch, capfd
):
    monkeypatch.setenv("CASUALTY_ACCESS_LOG", "true")
    keys = own_ledger.store.data_dir / "keys.json"
    with serving(own_ledger) as address:
        keys.write_text("torn")
        key = {"Authorization": "Bearer cl_00000000_x"}
        assert httpx.post(f"{address}/v1/reports", headers=key, json=[], timeout=600).status_code == 503
        httpx.head(f"{address}/v1/series?area=nowhere", timeout=600)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    head = str(own_ledger.head)
    assert lines[0]["message"] == f"started at head {head} of {own_ledger.store.data_dir}"
    assert lines[-1]["message"] == f"ended at head {head}"
    [told] = [line for line in lines if line["level"] == "warning"]
    assert told["message"].startswith(f"store: The keys in {keys} cannot be used: it is damaged")
    [request] = [line for line in lines if line.get("code") == "store"]
    assert (request["status"], request["request_id"]) == (503, told["request_id"])
    assert [line["status"] for line in lines if line.get("code") == "unknown_name"] == [422]


def test_metrics_count_by_route_and_never_by_address(asking):
    client = asking.clients["nobody"]
    client.get("/v1/areas?limit=3")
    client.get("/v1/areas.csv")
    client.get("/nowhere/at/all")
    client.request("BREW", "/v1/areas")
    eventually(lambda: 'route="none",status="404"' in client.get("/metrics").text)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert any(
        line.startswith('casualty_requests_total{method="GET",route="/v1/areas",status="200"}')
        for line in lines
    )
    assert any('route="/v1/areas.{format_name}"' in line for line in lines)
    assert any('route="none",status="404"' in line for line in lines)
    assert "nowhere" not in answer.text
    assert "BREW" not in answer.text
    assert f"casualty_ledger_entries {float(asking.ledger.head.seq)}" in lines


def test_the_description_says_which_routes_take_a_key(asking):
    described = asking.clients["nobody"].get("/openapi.json").json()
    with_key = {
        f"{method.upper()} {path}"
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if operation.get("security")
    }
    assert with_key == {name for name in DOORS if name.startswith("POST /v1")}
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for name in with_key:
        method, path = name.lower().split(" ")
        statuses = set(described["paths"][path][method]["responses"])
        assert {"200", "400", "401", "403", "409", "413", "415", "422", "429", "503"} <= statuses


def test_settings_that_make_no_sense_are_refused(monkeypatch):
    from service.errors import QueryError

    for name, value in (
        ("READ_RATE", "often"),
        ("WRITE_RATE", "0/minute"),
        ("BODY_LIMIT", "-1"),
        ("ROW_LIMIT", "x"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(f"CASUALTY_{name}", value)
            with pytest.raises(QueryError, match=f"CASUALTY_{name}"):
                Settings()
