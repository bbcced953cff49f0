"""Whatever comes in is read or refused with a remedy, and what is written is read back, in every format.

The wording, the dates, the gazetteer and the drafts have such tests beside their own tables.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.errors import CasualtyError, QueryError, UnknownName, UnreadableDocument
from service.ingest import REPORT_FILE_COLUMNS, read_reference, read_reports
from service.ingest.corrections import read_corrections
from service.ingest.fixes import Fix, read_fixes
from service.ingest.mapping.definition import parse_mapping
from service.ingest.readers import Options
from service.ingest.readers.encoding import read_utf8_blocks
from service.ingest.readers.formats import detect_format, read_document
from service.ingest.retry import retry_rows
from service.ingest.row_reader import HeldRow
from service.schema.tables import REFERENCE_SCHEMAS
from service.settings import shipped_seeds
from tests import builders
from tests.thorough import documents, twice

TODAY = dt.date(2026, 11, 22)
REFERENCE = builders.reference()
NAMES = ("source", "count", "note")
ROWS = [dict(zip(NAMES, ("SOHR", "over 740", "a, b"), strict=True)), dict.fromkeys(NAMES, "x")]


def as_csv(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_xlsx(rows: list[dict[str, str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    names = list(dict.fromkeys(name for row in rows for name in row))
    for cells in (names, *([row.get(name) for name in names] for row in rows)):
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def as_arrow(rows: list[dict[str, str]]) -> bytes:
    table, out = pa.Table.from_pylist(rows), pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return bytes(out.getvalue())


def as_package(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        resource = {"name": "rows", "path": "rows.csv", "profile": "tabular-data-resource"}
        archive.writestr("datapackage.json", json.dumps({"name": "p", "resources": [resource]}))
        archive.writestr("rows.csv", as_csv(rows))
    return out.getvalue()


WRITERS = {
    "csv": as_csv,
    "tsv": lambda rows: as_csv(rows, "\t"),
    "json": lambda rows: json.dumps(rows).encode(),
    "ndjson": lambda rows: "\n".join(map(json.dumps, rows)).encode(),
    "xlsx": as_xlsx,
    "parquet": as_parquet,
    "arrow": as_arrow,
    "package": as_package,
}
IN_PROCESS = ("csv", "tsv", "json", "ndjson", "xlsx", "package")
"""Broken Parquet and Arrow are for the child process alone: see the hostile documents."""


def rows_of(data: bytes, kind: str) -> list[dict[str, str]]:
    return [
        row
        for chunk in read_document(io.BytesIO(data), "d", kind, Options())
        for row in chunk.table.to_pylist()
    ]


def broken(sound: bytes) -> st.SearchStrategy[bytes]:
    """The document with some bytes changed, a piece left out, or something put in."""
    place = st.integers(0, len(sound))
    changed = st.lists(st.tuples(st.integers(0, len(sound) - 1), st.integers(0, 255)), min_size=1, max_size=4)

    def with_bytes(changes: list[tuple[int, int]]) -> bytes:
        data = bytearray(sound)
        for at, byte in changes:
            data[at] = byte
        return bytes(data)

    return st.one_of(
        changed.map(with_bytes),
        st.tuples(place, place).map(lambda ends: sound[: min(ends)] + sound[max(ends) :]),
        st.tuples(place, st.binary(max_size=8)).map(lambda put: sound[: put[0]] + put[1] + sound[put[0] :]),
    )


BROKEN = {kind: broken(WRITERS[kind](ROWS)) for kind in IN_PROCESS}


@pytest.mark.parametrize("kind", IN_PROCESS)
@documents
@given(st.data())
def test_a_broken_document_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    document = data.draw(BROKEN[kind])
    try:
        rows_of(document, kind)
    except UnreadableDocument as refusal:
        assert refusal.fix


@documents
@given(st.binary(max_size=60), st.sampled_from(["d.csv", "d.json", "d.ndjson", "d"]))
def test_any_bytes_have_a_format_or_are_refused(document: bytes, name: str) -> None:
    try:
        kind = detect_format(io.BytesIO(document), name, None)
        if kind in ("csv", "tsv", "json", "ndjson"):
            rows_of(document, kind)
    except UnreadableDocument as refusal:
        assert refusal.fix


_CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(
    lambda text: text.strip() and "#" not in text and not text.startswith("=") and "_x" not in text
)


@documents
@given(
    st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, _CELL)), min_size=1, max_size=4),
    st.sampled_from(sorted(WRITERS)),
)
def test_rows_that_are_written_are_read_back(rows: list[dict[str, str]], kind: str) -> None:
    assert rows_of(WRITERS[kind](rows), kind) == rows


@documents
@given(st.text(max_size=40), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]))
def test_a_text_of_a_declared_encoding_is_read_back(text: str, encoding: str) -> None:
    written = text.encode("utf-8", "replace").decode().removeprefix("\ufeff")
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    blocks, _ = read_utf8_blocks(io.BytesIO(written.encode(encoding)), "d", name)
    assert b"".join(blocks).decode() == written


_ARABIC = st.lists(
    st.sampled_from(["اللاذقية", "طرطوس", "في", "محافظة", "قتل", "نحو"]), min_size=2, max_size=8
)


@documents
@given(_ARABIC, st.sampled_from(["windows-1256", "iso-8859-6"]))
def test_arabic_of_a_declared_single_byte_set_is_read_back(words: list[str], encoding: str) -> None:
    text = " ".join(words)
    blocks, _ = read_utf8_blocks(io.BytesIO(text.encode(encoding)), "d", encoding)
    assert b"".join(blocks).decode() == text


MAPPINGS = [path.read_bytes() for path in sorted((shipped_seeds() / "mappings").glob("*.toml"))]


@documents
@given(st.one_of([broken(mapping) for mapping in MAPPINGS]))
def test_a_broken_mapping_is_read_or_refused(document: bytes) -> None:
    try:
        assert parse_mapping(document, "broken").figures
    except (UnreadableDocument, UnknownName) as refusal:
        assert refusal.fix


CORRECTIONS = (shipped_seeds() / "corrections.toml").read_bytes()


@documents
@given(broken(CORRECTIONS))
def test_a_broken_list_of_corrections_is_read_or_refused(document: bytes) -> None:
    try:
        read_corrections(document, "corrections.toml")
    except CasualtyError as refusal:
        assert refusal.fix


SEEDED = {
    "area": b"area_code,name,level,parent_code,lat\nx-new,New place,village,SY0602,35.1\n",
    "crisis": b"crisis_id,name,period_start\nnew,New,2025-03-06\n",
    "weight": b"dimension,term,weight\nkind,un,4\n",
}


@documents
@given(st.one_of([st.tuples(st.just(table), broken(sound)) for table, sound in SEEDED.items()]))
def test_a_broken_reference_file_is_read_or_refused(given_file: tuple[str, bytes]) -> None:
    table, document = given_file
    try:
        rows = read_reference(table, document, "seeds.csv")
    except UnreadableDocument as refusal:
        assert refusal.fix
    else:
        assert rows.schema == REFERENCE_SCHEMAS[table]


@documents
@example("\x1c3:areas=Latakia")
@example("9" * 5000 + ":areas=Latakia")
@given(st.text(max_size=30) | st.from_regex(r"\A\d{1,4}:[a-z_]{1,8}=.{0,9}\Z"))
def test_any_text_is_a_fix_or_refused(text: str) -> None:
    try:
        assert Fix.parse(text, "known").row >= 0
    except QueryError as refusal:
        assert refusal.fix


@documents
@example(b"row,column,value,reason,document\n\x1c3,areas,Latakia,asked the source,a.csv\n")
@example(b"row,column,value,reason,document\n" + 5000 * b"9" + b",areas,Latakia,asked the source,a.csv\n")
@given(broken(b"row,column,value,reason,document\n3,areas,Latakia,asked the source,a.csv\n"))
def test_a_broken_file_of_fixes_is_read_or_refused(document: bytes) -> None:
    with contextlib.suppress(QueryError, UnreadableDocument):
        assert all(fix.reason for fix in read_fixes(document, "fixes.csv"))


# --- what a report file says is the same in every format, and what is held says why each time -------------

_REPORT = st.fixed_dictionaries(
    {
        "crisis": st.just("syria-coast-2025-03"),
        "source": st.sampled_from(["SOHR", "A new paper", "المرصد السوري"]),
        "published_on": st.dates(dt.date(2025, 3, 6), dt.date(2026, 1, 1)).map(str),
        "areas": st.sampled_from(["Latakia", "SY06|SY10", "Banias, Tartus", "Atlantis", "اللاذقية"]),
        "measure": st.sampled_from(["killed", "injured"]),
        "population": st.sampled_from(["civilians", "all", "nobody"]),
        "count": st.integers(0, 10_000).map(str) | st.sampled_from(["over 740", "1,383", "lots", "2-4"]),
        "note": st.sampled_from(["", "as relayed", "a, b", "سطر"]),
    }
)


@twice
@given(rows=st.lists(_REPORT, min_size=1, max_size=3), kind=st.sampled_from(["csv", "ndjson"]))
def test_a_report_file_says_the_same_in_every_format_and_each_time(
    rows: list[dict[str, str]], kind: str
) -> None:
    assert set(rows[0]) <= set(REPORT_FILE_COLUMNS)
    batch = read_reports(WRITERS[kind](rows), f"d.{kind}", REFERENCE, today=TODAY)
    other = read_reports(WRITERS["json"](rows), "d.json", REFERENCE, today=TODAY)
    assert batch.reports.equals(other.reports)
    assert batch.rows == batch.reports.num_rows + batch.held.num_rows == len(rows)
    held = [HeldRow(each["row"], each["verdict"], each["raw"]) for each in batch.held.to_pylist()]
    if held:
        again = retry_rows(held, "d", batch.sha256, REFERENCE, today=TODAY)
        assert again.held.equals(batch.held)
        assert again.findings == tuple(each for each in batch.findings if each.row in {h.row for h in held})
