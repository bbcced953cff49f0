"""Bodies made to harm, too large or of another type: refused whole, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from service.ledger.api_keys import Keyring, Role
from tests.conftest import MOMENT
from tests.serving import serving
from tests.web.desk import CSV, JSON, ROW, tallies
from tests.web.test_errors import refusal


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"[", 400), (b"[{}", 400), (b"[{}]]", 400), (b"nonsense", 400), (b"[NaN]", 400),
        (b'[{"count": Infinity}]', 400), (b'[{"count": 1, "count": 2}]', 400), (b'["\\ud800"]', 400),
        (b'[{"\\udc00": 1}]', 400), (b"[\xff]", 400), (b'"\xed\xa0\x80"', 400), (b"[" * 100_000, 400),
        (b"[" * 900 + b"]" * 900, 400), (b'[{"a":' * 500 + b"1" + b"}]" * 500, 400),
        (b"[" + b"9" * 5000 + b"]", 400), (b"\xef\xbb\xbf[]", 400), (json.dumps([ROW]).encode("utf-16"), 400),
        (b"{}", 422), (b"5", 422), (b"null", 422), (b'"text"', 422),
    ],
)  # fmt: skip
def test_a_body_that_is_no_list_of_rows_is_refused_whole(shared, body, status):
    before = shared.ledger.head
    for path in ("/v1/reports", "/v1/reports/r00000000000000000000/correct"):
        answer = shared.editor.post(path, content=body, headers=JSON)
        if path == "/v1/reports" or status == 400:
            refusal(answer, status, "malformed_body" if status == 400 else "malformed_request")
        assert answer.status_code < 500
    assert shared.ledger.head == before


@pytest.mark.parametrize("value", [
    None, True, [], {}, [[1, [2]]], {"a": {"b": 1}}, 1e308, 10**99, "x" * 100_000, "\x00", "\u202e", "=1+1",
    "😀" * 50, "a\nb", -0.0,
])  # fmt: skip
def test_any_value_in_any_column_ends_as_a_verdict(shared, value):
    rows = [{**ROW, column: value} for column in ROW] + [{str(value)[:1_000]: value}, {"": value}]
    answer = shared.reporter.post("/v1/reports", json=rows)
    assert answer.status_code in (200, 201), answer.text
    assert sum(tallies(answer)) == len(answer.json()["rows"]) == len(rows)


@pytest.mark.parametrize(
    "media_type",
    [
        "", "text/html", "application/xml", "application/x-www-form-urlencoded", "image/png", "text/csv2",
        "application/json-seq",
    ],
)  # fmt: skip
def test_a_document_of_another_type_is_refused(shared, media_type):
    answer = shared.reporter.post("/v1/reports", content=CSV, headers={"Content-Type": media_type})
    assert "text/csv" in str(refusal(answer, 415, "unsupported_type")["fix"])
    packed = shared.reporter.post(
        "/v1/reports", content=CSV, headers={"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    )
    refusal(packed, 415, "unsupported_type")
    withdrawal = shared.editor.post(
        "/v1/reports/x/withdraw", content=CSV, headers={"Content-Type": "text/csv"}
    )
    refusal(withdrawal, 415, "unsupported_type")


def test_a_file_that_is_no_table_or_a_form_without_one_is_refused(shared):
    for data in (b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n\x00", b"PK\x03\x04broken", b"<html></html>"):
        answer = shared.reporter.post("/v1/reports", content=data, headers={"Content-Type": "text/csv"})
        refusal(answer, 422, "unreadable_document")
    refusal(shared.reporter.post("/v1/reports", files={"other": ("a.csv", CSV)}), 400, "malformed_body")
    torn = shared.reporter.post(
        "/v1/reports", content=b"--x\r\nbroken", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    refusal(torn, 400, "malformed_body")
    two = [("file", ("a.csv", CSV)), ("file", ("b.csv", CSV))]
    refusal(shared.reporter.post("/v1/reports", files=two), 400, "malformed_body")
    refusal(shared.reporter.post("/v1/reports", files=[*two, *two]), 400, "http_error")
    unbound = shared.reporter.post(
        "/v1/reports", content=CSV, headers={"Content-Type": "multipart/form-data"}
    )
    assert "boundary" in str(refusal(unbound, 400, "http_error")["fix"])


def test_more_bytes_or_rows_than_the_settings_allow_are_refused(own_ledger, monkeypatch):
    monkeypatch.setenv("CASUALTY_BODY_LIMIT", "20000")
    monkeypatch.setenv("CASUALTY_ROW_LIMIT", "3")
    _, secret = Keyring(own_ledger.store.data_dir).create(Role.EDITOR, at=MOMENT)
    before = own_ledger.head
    headers = {"Authorization": f"Bearer {secret}"}
    with (
        serving(own_ledger, prepares=False) as address,
        httpx.Client(base_url=address, headers=headers, timeout=600) as client,
    ):

        def in_pieces() -> Iterator[bytes]:
            for _ in range(40):
                yield b" " * 1000

        for content in (b" " * 20_001, b"[" + b" " * 2_000_000, in_pieces()):
            answer = client.post("/v1/reports", content=content, headers=JSON)
            assert "20,000 bytes" in str(refusal(answer, 413, "too_large")["detail"])
        four = client.post("/v1/reports", json=[{}] * 4)
        assert "3 rows" in str(refusal(four, 413, "too_large")["detail"])
        file = CSV + CSV.splitlines(keepends=True)[1] * 3
        refusal(client.post("/v1/reports", files={"file": ("a.csv", file)}), 413, "too_large")
        assert client.post("/v1/reports", json=[{}] * 3).status_code == 200
    assert own_ledger.store.reports().num_rows > 0
    assert own_ledger.head.seq == before.seq + 1
