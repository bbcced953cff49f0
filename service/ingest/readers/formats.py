"""Which format does a document have, and which reader reads it?

The format is the one that is declared, else one that the first bytes prove, else the one of the file's
suffix, else the one that its text looks like. This module must not know what rows mean.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from service.errors import UnreadableDocument
from service.ingest.cell_text import closest_match
from service.ingest.readers.bounds import limit_rows
from service.ingest.readers.chunk import Chunk, check_width
from service.ingest.readers.encoding import detect_encoding
from service.ingest.readers.hxl_tags import rename_by_tags
from service.sentence import did_you_mean, join_sentences, listed, message, sentence

FORMATS = ("csv", "tsv", "json", "ndjson", "parquet", "arrow", "xlsx", "package")
TEXTS = ("csv", "tsv", "json", "ndjson")
SUFFIXES = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".xlsx": "xlsx",
}
_UNSUPPORTED = (
    (b"\xd0\xcf\x11\xe0", message("an old Excel workbook"), message("Save it as .xlsx or as CSV UTF-8.")),
    (b"%PDF", message("a PDF"), message("Hand in the table behind it.")),
    (b"\x1f\x8b", message("compressed"), message("Unpack it first.")),
    (b"BZh", message("compressed"), message("Unpack it first.")),
    (b"\xfd7zXZ", message("compressed"), message("Unpack it first.")),
    (b"\x28\xb5\x2f\xfd", message("compressed"), message("Unpack it first.")),
    (b"SQLite format 3", message("an SQLite database"), message("Export its table as CSV.")),
)


class Options(NamedTuple):
    """What is declared about a document; None: detect it.

    ``sheets`` are patterns of the sheets to read (``*`` allowed; none: every one that is not hidden);
    ``header`` is the row of the heading (0: look for it), ``wanted`` the names by which it is known,
    ``figures`` those of the columns that hold counts, and ``most_rows`` how many rows it may have (0: any
    number).
    """

    format: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    sheets: Sequence[str] = ()
    header: int = 0
    wanted: Sequence[str] = ()
    figures: Sequence[str] = ()
    most_rows: int = 0


def detect_format(file: BinaryIO, document: str, declared: str | None) -> str:
    """Return the format of a document, a name in ``FORMATS``. Raises UnreadableDocument for any other."""
    if declared is not None:
        if declared.lower() not in FORMATS:
            match = closest_match(declared.lower(), FORMATS)
            raise UnreadableDocument(
                sentence("No format is called %(declared)s.", declared=repr(declared)),
                fix=join_sentences(
                    did_you_mean((match,) if match else ()),
                    sentence("Name one of %(names)s.", names=listed(FORMATS)),
                ),
            )
        return declared.lower()
    beginning = file.read(4096)
    file.seek(0)
    kind = _format_by_magic(file, beginning, document)
    if kind is None:
        suffix = "." + document.rpartition(".")[2].lower()
        kind = SUFFIXES.get(suffix)
    return kind or _format_by_text(beginning)


def _format_by_magic(file: BinaryIO, beginning: bytes, document: str) -> str | None:
    """Return the format that the first bytes prove, or None. Raises UnreadableDocument for what is no
    table."""
    if beginning.startswith(b"PAR1"):
        return "parquet"
    if beginning.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    if beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _format_of_zip(file, document)
    for magic, kind, fix in _UNSUPPORTED:
        if beginning.startswith(magic):
            raise UnreadableDocument(
                sentence(
                    "%(document)s is %(kind)s, not a table of reports.",
                    document=document,
                    kind=sentence(kind),
                ),
                fix=fix,
            )
    if beginning.lstrip()[:9].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise UnreadableDocument(
            sentence("%(document)s is a web page, not a table.", document=document),
            fix="Hand in the table itself.",
        )
    return None


def _format_of_zip(file: BinaryIO, document: str) -> str:
    """Return whether a zip is a workbook or a data package. Raises UnreadableDocument where it is neither."""
    from service.ingest.readers.data_package import is_package

    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableDocument(
            sentence(
                "%(document)s is a damaged zip or workbook: %(error)s.", document=document, error=str(error)
            ),
            fix="Save or pack it anew.",
        ) from error
    finally:
        file.seek(0)
    if "[Content_Types].xml" in names or "xl/workbook.xml" in names:
        return "xlsx"
    if is_package(names):
        return "package"
    raise UnreadableDocument(
        sentence("%(document)s is a zip that is neither a workbook nor a data package.", document=document),
        fix="Unpack it and hand in the file that holds the reports.",
    )


def _format_by_text(beginning: bytes) -> str:
    text = beginning.decode(detect_encoding(beginning), "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return "json"
    if text.startswith("{"):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return "ndjson" if len(lines) > 1 and lines[0][-1] == "}" and lines[1][0] == "{" else "json"
    return "csv"


def read_document(file: BinaryIO, document: str, kind: str, options: Options) -> Iterator[Chunk]:
    """Return the rows of a document of that format; sheets with HXL tags have their columns named by them.

    Raises UnreadableDocument; DocumentTooLarge where it has more rows than it may.
    """
    chunks = rename_by_tags(_check_widths(document, _read(file, document, kind, options)))
    return limit_rows(chunks, document, options.most_rows)


def _check_widths(document: str, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield the same chunks. Raises UnreadableDocument for one that has too many columns."""
    for chunk in chunks:
        check_width(document, chunk.table.num_columns)
        yield chunk


def _read(file: BinaryIO, document: str, kind: str, options: Options) -> Iterator[Chunk]:
    """Yield the rows. Each reader is imported when it is used: a sandbox worker needs only one."""
    if options.sheet is not None and kind not in ("xlsx", "package"):
        raise UnreadableDocument(
            sentence("%(document)s has no sheets.", document=document), fix="Leave the sheet out."
        )
    if kind in TEXTS:
        yield from _read_text(file, document, kind, options)
    elif kind == "parquet":
        from service.ingest.readers.parquet import read_parquet

        yield from read_parquet(file, document, most_rows=options.most_rows)
    elif kind == "arrow":
        from service.ingest.readers.parquet import read_arrow

        yield from read_arrow(file, document)
    elif kind == "xlsx":
        from service.ingest.readers.spreadsheet import read_xlsx

        yield from read_xlsx(
            file, document, sheet=options.sheet, sheets=options.sheets, header=options.header,
            wanted=options.wanted, figures=options.figures,
        )  # fmt: skip
    else:
        from service.ingest.readers.data_package import read_package

        yield from read_package(file, document, sheet=options.sheet)


def _read_text(file: BinaryIO, document: str, kind: str, options: Options) -> Iterator[Chunk]:
    if kind == "json":
        from service.ingest.readers.json_objects import read_json

        return read_json(file, document, encoding=options.encoding)
    if kind == "ndjson":
        from service.ingest.readers.json_objects import read_ndjson

        return read_ndjson(file, document, encoding=options.encoding)
    from service.ingest.readers.delimited import read_delimited

    delimiter = options.delimiter or ("\t" if kind == "tsv" else None)
    return read_delimited(
        file, document, delimiter=delimiter, encoding=options.encoding, header=options.header,
        wanted=options.wanted,
    )  # fmt: skip
