"""Personal data come in by no way, and stand in no answer, finding or log. All persons are made up."""

from __future__ import annotations

import io
import json
import logging
import shutil
from collections.abc import Callable

import httpx
import pyarrow as pa
import pytest

from service.api import Ledger
from service.cli import main
from service.errors import PersonalDataRefused
from service.ingest.fixes import Fix
from service.web.access_log import JsonLines
from tests.conftest import clock
from tests.web.desk import CSV, JSON, ROW, Desk, opened

NAME, PHONE = "Mariam Haddad", "0044 20 7946 0123"
SECRET = f"told by Dr. {NAME}, {PHONE}"
HELD = {**ROW, "note": SECRET}
REASON = f"asked for by {NAME}, aged 34"
PUBLIC = (
    "/v1/reports.csv", "/v1/findings", "/v1/findings.csv", "/v1/sources", "/v1/crises", "/v1/areas",
    "/v1/mappings", "/v1/populations", "/findings", "/", "/v1/changes.atom",
)  # fmt: skip
"""What anybody may read that repeats what was handed in."""

MAPPING = """title = "A list"
# made by Mariam Haddad, 0044 20 7946 0123
[fields]
crisis = "{c}"
source = "{s}"
published_on = "{d}"
areas = "{a}"
population = "all"
[[figure]]
measure = "killed"
count = "{n}"
"""


@pytest.fixture(scope="module")
def desk(seeded_dir, tmp_path_factory):
    place = shutil.copytree(seeded_dir, tmp_path_factory.mktemp("personal") / "data")
    with Ledger.open(place, clock=clock) as ledger, opened(ledger) as desk:
        yield desk


def assert_nowhere(desk: Desk, *texts: str) -> None:
    """Nobody reads any of the texts anywhere."""
    for address in PUBLIC:
        shown = httpx.get(f"{desk.reporter.base_url}{address}", timeout=600).text
        assert not [text for text in texts if text in shown], address


@pytest.mark.parametrize(
    "column", ["note", "source", "origin", "crisis", "areas", "attributed_to", "event", "count"]
)
def test_a_row_with_personal_data_in_any_column_is_held_and_what_it_says_is_not_repeated(desk, column):
    answer = desk.reporter.post("/v1/reports", json=[{**ROW, column: SECRET}])
    content = answer.json()
    assert (content["accepted"], content["quarantined"]) == (0, 1)
    (finding,) = [each for each in content["findings"] if each["code"] == "personal_data"]
    assert (finding["row"], finding["column"], finding["value"]) == (1, column, "")
    assert "the name of a person and a telephone number" in finding["message"]
    assert NAME not in answer.text
    assert PHONE not in answer.text
    assert_nowhere(desk, NAME, PHONE)


@pytest.mark.parametrize("column", ["note", "source"])
def test_nothing_that_is_found_out_about_such_a_row_repeats_a_value_of_it(desk, column):
    row = {**ROW, column: SECRET, "areas": "Haddad's house", "count": "Haddads"}
    answer = desk.reporter.post("/v1/reports", json=[row])
    codes = {each["code"] for each in answer.json()["findings"]}
    assert {"personal_data", "unknown_name"} <= codes
    assert "Haddad" not in answer.text
    assert_nowhere(desk, "Haddad")


def csv_file(ledger: Ledger) -> object:
    head, row = CSV.decode().splitlines()
    return ledger.ingest(f'{head},note\n{row},"{SECRET}"\n'.encode(), name="rows.csv")


def frame(ledger: Ledger) -> object:
    import pandas as pd

    return ledger.ingest(pd.DataFrame([HELD]))


def parquet(ledger: Ledger) -> object:
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([HELD]), sink)
    return ledger.ingest(sink.getvalue(), name="rows.parquet")


@pytest.mark.parametrize("hand_in", [csv_file, frame, parquet, lambda ledger: ledger.ingest_rows([HELD])])
def test_every_way_in_of_rows_holds_them_and_keeps_them(own_ledger, hand_in: Callable[[Ledger], object]):
    receipt = hand_in(own_ledger)
    assert (receipt.accepted, receipt.quarantined) == (0, 1)
    assert [finding.code for finding in receipt.findings] == ["personal_data"]
    (held,) = own_ledger.store.held_rows().to_pylist()[-1:]
    assert json.loads(held["raw"])["note"] == SECRET
    assert SECRET not in str(own_ledger.store.findings().to_pylist())


def test_a_held_row_comes_in_once_it_says_it_without_and_the_old_words_are_not_repeated(own_ledger):
    own_ledger.ingest_rows([HELD], name="rows")
    fix = Fix(1, "note", "told by a doctor", "said by role")
    ((_, receipt),) = own_ledger.retry("rows", fixes=[fix])
    assert receipt.accepted == 1
    assert "overridden" in [finding.code for finding in receipt.findings]
    assert NAME not in str(own_ledger.store.findings().to_pylist())
    with pytest.raises(PersonalDataRefused):
        own_ledger.retry("rows", fixes=[fix._replace(reason=REASON)])


def test_lines_of_text_and_titles_of_a_file_are_not_repeated(own_ledger):
    head, row = CSV.decode().splitlines()
    receipt = own_ledger.ingest(f"{head}\n{row}\nCompiled by {SECRET}\n".encode(), name="rows.csv")
    assert receipt.accepted == 1
    assert NAME not in str(receipt.findings)


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger, report, mapping: ledger.withdraw(report, reason=REASON),
        lambda ledger, report, mapping: ledger.reinstate(report, reason=REASON),
        lambda ledger, report, mapping: ledger.redact(report, reason=REASON),
        lambda ledger, report, mapping: ledger.redact_held_row("rows.csv", 1, reason=REASON),
        lambda ledger, report, mapping: ledger.redact_mapping("desk", reason=REASON),
        lambda ledger, report, mapping: ledger.amend(report, {"count": "9"}, reason=REASON),
        lambda ledger, report, mapping: ledger.correct(report, [ROW], reason=REASON),
        lambda ledger, report, mapping: ledger.ingest_rows([ROW], name=f"list of {NAME}, aged 34"),
        lambda ledger, report, mapping: ledger.ingest(CSV, name="Mariam-Haddad_list.csv"),
        lambda ledger, report, mapping: ledger.add_mapping(MAPPING.encode(), name="mine"),
        lambda ledger, report, mapping: ledger.ingest(CSV, name="rows.csv", mapping=mapping),
        lambda ledger, report, mapping: ledger.register(
            "source", [{"source_id": "x", "name": f"Dr. {NAME}", "kind": "media"}]
        ),
        lambda ledger, report, mapping: ledger.register(
            "crisis", [{"crisis_id": "x", "name": "X", "about": SECRET}]
        ),
        lambda ledger, report, mapping: ledger.register(
            "population", [{"population": "x", "label": "X", "parent": "all", "definition": SECRET}]
        ),
        lambda ledger, report, mapping: ledger.register(
            "context", [{"crisis_id": "x", "on": "2025-03-08", "label": SECRET}]
        ),
        lambda ledger, report, mapping: ledger.add_area(
            "House, 35.36214, 35.92533", level="village", parent="SY06"
        ),
        lambda ledger, report, mapping: ledger.alias_area("SY06", PHONE),
    ],
)
def test_what_comes_in_by_other_ways_than_rows_is_refused_without_being_repeated(ledger, tmp_path, write):
    before = ledger.store.head
    report = ledger.reports(arrow=True)["report_id"][0].as_py()
    mapping = tmp_path / "mine.toml"
    mapping.write_text(MAPPING)
    with pytest.raises(PersonalDataRefused) as refused:
        write(ledger, report, mapping)
    assert NAME not in str(refused.value)
    assert PHONE not in str(refused.value)
    assert ledger.store.head == before


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/v1/reports/{id}/withdraw", {"reason": REASON}),
        ("/v1/reports/{id}/redact", {"reason": REASON, "columns": ["note"]}),
        ("/v1/reports/{id}/correct", {"reason": REASON, "set": {"count": "9"}}),
        ("/v1/sources", [{"source_id": "x", "name": f"Dr. {NAME}", "kind": "media"}]),
        ("/v1/spellings", {"area": "SY06", "spellings": [PHONE]}),
        ("/v1/mappings", {"name": "mine", "text": MAPPING}),
        ("/v1/retry", {"fixes": [{"row": 1, "column": "note", "value": "x", "reason": REASON}]}),
    ],
)
def test_over_http_it_is_a_problem_that_does_not_repeat_it(desk, address, body):
    target = desk.ledger.reports(arrow=True)["report_id"][0].as_py()
    answer = desk.editor.post(address.format(id=target), json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "personal_data")
    assert NAME not in answer.text
    assert PHONE not in answer.text


def test_the_command_line_says_so_and_ends_with_2(own_ledger, capfd):
    target = own_ledger.reports(arrow=True)["report_id"][0].as_py()
    own_ledger.close()
    words = ["withdraw", target, "--reason", REASON, "--data-dir", str(own_ledger.store.data_dir)]
    assert main(words) == 2
    told = capfd.readouterr().err
    assert "seems to hold the name of a person" in told
    assert NAME not in told


def test_logs_hold_no_path_of_what_is_refused_and_no_fault_that_tells_a_name(desk):
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("service")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        desk.reporter.get(f"/area/{NAME}")
        desk.reporter.post(f"/v1/reports/{NAME}/withdraw", content=b"{}", headers=JSON)
        desk.reporter.post("/v1/reports", json=[HELD])
        try:
            raise ValueError(SECRET)
        except ValueError:
            log.exception("Fault")
        try:
            raise ValueError("disk")
        except ValueError:
            log.exception("Fault")
    finally:
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)
    assert NAME not in lines.getvalue()
    assert "Mariam" not in lines.getvalue()
    faults = [json.loads(line).get("fault", "") for line in lines.getvalue().splitlines()]
    assert [fault.splitlines()[-1] for fault in faults if fault] == ["ValueError", "ValueError: disk"]


def test_known_names_are_what_they_are(own_ledger):
    own_ledger.store.register(
        "source",
        pa.Table.from_pylist(
            [{"source_id": "old", "name": f"Dr. {NAME}", "name_ar": "", "kind": "media", "country": "",
              "independence": "", "usual_standard": "unverified", "url": "", "aliases": "", "counts_as": ""}]
        ),
        recorded_at=own_ledger.clock(),
    )  # fmt: skip
    receipt = own_ledger.ingest_rows([{**ROW, "source": f"Dr. {NAME}"}, {**ROW, "areas": "Latakia"}])
    assert receipt.accepted == 2


def test_a_heading_with_personal_data_is_not_repeated(own_ledger):
    heading = "Mr Khalid Zaqqumi, phone +963 944 123 987"
    columns = "crisis,source,published_on,areas,measure,population,count,url"
    url = "https://example.org/?mail=zaq%40example.org"
    document = f'{columns},"{heading}"\nquake,Desk,2025-03-08,SY06,killed,all,7,,x\n'
    document += f"quake,Desk,2025-03-08,SY06,killed,all,8,{url},x\n"
    receipt = own_ledger.ingest(document.encode(), name="heading.csv")
    assert (receipt.accepted, receipt.quarantined) == (1, 1)
    told = " ".join(f"{each.message} {each.fix} {each.column} {each.value}" for each in receipt.findings)
    assert "zaq" not in told.lower()
    assert "944" not in told
    assert "(withheld)" in told
