"""Which rows of text a document holds, in every format, encoding and way of parting cells."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import UnreadableDocument
from service.formats.xlsx import workbook
from service.ingest.readers import Limits, Options, encoding, open_document, read_chunks
from service.ingest.readers.hxl_tags import tag_matches
from tests.thorough import documents

ROWS = [
    {
        "source": "SOHR",
        "on": dt.date(2025, 3, 9),
        "count": 745,
        "areas": ["SY06", "SY10"],
        "note": "a, b",
    },
    {
        "source": "المرصد",
        "on": dt.date(2025, 3, 10),
        "count": 830,
        "areas": ["SY06"],
        "note": 'x "y"\nz',
    },
]
AS_TEXT = [
    {"source": "SOHR", "on": "2025-03-09", "count": "745", "areas": "SY06|SY10", "note": "a, b"},
    {"source": "المرصد", "on": "2025-03-10", "count": "830", "areas": "SY06", "note": 'x "y"\nz'},
]


def _read(data, name="document", limits=None, **options):
    """The rows with their sheets and numbers, the rejected ones, and the notices."""
    rows, rejected, notices = [], [], []
    with open_document(data, name, Options(**options)) as document:
        for chunk in read_chunks(document, limits):
            places = [(chunk.sheet, number) for number in chunk.numbers.to_pylist()]
            cells = chunk.table.to_pylist() if chunk.table.num_columns else [{} for _ in places]
            rows += zip(places, cells, strict=True)
            rejected += [(chunk.sheet, each.number, each.finding.code) for each in chunk.rejected]
            notices += [each.code for each in chunk.notices]
    return rows, rejected, notices


def _csv(delimiter=",", ending="\r\n"):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(AS_TEXT[0]), delimiter=delimiter, lineterminator=ending)
    writer.writeheader()
    writer.writerows(AS_TEXT)
    return out.getvalue()


def _table():
    return pa.table({name: pa.array([row[name] for row in ROWS]) for name in ROWS[0]})


def _parquet():
    out = io.BytesIO()
    pq.write_table(_table(), out)
    return out.getvalue()


def _arrow(write):
    out = io.BytesIO()
    with write(out, _table().schema) as writer:
        writer.write_table(_table())
    return out.getvalue()


def _xlsx(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_rows():
    cells = [[*row.values()] for row in ROWS]
    return [list(ROWS[0]), *([*row[:3], "|".join(row[3]), row[4]] for row in cells)]


def _package(files, **resource):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("datapackage.json", json.dumps({"resources": [{"name": "reports", **resource}]}))
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


_JSON = json.dumps(ROWS, default=str)
SAME = {
    "commas": _csv().encode(),
    "semicolons": _csv(";").encode(),
    "tabs": _csv("\t", "\n").encode(),
    "bars": _csv("|").encode(),
    "carriage returns": _csv(ending="\r").encode(),
    "byte order mark": _csv().encode("utf-8-sig"),
    "utf-16": _csv().encode("utf-16"),
    "utf-16 without a mark": _csv().encode("utf-16-le"),
    "windows-1256": _csv().encode("windows-1256"),
    "iso-8859-6": _csv().encode("iso-8859-6"),
    "json": _JSON.encode(),
    "json under data": json.dumps({"meta": {"n": 2}, "data": ROWS, "more": [1]}, default=str).encode(),
    "ndjson": "\n".join(json.dumps(row, default=str) for row in ROWS).encode(),
    "parquet": _parquet(),
    "arrow stream": _arrow(pa.ipc.new_stream),
    "arrow file": _arrow(pa.ipc.new_file),
    "xlsx": _xlsx(Sheet=_sheet_rows()),
    "package": _package({"d/r.csv": _csv(";")}, path="d/r.csv", dialect={"delimiter": ";"}),
    "package of json": _package({"r.json": _JSON}, path="r.json"),
    "package of parquet": _package({"r.parquet": _parquet()}, path="r.parquet", format="parquet"),
    "package with its rows inside": _package({}, data=json.loads(_JSON)),
}


@pytest.mark.parametrize("form", SAME)
def test_the_same_rows_are_read_whatever_the_form(form):
    rows, rejected, _ = _read(SAME[form])
    assert [row for _, row in rows] == AS_TEXT
    assert [place for place, _ in rows] == [("", 1), ("", 2)]
    assert rejected == []


@pytest.mark.parametrize("form", ["commas", "semicolons", "windows-1256", "json", "ndjson"])
def test_a_child_process_reads_what_this_one_reads(form):
    assert _read(SAME[form], limits=Limits()) == _read(SAME[form])


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("commas", []),
        ("byte order mark", []),
        ("semicolons", ["delimiter_detected"]),
        ("utf-16", ["encoding_detected"]),
        ("windows-1256", ["encoding_detected"]),
        ("iso-8859-6", ["encoding_detected"]),
    ],
)
def test_what_was_found_out_is_said(form, said):
    assert _read(SAME[form])[2] == said


def test_what_is_declared_is_not_found_out():
    data = "source;note\nSOHR;a,b\n".encode("utf-16-le")
    rows, _, notices = _read(data, encoding="UTF-16LE", delimiter=";", format="csv")
    assert rows == [(("", 1), {"source": "SOHR", "note": "a,b"})]
    assert notices == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("بانياس,عدد القتلى\nاللاذقية,12\n", "windows-1256"),
        ("قرية,عدد القتلى وجرحى\nالقرداحة,12\n", "iso-8859-6"),
        ("بانياس,né à Lattaquié\nاللاذقية,12\n", "windows-1256"),
    ],
)
def test_the_two_arabic_single_byte_sets_are_told_apart(text, encoding):
    rows, _, _ = _read(text.encode(encoding))
    assert list(rows[0][1].values()) == text.split("\n")[1].split(",")


def test_western_letters_are_not_taken_for_arabic():
    with pytest.raises(UnreadableDocument, match="byte 8"):
        _read("a,b\nEspaña,1\n".encode("latin-1"))


_CELL = st.text(st.sampled_from('ab",;\n\r\t|"é ا\x00'), max_size=6)


@documents
@given(st.text(st.sampled_from('ab",;\n\r"é '), max_size=40))
def test_both_ways_of_parsing_give_the_same_rows(text):
    """Whatever follows a heading: read in pieces by Arrow where it may, and by Python alone."""
    data = ("x,y\n" + text).encode()
    try:
        expected = [
            record
            for record in csv.reader(io.StringIO(text, newline=""), strict=True)
            if any(cell.strip() for cell in record)
        ]
    except csv.Error:
        with pytest.raises(UnreadableDocument):
            _read(data, format="csv", delimiter=",")
        return
    rows, rejected, _ = _read(data, format="csv", delimiter=",")
    assert [list(row.values()) for _, row in rows] == [each for each in expected if len(each) == 2]
    assert [number for _, number, _ in rejected] == [
        number for number, each in enumerate(expected, 1) if len(each) != 2
    ]


@documents
@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), max_size=30), st.sampled_from(",;\t|"))
def test_what_is_written_as_csv_is_read_back_in_pieces_of_any_size(records, delimiter):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b", "c"])
    writer.writerows(records)
    pieces = encoding.BLOCK
    try:
        encoding.BLOCK = 7
        rows, rejected, _ = _read(out.getvalue().encode(), format="csv", delimiter=delimiter)
    finally:
        encoding.BLOCK = pieces
    assert [list(row.values()) for _, row in rows] == [
        record for record in records if any(cell.strip() for cell in record)
    ]
    assert rejected == []


def is_no_tag(text: str) -> bool:
    """Rows of nothing but hashtags are headings, not rows."""
    return "#" not in text


def test_a_row_of_one_hashtag_is_a_row_and_of_two_a_heading():
    assert len(_read(b'[{"source": "#A"}]', format="json")[0]) == 1
    tagged = b'[{"source": "#org", "count": "#affected+killed"}, {"source": "sohr", "count": "3"}]'
    assert len(_read(tagged, format="json")[0]) == 1


@documents
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["source", "count", "note"]),
            st.one_of(
                st.text(max_size=8).filter(is_no_tag), st.integers(), st.booleans(), st.none(), st.floats()
            ),
        ),
        max_size=8,
    )
)
def test_any_json_array_of_objects_gives_one_row_each(given_rows):
    rows, rejected, _ = _read(json.dumps(given_rows).encode(), format="json")
    assert len(rows) == len(given_rows)
    assert rejected == []


def test_nested_values_stand_under_dotted_names():
    rows, _, _ = _read(b'[{"verified": {"killed_cum": 6, "by": {"age": 1.5}}, "killed_cum": 3}]')
    assert rows[0][1] == {"verified_killed_cum": "6", "verified_by_age": "1.500000", "killed_cum": "3"}


def test_a_name_given_twice_spoils_its_row_alone():
    rows, rejected, _ = _read(b'[{"a": 1, "a": 2}, {"a": 3}]')
    assert [place for place, _ in rows] == [("", 2)]
    assert rejected == [("", 1, "name_twice")]


def test_a_broken_line_of_ndjson_is_a_row_of_its_own():
    rows, rejected, _ = _read(b'{"a": 1}\n{"a": \n\n{"a": 3}\n', "x.ndjson")
    assert [place for place, _ in rows] == [("", 1), ("", 3)]
    assert rejected == [("", 2, "broken_row")]


def test_every_sheet_is_read_or_the_one_that_is_named():
    data = _xlsx(North=[["a"], [1]], South=[["b"], [2], [3]], Empty=[])
    rows, _, _ = _read(data)
    assert [place for place, _ in rows] == [("North", 1), ("South", 1), ("South", 2)]
    rows, _, _ = _read(data, sheet="South")
    assert rows == [(("", 1), {"b": "2"}), (("", 2), {"b": "3"})]
    with pytest.raises(UnreadableDocument, match="Did you mean “South”"):
        _read(data, sheet="Suoth")


@pytest.mark.parametrize(("place", "value"), [(6, 64), (8, 1)], ids=["of a version to come", "encrypted"])
def test_a_workbook_that_cannot_be_unpacked_is_refused(place: int, value: int) -> None:
    data = bytearray(_xlsx(Sheet=_sheet_rows()))
    entry = data.index(b"PK\x01\x02")
    while entry >= 0:
        data[entry + place] = value
        entry = data.find(b"PK\x01\x02", entry + 1)
    with pytest.raises(UnreadableDocument, match="no sound XLSX file"):
        _read(bytes(data), format="xlsx")


def test_of_a_workbook_that_this_service_wrote_the_rows_are_read_without_what_is_said_about_them():
    data = workbook(["a"], [["1"], ["2"]], count=2, meta={"head": "1-abc"})
    assert _read(data)[0] == [(("", 1), {"a": "1"}), (("", 2), {"a": "2"})]
    assert _read(data, sheet="meta")[0] == [(("", 1), {"name": "head", "value": "1-abc"})]


def test_a_formula_without_a_stored_value_stands_as_itself():
    rows, _, notices = _read(_xlsx(Sheet=[["count", "note"], ["=1+1", "x"]]))
    assert rows == [(("", 1), {"count": "=1+1", "note": "x"})]
    assert notices == ["formula_cells"]


def test_columns_of_a_tagged_file_are_known_by_their_tags():
    data = b"Place,Killed,Comment\n#adm1+name,#affected +killed,\nLatakia,3,x\n"
    rows, _, _ = _read(data)
    assert rows == [(("", 1), {"#adm1+name": "Latakia", "#affected+killed": "3", "comment": "x"})]
    as_json = json.dumps([["Place", "Killed"], ["#adm1+name", "#affected+killed"], ["Latakia", 3]])
    rows, _, _ = _read(as_json.encode())
    assert rows == [(("", 1), {"#adm1+name": "Latakia", "#affected+killed": "3"})]


@pytest.mark.parametrize(
    ("pattern", "column", "is_so"),
    [
        ("#affected", "#affected+killed", True),
        ("#affected+killed", "#affected+f+killed", True),
        ("#affected+killed-f", "#affected+f+killed", False),
        ("#affected+killed", "#affected", False),
        ("#affected", "#affectedx", False),
        ("affected", "#affected", False),
    ],
)
def test_a_tag_pattern_asks_for_attributes_and_excludes_others(pattern, column, is_so):
    assert tag_matches(pattern, column) is is_so


def test_a_folder_is_read_as_the_package_it_holds(tmp_path):
    (tmp_path / "datapackage.json").write_text(
        '{"resources": [{"path": "r.csv", "schema": {"missingValues": ["NA"]}}]}'
    )
    (tmp_path / "r.csv").write_text("a,b\nNA,2\n")
    rows, _, _ = _read(tmp_path, "folder")
    assert rows == [(("", 1), {"a": "", "b": "2"})]


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "https://example.org/r.csv", "missing.csv"])
def test_a_package_reads_only_what_lies_inside_it(path, tmp_path):
    with pytest.raises(UnreadableDocument):
        _read(_package({}, path=path))
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [{"path": path}]}))
    with pytest.raises(UnreadableDocument):
        _read(tmp_path, "folder")


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"a,b\n", "x.csv", "csv"),
        (b"a\tb\n", "x.tsv", "tsv"),
        (b"a,b\n", "x", "csv"),
        (b" [1]", "x", "json"),
        (b'{"a": 1}\n{"a": 2}\n', "x", "ndjson"),
        (b'{"data": []}', "x", "json"),
        (_parquet(), "x.csv", "parquet"),
        (SAME["arrow file"], "x", "arrow"),
        (SAME["xlsx"], "x.csv", "xlsx"),
    ],
)
def test_the_format_is_told_by_content_and_suffix(data, name, kind):
    with open_document(data, name, Options()) as document:
        assert document.kind == kind


@pytest.mark.parametrize(
    "data",
    [b"\xd0\xcf\x11\xe0old", b"%PDF-1.7", b"\x1f\x8b\x08", b"<!DOCTYPE html><p>", b"PK\x03\x04broken"],
)
def test_a_document_that_is_no_table_is_refused_with_a_way_on(data):
    with pytest.raises(UnreadableDocument) as refusal:
        _read(data)
    assert refusal.value.fix


def test_a_cell_that_is_too_long_is_told_as_such_and_not_as_broken_quoting():
    with pytest.raises(UnreadableDocument, match="has a cell of more than 131072 characters") as refused:
        _read(b"areas,count\n" + b"x" * 200_000 + b",5\n")
    assert refused.value.fix.startswith("Shorten it.")
