"""Documents made to be wrong: faults of a cell in every format, and faults of each format's own.

Every document has a good row, then the faulty one, then another good row, unless it says otherwise. What
is to become of them stands beside each: a verdict for the faulty row, or ``refused`` for the whole.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

GOOD = {
    "crisis": "coast-2025",
    "source": "AFP",
    "areas": "Tartus",
    "measure": "killed",
    "population": "civilians",
    "published_on": "2025-03-09",
    "counted_to": "2025-03-08",
    "period_start": "2025-03-06",
    "count": "745",
    "low": "",
    "best": "",
    "high": "",
    "url": "https://example.org/a",
    "basis": "cumulative",
    "standard": "",
    "note": "",
}

CELLS: dict[str, tuple[dict[str, str], str]] = {
    "zero": ({"count": "0"}, "accepted"),
    "arabic digits": ({"count": "٧٤٥"}, "accepted"),
    "blank count": ({"count": ""}, "quarantined"),
    "spaces for a count": ({"count": "   "}, "quarantined"),
    "nan": ({"count": "NaN"}, "quarantined"),
    "infinity": ({"count": "Infinity"}, "quarantined"),
    "minus infinity": ({"count": "-inf"}, "quarantined"),
    "1e308": ({"count": "1e308"}, "quarantined"),
    "negative": ({"count": "-5"}, "rejected"),
    "fraction": ({"count": "3.5"}, "quarantined"),
    "ten thousand digits": ({"count": "9" * 10_000}, "rejected"),
    "larger than mankind": ({"count": "99999999999999"}, "rejected"),
    "sixty-four bits": ({"count": "18446744073709551616"}, "rejected"),
    "hexadecimal": ({"count": "0x2e9"}, "quarantined"),
    "underscores": ({"count": "7_45"}, "quarantined"),
    "percent": ({"count": "45%"}, "quarantined"),
    "null in words": ({"count": "null"}, "quarantined"),
    "not available": ({"count": "N/A"}, "quarantined"),
    "markup": ({"count": "<script>1</script>"}, "quarantined"),
    "formula": ({"count": "=1+1"}, "quarantined"),
    "formula by plus": ({"count": "+1+1"}, "quarantined"),
    "formula in a note": ({"note": '=HYPERLINK("https://example.org")'}, "accepted"),
    "command in a note": ({"note": "=cmd|'/c calc'!A1"}, "accepted"),
    "statement in a note": ({"note": "'); DROP TABLE report; --"}, "accepted"),
    "statement in a name": ({"areas": "Tartus'; DROP TABLE area; --"}, "quarantined"),
    "bidi in a source": ({"source": "A\u202eFP"}, "accepted"),
    "zero width in a place": ({"areas": "Tar\u200btus"}, "accepted"),
    "byte order mark in a place": ({"areas": "\ufeffTartus"}, "accepted"),
    "hidden only": ({"source": "\u200b\u200e"}, "quarantined"),
    "replacement letters": ({"areas": "Tart\ufffds"}, "quarantined"),
    "emoji for a source": ({"source": "🕊"}, "quarantined"),
    "a place that is not known": ({"areas": "Atlantis"}, "quarantined"),
    "a place with many names": ({"areas": "Mazraa"}, "quarantined"),
    "a blank part of places": ({"areas": "Tartus|"}, "quarantined"),
    "ten thousand places": ({"areas": "|".join(["Tartus"] * 10_000)}, "quarantined"),
    "population not known": ({"population": "martians"}, "quarantined"),
    "measure not known": ({"measure": "dead"}, "quarantined"),
    "blank measure": ({"measure": ""}, "quarantined"),
    "basis not known": ({"basis": "daily"}, "quarantined"),
    "standard not known": ({"standard": "sure"}, "quarantined"),
    "source too long": ({"source": "x" * 300}, "quarantined"),
    "long note": ({"note": "é" * 50_000}, "quarantined"),
    "ambiguous day": ({"counted_to": "03/04/2025"}, "quarantined"),
    "day that is none": ({"counted_to": "2025-02-30"}, "quarantined"),
    "day to come": ({"published_on": "2031-01-01"}, "quarantined"),
    "day long past": ({"counted_to": "0825-03-08"}, "quarantined"),
    "serial day": ({"counted_to": "45724"}, "quarantined"),
    "year zero": ({"counted_to": "0000-01-01"}, "quarantined"),
    "period reversed": ({"period_end": "2025-03-01"}, "quarantined"),
    "counted before it began": ({"counted_to": "2025-03-01"}, "quarantined"),
    "month": ({"counted_to": "2025-03", "published_on": ""}, "accepted"),
    "count beside bounds": ({"best": "7"}, "quarantined"),
    "bounds out of order": ({"count": "", "low": "9", "high": "1"}, "rejected"),
    "bounds in words": ({"count": "", "low": "some"}, "quarantined"),
    "address with spaces": ({"url": "https://example.org/a b"}, "quarantined"),
    "address of a script": ({"url": "javascript:alert(1)"}, "quarantined"),
    "address of a file": ({"url": "file:///etc/passwd"}, "quarantined"),
}
TYPED = ("zero", "1e308", "negative", "formula", "bidi in a source", "ambiguous day", "day to come", "month",
         "ten thousand digits", "bounds out of order", "a place with many names", "long note")  # fmt: skip
"""The faults that are also tried in the formats that a child reads."""


def csv_of(rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, _columns(rows), delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def _columns(rows: list[dict[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def json_of(rows: list[dict[str, str]]) -> bytes:
    return json.dumps(rows).encode()


def ndjson_of(rows: list[dict[str, str]]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def table_of(rows: list[dict[str, str]]) -> pa.Table:
    return pa.table({name: pa.array([row.get(name, "") for row in rows]) for name in _columns(rows)})


def parquet_of(rows: list[dict[str, str]] | pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(rows if isinstance(rows, pa.Table) else table_of(rows), out)
    return out.getvalue()


def arrow_of(rows: list[dict[str, str]] | pa.Table) -> bytes:
    table = rows if isinstance(rows, pa.Table) else table_of(rows)
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def xlsx_of(rows: list[dict[str, object]]) -> bytes:
    book = openpyxl.Workbook()
    columns = list(dict.fromkeys(name for row in rows for name in row))
    book.active.append(columns)
    for row in rows:
        book.active.append([row.get(name) for name in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zip_of(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


TEXT_FORMS: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
    "csv": csv_of,
    "semicolons": lambda rows: csv_of(rows, ";"),
    "tsv": lambda rows: csv_of(rows, "\t"),
    "utf-16": lambda rows: csv_of(rows, encoding="utf-16"),
    "json": json_of,
    "ndjson": ndjson_of,
}
BINARY_FORMS: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
    "parquet": parquet_of,
    "arrow": arrow_of,
    "xlsx": xlsx_of,
}

_CSV = csv_of([GOOD])
_HEAD, _LINE = _CSV.split(b"\r\n")[:2]
_WIDTH = len(GOOD)
R = "refused"


def _lines(*lines: bytes) -> bytes:
    return b"\r\n".join([_HEAD, *lines])


def _with(text: str) -> bytes:
    """A JSON array whose second row has this text in place of its count."""
    good = json.dumps(GOOD)
    return f"[{good}, {good.replace(json.dumps('745'), text)}, {good}]".encode()


def _sheet(body: str, dimension: str = "") -> bytes:
    """A workbook of one sheet with this XML in it."""
    before, _, rows = body.rpartition("|")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'{before}<worksheet xmlns="{main}">{dimension}<sheetData>{rows}</sheetData></worksheet>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return zip_of(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
            f'PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override '
            f'PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" '
            'sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship '
            f'Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def _cells(number: int, values: object, extra: str = "") -> str:
    texts = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)
    return f'<row r="{number}">{texts}{extra}</row>'


_TOP = _cells(1, GOOD)
_FIRST = _cells(2, GOOD.values())
_LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
) + "]>|" + _TOP + _cells(2, ["&a11;"])  # fmt: skip


_OUTSIDE = f"<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>|{_TOP}{_cells(2, ['&f;'])}"


def _claiming(name: str, size: int) -> bytes:
    """A workbook with a part that says it unpacks to so many bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr(name, "0" * 100)
        archive.infolist()[-1].file_size = size
    return out.getvalue()


def _parts(resources: object, **files: bytes) -> bytes:
    return zip_of({"datapackage.json": json.dumps({"resources": resources}), **files})


def _typed(name: str, values: list[object]) -> bytes:
    """A Parquet file with a typed column."""
    table = table_of([GOOD])
    return parquet_of(table.set_column(table.column_names.index(name), name, pa.array(values)))


def bomb_of(rows: int) -> bytes:
    """A Parquet file of a few kilobytes with very many equal rows."""
    table = pa.table({name: pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int8()), [f"{text} " * 40])
                      for name, text in GOOD.items()})  # fmt: skip
    return parquet_of(table)


def _truncated(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


_PARQUET, _ARROW, _XLSX = parquet_of([GOOD]), arrow_of([GOOD] * 50), xlsx_of([GOOD])
_DEEP = 200_000

FORMS: dict[str, tuple[str, bytes, str]] = {
    # name: (file name, bytes, what becomes of it: refused, or the verdicts of its rows)
    "nothing": ("a.csv", b"", R),
    "nothing but space": ("a.csv", b" \r\n\n \t\n", R),
    "a heading alone": ("a.csv", _HEAD, ""),
    "blank lines between": ("a.csv", _lines(_LINE, b"", b"," * (_WIDTH - 1), b"  ", _LINE), "aa"),
    "row too long": ("a.csv", _lines(_LINE, _LINE + b",x", _LINE), "ara"),
    "row far too long": ("a.csv", _lines(_LINE, _LINE + b",x" * 50_000, _LINE), "ara"),
    "row too short": ("a.csv", _lines(_LINE, b"coast-2025,AFP", _LINE), "ara"),
    "one cell": ("a.csv", _lines(_LINE, b"x", _LINE), "ara"),
    "every row too long": ("a.csv", _lines(_LINE + b",x", _LINE + b",x"), "rr"),
    "open quote": ("a.csv", _lines(_LINE, b'"open', _LINE), R),
    "quote and more": ("a.csv", _lines(_LINE, b'"a"b' + b"," * (_WIDTH - 1)), R),
    "quote within": ("a.csv", _lines(_LINE, _LINE.replace(b"745", b'7"45'), _LINE), "aqa"),
    "quoted lines": ("a.csv", _lines(_LINE + b'"x\r\ny,z"', _LINE), "aa"),
    "cell without end": ("a.csv", _lines(_LINE, _LINE + b'"' + b"x" * 200_000 + b'"'), R),
    "column twice": ("a.csv", _CSV.replace(b"standard", b"areas"), R),
    "column twice but for case": ("a.csv", _CSV.replace(b"standard", b"Areas"), R),
    "column missing": ("a.csv", _CSV.replace(b"areas", b"place"), R),
    "no column for a count": ("a.csv", b"crisis,source,areas,measure,population\na,b,c,d,e\n", R),
    "hundred thousand columns": ("a.csv", b",".join([_HEAD, *(b"c%d" % n for n in range(3000))]) + b"\n", ""),
    "nul in a heading": ("a.csv", _CSV.replace(b"standard", b"stan\x00dard"), "a"),
    "nul in a cell": ("a.csv", _lines(_LINE, _LINE.replace(b"745", b"7\x0045"), _LINE), "aaa"),
    "nul bytes alone": ("a.csv", b"\x00" * 5000, R),
    "control characters": ("a.csv", _lines(_LINE, _LINE + b"\x01\x1b[31m", _LINE), "aaa"),
    "bytes of no letters": ("a.csv", bytes(range(128, 256)) * 20, R),
    "latin letters": ("a.csv", _lines(_LINE + "Españoles muertos".encode("latin-1")), R),
    "broken utf-8": ("a.csv", _lines(_LINE, _LINE + b"\xc3(", _LINE), R),
    "overlong utf-8": ("a.csv", _lines(_LINE + b"\xc0\xaf"), R),
    "surrogate in utf-8": ("a.csv", _lines(_LINE + b"\xed\xa0\x80"), R),
    "utf-16 cut short": ("a.csv", _CSV.decode().encode("utf-16")[:-1], R),
    "utf-16 mark alone": ("a.csv", b"\xff\xfe", R),
    "mark twice": ("a.csv", b"\xef\xbb\xbf" * 2 + _CSV, "a"),
    "utf-32": ("a.csv", _CSV.decode().encode("utf-32"), R),
    "utf-7 look": ("a.csv", _lines(_LINE, _LINE + b"+ADw-script+AD4-"), "aa"),
    "windows-1256": ("a.csv", _lines(_LINE + "الطائفة العلوية".encode("windows-1256")), "a"),
    "carriage returns alone": ("a.csv", _CSV.replace(b"\r\n", b"\r"), "a"),
    "mixed line ends": ("a.csv", _HEAD + b"\n" + _LINE + b"\r" + _LINE + b"\r\n" + _LINE, "aaa"),
    "wrong delimiter": ("a.csv", _CSV.replace(b",", b"^"), R),
    "json no more": ("a.json", b'[{"a": 1}', R),
    "json and more": ("a.json", b"[] x", R),
    "json twice": ("a.json", b"[][]", R),
    "json of a number": ("a.json", b"745", R),
    "json of a text": ("a.json", b'"745"', R),
    "json of null": ("a.json", b"null", R),
    "json of nothing": ("a.json", b"", R),
    "json list of nothing": ("a.json", b"[]", ""),
    "json in single quotes": ("a.json", b"[{'a': 1}]", R),
    "json with a comment": ("a.json", b"[/* x */]", R),
    "json with a comma too many": ("a.json", b"[{},]", R),
    "json raw control character": ("a.json", b'[{"note": "a\x01b"}]', R),
    "json broken utf-8": ("a.json", b'[{"note": "\xff"}]', R),
    "json deep lists": ("a.json", b"[" * _DEEP, R),
    "json deep objects": ("a.json", b'{"a":' * _DEEP, R),
    "json deep closed": ("a.json", b"[" * _DEEP + b"]" * _DEEP, R),
    "json a deep row": ("a.json", _with("[" * 300 + "]" * 300), "aqa"),
    "json a deep object": ("a.json", _with('{"a":' * 50 + "1" + "}" * 50), "aqa"),
    "json rows that are none": ("a.json", b"[1, null, [2], \"x\", true]", "rrrrr"),
    "json name twice": ("a.json", _with('"745", "count": "746"'), "ara"),
    "json name twice but for case": ("a.json", _with('"745", "Count": "746"'), "ara"),
    "json data twice": ("a.json", b'{"data": [], "data": []}', R),
    "json NaN": ("a.json", _with("NaN"), "aqa"),
    "json Infinity": ("a.json", _with("Infinity"), "aqa"),
    "json -Infinity": ("a.json", _with("-Infinity"), "aqa"),
    "json 1e308": ("a.json", _with("1e308"), "aqa"),
    "json 1e999": ("a.json", _with("1e999"), "aqa"),
    "json -0": ("a.json", _with("-0"), "ara"),
    "json 745.0": ("a.json", _with("745.0"), "aaa"),
    "json 745.5": ("a.json", _with("745.5"), "aqa"),
    "json five thousand digits": ("a.json", _with("9" * 5000), "ara"),
    "json true": ("a.json", _with("true"), "aqa"),
    "json null count": ("a.json", _with("null"), "aqa"),
    "json list for a count": ("a.json", _with("[7, 45]"), "aqa"),
    "json object for a count": ("a.json", _with('{"n": 745}'), "aqa"),
    "json escaped nul": ("a.json", _with('"7\\u000045"'), "aaa"),
    "json lone surrogate": ("a.json", _with('"7\\ud80045"'), "aaa"),
    "json blank row": ("a.json", b"[{}]", "q"),
    "ndjson broken line": ("a.ndjson", ndjson_of([GOOD]) + b'\n{"a": \n' + ndjson_of([GOOD]), "ara"),
    "ndjson deep line": ("a.ndjson", ndjson_of([GOOD]) + b"\n" + b"[" * _DEEP + b"\n", "ar"),
    "ndjson list line": ("a.ndjson", ndjson_of([GOOD]) + b"\n[1]\n2\n", "arr"),
    "ndjson two on a line": ("a.ndjson", ndjson_of([GOOD]) + b"{}\n" + ndjson_of([GOOD]), "ra"),
    "ndjson cut short": ("a.ndjson", _truncated(ndjson_of([GOOD])), "r"),
    "ndjson nul": ("a.ndjson", ndjson_of([GOOD]) + b"\n\x00\n", "ar"),
    "ndjson name twice": ("a.ndjson", b'{"a": 1, "a": 2}\n' + ndjson_of([GOOD]), "ra"),
    "parquet cut short": ("a.parquet", _truncated(_PARQUET), R),
    "parquet mark alone": ("a.parquet", b"PAR1", R),
    "parquet of noise": ("a.parquet", b"PAR1" + bytes(range(256)) * 8 + b"PAR1", R),
    "parquet footer too long": ("a.parquet", _PARQUET[:-8] + b"\xff\xff\xff\x7fPAR1", R),
    "parquet page changed": ("a.parquet", _PARQUET[:40] + b"\xff" * 40 + _PARQUET[80:], R),
    "parquet column twice": ("a.parquet", parquet_of(table_of([GOOD]).append_column("Count ", [["1"]])), R),
    "parquet NaN": ("a.parquet", _typed("count", [float("nan")]), "q"),
    "parquet infinity": ("a.parquet", _typed("count", [float("inf")]), "q"),
    "parquet typed": ("a.parquet", _typed("count", [745]), "a"),
    "parquet days": ("a.parquet", _typed("counted_to", [dt.date(2025, 3, 8)]), "a"),
    "arrow cut short": ("a.arrow", _truncated(_ARROW), R),
    "arrow of noise": ("a.arrow", b"ARROW1\x00\x00" + b"\xff" * 2000, R),
    "arrow endless header": ("a.arrow", b"\xff\xff\xff\xff\xff\xff\xff\x7f" + b"\x00" * 100, R),
    "arrow buffers changed": ("a.arrow", _ARROW[:600] + b"\xff" * 200 + _ARROW[800:], R),
    "xlsx cut short": ("a.xlsx", _truncated(_XLSX), R),
    "xlsx without parts": ("a.xlsx", zip_of({"[Content_Types].xml": "<Types/>"}), R),
    "xlsx of noise": ("a.xlsx", b"PK\x03\x04" + bytes(range(256)) * 8, R),
    "xlsx made by hand": ("a.xlsx", _sheet(_TOP + _FIRST), "a"),
    "xlsx claims a million rows": (
        "a.xlsx", _sheet(_TOP + _FIRST, '<dimension ref="A1:XFD1048576"/>'), "a"),
    "xlsx row at the very end": ("a.xlsx", _sheet(_TOP + _FIRST + _cells(1048576, GOOD.values())), "aa"),
    "xlsx row beyond the end": ("a.xlsx", _sheet(_TOP + _cells(99999999, GOOD.values())), R),
    "xlsx column beyond the end": (
        "a.xlsx", _sheet(_TOP + '<row r="2"><c r="XFE2" t="inlineStr"><is><t>x</t></is></c></row>'), R),
    "xlsx cell nowhere": ("a.xlsx", _sheet(_TOP + '<row r="2"><c r="??"><v>1</v></c></row>'), R),
    "xlsx text that is not there": ("a.xlsx", _sheet(_TOP + '<row r="2"><c t="s"><v>99</v></c></row>'), R),
    "xlsx laughs": ("a.xlsx", _sheet(_LAUGHS), R),
    "xlsx outside text": ("a.xlsx", _sheet(_OUTSIDE), R),
    "xlsx bomb": ("a.xlsx", _claiming("xl/x.xml", 1 << 40), R),
    "xlsx column twice": ("a.xlsx", xlsx_of([{"count": 1, "Count": 2}]), R),
    "xlsx empty": ("a.xlsx", xlsx_of([]), ""),
    "xlsx typed": ("a.xlsx", xlsx_of([{**GOOD, "count": 745.0, "counted_to": dt.date(2025, 3, 8)}]), "a"),
    "xlsx fraction": ("a.xlsx", xlsx_of([{**GOOD, "count": 745.5}]), "q"),
    "xlsx error cell": ("a.xlsx", xlsx_of([{**GOOD, "count": "#DIV/0!"}]), "q"),
    "xlsx cell beside the table": ("a.xlsx", _sheet(_TOP + _cells(2, [*GOOD.values(), "x"])), "r"),
    "package of nothing": ("a.zip", _parts([]), R),
    "package without list": ("a.zip", zip_of({"datapackage.json": "{}"}), R),
    "package not json": ("a.zip", zip_of({"datapackage.json": "{"}), R),
    "package deep": ("a.zip", zip_of({"datapackage.json": "[" * _DEEP}), R),
    "package leads out": ("a.zip", _parts([{"path": "../a.csv"}]), R),
    "package to a root": ("a.zip", _parts([{"path": "/etc/passwd"}]), R),
    "package to the web": ("a.zip", _parts([{"path": "https://example.org/a.csv"}]), R),
    "package of what is missing": ("a.zip", _parts([{"path": "a.csv"}]), R),
    "package of pictures": ("a.zip", _parts([{"path": "a.png"}], **{"a.png": b"x"}), R),
    "package": ("a.zip", _parts([{"path": "a.csv"}], **{"a.csv": _lines(_LINE, b"x", _LINE)}), "ara"),
    "package bomb": ("a.zip", _parts([{"path": "a.csv"}], **{"a.csv": _HEAD + b"\n" * (20 << 20)}), ""),
    "zip of nothing": ("a.zip", zip_of({}), R),
    "zip of something": ("a.zip", zip_of({"a.csv": _CSV}), R),
    "old workbook": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, R),
    "pdf": ("a.csv", b"%PDF-1.7\n", R),
    "compressed": ("a.csv.gz", b"\x1f\x8b\x08\x00" + b"\x00" * 50, R),
    "web page": ("a.csv", b"<!doctype html><table></table>", R),
    "database": ("a.csv", b"SQLite format 3\x00" + b"\x00" * 100, R),
}  # fmt: skip
