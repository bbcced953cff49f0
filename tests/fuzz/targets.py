"""What is fuzzed: each target takes any bytes, and ends with rows, a value or a refusal that has a remedy.

It knows nothing of who makes the bytes: atheris in ``make fuzz``, a few random changes in ``make test``.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from typing import NamedTuple

from service.errors import UnreadableDocument
from service.ingest.cells import Problem
from service.ingest.mapping.definition import parse_mapping
from service.ingest.readers import Options
from service.ingest.readers.formats import read_document
from service.ingest.wording.count import parse_count
from service.ingest.wording.written_dates import DateFormat, read_span
from service.settings import shipped_seeds
from tests.faults.hostile import GOOD, _sheet

WORDINGS = ("over 740", "2,300-2,400", "hundreds", "٧٤٠", "-18", "about 1.4 thousand", "entre 20 et 30")
DATES = ("2025-03-08", "8 March 2025", "03/2025", "2025-03-08T21:30:15-05:00", "8 mars 2025", "١٢ آذار ٢٠٢٥")
DATE_FORMATS = (DateFormat(), DateFormat(("dd/MM/yyyy", "d MMMM yyyy"), "fr"))


class Target(NamedTuple):
    """What is done with the bytes, and the sound ones to begin with."""

    work: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def _read(data: bytes, kind: str) -> None:
    try:
        for chunk in read_document(io.BytesIO(data), "a", kind, Options(most_rows=1_000)):
            chunk.table.validate(full=True)
    except UnreadableDocument as refusal:
        assert refusal.fix


def read_csv(data: bytes) -> None:
    _read(data, "csv")


def read_json(data: bytes) -> None:
    _read(data, "json")
    _read(data, "ndjson")


def read_xlsx(data: bytes) -> None:
    """Read a workbook whose sheet has these bytes between its beginning and its end."""
    _read(_sheet(data.decode("utf-8", "replace").replace("|", " ")), "xlsx")


def read_mapping(data: bytes) -> None:
    try:
        parse_mapping(data, "a")
    except UnreadableDocument as refusal:
        assert refusal.fix


def read_wording(data: bytes) -> None:
    """Read bytes as a count and as a date: bounds lie in their order, and a day is one."""
    text = data.decode("utf-8", "replace").strip()
    if not text:
        return
    for locale in ("", "de", "ar"):
        with contextlib.suppress(Problem):
            count = parse_count(text, locale, may_take_back=True)
            bounds = [each for each in (count.low, count.best, count.high) if each is not None]
            assert bounds == sorted(bounds), (text, count)
    for date_format in DATE_FORMATS:
        with contextlib.suppress(Problem):
            span = read_span(text, date_format)
            assert span.first <= span.last, (text, span)


def _sheet_rows() -> bytes:
    return "".join(
        f'<row r="{number}">'
        + "".join(f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
                  for at, value in enumerate(values))
        + "</row>"
        for number, values in enumerate((GOOD, GOOD.values()), 1)
    ).encode()  # fmt: skip


def _mappings() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted((shipped_seeds() / "mappings").glob("*.toml")))


TARGETS = {
    "csv": Target(
        read_csv, (",".join(GOOD).encode() + b"\r\n" + ",".join(GOOD.values()).encode(), b'a;b\n"1";2')
    ),
    "json": Target(read_json, (json.dumps([GOOD]).encode(), json.dumps(GOOD).encode())),
    "xlsx": Target(read_xlsx, (_sheet_rows(),)),
    "mapping": Target(read_mapping, _mappings()),
    "wording": Target(read_wording, tuple(text.encode() for text in (*WORDINGS, *DATES))),
}
