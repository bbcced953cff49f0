"""In which forms may reports be submitted?

As a file (a path, or its bytes), as rows with named values, or as a data frame of any library that speaks
Arrow: pandas, Polars, PyArrow, DuckDB. What a value means is decided in ``service.ingest``; this module must
not know where the ledger is.

>>> to_rows(pa.table({"areas": ["SY06"], "count": ["over 740"]}))
[{'areas': 'SY06', 'count': 'over 740'}]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping as NamedValues
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypedDict, cast

import pyarrow as pa

from service.errors import QueryError, UnreadableDocument
from service.ingest.cell_text import as_text
from service.sentence import as_sentence, sentence

if TYPE_CHECKING:
    from service.ingest.mapping.library import Mapping

ZIP = b"PK"
"""How a workbook begins."""
Rows = Sequence[NamedValues[str, object]]


class Frame(Protocol):
    """A data frame, by the protocol that all libraries share."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


File = str | Path | bytes
"""A path, or the bytes of a file."""
Document = File | Rows | Frame


class ReadOptions(TypedDict, total=False):
    """How a document is read, where that is not to be found out: see ``ingest.read_reports``."""

    format: str | None
    delimiter: str | None
    encoding: str | None
    sheet: str | None
    mapping: Mapping | None
    most_rows: int


def to_rows(document: Rows | Frame) -> Rows:
    """Return the rows of a sequence of rows or of a data frame, each with named values."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(document, pandas.DataFrame):
        # not by way of Arrow, which has no columns of "over 740" and 745 together
        return cast(Rows, document.to_dict("records"))
    if hasattr(document, "__arrow_c_stream__"):
        return cast(Rows, pa.table(document).to_pylist())
    return document


def rows_as_json(rows: Rows) -> bytes:
    """Return rows as the JSON file that they could be, for a mapping to read."""
    plain = [{as_text(name): as_text(value) for name, value in row.items()} for row in rows]
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")


def read_file(document: File, name: str = "") -> tuple[str, bytes]:
    """Return the name to remember a file by, and its bytes. Raises QueryError where there is no such file."""
    if isinstance(document, bytes):
        return name or "document", document
    path = Path(document)
    if not path.is_file():
        raise QueryError(sentence("There is no file %(path)s.", path=str(path)), fix="Check the path.")
    return name or path.name, path.read_bytes()


class TextTable(NamedTuple):
    """The rows of a file as text, by the names of their columns; ``headings`` says how the file itself writes
    a name, where it has a heading."""

    rows: list[dict[str, Any]]
    headings: dict[str, str]


def read_text_table(name: str, data: bytes, *, most: int | None = None) -> TextTable:
    """Return the rows of a file as text, the first ``most`` of them at least and hardly more.

    Raises UnreadableDocument for the first row that cannot be read.
    """
    from service.ingest.readers import Options, open_document, read_chunks

    if data.startswith(ZIP) and find_spec("openpyxl") is None:  # the process that reads it could not say so
        raise ModuleNotFoundError("No module named 'openpyxl'", name="openpyxl")
    rows: list[dict[str, Any]] = []
    headings: dict[str, str] = {}
    with open_document(data, name, Options()) as file:
        for chunk in read_chunks(file):
            for broken in chunk.rejected:
                finding = broken.finding
                raise UnreadableDocument(
                    sentence(
                        "%(name)s, row %(number)s: %(message)s",
                        name=name,
                        number=broken.number,
                        message=as_sentence(finding.message),
                    ),
                    fix=finding.fix,
                )
            headings |= dict(zip(chunk.table.column_names, map(str.strip, chunk.headings), strict=False))
            rows += chunk.table.slice(0, most).to_pylist()
            if most is not None and len(rows) >= most:
                break
    return TextTable(rows, headings)
