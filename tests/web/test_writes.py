"""Handing in over HTTP: rows and files, verdicts, bodies made to harm, repetition, withdrawal, correction."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.api import Ledger, connect
from service.ledger.api_keys import Keyring, Role
from service.web.errors import Refusal
from service.web.idempotency import WriteAnswer, WriteAnswers
from tests.builders import moment
from tests.conftest import MOMENT, clock
from tests.serving import serving
from tests.web.test_errors import refusal

ROW = {
    "crisis": "syria-coast-2025-03", "source": "sohr", "published_on": "2026-11-20",
    "counted_to": "2026-11-19", "period_start": "2025-03-06", "areas": "SY06", "measure": "detained",
    "population": "civilians", "count": "over 700", "standard": "documented",
}  # fmt: skip
NOWHERE = {**ROW, "areas": "Atlantis"}
NEGATIVE = {**ROW, "count": -5}
CSV = f"{','.join(ROW)}\n{','.join(ROW.values())}\n".encode()
TALLIES = ("accepted", "duplicate", "quarantined", "rejected")
JSON = {"Content-Type": "application/json"}


class Desk(NamedTuple):
    """A ledger that may be written to, its server, and a client for each role."""

    ledger: Ledger
    reporter: httpx.Client
    editor: httpx.Client

    def stands(self, report_id: str) -> dict[str, Any]:
        """A report as the API shows it."""
        rows = self.reporter.get("/v1/reports?measure=detained&as_of=2026-11-22").json()["data"]
        return next(row for row in rows if row["report_id"] == report_id)


@contextmanager
def opened(ledger: Ledger) -> Iterator[Desk]:
    keyring = Keyring(ledger.store.data_dir)
    headers = [
        {"Authorization": f"Bearer {keyring.create(role, at=MOMENT)[1]}"}
        for role in (Role.REPORTER, Role.EDITOR)
    ]
    with (
        serving(ledger, prepares=False) as address,
        httpx.Client(base_url=address, headers=headers[0], timeout=60) as reporter,
        httpx.Client(base_url=address, headers=headers[1], timeout=60) as editor,
    ):
        yield Desk(ledger, reporter, editor)


@pytest.fixture
def desk(own_ledger) -> Iterator[Desk]:
    with opened(own_ledger) as desk:
        yield desk


@pytest.fixture(scope="module")
def shared(seeded_dir, tmp_path_factory) -> Iterator[Desk]:
    """A desk for what changes nothing, or nothing that another test looks at; one report is handed in."""
    place = shutil.copytree(seeded_dir, tmp_path_factory.mktemp("writes") / "data")
    with connect(place, clock=clock) as ledger, opened(ledger) as desk:
        yield desk


def tallies(answer: httpx.Response) -> tuple[int, ...]:
    return tuple(answer.json()[name] for name in TALLIES)


# --- rows and files ----------------------------------------------------------------------------------------


def test_each_row_has_its_verdict_and_a_bad_one_fails_no_other(desk):
    before = desk.ledger.head
    answer = desk.reporter.post("/v1/reports", json=[ROW, NOWHERE, NEGATIVE, 5, ROW])
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert tallies(answer) == (1, 1, 1, 2)
    assert [row["verdict"] for row in told["rows"]] == [
        "accepted", "quarantined", "rejected", "rejected", "duplicate",
    ]  # fmt: skip
    assert [row["row"] for row in told["rows"]] == [1, 2, 3, 4, 5]
    assert told["rows"][0]["report_id"] == told["rows"][4]["report_id"]
    assert told["rows"][1]["report_id"] is None
    wrong = {finding["row"]: finding for finding in told["findings"] if finding["severity"] == "error"}
    assert set(wrong) == {2, 3, 4}
    assert (wrong[2]["column"], wrong[2]["value"]) == ("areas", "Atlantis")
    assert all(finding["message"] and finding["fix"] for finding in wrong.values())
    assert told["head"] == str(desk.ledger.head) != str(before)
    assert desk.stands(told["rows"][0]["report_id"])["count_stated"] == "over 700"


def test_what_is_handed_in_is_in_the_next_answer(desk):
    asked = "/v1/figures?area=SY06&measure=detained&population=civilians"
    assert desk.reporter.get(asked).json()["data"] == []
    desk.reporter.post("/v1/reports", json=[ROW])
    (figure,) = desk.reporter.get(asked).json()["data"]
    assert (figure["best"], figure["grade"]) == (701, "provisional")


def test_who_asks_is_told_which_figures_have_moved(desk):
    handed_in = desk.reporter.post("/v1/reports?moved=true", json=[ROW])
    moved = {row["area_code"]: row for row in handed_in.json()["moved"] if row["measure"] == "detained"}
    assert (moved["SY06"]["best_before"], moved["SY06"]["best"]) == (None, 701)
    assert handed_in.json()["rows"][0]["report_id"] in json.dumps(moved["SY06"])
    again = desk.reporter.post("/v1/reports?moved=true", json=[ROW])
    assert again.json()["moved"] == []
    rehearsed = desk.reporter.post("/v1/reports?moved=true&dry_run=true", json=[{**ROW, "count": "9"}])
    assert rehearsed.json()["moved"] == []
    address = f"/v1/reports/{handed_in.json()['rows'][0]['report_id']}/withdraw"
    withdrawn = desk.editor.post(f"{address}?moved=true", json={"reason": "counted twice"}).json()
    assert withdrawn["moved"]
    assert all(row["low_before"] > 0 and row["low"] is None for row in withdrawn["moved"])


def test_the_same_rows_again_change_nothing_and_are_no_creation(desk):
    first = desk.reporter.post("/v1/reports", json=[ROW])
    again = desk.reporter.post("/v1/reports", json=[ROW])
    assert (first.status_code, again.status_code) == (201, 200)
    assert tallies(again) == (0, 1, 0, 0)
    assert again.json()["head"] == first.json()["head"]
    assert desk.reporter.post("/v1/reports", json=[]).status_code == 200


def test_a_dry_run_says_what_the_real_one_will_and_writes_nothing(desk):
    before = desk.ledger.head
    rehearsed = desk.reporter.post("/v1/reports?dry_run=true", json=[ROW, NOWHERE, ROW])
    assert rehearsed.status_code == 200
    assert desk.ledger.head == before
    assert (rehearsed.json()["head"], rehearsed.json()["dry_run"]) == (str(before), True)
    real = desk.reporter.post("/v1/reports?dry_run=false", json=[ROW, NOWHERE, ROW])
    assert real.status_code == 201
    assert {**real.json(), "head": 0, "dry_run": 0} == {**rehearsed.json(), "head": 0, "dry_run": 0}
    for odd in ("dry_run=yes", "dry_run=1", "dryrun=true", "dry_run=true&dry_run=false"):
        assert desk.reporter.post(f"/v1/reports?{odd}", json=[ROW]).status_code == 422


def files() -> dict[str, tuple[str, bytes]]:
    """The same one row as a file of each kind: its media type and its bytes."""
    parquet, workbook = io.BytesIO(), io.BytesIO()
    pq.write_table(pa.Table.from_pylist([ROW]), parquet)
    book = openpyxl.Workbook()
    book.active.append(list(ROW))
    book.active.append(list(ROW.values()))
    book.save(workbook)
    return {
        "csv": ("text/csv; charset=utf-8", CSV),
        "tsv": ("text/tab-separated-values", CSV.replace(b",", b"\t")),
        "ndjson": ("application/x-ndjson", json.dumps(ROW).encode() + b"\n"),
        "parquet": ("application/vnd.apache.parquet", parquet.getvalue()),
        "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.getvalue()),
        "json": ("application/json", json.dumps([ROW]).encode()),
    }


def test_a_row_is_the_same_report_whatever_carries_it(desk):
    ids = set()
    for name, (media_type, data) in files().items():
        sent = desk.reporter.post("/v1/reports", content=data, headers={"Content-Type": media_type})
        form = desk.reporter.post("/v1/reports", files={"file": (f"desk.{name}", data)})
        for answer in (sent, form):
            assert answer.status_code in (200, 201), answer.text
            assert sum(tallies(answer)) == tallies(answer)[0] + tallies(answer)[1] == 1
            ids.add(answer.json()["rows"][0]["report_id"])
    assert len(ids) == 1


def test_a_file_of_another_layout_comes_in_by_a_shipped_mapping_and_by_no_other(shared, tmp_path):
    sent = {"content": CSV, "headers": {"Content-Type": "text/csv"}}
    native = shared.reporter.post("/v1/reports?dry_run=true&mapping=native", **sent)
    plain = shared.reporter.post("/v1/reports?dry_run=true", **sent)
    assert native.status_code == 200, native.text
    assert native.json()["rows"] == plain.json()["rows"]
    rows = shared.reporter.post("/v1/reports?dry_run=true&mapping=native", json=[ROW])
    assert rows.json()["rows"] == plain.json()["rows"]
    (tmp_path / "own.toml").write_text("")
    for name in ("nothing", "../native", str(tmp_path / "own.toml"), "own.toml"):
        answer = shared.reporter.post("/v1/reports", params={"dry_run": "true", "mapping": name}, **sent)
        assert answer.status_code == 422


def test_the_journal_knows_which_key_handed_a_document_in(desk):
    handed_in = desk.reporter.post("/v1/reports", files={"file": ("desk.csv", CSV)}).json()
    report_id = handed_in["rows"][0]["report_id"]
    better = {"reason": "digits swapped", "rows": [{**ROW, "count": "over 70"}]}
    corrected = desk.editor.post(f"/v1/reports/{report_id}/correct", json=better).json()
    successor = corrected["rows"][0]["report_id"]
    desk.editor.post(f"/v1/reports/{successor}/withdraw", json={"reason": "the page was taken down"})
    keys = {str(key.role): key.id for key in Keyring(desk.ledger.store.data_dir).all()}
    entries = desk.ledger.store.submissions().select(["kind", "document", "key_id"]).to_pylist()[-3:]
    assert [tuple(entry.values()) for entry in entries] == [
        ("reports", "desk.csv", keys["reporter"]),
        ("correction", "rows", keys["editor"]),
        ("withdrawal", "", keys["editor"]),
    ]
    told = desk.reporter.get(f"/v1/reports/{successor}/history").json()["data"]
    assert [(row["event"], row["reason"], row["replaces"], row["key_id"]) for row in told] == [
        ("recorded", None, "", keys["editor"]),
        ("replaces", "digits swapped", report_id, keys["editor"]),
        ("withdrawn", "the page was taken down", "", keys["editor"]),
    ]
    journal = b"".join(path.read_bytes() for path in desk.ledger.store.data_dir.rglob("*.seg*"))
    for client in (desk.reporter, desk.editor):
        assert client.headers["authorization"].partition("_")[2].partition("_")[2].encode() not in journal


# --- bodies made to harm -----------------------------------------------------------------------------------


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
    rows = [{**ROW, column: value} for column in ROW] + [{str(value): value}, {"": value}]
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
    assert torn.status_code == 400
    two = [("file", ("a.csv", CSV)), ("file", ("b.csv", CSV))]
    assert shared.reporter.post("/v1/reports", files=two).status_code == 400
    unbound = shared.reporter.post(
        "/v1/reports", content=CSV, headers={"Content-Type": "multipart/form-data"}
    )
    assert unbound.status_code == 400


def test_more_bytes_or_rows_than_the_settings_allow_are_refused(own_ledger, monkeypatch):
    monkeypatch.setenv("CASUALTY_BODY_LIMIT", "20000")
    monkeypatch.setenv("CASUALTY_ROW_LIMIT", "3")
    _, secret = Keyring(own_ledger.store.data_dir).create(Role.EDITOR, at=MOMENT)
    before = own_ledger.head
    headers = {"Authorization": f"Bearer {secret}"}
    with (
        serving(own_ledger, prepares=False) as address,
        httpx.Client(base_url=address, headers=headers, timeout=60) as client,
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


# --- the same request again --------------------------------------------------------------------------------


def test_the_same_request_with_its_key_gets_the_same_bytes(desk):
    key = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
    first = desk.reporter.post("/v1/reports", json=[ROW, NOWHERE], headers=key)
    desk.reporter.post("/v1/reports", json=[{**ROW, "count": "5"}])
    again = desk.reporter.post("/v1/reports", json=[ROW, NOWHERE], headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = desk.reporter.post("/v1/reports", json=[ROW], headers=key)
    refusal(other, 422, "key_reused")
    dry = desk.reporter.post("/v1/reports?dry_run=true", json=[ROW, NOWHERE], headers=key)
    refusal(dry, 422, "key_reused")
    # another's key of the same name is another
    assert desk.editor.post("/v1/reports", json=[ROW], headers=key).status_code == 200


def test_what_was_refused_may_be_put_right_under_the_same_key(desk):
    key = {"Idempotency-Key": "desk-1"}
    refusal(desk.reporter.post("/v1/reports", content=b"[", headers={**JSON, **key}), 400, "malformed_body")
    assert desk.reporter.post("/v1/reports", json=[ROW], headers=key).status_code == 201


def test_an_idempotency_key_is_a_short_text(shared):
    for name in ("", "x" * 256, "tab\there"):
        answer = shared.reporter.post("/v1/reports", json=[ROW], headers={"Idempotency-Key": name})
        refusal(answer, 400, "malformed_request")


def test_many_at_once_under_one_key_write_once(desk):
    head = desk.ledger.head.seq

    def send(_: int) -> httpx.Response:
        return desk.reporter.post("/v1/reports", json=[ROW], headers={"Idempotency-Key": "storm"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    done = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in done}) == 1
    assert desk.ledger.head.seq == head + 1
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 409)


def test_while_the_first_is_under_way_the_second_is_told_so(tmp_path):
    answers, begun, may_end = WriteAnswers(tmp_path), threading.Event(), threading.Event()

    def slowly() -> WriteAnswer:
        begun.set()
        assert may_end.wait(10)
        return WriteAnswer(201, b"done")

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(answers.answer_once, "k", "name", "request", MOMENT, slowly)
        assert begun.wait(10)
        with pytest.raises(Refusal) as told:
            answers.answer_once("k", "name", "request", MOMENT, slowly)
        assert told.value.status == 409
        may_end.set()
        assert first.result() == WriteAnswer(201, b"done")
    assert answers.answer_once("k", "name", "request", MOMENT, slowly) == WriteAnswer(
        201, b"done", is_repeated=True
    )


def test_an_answer_is_remembered_for_a_day_and_by_another_process(tmp_path):
    made = iter(range(10))

    def make() -> WriteAnswer:
        return WriteAnswer(200, str(next(made)).encode())

    def ask(at: str) -> bytes:
        return WriteAnswers(tmp_path).answer_once("k", "name", "request", moment(at), make).body

    assert [ask("2025-03-12T09:00"), ask("2025-03-13T08:59"), ask("2025-03-13T09:00")] == [b"0", b"0", b"1"]
    assert (tmp_path / "answered.sqlite").stat().st_mode & 0o777 == 0o600


# --- taking back and putting right -------------------------------------------------------------------------


@pytest.fixture
def handed_in(desk) -> str:
    report_id: str = desk.reporter.post("/v1/reports", json=[ROW]).json()["rows"][0]["report_id"]
    return report_id


def test_a_withdrawn_report_stays_with_its_reason_and_counts_no_more(desk, handed_in):
    answer = desk.editor.post(f"/v1/reports/{handed_in}/withdraw", json={"reason": " counted twice "})
    assert answer.status_code == 200
    assert answer.json() == {"report_id": handed_in, "verdict": "withdrawn", "head": str(desk.ledger.head)}
    assert desk.stands(handed_in)["withdrawn"] == "counted twice"
    assert desk.reporter.get("/v1/figures?measure=detained&area=SY06").json()["data"] == []
    again = desk.editor.post(f"/v1/reports/{handed_in}/withdraw", json={"reason": "for another reason"})
    assert (again.status_code, again.json()["head"]) == (200, answer.json()["head"])
    assert desk.stands(handed_in)["withdrawn"] == "counted twice"


def test_a_corrected_report_points_at_what_took_its_place(desk, handed_in):
    answer = desk.editor.post(
        f"/v1/reports/{handed_in}/correct",
        json={"reason": "typing error", "rows": [{**ROW, "count": "over 710"}]},
    )
    assert answer.status_code == 201, answer.text
    replacement = answer.json()["rows"][0]["report_id"]
    assert desk.stands(handed_in)["withdrawn"] == "typing error"
    assert desk.stands(replacement)["withdrawn"] is None
    (figure,) = desk.reporter.get("/v1/figures?measure=detained&area=SY06").json()["data"]
    assert figure["best"] == 711
    rows = desk.ledger.store.withdrawals(handed_in).to_pylist()
    assert [replacement] == [row["replaced_by"] for row in rows]


def test_a_correction_without_a_sound_row_leaves_the_old_report_standing(desk, handed_in):
    answer = desk.editor.post(
        f"/v1/reports/{handed_in}/correct", json={"reason": "typing error", "rows": [NOWHERE]}
    )
    assert (answer.status_code, tallies(answer)) == (200, (0, 0, 1, 0))
    assert desk.stands(handed_in)["withdrawn"] is None


@pytest.mark.parametrize(
    "name", ["r00000000000000000000", "nothing", "r0", "%00", "%ff", "x" * 2000, "R" + "0" * 20]
)
def test_an_unknown_report_cannot_be_withdrawn_or_corrected(shared, name):
    before = shared.ledger.head
    for verb, body in (("withdraw", {"reason": "why"}), ("correct", {"reason": "why", "rows": [ROW]})):
        refusal(shared.editor.post(f"/v1/reports/{name}/{verb}", json=body), 404, "not_found")
    assert shared.ledger.head == before


@pytest.mark.parametrize("body", [
    {}, {"reason": ""}, {"reason": "  "}, {"reason": None}, {"reason": 5}, {"reason": ["why"]}, [],
    {"reason": "x" * 2001}, {"reason": "bell\x07"}, {"reason": "why", "note": "more"}, "why",
])  # fmt: skip
def test_a_withdrawal_has_a_reason_and_nothing_else(shared, body):
    (row,) = shared.reporter.post("/v1/reports", json=[ROW]).json()["rows"]
    answer = shared.editor.post(f"/v1/reports/{row['report_id']}/withdraw", json=body)
    assert answer.status_code == 422, answer.text
    assert shared.stands(row["report_id"])["withdrawn"] is None


def test_withdrawals_and_corrections_too_are_repeated_by_their_key(desk, handed_in):
    key = {"Idempotency-Key": "once"}
    sent = {"reason": "typing error", "rows": [{**ROW, "count": "over 710"}]}
    first = desk.editor.post(f"/v1/reports/{handed_in}/correct", json=sent, headers=key)
    again = desk.editor.post(f"/v1/reports/{handed_in}/correct", json=sent, headers=key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    other = desk.editor.post(f"/v1/reports/{handed_in}/withdraw", json={"reason": "x"}, headers=key)
    refusal(other, 422, "key_reused")
