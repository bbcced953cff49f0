"""Six formats, one table: what a question is answered with is the same in each, to the last unknown."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

import httpx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.answers.endpoints import ENDPOINTS, Endpoint
from service.formats.file_format import Format
from service.schema.lists import write_lists

FEW = 38
MANY = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "searching" else 110
SEED = 20250306
SLOW = frozenset({"vintages", "changes"})
"""Asked about one narrow thing only: they answer day by day, or twice."""
DEAR = SLOW | {"bounds"}
"""Asked three times each; bounds, which are solved for anew in each format, of a day with few of them."""
CHOICES: dict[str, tuple[str, ...]] = {
    "area": ("SY06", "SY10", "Jableh", "Banias", "x-syrian-coast", "SY05"),
    "measure": ("killed", "injured", "detained"),
    "population": ("civilians", "all", "women", "security_forces"),
    "attributed_to": ("any", ""),
    "crisis": ("syria-coast-2025-03", "syria-arza-2025-01"),
    "source": ("sohr", "snhr", "ohchr"),
    "from": ("2025-03-06", "2025-03-09"),
    "to": ("2025-03-10", "2025-12-31"),
    "as_of": ("2025-03-09", "2025-06-30"),
    "dates": ("stated", "all"),
    "period_start": ("any", "2025-03-06"),
    "method": ("median",),
    "limit": ("1", "7", "50"),
    "since": ("2025-01-01",),
    "text": ("683 civilians were killed in Latakia", "745"),
    "a": ("r46cf8bb1e6f571e4c92a",),
    "b": ("r46cf8bb1e6f571e4c92a",),
}
SHEET_DAY = dt.date(1900, 3, 1)


def questions(number: int) -> Iterator[tuple[Endpoint, dict[str, str]]]:
    """An endpoint and the filters to ask it with: the same questions each time, each endpoint first of all
    without a filter that it can do without, so that it has rows."""
    chance = random.Random(SEED)
    dear = [each for each in ENDPOINTS.values() if each.name in DEAR] * 2
    others = [each for each in ENDPOINTS.values() if each.name not in DEAR]
    further = chance.choices(others, k=number - len(ENDPOINTS) - len(dear))
    for place, endpoint in enumerate((*ENDPOINTS.values(), *dear, *further)):
        known = [each for each in endpoint.parameters if each.name in CHOICES]
        share = 0.0 if place < len(ENDPOINTS) else 0.3
        asked = {each.name: chance.choice(CHOICES[each.name]) for each in known if chance.random() < share}
        asked |= {each.name: CHOICES[each.name][0] for each in known if each.required}
        if endpoint.name in SLOW | {"explain"}:
            asked |= {"crisis": "syria-coast-2025-03", "area": "SY06", "measure": "killed"}
            asked |= {"population": "civilians"}
        if endpoint.name == "bounds":
            asked.setdefault("as_of", CHOICES["as_of"][-1])
        yield endpoint, asked


def from_arrow(data: bytes) -> pa.Table:
    return pa.ipc.open_file(data).read_all()


def from_parquet(data: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(data))


def from_json(data: bytes, schema: pa.Schema) -> list[dict[str, Any]]:
    return [typed(row, schema) for row in json.loads(data)["data"]]


def from_ndjson(data: bytes, schema: pa.Schema) -> list[dict[str, Any]]:
    return [typed(json.loads(line), schema) for line in data.decode().split("\n")[:-1]]


def from_csv(data: bytes, schema: pa.Schema) -> list[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True)
    assert list(rows.fieldnames or []) == schema.names
    return [typed({name: plain(cell) for name, cell in row.items()}, schema) for row in rows]


def from_xlsx(data: bytes, schema: pa.Schema) -> list[dict[str, Any]]:
    names, *lines = openpyxl.load_workbook(io.BytesIO(data), read_only=True)["rows"].iter_rows(
        values_only=True
    )
    assert list(names) == schema.names
    return [
        typed(dict(zip_longest(names, line)), schema) for line in lines
    ]  # unknowns at the end are not there


READERS: dict[Format, Callable[[bytes, pa.Schema], list[dict[str, Any]]]] = {
    Format.JSON: from_json,
    Format.NDJSON: from_ndjson,
    Format.CSV: from_csv,
    Format.XLSX: from_xlsx,
}
TELLS_BLANK_FROM_UNKNOWN = frozenset({Format.JSON, Format.NDJSON})


def plain(cell: str) -> str | None:
    """A CSV cell as a reader means it: empty is unknown, and the apostrophe before a formula is no text."""
    return re.sub(r"^'('*[=+\-@\t\r\n])", r"\1", cell) or None


def typed(row: dict[str, Any], schema: pa.Schema) -> dict[str, Any]:
    """The row with values of the types that the columns have; only unknowns are None."""
    assert list(row) == schema.names
    return {field.name: as_type(row[field.name], field.type) for field in schema}


def as_type(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_list(kind):
        return [{each.name: as_type(one[each.name], each.type) for each in kind.value_type} for one in value]
    if pa.types.is_timestamp(kind):
        return dt.datetime.fromisoformat(value).replace(tzinfo=None)
    if pa.types.is_date(kind):
        return value.date() if isinstance(value, dt.datetime) else dt.date.fromisoformat(value)
    if isinstance(value, str) and not pa.types.is_string(kind):
        value = json.loads(value)  # numbers and truth are written alike in CSV and JSON
    if pa.types.is_floating(kind):
        return float(value)
    assert not isinstance(value, float)
    return value


def without_blanks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with blank text as unknown, which a cell of CSV or a workbook cannot tell apart."""
    return [{name: None if value == "" else value for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_a_question_has_one_answer_in_six_formats(client: httpx.Client, number: int) -> None:
    answered: dict[str, int] = {}
    unknown = 0
    [report] = client.get("/v1/reports?limit=1").json()["data"]
    for endpoint, asked in questions(number):
        name = endpoint.name
        address = endpoint.address.format(report_id=report["report_id"])
        answers = {fmt: client.get(f"/v1{address}.{fmt}", params=asked) for fmt in Format}
        statuses = {answer.status_code for answer in answers.values()}
        assert len(statuses) == 1, (name, asked)
        if statuses != {200}:
            assert len({answer.json()["detail"] for answer in answers.values()}) == 1, (name, asked)
            continue
        table = from_arrow(answers[Format.ARROW].content)
        assert from_parquet(answers[Format.PARQUET].content).equals(table), (name, asked)
        rows, written = table.to_pylist(), write_lists(table).to_pylist()
        for fmt, read in READERS.items():
            shown = table if fmt in TELLS_BLANK_FROM_UNKNOWN else write_lists(table)
            found = read(answers[fmt].content, shown.schema)
            expected = rows if fmt in TELLS_BLANK_FROM_UNKNOWN else without_blanks(written)
            assert (found if fmt in TELLS_BLANK_FROM_UNKNOWN else without_blanks(found)) == expected, (
                name,
                asked,
                fmt,
            )
        assert {answer.headers["x-total-count"] for answer in answers.values()} == {
            str(json.loads(answers[Format.JSON].content)["meta"]["rows"])
        }
        answered[name] = answered.get(name, 0) + bool(rows)
        unknown += sum(row.get("best", 0) is None for row in rows)
    assert set(answered) == set(ENDPOINTS)
    assert {name for name, times in answered.items() if not times} <= {"findings"}, "the seeds have none"
    assert unknown > 100, "unknowns were among them, and none came out as 0"
