"""The same table leaves as JSON, NDJSON, CSV, Parquet, Arrow and XLSX with the same values."""

import csv
import datetime as dt
import io
import json
import re
import subprocess
import sys
import time
import zipfile

import hxl
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers.endpoints import ENDPOINTS
from service.errors import QueryError
from service.formats.encode import encode
from service.formats.file_format import MEDIA_TYPES, SUFFIXES, Format
from service.schema.hxl import hashtags

SCHEMA = pa.schema(
    [
        pa.field("area_name", pa.string(), nullable=False),
        pa.field("count_stated", pa.string()),
        pa.field("date", pa.date32()),
        pa.field("recorded_at", pa.timestamp("us")),
        pa.field("best", pa.int64()),
        pa.field("lat", pa.float64()),
        pa.field("counted_to_inferred", pa.bool_(), nullable=False),
    ]
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["=1+1", "'=1", "''-2", "+963", "@x", "\tx", "\rx", "\nx", 'a"b', "a,b", "\r\n", "بانياس", "'"]
)
MOMENTS = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 1, 1))  # noqa: DTZ001 - UTC without a zone
ROW = st.fixed_dictionaries(
    {
        "area_name": TEXT,
        "count_stated": st.none() | TEXT,
        "date": st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2099, 1, 1)),
        "recorded_at": st.none() | MOMENTS,
        "best": st.none() | st.integers(-(2**63), 2**63 - 1),
        "lat": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "counted_to_inferred": st.booleans(),
    }
)
TABLES = st.lists(ROW, max_size=6).map(lambda rows: pa.Table.from_pylist(rows, schema=SCHEMA))


def from_json_row(row: dict) -> dict:
    """The values a reader makes of one JSON row."""
    return row | {
        "date": row["date"] and dt.date.fromisoformat(row["date"]),
        "recorded_at": row["recorded_at"]
        and dt.datetime.fromisoformat(row["recorded_at"]).replace(tzinfo=None),
    }


def from_csv_row(row: dict[str, str]) -> dict:
    """The values a reader makes of one CSV row; an empty cell is unknown."""
    cells = {name: re.sub(r"^'('*[=+\-@\t\r\n])", r"\1", cell) for name, cell in row.items()}
    return from_json_row(
        {
            "area_name": cells["area_name"],
            "count_stated": cells["count_stated"],
            "date": row["date"] or None,
            "recorded_at": row["recorded_at"] or None,
            "best": int(row["best"]) if row["best"] else None,
            "lat": float(row["lat"]) if row["lat"] else None,
            "counted_to_inferred": {"true": True, "false": False}[row["counted_to_inferred"]],
        }
    )


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_every_format_gives_the_same_values_back(table):
    rows = table.to_pylist()
    document = json.loads(encode(table, Format.JSON, meta={"head": "1-a"}))
    assert document["meta"] == {"head": "1-a"}
    assert [from_json_row(row) for row in document["data"]] == rows
    lines = encode(table, Format.NDJSON).decode().split("\n")
    assert lines.pop() == ""
    assert [from_json_row(json.loads(line)) for line in lines] == rows
    emptied = [
        row | {"count_stated": row["count_stated"] or ""} for row in rows
    ]  # "" and unknown text look alike
    assert [from_csv_row(row) for row in read_csv(encode(table, Format.CSV))] == emptied
    assert pq.read_table(io.BytesIO(encode(table, Format.PARQUET))).equals(table)
    assert pa.ipc.open_file(encode(table, Format.ARROW)).read_all().equals(table)


@pytest.mark.parametrize("fmt", Format)
def test_the_same_table_gives_the_same_bytes_however_it_is_chunked(fmt):
    whole = pa.table({"area": ["a", "b", "c"], "best": [1, None, 3]})
    assert encode(whole, fmt) == encode(whole, fmt)
    pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    if fmt in (Format.JSON, Format.CSV, Format.NDJSON):
        assert encode(pieces, fmt) == encode(whole, fmt)


def test_an_unknown_number_is_an_empty_cell_or_null_and_zero_is_zero():
    table = pa.table({"best": pa.array([0, None], pa.int64()), "grade": ["single_source", "inferred"]})
    assert encode(table, Format.CSV) == b"best,grade\n0,single_source\n,inferred\n"
    assert json.loads(encode(table, Format.JSON))["data"] == [
        {"best": 0, "grade": "single_source"},
        {"best": None, "grade": "inferred"},
    ]


def test_a_text_cell_cannot_run_as_a_formula_in_a_spreadsheet_and_numbers_stay_numbers():
    table = pa.table(
        {"note": ["=cmd()", "+1", "-1+1", "@x", "\ty", "-18"], "slack": [-1, -2, -3, -4, -5, -6]}
    )
    rows = read_csv(encode(table, Format.CSV))
    assert [row["note"] for row in rows] == ["'=cmd()", "'+1", "'-1+1", "'@x", "'\ty", "-18"]
    assert [row["slack"] for row in rows] == ["-1", "-2", "-3", "-4", "-5", "-6"]


def test_csv_quotes_only_what_must_be_quoted():
    table = pa.table({"a": ["plain text", "a,b", 'say "x"', "two\nlines", "cr\rhere"]})
    assert encode(table, Format.CSV) == b'a\nplain text\n"a,b"\n"say ""x"""\n"two\nlines"\n"cr\rhere"\n'


def test_a_single_column_with_unknowns_keeps_all_its_rows_in_csv():
    assert len(read_csv(encode(pa.table({"best": pa.array([1, None, 3])}), Format.CSV))) == 3


def test_a_float_that_is_no_number_is_unknown_in_the_text_formats():
    table = pa.table({"lat": [1.5, float("nan"), float("inf")], "n": [1, 2, 3]})
    assert [row["lat"] for row in json.loads(encode(table, Format.JSON))["data"]] == [1.5, None, None]
    assert encode(table, Format.CSV) == b"lat,n\n1.5,1\n,2\n,3\n"


def test_coded_text_leaves_as_text():
    table = pa.table({"role": pa.array(["counted", "=echo", None]).dictionary_encode(), "n": [1, 2, 3]})
    assert encode(table, Format.CSV) == b"role,n\ncounted,1\n'=echo,2\n,3\n"


def test_an_empty_table_still_names_its_columns():
    table = SCHEMA.empty_table()
    assert encode(table, Format.CSV).decode() == ",".join(SCHEMA.names) + "\n"
    assert json.loads(encode(table, Format.JSON)) == {"meta": {}, "data": []}
    assert encode(table, Format.NDJSON) == b""


def test_arabic_stays_readable_and_columns_keep_their_order():
    table = pa.table({"b": ["بانياس"], "a": [60]})
    assert encode(table, Format.NDJSON) == '{"b": "بانياس", "a": 60}\n'.encode()


def test_meta_travels_inside_parquet_and_arrow():
    table, meta = pa.table({"a": [1]}), {"head": "12-9f3c", "place": "بانياس"}
    parquet = pq.read_table(io.BytesIO(encode(table, Format.PARQUET, meta=meta)))
    arrow = pa.ipc.open_file(encode(table, Format.ARROW, meta=meta)).read_all()
    assert json.loads(parquet.schema.metadata[b"meta"]) == json.loads(arrow.schema.metadata[b"meta"]) == meta


def test_every_format_has_a_media_type_and_a_suffix():
    assert set(MEDIA_TYPES) == set(SUFFIXES) == set(Format)
    assert SUFFIXES[Format.NDJSON] == ".ndjson"


def test_a_thousand_rows_of_json_take_under_twenty_milliseconds():
    row = {
        "area_name": "اللاذقية",
        "count_stated": "over 740",
        "date": dt.date(2025, 3, 12),
        "best": 683,
        "lat": 35.5,
    }
    table = pa.Table.from_pylist([row | {"counted_to_inferred": False}] * 1000, schema=SCHEMA)
    encode(table, Format.JSON)
    spans = []
    for _ in range(7):
        start = time.perf_counter()
        encode(table, Format.JSON)
        spans.append(time.perf_counter() - start)
    assert min(spans) < 0.020


def test_meta_may_hold_days_and_nothing_that_json_cannot_say():
    table = pa.table({"a": [1]})
    assert b'"as_of": "2025-03-12"' in encode(table, Format.JSON, meta={"as_of": dt.date(2025, 3, 12)})
    with pytest.raises(TypeError, match="set cannot be written"):
        encode(table, Format.JSON, meta={"areas": {"SY06"}})


WITHOUT_PANDAS = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == "pandas":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import pyarrow as pa
from service.formats.encode import encode
from service.formats.file_format import Format

table = pa.table({"area": ["Banias"], "best": [60]})
assert all(encode(table, fmt, meta={"head": "1-a"}) for fmt in Format)
assert "pandas" not in sys.modules
"""


def test_every_format_is_written_where_pandas_is_not_installed():
    subprocess.run([sys.executable, "-c", WITHOUT_PANDAS], check=True)


def read_xlsx(data: bytes) -> list[dict]:
    """The rows of the first sheet as a spreadsheet reader sees them; the format's own escapes undone."""
    lines = openpyxl.load_workbook(io.BytesIO(data), read_only=True)["rows"].iter_rows(values_only=True)
    names = next(lines)
    return [
        {
            name: re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), cell)
            if isinstance(cell, str)
            else cell
            for name, cell in zip(names, line, strict=True)
        }
        for line in lines
    ]


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_a_workbook_gives_the_same_values_back_with_days_as_days(table):
    rows = read_xlsx(encode(table, Format.XLSX))
    for row in rows:
        row["date"] = row["date"] and row["date"].date()
        row["recorded_at"] = from_json_row({"date": None, "recorded_at": row["recorded_at"]})["recorded_at"]
        row["area_name"], row["count_stated"] = row["area_name"] or "", row["count_stated"] or ""
    assert rows == [row | {"count_stated": row["count_stated"] or ""} for row in table.to_pylist()]


def test_text_in_a_workbook_is_never_a_formula_and_unknown_is_no_cell():
    table = pa.table({"note": ["=cmd()", "_x0041_"], "best": pa.array([None, 0], pa.int64())})
    data = encode(table, Format.XLSX, meta={"head": "1-a", "query": {"area": ["SY06"]}})
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 'r="B2"' not in sheet
    assert "_x005F_x0041_" in sheet
    pairs = openpyxl.load_workbook(io.BytesIO(data))["meta"].iter_rows(values_only=True)
    assert list(pairs) == [("name", "value"), ("head", "1-a"), ("query", '{"area": ["SY06"]}')]


def test_a_day_before_spreadsheets_agree_on_days_is_text():
    data = encode(pa.table({"date": [dt.date(1890, 1, 1), dt.date(1900, 3, 1)]}), Format.XLSX)
    assert [row["date"] for row in read_xlsx(data)] == ["1890-01-01", dt.datetime(1900, 3, 1)]  # noqa: DTZ001


def test_text_too_long_for_a_cell_is_cut_and_says_so():
    [row] = read_xlsx(encode(pa.table({"note": ["x" * 40_000]}), Format.XLSX))
    assert (len(row["note"]), row["note"][-2:]) == (32_767, "x…")


def test_more_rows_than_a_sheet_holds_are_refused():
    with pytest.raises(QueryError, match="at most 1,048,575 rows"):
        encode(pa.table({"best": pa.nulls(1_048_576, pa.int64())}), Format.XLSX)


def test_columns_far_to_the_right_keep_their_place():
    table = pa.table({f"c{place}": [place] for place in range(800)})
    assert read_xlsx(encode(table, Format.XLSX)) == table.to_pylist()


def test_hashtags_stand_under_the_header_and_say_what_is_counted():
    table = pa.table({"area_code": ["SY06"], "measure": ["killed"], "population": ["female"], "best": [3]})
    tags = hashtags(table)
    assert tags == ["#loc+code", "#indicator+code", "#group+code", "#affected+killed+f"]
    assert encode(table, Format.CSV, tags=tags).decode().splitlines()[1] == ",".join(tags)
    assert list(read_xlsx(encode(table, Format.XLSX, tags=tags))[0].values()) == tags
    two = pa.table({"measure": ["killed", "injured"], "best": [3, 4], "whim": [1, 2]})
    assert hashtags(two) == ["#indicator+code", "#affected", ""]
    with pytest.raises(QueryError, match="json has no row of hashtags"):
        encode(table, Format.JSON, tags=tags)


@pytest.mark.parametrize("verb", ENDPOINTS)
def test_every_column_that_leaves_has_a_hashtag_that_libhxl_reads(verb):
    table = ENDPOINTS[verb].columns.empty_table()
    tags = hashtags(table)
    assert [str(hxl.model.Column.parse(tag, use_exception=True).display_tag) for tag in tags] == tags
    read = hxl.data(io.BytesIO(encode(table, Format.CSV, tags=tags)))
    assert [column.display_tag for column in read.columns] == tags


def test_names_are_tagged_by_what_they_name():
    tagged = {
        verb: dict(
            zip((table := ENDPOINTS[verb].columns.empty_table()).column_names, hashtags(table), strict=True)
        )
        for verb in ("areas", "sources", "crises", "mappings")
    }
    assert [tagged[verb]["name"] for verb in tagged] == [
        "#loc+name", "#meta+source+name", "#crisis+name", "#meta+name",
    ]  # fmt: skip
    assert (tagged["areas"]["level"], tagged["crises"]["kind"]) == ("#loc+type", "#crisis+type")
