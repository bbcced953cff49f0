"""Do the tools of the field read an address as they read any other: in ranges, when changed, page by page?"""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Iterator

import duckdb
import httpx
import polars as pl
import pyarrow.parquet as pq
import pytest

from service.api import Ledger
from service.formats.file_format import Format
from service.web.conditional import Span, wanted_span
from service.web.file_names import file_name
from tests.builders import batch, report
from tests.conftest import MOMENT
from tests.serving import serving

CELL = "area=SY06&measure=killed&population=civilians&as_of=2025-06-01"
LATER = MOMENT + dt.timedelta(days=1)


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    plain = {"Accept-Encoding": "identity"}  # so that content is what was sent
    with httpx.Client(base_url=server, timeout=60, headers=plain) as opened:
        yield opened


# --- ranges ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fmt", Format)
def test_parts_of_an_answer_put_together_are_the_answer(client: httpx.Client, fmt: Format) -> None:
    whole = client.get(f"/v1/series.{fmt}?{CELL}")
    size = len(whole.content)
    assert whole.headers["accept-ranges"] == "bytes"
    cuts = [0, 1, size // 3, size]
    parts = []
    for begin, end in itertools.pairwise(cuts):
        part = client.get(f"/v1/series.{fmt}?{CELL}", headers={"Range": f"bytes={begin}-{end - 1}"})
        assert (part.status_code, part.headers["etag"]) == (206, whole.headers["etag"])
        assert part.headers["content-range"] == f"bytes {begin}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - begin)
        assert part.headers["content-type"] == whole.headers["content-type"]
        parts.append(part.content)
    assert b"".join(parts) == whole.content


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_parts_of_a_compressed_answer_are_parts_of_what_was_compressed(
    client: httpx.Client, coding: str
) -> None:
    """RFC 9110, 14.2: a range is one of the representation that is chosen, in its coding."""
    address = f"/v1/reports.csv?{CELL}"
    plain = client.get(address)

    def read(**headers: str) -> tuple[httpx.Response, bytes]:
        with client.stream("GET", address, headers={"Accept-Encoding": coding, **headers}) as answer:
            return answer, b"".join(answer.iter_raw())

    whole, sent = read()
    assert (whole.headers["content-encoding"], whole.headers["accept-ranges"]) == (coding, "bytes")
    assert whole.headers["etag"] != plain.headers["etag"], "a part of one is never put to a part of another"
    assert "Accept-Encoding" in whole.headers["vary"]
    parts = []
    for begin, end in itertools.pairwise([0, len(sent) // 2, len(sent)]):
        tag = {"If-Range": whole.headers["etag"]}
        part, content = read(Range=f"bytes={begin}-{end - 1}", **tag)
        assert (part.status_code, part.headers["content-encoding"]) == (206, coding)
        assert part.headers["content-range"] == f"bytes {begin}-{end - 1}/{len(sent)}"
        parts.append(content)
    assert b"".join(parts) == sent
    other, content = read(Range="bytes=0-9", **{"If-Range": plain.headers["etag"]})
    assert (other.status_code, content) == (200, sent)


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        (b"bytes=0-9", (0, 10)),
        (b"bytes=90-", (90, 100)),
        (b"bytes=-10", (90, 100)),
        (b"bytes=-1000", (0, 100)),
        (b"bytes=90-1000", (90, 100)),
        (b" Bytes = 0 - 0 ", (0, 1)),
        (b"bytes=100-", (100, 100)),
        (b"bytes=-0", (100, 100)),
        (b"bytes=9-0", None),
        (b"bytes=-", None),
        (b"bytes=0-1,5-6", None),
        (b"rows=0-9", None),
        (b"bytes=0x1-9", None),
        (b"bytes=" + b"9" * 40 + b"-", None),
    ],
)
def test_a_range_is_read_as_the_rfc_says(asked: bytes, span: tuple[int, int] | None) -> None:
    expected = None if span is None else Span(*span, 100)
    assert wanted_span('"a"', None, 100, {b"range": asked}) == expected


def test_a_range_of_another_answer_gets_the_whole_and_one_behind_the_end_is_refused(
    client: httpx.Client,
) -> None:
    address = f"/v1/series.csv?{CELL}"
    whole = client.get(address)
    for if_range, status in (
        (whole.headers["etag"], 206),
        ('"other"', 200),
        ("W/" + whole.headers["etag"], 200),
    ):
        told = client.get(address, headers={"Range": "bytes=0-9", "If-Range": if_range})
        assert (told.status_code, whole.content.startswith(told.content)) == (status, True)
    for _ in range(2):  # made, and ready
        behind = client.get(address, headers={"Range": f"bytes={len(whole.content)}-"})
        assert (behind.status_code, behind.json()["code"]) == (416, "range_not_satisfiable")
        assert behind.headers["content-range"] == f"bytes */{len(whole.content)}"
    unchanged = client.get(address, headers={"Range": "bytes=0-9", "If-None-Match": whole.headers["etag"]})
    assert unchanged.status_code == 304
    head = client.head(address, headers={"Range": "bytes=0-9"})
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(whole.content)))


def test_polars_reads_an_address_by_itself_and_has_the_rows_of_the_api(client: httpx.Client) -> None:
    address = str(client.base_url.join("/v1/series"))
    rows = client.get(f"/v1/series.json?{CELL}").json()["data"]
    lazy = pl.scan_parquet(f"{address}.parquet?{CELL}").select("date", "best", "high").collect()
    assert [(str(day), best, high) for day, best, high in lazy.rows()] == [
        (row["date"], row["best"], row["high"]) for row in rows
    ]
    assert pl.read_csv(f"{address}.csv?{CELL}")["best"].to_list() == [row["best"] for row in rows]


# --- what has changed --------------------------------------------------------------------------------------


def test_an_answer_says_when_it_last_changed_and_is_spared_who_has_it(own_ledger: Ledger) -> None:
    now = [MOMENT]
    own_ledger.clock = lambda: now[0]
    with serving(own_ledger, prepares=False) as address, httpx.Client(base_url=address, timeout=60) as client:
        asked = "/v1/figures.csv?crisis=syria-coast-2025-03"
        assert "last-modified" not in client.get(asked).headers, "something else may come in this second"
        now[0] = MOMENT + dt.timedelta(hours=1)
        reports = client.get("/v1/reports.csv?area=SY06")
        stamp = reports.headers["last-modified"]
        assert stamp == "Sun, 22 Nov 2026 12:00:00 GMT", "the service began then"
        since = {"If-Modified-Since": stamp}
        for _ in range(2):
            same = client.get("/v1/reports.csv?area=SY06", headers=since)
            assert (same.status_code, same.content, same.headers["etag"]) == (
                304,
                b"",
                reports.headers["etag"],
            )
        both = client.get("/v1/reports.csv?area=SY06", headers={**since, "If-None-Match": '"other"'})
        assert both.status_code == 200, "If-None-Match comes first"
        for ill in ("yesterday", "Sun, 99 Nov 2026 12:00:00 GMT", ""):
            assert (
                client.get("/v1/reports.csv?area=SY06", headers={"If-Modified-Since": ill}).status_code == 200
            )
        own_ledger.store.submit(batch(report(count=1)), recorded_at=now[0])
        now[0] += dt.timedelta(seconds=5)
        moved = client.get("/v1/reports.csv?area=SY06", headers=since)
        assert (moved.status_code, moved.headers["last-modified"]) == (200, "Sun, 22 Nov 2026 13:00:00 GMT")
        now[0] = LATER
        own = {"If-Modified-Since": moved.headers["last-modified"]}
        assert client.get(asked, headers=own).status_code == 200, "as of another day"


# --- names, methods, pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "question", "name"),
    [
        (
            "series",
            {"area": ["Latakia", "Jableh"], "measure": "killed", "crisis": "x"},
            "latakia-jableh-killed",
        ),
        ("series", {"area": "اللاذقية", "as_of": "2025-03-12"}, "2025-03-12"),
        ("figures", {"crisis": 'a"b\r\nc/../d'}, "a-b-c-d"),
        ("areas", {}, ""),
    ],
)
def test_a_file_is_named_by_what_was_asked_and_by_nothing_that_is_no_name(verb, question, name) -> None:
    parts = "-".join(filter(None, ("casualty", verb, name)))
    assert file_name(verb, question, Format.CSV) == f"{parts}.csv"
    assert len(file_name(verb, {"area": "a" * 400}, Format.CSV)) <= 130


def test_json_is_shown_and_files_are_saved(client: httpx.Client) -> None:
    name = "casualty-series-sy06-killed-civilians-2025-06-01"
    for fmt, kind in ((Format.JSON, "inline"), (Format.CSV, "attachment"), (Format.XLSX, "attachment")):
        told = client.get(f"/v1/series.{fmt}?{CELL}").headers["content-disposition"]
        assert told == f'{kind}; filename="{name}.{fmt}"'


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/", "GET, HEAD, OPTIONS"),
        ("/v1/series.csv", "GET, HEAD, OPTIONS"),
        ("/v1/reports", "GET, HEAD, OPTIONS, POST"),
        ("/v1/reports/r0123456789abcdef0123/withdraw", "OPTIONS, POST"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
        ("/healthz", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_names_the_methods_of_an_address_and_each_of_them_is_taken(
    client: httpx.Client, path: str, methods: str
) -> None:
    told = client.options(path)
    assert (told.status_code, told.headers["allow"]) == (204, methods)
    if "HEAD" in methods:
        assert client.head(path).status_code == 200
    assert client.options("/nowhere").status_code == 404
    assert client.delete(path).headers["allow"] == methods


@pytest.mark.parametrize(
    ("verb", "asked"), [("reports", "area=SY06&"), ("sources", ""), ("series", f"{CELL}&")]
)
def test_every_page_leads_to_the_first_the_previous_the_next_and_the_last(client, verb, asked) -> None:
    whole = client.get(f"/v1/{verb}.json?{asked}").json()["data"]
    limit = max(1, len(whole) // 3)
    pages = [client.get(f"/v1/{verb}.json?{asked}limit={limit}")]
    while "next" in pages[-1].links:
        pages.append(client.get(pages[-1].links["next"]["url"]))
    assert len(pages) >= 3
    assert [row for page in pages for row in page.json()["data"]] == whole
    for number, page in enumerate(pages):
        links = {rel: client.get(link["url"]).json()["data"] for rel, link in page.links.items()}
        expected = {"first": pages[0], "last": pages[-1]}
        expected |= {"prev": pages[number - 1]} if number else {}
        expected |= {"next": pages[number + 1]} if number + 1 < len(pages) else {}
        assert links == {rel: other.json()["data"] for rel, other in expected.items()}
    assert client.get(f"/v1/{verb}.json?{asked}limit=100000").links == {}


def test_static_files_come_in_every_coding(client: httpx.Client) -> None:
    page = client.get("/", headers={"Accept": "text/html"}).text
    address = page.partition('href="/static/')[2].partition('"')[0]
    plain = client.get(f"/static/{address}", headers={"Accept-Encoding": "identity"})
    sizes = {}
    for coding in ("br", "gzip", "zstd"):
        told = client.get(f"/static/{address}", headers={"Accept-Encoding": coding})
        assert told.headers["content-encoding"] == coding
        sizes[coding] = int(told.headers["content-length"])
    assert max(sizes.values()) < len(plain.content)


def test_parquet_in_ranges_is_the_file(client: httpx.Client) -> None:
    """As a reader of Parquet does: the end first, then what it says."""
    address = f"/v1/series.parquet?{CELL}"
    size = int(client.head(address).headers["content-length"])
    tail = client.get(address, headers={"Range": "bytes=-8"}).content
    assert tail.endswith(b"PAR1")
    footer = int.from_bytes(tail[:4], "little")
    start = size - 8 - footer
    rest = client.get(address, headers={"Range": f"bytes={start}-"}).content
    body = client.get(address, headers={"Range": f"bytes=0-{start - 1}"}).content
    assert pq.read_table(io.BytesIO(body + rest)).num_rows > 0


def test_duckdb_reads_an_address_by_itself_where_its_extension_is_to_be_had(client: httpx.Client) -> None:
    with duckdb.connect() as database:
        try:
            database.execute("INSTALL httpfs")
            database.execute("LOAD httpfs")
        except duckdb.Error:
            pytest.skip("DuckDB's extension httpfs is not to be had here")
        rows = client.get(f"/v1/series.json?{CELL}").json()["data"]
        for fmt, read in (("parquet", "read_parquet"), ("csv", "read_csv")):
            address = client.base_url.join(f"/v1/series.{fmt}?{CELL}")
            told = database.execute(f"SELECT best FROM {read}('{address}') ORDER BY date").fetchall()
            assert [best for (best,) in told] == [row["best"] for row in rows]


def test_pyarrow_reads_an_address_in_ranges_through_fsspec(client: httpx.Client) -> None:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
    pytest.importorskip("aiohttp", reason="aiohttp, by which fsspec speaks HTTP, is not installed")
    with fsspec.open(str(client.base_url.join(f"/v1/series.parquet?{CELL}"))) as file:
        best = pq.read_table(file, columns=["best"])["best"].to_pylist()
    assert best == [row["best"] for row in client.get(f"/v1/series.json?{CELL}").json()["data"]]
