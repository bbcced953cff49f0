"""Ready answers and large ones leave another way than the rest, and keep every promise of the rest."""

from __future__ import annotations

import asyncio
import csv
import gc
import gzip
import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.api import Ledger
from service.formats.encode import PORTION, Portions, encode, encode_portions
from service.formats.file_format import Format
from service.ledger import ReportPages
from service.settings import Settings
from service.web.access_log import JsonLines
from service.web.app import Service, create_app
from service.web.compression import Coding, coding_for, pack
from service.web.response_cache import Answers
from tests.builders import batch, day, moment, report
from tests.serving import serving

CELL = "area=SY06&measure=killed&population=civilians"
ARZA = "/v1/series?crisis=syria-arza-2025-01"
COAST = "/v1/series?crisis=syria-coast-2025-03"
MANY = 2 * PORTION + 100


@pytest.fixture
def app(own_ledger: Ledger) -> Service:
    return create_app(own_ledger, settings=Settings())


def ask(app: Service, *requests: httpx.Request) -> list[httpx.Response]:
    """The answers to these requests, one after the other."""

    async def answered() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return [await client.send(request) for request in requests]

    return asyncio.run(answered())


def get(address: str, **headers: str) -> httpx.Request:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Request("GET", f"http://ledger{address}", headers={"Host": "ledger", **sent})


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """A note of every answer that is made, and not taken from what is ready."""
    notes: list[tuple[Any, ...]] = []
    respond = Answers.respond

    def noted(self: Answers, request: Any, key: tuple[Any, ...], *rest: Any) -> Any:
        response = respond(self, request, key, *rest)
        notes.append(key)
        return response

    monkeypatch.setattr(Answers, "respond", noted)
    return notes


# --- ready answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["", ".csv", ".parquet"])
def test_a_ready_answer_is_the_answer_byte_by_byte_and_header_by_header(
    app: Service, made: list[Any], suffix: str
) -> None:
    request = get(f"/v1/series{suffix}?{CELL}", x_request_id="the-same")
    first, ready = ask(app, request, request)
    assert len(made) == 1, "the second came from what was ready"
    assert ready.content == first.content
    assert sorted(ready.headers.raw) == sorted(first.headers.raw)
    assert {
        "etag", "vary", "casualty-head", "x-total-count", "x-request-id", "content-security-policy",
        "x-content-type-options", "access-control-allow-origin", "access-control-expose-headers",
    } <= set(ready.headers)  # fmt: skip


def test_a_ready_answer_is_a_304_to_whoever_has_it_and_a_head_has_no_body(
    app: Service, made: list[Any]
) -> None:
    [first] = ask(app, get(f"/v1/series?{CELL}"))
    tag = first.headers["etag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        [again] = ask(app, get(f"/v1/series?{CELL}", if_none_match=sent))
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["content-security-policy"]
        assert "content-length" not in again.headers
    [other] = ask(app, get(f"/v1/series?{CELL}", if_none_match='"other"'))
    assert other.content == first.content
    [head] = ask(app, httpx.Request("HEAD", f"http://ledger/v1/series?{CELL}", headers={"Host": "ledger"}))
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    assert head.headers["content-length"] == first.headers["content-length"]
    assert len(made) == 1


def test_what_is_ready_for_one_format_or_coding_is_not_given_for_another(app: Service) -> None:
    address = f"/v1/series?{CELL}"
    json_, csv_, packed, refused, other_host = ask(
        app,
        get(address, accept="application/json"),
        get(address, accept="text/csv"),
        get(address, accept="application/json", accept_encoding="gzip"),
        get(address, accept="image/png"),
        httpx.Request("GET", f"http://elsewhere{address}", headers={"Host": "elsewhere"}),
    )
    assert json_.json()["data"] == packed.json()["data"] == other_host.json()["data"]
    assert len(list(csv.reader(io.StringIO(csv_.text)))) == len(json_.json()["data"]) + 1
    assert len({each.headers["etag"] for each in (json_, csv_, packed)}) == 3
    assert {each.headers["vary"] for each in (json_, csv_, packed)} == {"Accept, Accept-Encoding"}
    assert refused.status_code == 406


def test_a_new_entry_changes_exactly_the_answers_it_touches(own_ledger: Ledger, made: list[Any]) -> None:
    app = create_app(own_ledger)
    settled = f"{COAST}&as_of=2025-03-20&recorded_by=2026-11-22T00:00:00Z"
    addresses = (ARZA, f"{COAST}&measure=detained", settled, f"/v1/series.csv?{CELL}")
    before = ask(app, *map(get, addresses))
    later = report(areas="SY10", measure="detained", published_on=day("2025-03-14"), count=40)
    own_ledger.store.submit(batch(later), recorded_at=moment("2026-11-22T12:00"))
    made.clear()
    after = ask(app, *map(get, addresses))
    tags = [(old.headers["etag"], new.headers["etag"]) for old, new in zip(before, after, strict=True)]
    assert [old == new for old, new in tags] == [True, False, True, True]
    assert [key[0] for key in made] == ["series", "series"], "what rests on another crisis was still ready"
    assert after[1].json()["data"][-1]["best"] == 40
    assert after[1].headers["casualty-head"] == after[1].json()["meta"]["head"] == str(own_ledger.head)
    assert after[2].headers["cache-control"] == before[2].headers["cache-control"]
    assert "immutable" in after[2].headers["cache-control"]
    have = [get(address, if_none_match=old) for address, (old, _) in zip(addresses, tags, strict=True)]
    assert [answer.status_code for answer in ask(app, *have)] == [304, 200, 304, 304]


def test_ready_answers_count_against_the_rate_and_stand_in_log_and_metrics(
    own_ledger: Ledger, made: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(own_ledger, settings=Settings(read_rate="4/hour", limit_loopback=True))
    request = get(f"/v1/series?{CELL}", x_request_id="reader-1")
    with caplog.at_level(logging.INFO, "service.access"):
        answers = ask(app, *[request] * 5)
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
        lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert len(made) == 1
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["3", "2", "1", "0", "0"]
    assert answers[-1].headers["content-type"] == "application/problem+json"
    assert {answer.headers["x-request-id"] for answer in answers} == {"reader-1"}
    assert [(line["route"], line["status"], line["method"]) for line in lines[:4]] == [
        ("/v1/series", 200, "GET")
    ] * 4
    assert lines[1]["bytes"] == len(answers[1].content)
    app = create_app(own_ledger)
    *_, counted = ask(app, *[get(f"/v1/series?{CELL}")] * 3, get("/metrics"))
    assert 'casualty_requests_total{method="GET",route="/v1/series",status="200"} 3.0' in counted.text
    assert 'casualty_request_seconds_count{route="/v1/series"} 3.0' in counted.text


@pytest.mark.parametrize("question", ["series", "vintages", "explain"])
def test_a_question_that_takes_too_long_is_refused_with_a_way_out(own_ledger: Ledger, question: str) -> None:
    impatient = create_app(own_ledger, settings=Settings(answer_time=1e-9))
    [refused] = ask(impatient, get(f"/v1/{question}?{CELL}"))
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (503, "too_slow")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"]
    assert "shorter span" in problem["fix"]
    assert "from the beginning" in problem["fix"], "what is given up is not made meanwhile"
    [answered] = ask(create_app(own_ledger), get(f"/v1/{question}?{CELL}"))
    assert answered.status_code == 200, "nothing is the worse for it"


# --- codings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "chosen"),
    [
        (None, Coding.IDENTITY),
        ("", Coding.IDENTITY),
        ("gzip", Coding.GZIP),
        ("x-gzip", Coding.GZIP),
        ("gzip, deflate, br, zstd", Coding.ZSTD),
        ("GZIP;Q=1.0", Coding.GZIP),
        ("zstd;q=0.5, gzip;q=0.8", Coding.GZIP),
        ("gzip;q=0", Coding.IDENTITY),
        ("*", Coding.ZSTD),
        ("*;q=0.1, zstd;q=0", Coding.BROTLI),
        ("br;q=0, *;q=0.1, zstd;q=0", Coding.GZIP),
        ("identity, gzip;q=0.5", Coding.IDENTITY),
        ("identity;q=0, br", Coding.BROTLI),
        ("gzip, br", Coding.BROTLI),
        ("gzip;q=much", Coding.IDENTITY),
        ("compress", Coding.IDENTITY),
    ],
)
def test_the_coding_follows_the_weights_of_accept_encoding(sent: str | None, chosen: Coding) -> None:
    assert coding_for(sent, "text/csv; charset=utf-8") is chosen


def test_what_its_format_has_packed_is_not_packed_again(app: Service) -> None:
    [parquet] = ask(app, get(f"/v1/reports.parquet?{CELL}", accept_encoding="gzip, zstd"))
    assert "content-encoding" not in parquet.headers
    assert pq.read_table(io.BytesIO(parquet.content)).num_rows == int(parquet.headers["x-total-count"])


def test_every_coding_unpacks_to_the_same_bytes() -> None:
    body = b"area,best\n" * 100_000
    assert gzip.decompress(pack(body, Coding.GZIP)) == body
    zstd = pa.CompressedInputStream(pa.BufferReader(pack(body, Coding.ZSTD)), "zstd")
    assert zstd.read() == body
    brotli = pa.CompressedInputStream(pa.BufferReader(pack(body, Coding.BROTLI)), "brotli")
    assert brotli.read() == body
    assert pack(body, Coding.IDENTITY) == body
    assert pack(body, Coding.GZIP) == pack(body, Coding.GZIP)


# --- large answers ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger with MANY reports about one place, the first one withdrawn, some with formulas as notes."""
    from service.api import Ledger
    from tests.conftest import clock

    with Ledger.open(tmp_path_factory.mktemp("large") / "data", clock=clock) as ledger:
        rows = [
            report(
                crisis_id="a-large-one", areas="SY", count=number, report_id=f"r{number:020}",
                url=f"https://example.org/{number}", note="=1+1" if number % 1000 == 0 else "",
            )
            for number in range(1, MANY + 1)
        ]  # fmt: skip
        for start in range(0, MANY, MANY // 2):
            ledger.store.submit(batch(*rows[start : start + MANY // 2]), recorded_at=clock())
        ledger.store.withdraw(rows[0]["report_id"], reason="not theirs", recorded_at=clock())
        ledger.register("crisis", CRISIS.encode())
        yield ledger


LARGE = "/v1/reports{suffix}?crisis=a-large-one&area=SY"


@pytest.fixture(scope="module")
def large_server(large: Ledger) -> Iterator[str]:
    with serving(large, public_notes=True) as address:
        yield address


CRISIS = (
    "crisis_id,name,name_ar,period_start,baseline_from,baseline_to,featured_areas,whole_area,about\n"
    "a-large-one,A large one,,2025-03-06,2025-03-06,2025-03-07,SY,SY,\n"
)


SENT = (Format.CSV, Format.NDJSON, Format.JSON, Format.PARQUET, Format.ARROW)
PACKED = ("br", "gzip", "zstd")
EACH_ONCE = {(fmt, "identity") for fmt in SENT} | {
    *zip((Format.CSV, Format.JSON, Format.ARROW), PACKED, strict=True)
}
"""Each format and each coding once; the pairs beside them are made by the same code."""
PAIRS = [
    pytest.param(fmt, coding, marks=[] if (fmt, coding) in EACH_ONCE else [pytest.mark.long])
    for coding in ("identity", *PACKED)
    for fmt in SENT
]


@pytest.mark.parametrize(("fmt", "coding"), PAIRS)
def test_a_large_answer_is_the_same_file_whether_it_is_sent_in_pieces_or_made_at_once(
    large: Ledger, large_server: str, fmt: Format, coding: str
) -> None:
    address = large_server + LARGE.format(suffix=f".{fmt}")
    with httpx.stream("GET", address, headers={"Accept-Encoding": coding}, timeout=600) as answer:
        body = b"".join(answer.iter_raw())
    assert (answer.status_code, answer.headers["x-total-count"]) == (200, str(MANY))
    assert "content-length" not in answer.headers
    packed = answer.headers.get("content-encoding", "identity")
    assert packed == ("identity" if fmt is Format.PARQUET else coding)
    if packed == "gzip":
        body = gzip.decompress(body)
    if packed in ("br", "zstd"):
        codec = "brotli" if packed == "br" else packed
        body = pa.CompressedInputStream(pa.BufferReader(body), codec).read()
    table = large.reports(crisis="a-large-one", area="SY", arrow=True)
    meta = json.loads(body.partition(b', "data": ')[0][9:]) if fmt is Format.JSON else None
    if fmt in (Format.PARQUET, Format.ARROW):
        is_parquet = fmt is Format.PARQUET
        read = pq.read_table(pa.BufferReader(body)) if is_parquet else pa.ipc.open_file(body).read_all()
        assert read.equals(table)
    else:
        assert body == encode(table, fmt, meta=meta)
    again = httpx.get(address, headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_large_file_is_safe_to_open_and_tells_the_withdrawn(large_server: str) -> None:
    rows = list(csv.DictReader(io.StringIO(httpx.get(large_server + LARGE.format(suffix=".csv")).text)))
    assert len(rows) == MANY
    assert {row["note"] for row in rows} == {"", "'=1+1"}
    assert [row["withdrawn"] for row in rows if row["withdrawn"]] == ["not theirs"]


def test_a_large_answer_keeps_the_promises_of_every_answer(large_server: str) -> None:
    address = large_server + LARGE.format(suffix=".csv")
    with httpx.stream("GET", address, headers={"X-Request-Id": "reader-2"}) as answer:
        assert answer.headers["x-request-id"] == "reader-2"
        assert answer.headers["content-security-policy"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["casualty-head"]
        answer.read()
    head = httpx.head(address)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])
    assert answer.headers["accept-ranges"] == head.headers["accept-ranges"] == "none"


def test_a_walk_through_pages_gives_the_same_rows_as_the_whole(large: Ledger) -> None:
    query = large.query(crisis="a-large-one", attributed_to="any")
    whole = large.reports(crisis="a-large-one", arrow=True)
    part = large.answers.reports(query, limit=7_000)
    pages, rows = [], 0
    while True:
        page = pa.concat_tables(part.read())
        assert (page.num_rows, part.total) == (part.rows, MANY)
        pages.append(page)
        rows += page.num_rows
        if part.begin + part.rows == part.total:
            break
        part = large.answers.reports(
            query, at=large.head, after=part.positions([part.begin + part.rows])[0], limit=7_000
        )
    assert pa.concat_tables(pages).equals(whole)
    assert rows == MANY


def test_a_walk_stays_in_the_state_it_began_in(own_ledger: Ledger) -> None:
    query = own_ledger.query(attributed_to="any")
    before = own_ledger.reports(arrow=True)
    pages = own_ledger.answers.reports(query)
    own_ledger.store.submit(batch(report(count=901)), recorded_at=moment("2026-11-22T12:00"))
    own_ledger.withdraw(before.column("report_id")[0].as_py(), reason="a slip")
    assert pa.concat_tables(pages.read()).equals(before)
    assert own_ledger.reports(arrow=True).num_rows == before.num_rows + 1


def test_a_client_that_goes_away_ends_the_work(large_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = [], threading.Event()
    portions = ReportPages.read

    def noted(self: ReportPages) -> Iterator[pa.Table]:
        try:
            for number, portion in enumerate(portions(self)):
                begun.append(number)
                yield portion
        finally:
            ended.set()

    monkeypatch.setattr(ReportPages, "read", noted)
    with httpx.stream("GET", large_server + LARGE.format(suffix=".json")) as answer:
        next(answer.iter_raw(1_000))
    assert ended.wait(20), "the generator was closed"
    assert begun in ([0], [0, 1])


def test_no_reader_waits_for_a_large_answer_that_nobody_fetches(large_server: str, large: Ledger) -> None:
    address = large_server + LARGE.format(suffix=".json")
    with httpx.Client(timeout=600) as client, client.stream("GET", address) as slow:
        next(slow.iter_raw(1_000))
        began = time.monotonic()
        assert httpx.get(f"{large_server}/readyz", timeout=600).status_code == 200
        large.rebuild()  # which needs every reader out of the index
        assert time.monotonic() - began < 20


def test_what_is_held_while_writing_is_a_portion_and_not_the_table() -> None:
    portion = pa.table({"best": pa.array(range(PORTION)), "note": ["x" * 200] * PORTION})
    alive: list[int] = []

    def each() -> Iterator[pa.Table]:
        for _ in range(20):
            gc.collect()
            alive.append(pa.total_allocated_bytes())
            yield portion

    written = 0
    for piece in encode_portions(Portions(portion.schema, 20 * PORTION, each), Format.CSV):
        written += len(piece)
    assert written > 20 * PORTION * 200
    assert max(alive) - alive[0] < written / 10
