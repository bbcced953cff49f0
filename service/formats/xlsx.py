"""Which bytes make a workbook (XLSX) of rows?

Two sheets: the rows under a bold header that stays in sight, and what the answer holds for. Text is written
as text in place, never as a formula; an unknown is no cell at all; days are dates; moments stay ISO text,
since a spreadsheet's own moments are not exact to the microsecond. The same rows give the same bytes.

It must not know what a table means. Limits of the format: 1,048,576 rows, and 32,767 characters in a cell
(longer text is cut there, ended by ``…``).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from service.errors import QueryError

MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
DAY_ZERO = dt.date(1899, 12, 30)
FIRST_DAY = dt.date(1900, 3, 1)
"""Before it, spreadsheets disagree on the number of a day: such days are written as text."""
HEADING, DAY = 1, 2
"""The styles of cells, by their place in styles.xml."""
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

Cell = str | int | float | bool | dt.date | None

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="rows" sheetId="1" r:id="r1"/>'
    '<sheet name="meta" sheetId="2" r:id="r2"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>'
    f'<Relationship Id="r3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_SPREADSHEET}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}


def workbook(
    names: Sequence[str], rows: Iterable[Sequence[Cell]], *, count: int, meta: Mapping[str, Cell]
) -> bytes:
    """The workbook of ``count`` rows under ``names``, and of ``meta`` as pairs. Raises QueryError."""
    if count >= MOST_ROWS:
        raise QueryError(f"A sheet holds at most {MOST_ROWS - 1:,} rows, not {count:,}.", fix="Take CSV.")
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(_part(name), _HEAD + text)
        for name, heads, body in (
            ("sheet1", names, rows),
            ("sheet2", ("name", "value"), meta.items()),
        ):
            with archive.open(_part(f"xl/worksheets/{name}.xml"), "w") as part:
                for piece in _sheet(heads, body):
                    part.write(piece.encode())
    return sink.getvalue()


def _part(name: str) -> zipfile.ZipInfo:
    """A part with a day of its own that never changes."""
    part = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _sheet(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    columns = [_letters(place) for place in range(len(names))]
    yield f'{_HEAD}<worksheet xmlns="{_SPREADSHEET}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield "</sheetView></sheetViews><sheetData>"
    yield _row(1, columns, names, f' s="{HEADING}"')
    for number, row in enumerate(rows, start=2):
        yield _row(number, columns, row)
    yield "</sheetData></worksheet>"


def _row(number: int, columns: Sequence[str], cells: Sequence[Cell], style: str = "") -> str:
    written = (
        _cell(f"{column}{number}", value, style)
        for column, value in zip(columns, cells, strict=True)
        if value is not None
    )
    return f'<row r="{number}">{"".join(written)}</row>'


def _cell(place: str, value: Cell, style: str) -> str:
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    if isinstance(value, dt.date):
        if value >= FIRST_DAY:
            return f'<c r="{place}" s="{DAY}"><v>{(value - DAY_ZERO).days}</v></c>'
        value = value.isoformat()
    return (
        f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{_text(value or "")}</t></is></c>'
    )


def _text(text: str) -> str:
    """``text`` as the format writes it; characters that XML has no place for as ``_x0000_``."""
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - 1] + "…"
    text = UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return escape(text, {"\r": "&#13;"})


def _letters(place: int) -> str:
    """The name of a column, counted from 0: A … Z, AA …"""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
