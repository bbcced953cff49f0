"""The API: every collection in every format, its filters, and how it is cached."""

from __future__ import annotations

import csv
import io
import json
import time

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from service.answers.conflicts import CONFLICT
from service.answers.revisions import REVISION
from service.answers.vintages import VINTAGE
from service.api import Ledger
from service.ledger.heads import read_head
from service.schema.tables import AREA, CRISIS, LEDGER_REPORT, POINT, POPULATION, SERIES, SOURCE
from service.vocabulary import Measure
from service.web.health import ALL_FIGURES
from service.web.response_cache import make_etag

ASKED = "area=SY06&measure=killed&population=civilians"
SCHEMAS = {
    "series": SERIES,
    "figures": SERIES,
    "reports": LEDGER_REPORT,
    "evidence": POINT,
    "explain": POINT,
    "conflicts": CONFLICT,
    "vintages": VINTAGE,
    "revisions": REVISION,
    "areas": AREA,
    "sources": SOURCE,
    "populations": POPULATION,
    "crises": CRISIS,
}
FIGURES = ("series", "figures", "evidence", "reports", "explain", "conflicts", "vintages")
MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def asked(collection: str) -> str:
    if collection == "conflicts":  # nobody disagrees about the civilians of Latakia
        return "area=x-syrian-coast&measure=killed&population=civilians"
    return ASKED if collection in FIGURES else ""


@pytest.mark.parametrize("collection", SCHEMAS)
def test_every_format_of_a_collection_carries_the_same_rows(client: httpx.Client, collection: str) -> None:
    answers = {fmt: client.get(f"/v1/{collection}.{fmt}?{asked(collection)}") for fmt in MEDIA_TYPES}
    for fmt, answer in answers.items():
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == MEDIA_TYPES[fmt]

    rows = answers["json"].json()["data"]
    assert rows
    assert list(rows[0]) == SCHEMAS[collection].names
    assert [json.loads(line) for line in answers["ndjson"].text.splitlines()] == rows
    table = pq.read_table(io.BytesIO(answers["parquet"].content))
    assert table.schema.remove_metadata() == SCHEMAS[collection]
    assert table == feather.read_table(io.BytesIO(answers["arrow"].content))
    assert table.num_rows == len(rows)
    cells = list(csv.reader(io.StringIO(answers["csv"].text)))
    assert cells[0] == SCHEMAS[collection].names
    assert len(cells) == len(rows) + 1


def test_the_accept_header_chooses_where_the_address_does_not(client: httpx.Client) -> None:
    kinds = {
        "*/*": "application/json",
        "text/csv": "text/csv; charset=utf-8",
        "text/csv;q=0.4, application/json;q=0.9": "application/json",
        "application/vnd.apache.parquet": "application/vnd.apache.parquet",
        "text/html, */*;q=0.1": "application/json",
    }
    for accept, kind in kinds.items():
        assert client.get(f"/v1/series?{ASKED}", headers={"Accept": accept}).headers["content-type"] == kind
    refused = client.get(f"/v1/series?{ASKED}", headers={"Accept": "image/png"})
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")


def test_json_says_what_was_understood_and_of_which_state(client: httpx.Client, ledger: Ledger) -> None:
    meta = client.get("/v1/series?area=Lattakia&area=جبلة&measure=killed&as_of=2025-03-12").json()["meta"]
    assert meta["query"]["area"] == ["SY06", "SY0602"]
    assert (meta["as_of"], meta["head"]) == ("2025-03-12", str(ledger.head))
    assert meta["method"] == "least-disagreement/2"


@pytest.mark.parametrize(
    ("area", "as_of", "date", "best"),
    [
        ("SY06", "2025-03-12", "2025-03-12", 683),
        ("SY06", "2025-03-11", "2025-03-11", 658),
        ("x-syrian-coast", "2025-03-12", "2025-03-12", 1383),
        ("x-syrian-coast", "2025-03-11", "2025-03-11", 1225),
    ],
)
def test_the_figure_is_the_one_known_on_that_day(
    client: httpx.Client, area: str, as_of: str, date: str, best: int
) -> None:
    answer = client.get(f"/v1/series?area={area}&measure=killed&population=civilians&as_of={as_of}")
    last = answer.json()["data"][-1]
    assert (last["date"], last["best"]) == (date, best)


def test_the_first_verified_count_is_a_floor_and_moves_nothing(client: httpx.Client) -> None:
    answer = client.get(
        "/v1/explain?area=x-syrian-coast&measure=killed&population=civilians&as_of=2025-03-12&date=2025-03-12"
    ).json()
    assert answer["meta"]["figure"]["best"] == 1383
    verified = [row for row in answer["data"] if row["origin_id"] == "ohchr" and row["low"] == 111]
    assert verified
    assert {row["role"] for row in verified} == {"bound", "echo"}


def test_the_explanation_names_origin_carriers_and_what_was_superseded(client: httpx.Client) -> None:
    answer = client.get(f"/v1/explain?{ASKED}&as_of=2025-03-12").json()
    assert answer["meta"]["figure"]["best"] == 683
    origins = {row["origin_name"] for row in answer["data"] if row["role"] == "counted"}
    assert len(origins) == 1
    assert "SOHR" in origins.pop()
    assert 658 in {row["best"] for row in answer["data"] if row["role"] == "superseded"}
    assert any("683" in sentence for sentence in answer["meta"]["sentences"])

    today = client.get(f"/v1/explain?{ASKED}&date=2025-03-12").json()["data"]
    echoes = [row for row in today if row["role"] == "echo"]
    assert {row["source_id"] for row in echoes} - {"sohr"}, "its carriers"
    assert {row["origin_id"] for row in echoes} == {"sohr"}
    assert {row["best"] for row in today if row["role"] == "superseded"} >= {545, 658}


def test_the_joint_floor_of_three_places_counts_in_none_of_them(client: httpx.Client) -> None:
    joint = client.get("/v1/reports?area=SY06|SY0602|SY1002&measure=killed&population=civilians").json()[
        "data"
    ]
    over_740 = [row for row in joint if row["count_stated"] == "over 740"]
    assert over_740
    assert {(row["low"], row["best"], row["high"]) for row in over_740} == {(741, None, None)}
    ids = {row["report_id"] for row in over_740}
    for area in ("SY06", "SY0602", "SY1002"):
        behind = client.get(f"/v1/explain?area={area}&measure=killed&population=civilians").json()["data"]
        assert not {row["report_id"] for row in behind if row["role"] == "counted"} & ids


def test_figures_are_the_last_rows_of_the_series(client: httpx.Client) -> None:
    query = "area=SY06&area=SY0602&area=SY1002&measure=killed&population=civilians"
    rows = client.get(f"/v1/series?{query}").json()["data"]
    last = {(row["area_code"], row["period_start"]): row for row in rows}
    assert client.get(f"/v1/figures?{query}").json()["data"] == list(last.values())


def test_dates_bound_the_day_counted_up_to(client: httpx.Client) -> None:
    rows = client.get(f"/v1/series?{ASKED}&from=2025-03-11&to=2025-03-12").json()["data"]
    assert [row["date"] for row in rows] == ["2025-03-11", "2025-03-12"]


def test_a_limit_cuts_the_list_and_says_how_long_it_is(client: httpx.Client) -> None:
    everything = client.get("/v1/reports").json()
    some = client.get("/v1/reports?limit=5").json()
    assert some["data"] == everything["data"][:5]
    assert (some["meta"]["returned"], some["meta"]["rows"]) == (5, everything["meta"]["rows"])
    assert everything["meta"]["rows"] == len(everything["data"]) >= 350


def test_reports_of_a_source_are_those_it_published_or_is_the_origin_of(client: httpx.Client) -> None:
    rows = client.get("/v1/reports?source=sohr").json()["data"]
    assert rows
    assert all("sohr" in (row["source_id"], row["origin_id"]) for row in rows)


@pytest.mark.parametrize("collection", [*FIGURES, "changes", "bounds", "parts", "findings", "areas"])
def test_a_moment_before_the_ledger_began_is_a_question_like_any_other(
    client: httpx.Client, collection: str
) -> None:
    filters = {"findings": "", "areas": "", "changes": f"{ASKED}&since=2026-01-01"}.get(collection, ASKED)
    answer = client.get(f"/v1/{collection}.json?{filters}&recorded_by=2000-01-01T00:00:00Z")
    if answer.status_code == 404:
        assert collection in ("explain", "parts"), "there is no figure yet to tell of"
    else:
        assert (answer.status_code, answer.json()["data"]) == (200, [])


def test_measures_are_those_of_the_vocabulary(client: httpx.Client) -> None:
    rows = client.get("/v1/measures").json()["data"]
    assert {row["measure"]: row["meaning"] for row in rows} == {each.value: each.meaning for each in Measure}


def test_every_method_that_is_listed_answers(client: httpx.Client) -> None:
    rows = client.get("/v1/methods").json()["data"]
    for row in rows:
        method = row["method"].replace("ORIGIN", "sohr")
        answer = client.get("/v1/figures", params={"crisis": "syria-coast-2025-03", "method": method})
        assert answer.status_code == 200, (method, answer.text)
        assert {each["method"].partition("/")[0] for each in answer.json()["data"]} == {method}


def test_an_etag_spares_the_second_answer(client: httpx.Client) -> None:
    first = client.get(f"/v1/series.csv?{ASKED}")
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for sent in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = client.get(f"/v1/series.csv?{ASKED}", headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"/v1/series.csv?{ASKED}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_etag_is_the_hash_of_the_media_type_and_the_bytes() -> None:
    tag = make_etag("text/csv", b"1")
    assert tag == make_etag("text/csv", b"1")
    assert len({tag, make_etag("text/csv", b"2"), make_etag("application/json", b"1")}) == 3


def test_an_etag_differs_by_query_format_and_encoding(client: httpx.Client) -> None:
    addresses = [
        f"/v1/series.csv?{ASKED}",
        f"/v1/series.json?{ASKED}",
        f"/v1/series.csv?{ASKED}&to=2025-03-12",
    ]
    tags = [client.get(address).headers["etag"] for address in addresses]
    tags.append(client.get(addresses[1], headers={"Accept-Encoding": "identity"}).headers["etag"])
    assert len(set(tags)) == 4


def test_compressed_and_plain_answers_are_the_same_rows(client: httpx.Client) -> None:
    packed = client.get("/v1/reports.csv", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/v1/reports.csv", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


def test_head_answers_like_get_without_the_rows(client: httpx.Client) -> None:
    whole, head = client.get(f"/v1/series?{ASKED}"), client.head(f"/v1/series?{ASKED}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_a_kept_series_takes_less_than_ten_milliseconds(client: httpx.Client) -> None:
    client.get(f"/v1/series?{ASKED}")
    taken = []
    for _ in range(30):
        began = time.perf_counter()
        client.get(f"/v1/series?{ASKED}")
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.010


def test_the_description_of_the_api_names_every_route_and_filter(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    for collection in (*SCHEMAS, "measures", "methods"):
        assert f"/v1/{collection}" in described["paths"]
    series = described["paths"]["/v1/series"]["get"]
    assert {each["name"] for each in series["parameters"]} == {
        "area", "measure", "population", "attributed_to", "crisis",
        "from", "to", "as_of", "dates", "recorded_by", "method", "weights", "period_start", "cite", "limit",
        "cursor", "hxl", "If-None-Match",
    }  # fmt: skip
    assert "application/problem+json" in series["responses"]["422"]["content"]


def test_health_says_alive_and_ready_says_which_state(client: httpx.Client, ledger: Ledger) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert {**ready, "preparing": []} == {"status": "ok", "head": str(ledger.head), "preparing": []}
    assert {*ready["preparing"]} <= {ALL_FIGURES}  # the front page was waited for
    signed = client.get("/v1/head")
    assert signed.json()["head"] == str(ledger.head)
    assert read_head(signed.text) == (ledger.head.seq, ledger.head.hash)
    assert client.get("/v1/head").text == signed.text


def test_series_columns_are_arrow_types_in_parquet(client: httpx.Client) -> None:
    table = pq.read_table(io.BytesIO(client.get(f"/v1/series.parquet?{ASKED}").content))
    assert table.schema.field("date").type == pa.date32()
    assert json.loads(table.schema.metadata[b"meta"])["query"]["measure"] == "killed"
