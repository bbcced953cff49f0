"""Which rows of text does a document hold?

Every format becomes a ``Sheet``: rows of texts under column names, numbered from 1, with nothing interpreted.
A new format is a new function that gives back a ``Sheet``. Text is never guessed at: no encoding but UTF-8,
no number or day read from it here, no row padded or cut.

>>> read_csv(b"source,count\\nSOHR,745\\n", "a.csv").rows[0].cells
{'source': 'SOHR', 'count': '745'}
"""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import difflib
import hashlib
import io
import json
import math
import numbers
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from service.errors import UnreadableDocument
from service.ingest.cells import shown
from service.ingest.names import normalise
from service.model import AREA_SEPARATOR, Finding
from service.vocabulary import Severity

EXTRA_CELLS = "extra_cells"
"""The name under which a row held aside keeps the cells that no column stands over."""


class Row(NamedTuple):
    """One data row as it stood. ``spoiled`` says why it cannot be read at all, where that is so."""

    number: int
    cells: dict[str, str]
    extra: tuple[str, ...] = ()
    spoiled: Finding | None = None

    def raw(self) -> str:
        """The row as a JSON object."""
        return json.dumps(
            {**self.cells, EXTRA_CELLS: self.extra} if self.extra else self.cells, ensure_ascii=False
        )


class Sheet(NamedTuple):
    """A document as rows of text."""

    document: str
    sha256: str
    columns: tuple[str, ...]
    rows: list[Row]


def column_name(text: str) -> str:
    """A heading as an identifier: "Published on" is ``published_on``."""
    return normalise(text).replace(" ", "_")


def decode(data: bytes, document: str) -> str:
    """The text of a UTF-8 document, with or without a byte order mark. Raises UnreadableDocument."""
    fix = "Save it as CSV UTF-8 and hand it in again."
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableDocument(f"{document} is UTF-16, not UTF-8 (byte 0).", fix=fix)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, at) + 1
        raise UnreadableDocument(
            f"{document} is not UTF-8: byte {at} (line {line}) is 0x{data[at]:02x}.", fix=fix
        ) from error


def _records(text: str, document: str, delimiter: str) -> list[list[str]]:
    """The records of a CSV text without the blank ones. Raises UnreadableDocument for broken quoting."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [record for record in reader if any(cell.strip() for cell in record)]
    except csv.Error as error:
        raise UnreadableDocument(
            f"{document} is broken near line {reader.line_num}: {error}.",
            fix="Put a cell that holds quotes or separators in double quotes, and double the quotes in it.",
        ) from error


def read_csv(data: bytes, document: str, delimiter: str = ",") -> Sheet:
    """The rows of a CSV file with a heading. Blank lines are no rows.

    Raises UnreadableDocument where the bytes are not UTF-8, the quoting is broken, there is no heading or two
    columns have the same one. A row of another length than the heading is spoiled.
    """
    records = _records(decode(data, document), document, delimiter)
    if not records:
        raise UnreadableDocument(f"{document} is empty.", fix="The first line names the columns.")
    heading = [column_name(cell) or f"column_{at}" for at, cell in enumerate(records[0], 1)]
    _check_heading(records[0], heading, document, delimiter)
    rows: list[Row] = []
    for number, record in enumerate(records[1:], 1):
        row = Row(number, dict(zip(heading, record, strict=False)), tuple(record[len(heading) :]))
        rows.append(
            row if len(record) == len(heading) else row._replace(spoiled=_length(number, record, heading))
        )
    return Sheet(document, hashlib.sha256(data).hexdigest(), tuple(heading), rows)


def _check_heading(cells: list[str], heading: list[str], document: str, delimiter: str) -> None:
    twice = sorted({name for name in heading if heading.count(name) > 1})
    if twice:
        raise UnreadableDocument(
            f"{document} has more than one column {', '.join(twice)}.",
            fix="Keep one of them, or rename the others.",
        )
    other = [mark for mark in ";\t|," if mark != delimiter and mark in cells[0]]
    if len(cells) == 1 and other:
        raise UnreadableDocument(
            f"{document} has one column only, “{shown(cells[0])}”.",
            fix=f"Its cells seem to be parted by {other[0]!r}: save it with {delimiter!r}, or name that one.",
        )


def _length(number: int, record: list[str], heading: list[str]) -> Finding:
    code, word = ("row_too_long", "more") if len(record) > len(heading) else ("row_too_short", "fewer")
    return Finding(
        code,
        Severity.ERROR,
        f"The row has {len(record)} cells, {word} than the {len(heading)} columns.",
        "Put a cell that holds the separator in double quotes, and keep blank cells.",
        row=number,
        column=heading[min(len(record), len(heading)) - 1],
        value=shown(record[-1]),
    )


def sheet_of(rows: Iterable[object], document: str) -> Sheet:
    """The sheet of rows that are mappings already: JSON objects, records of a data frame.

    Values become text: whole floats lose their point, days are written as such, lists are joined by ``|``,
    None and NaN are blank. A row that is no mapping is spoiled.
    """
    made = [_row_of(number, given) for number, given in enumerate(rows, 1)]
    columns = tuple(dict.fromkeys(name for row in made for name in row.cells))
    digest = hashlib.sha256("\n".join(row.raw() for row in made).encode())
    return Sheet(document, digest.hexdigest(), columns, made)


def _row_of(number: int, given: object) -> Row:
    if not isinstance(given, Mapping):
        text = as_text(given)
        spoiled = Finding(
            "not_a_row",
            Severity.ERROR,
            "The row is not an object with named values.",
            'Write it as {"source": "…", "count": "…", …}.',
            row=number,
            value=shown(text),
        )
        return Row(number, {}, (text,), spoiled)
    cells = {column_name(as_text(name)): as_text(value) for name, value in given.items()}
    if len(cells) == len(given):
        return Row(number, cells)
    counts = Counter(column_name(as_text(name)) for name in given)
    twice = next(name for name, count in counts.items() if count > 1)
    spoiled = Finding(
        "name_twice",
        Severity.ERROR,
        f"The row has more than one value named {twice}.",
        "Keep one of them.",
        row=number,
        column=twice,
        value=shown(cells[twice]),
    )
    return Row(number, {as_text(name): as_text(value) for name, value in given.items()}, (), spoiled)


def as_text(value: object) -> str:
    """A value as the text a report file would hold.

    >>> as_text(745.0), as_text(dt.date(2025, 3, 8)), as_text(["SY06", "SY10"]), as_text(float("nan"))
    ('745', '2025-03-08', 'SY06|SY10', '')
    """
    try:
        text = value if isinstance(value, str) else _spelled(value)
    except RecursionError:
        text = "[nested too deeply]"
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _spelled(value: object) -> str:
    match value:
        case dt.datetime() if str(value) != "NaT" and value.time() == dt.time():
            return value.date().isoformat()
        case numbers.Real() | decimal.Decimal() if not isinstance(value, numbers.Integral):
            return _decimal(float(value))
        case Mapping():
            return json.dumps(value, ensure_ascii=False, default=str)
        case Iterable() if not isinstance(value, bytes):
            return AREA_SEPARATOR.join(as_text(each) for each in value)
        case _:
            return "" if str(value) in ("None", "NaT", "<NA>") else str(value)


def _decimal(value: float) -> str:
    """Six decimals where there are any, so that 1.383 is never taken for 1,383 with a point between."""
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() else f"{value:f}"


def likest(name: str, known: Iterable[str]) -> str:
    """The known column whose name looks most like this one, or nothing."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), "")
