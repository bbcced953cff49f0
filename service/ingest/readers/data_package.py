"""Which rows do the resources of a Frictionless data package hold?

A package is a zip with a ``datapackage.json``; each tabular resource is a sheet under its name. Only files
inside the package are read. Rules: Data Package v1 and v2, https://datapackage.org.
"""

from __future__ import annotations

import io
import json
import posixpath
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnreadableDocument
from service.ingest.cell_text import closest_match
from service.ingest.readers.chunk import Chunk, chunk_of_objects
from service.ingest.readers.delimited import read_delimited
from service.ingest.readers.json_objects import read_json, read_ndjson
from service.ingest.readers.parquet import read_parquet
from service.ingest.readers.spreadsheet import check_unpacked
from service.sentence import did_you_mean, join_sentences, listed, message, sentence

DESCRIPTOR = "datapackage.json"
UNPACKED = 1 << 33
_DESCRIPTOR_BYTES = 1 << 24
_FIX = message("Put a datapackage.json and the files that it names into one folder or zip.")


def zip_folder(folder: Path) -> BinaryIO:
    """Return the package in a folder as an open zip. Raises UnreadableDocument where there is none."""
    if not (folder / DESCRIPTOR).is_file():
        raise UnreadableDocument(
            sentence(
                "%(name)s is a folder without a %(descriptor)s.", name=folder.name, descriptor=DESCRIPTOR
            ),
            fix=_FIX,
        )
    descriptor = _parse_descriptor((folder / DESCRIPTOR).read_bytes(), folder.name)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with zipfile.ZipFile(file, "w") as archive:
        archive.write(folder / DESCRIPTOR, DESCRIPTOR)
        resources = _resources(descriptor, folder.name)
        paths = [path for resource in resources for path in _paths(resource, folder.name)]
        for path in dict.fromkeys(paths):
            place = folder / path
            if not place.resolve().is_relative_to(folder.resolve()) or not place.is_file():
                raise UnreadableDocument(
                    sentence("%(name)s has no file %(path)s, which it names.", name=folder.name, path=path),
                    fix=_FIX,
                )
            archive.write(place, path)
    file.seek(0)
    return cast(BinaryIO, file)


def is_package(names: list[str]) -> bool:
    """Return whether an archive with these files is a data package."""
    return _find_descriptor(names) is not None


def read_package(file: BinaryIO, document: str, *, sheet: str | None = None) -> Iterator[Chunk]:
    """Yield the rows of all resources, or of the one named ``sheet``.

    Raises UnreadableDocument where a resource is missing or is not a table.
    """
    try:
        check_unpacked(file, document, UNPACKED)
        with zipfile.ZipFile(file) as archive:
            yield from _read(archive, document, sheet)
    except (
        zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError, KeyError,
        zlib.error,
    ) as error:  # fmt: skip
        raise UnreadableDocument(
            sentence(
                "%(document)s is no sound data package: %(error)s.", document=document, error=str(error)
            ),
            fix=_FIX,
        ) from error


def _read(archive: zipfile.ZipFile, document: str, sheet: str | None) -> Iterator[Chunk]:
    place = _find_descriptor(archive.namelist())
    if place is None or archive.getinfo(place).file_size > _DESCRIPTOR_BYTES:
        raise UnreadableDocument(
            sentence(
                "%(document)s is a zip without a %(descriptor)s.", document=document, descriptor=DESCRIPTOR
            ),
            fix=_FIX,
        )
    resources = _resources(_parse_descriptor(archive.read(place), document), document)
    names = [str(resource.get("name") or f"resource {n}") for n, resource in enumerate(resources, 1)]
    if sheet is not None and sheet not in names:
        match = closest_match(sheet, names)
        raise UnreadableDocument(
            sentence("%(document)s has no resource “%(sheet)s”.", document=document, sheet=sheet),
            fix=join_sentences(
                did_you_mean((f"“{match}”",) if match else ()),
                sentence("Its resources are %(names)s.", names=listed(names)),
            ),
        )
    base = posixpath.dirname(place)
    for name, resource in zip(names, resources, strict=True):
        if sheet in (None, name):
            label = name if sheet is None and len(names) > 1 else ""
            yield from _read_resource(archive, base, resource, f"{document} ({name})", label)


def _find_descriptor(names: list[str]) -> str | None:
    """Return the path of the descriptor, at the top or one folder down; None where there is none."""
    places = [name for name in names if posixpath.basename(name) == DESCRIPTOR and name.count("/") <= 1]
    return min(places, key=lambda name: name.count("/"), default=None)


def _parse_descriptor(data: bytes, document: str) -> Mapping[str, Any]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument(
            sentence(
                "The %(descriptor)s of %(document)s is no JSON: %(error)s.",
                descriptor=DESCRIPTOR,
                document=document,
                error=str(error),
            ),
            fix=_FIX,
        ) from error
    return content if isinstance(content, dict) else {}


def _resources(descriptor: Mapping[str, Any], document: str) -> list[Mapping[str, Any]]:
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not resources or not all(isinstance(r, dict) for r in resources):
        raise UnreadableDocument(
            sentence(
                "The %(descriptor)s of %(document)s names no resources.",
                descriptor=DESCRIPTOR,
                document=document,
            ),
            fix=_FIX,
        )
    return resources


def _paths(resource: Mapping[str, Any], document: str) -> list[str]:
    """Return the paths of a resource's files. Raises UnreadableDocument for one outside the package."""
    path = resource.get("path", [])
    paths = path if isinstance(path, list) else [path]
    for text in map(str, paths):
        if "://" in text or text.startswith(("/", "~")) or ".." in text.split("/") or "\\" in text:
            raise UnreadableDocument(
                sentence(
                    "%(document)s names %(text)s, which is not a file inside it.",
                    document=document,
                    text=repr(text),
                ),
                fix=_FIX,
            )
    return [posixpath.normpath(str(path)) for path in paths]


def _read_resource(
    archive: zipfile.ZipFile, base: str, resource: Mapping[str, Any], document: str, label: str
) -> Iterator[Chunk]:
    if isinstance(resource.get("data"), list):
        yield chunk_of_objects(label, 1, resource["data"])
        return
    blanks = {str(word) for word in (_member(resource, "schema").get("missingValues") or [""])}
    first = 1
    for path in _paths(resource, document):
        place = posixpath.join(base, path)
        if place not in archive.namelist():
            raise UnreadableDocument(
                sentence("%(document)s has no file %(path)s, which it names.", document=document, path=path),
                fix=_FIX,
            )
        rows = 0
        with archive.open(place) as part:
            for chunk in _read_file(cast(BinaryIO, part), resource, path, f"{document}, {path}", label):
                rows += chunk.table.num_rows + len(chunk.rejected)
                yield _renumber(_blank_missing(chunk, blanks), first)
        first += rows


def _member(resource: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    member = resource.get(name)
    return member if isinstance(member, dict) else {}


def _read_file(
    part: BinaryIO, resource: Mapping[str, Any], path: str, document: str, label: str
) -> Iterator[Chunk]:
    """Return the rows of one file of a resource, in the format that the resource or the suffix names."""
    kind = str(resource.get("format") or posixpath.splitext(path)[1].lstrip(".")).lower()
    encoding = resource.get("encoding")
    encoding = str(encoding) if encoding else None
    dialect = _member(resource, "dialect")
    match kind:
        case "csv" | "tsv":
            if dialect.get("header") is False:
                raise UnreadableDocument(
                    sentence("%(document)s has no heading.", document=document),
                    fix="The first line names the columns.",
                )
            default = "\t" if kind == "tsv" else ","
            delimiter = str(dialect.get("delimiter") or default)
            if len(delimiter) != 1 or delimiter in '"\r\n' or not delimiter.isascii():
                raise UnreadableDocument(
                    sentence(
                        "%(document)s names %(delimiter)s as its delimiter.",
                        document=document,
                        delimiter=repr(delimiter),
                    ),
                    fix="Name one mark.",
                )
            return read_delimited(part, document, delimiter=delimiter, encoding=encoding, sheet=label)
        case "json":
            return read_json(part, document, encoding=encoding, sheet=label)
        case "ndjson" | "jsonl":
            return read_ndjson(part, document, encoding=encoding, sheet=label)
        case "parquet":
            return read_parquet(cast(BinaryIO, io.BytesIO(part.read())), document, sheet=label)
        case _:
            raise UnreadableDocument(
                sentence(
                    "%(document)s is of a format that a package is not read for, %(value)s.",
                    document=document,
                    value=kind or "none",
                ),
                fix="Give the resource as CSV, JSON, NDJSON or Parquet.",
            )


def _blank_missing(chunk: Chunk, blanks: set[str]) -> Chunk:
    """Return the chunk with blanks for the words that stand for a missing value."""
    if blanks <= {""} or not chunk.table.num_rows:
        return chunk
    columns = []
    for column in chunk.table.itercolumns():
        cells = column.combine_chunks()
        texts = ["" if text in blanks else text for text in cells.dictionary.to_pylist()]
        columns.append(pa.DictionaryArray.from_arrays(cells.indices, pa.array(texts, pa.string())))
    return chunk._replace(table=pa.table(columns, names=chunk.table.column_names))


def _renumber(chunk: Chunk, first: int) -> Chunk:
    """Return the chunk with its rows numbered from ``first``, after those of the resource's earlier files."""
    return chunk._replace(
        numbers=pc.add(chunk.numbers, pa.scalar(first - 1, pa.int64())),
        rejected=tuple(row._replace(number=row.number + first - 1) for row in chunk.rejected),
    )
