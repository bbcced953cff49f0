"""What does a publication hold, of which state of the ledger?

``manifest.json`` names the head and the day of knowledge, and lists every file with its rows, bytes and
SHA-256. Its bytes follow from what is published alone: no time of writing, machine or engine is in it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from service.errors import QueryError, StoreError
from service.schema.records import Head

FORMAT = 1
"""The format that is written here; earlier ones are read, later ones are not."""
MANIFEST_NAME = "manifest.json"
LEDGER, RECONCILIATION = "ledger", "reconciliation"
"""What a publication may be of: everything that a ledger holds, or the figures that follow from it."""


class PublicationDamaged(StoreError):
    """A file of a publication is missing, is not what its manifest says, or has other columns."""

    code = "publication_damaged"


@dataclasses.dataclass(frozen=True)
class TableFile:
    """One Parquet file: where it lies in the directory, what it holds, and the first and last crisis in it
    ("": its rows are not sorted by crisis). No crisis stands in two files of a table."""

    path: str
    rows: int
    bytes: int
    sha256: str
    first: str = ""
    last: str = ""


@dataclasses.dataclass(frozen=True)
class Manifest:
    """The list of a publication.

    ``as_of`` is the day of knowledge it was made for; ``facts`` are further words about it, such as the
    method of its figures.
    """

    kind: str
    head: Head
    as_of: dt.date
    tables: Mapping[str, tuple[TableFile, ...]]
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def rows(self, table: str) -> int:
        """Return how many rows the files of a table hold."""
        return sum(file.rows for file in self.tables.get(table, ()))

    def encode(self) -> bytes:
        """Return the text of the manifest."""
        tables = {
            name: [dataclasses.asdict(file) for file in files] for name, files in sorted(self.tables.items())
        }
        content = {
            "format": FORMAT,
            "kind": self.kind,
            "head": {"entries": self.head.seq, "hash": self.head.hash},
            "as_of": self.as_of.isoformat(),
            "facts": dict(sorted(self.facts.items())),
            "tables": tables,
        }
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()

    @property
    def digest(self) -> str:
        """The SHA-256 of the manifest, which stands for all that is published."""
        return hashlib.sha256(self.encode()).hexdigest()


def require_directory(directory: Path) -> None:
    """Raise QueryError for the address of a store elsewhere, which would be a folder of that odd name."""
    if scheme := _ADDRESS.match(str(directory)):
        raise QueryError(
            f"{directory} is an address ({scheme[1]}:), and publications are read and written as files: "
            "by this service, on the workers of a cluster too, so that no connector of Spark (hadoop-aws for "
            "s3a:) would help.",
            fix="Name a directory. A bucket that is mounted as one is read like any other; to another "
            "copy what was published, manifest.json last (docs/scaling.md).",
        )


_ADDRESS = re.compile(r"(s3[an]?|gs|abfss?|wasbs?|hdfs|viewfs|dbfs|oss|https?|ftp|file):/", re.IGNORECASE)


def read_manifest(directory: Path, kind: str) -> Manifest:
    """Return the manifest of a publication of this kind.

    Raises StoreError where there is none, where it is of a later format or another kind, PublicationDamaged
    where it is no manifest, QueryError where ``directory`` is an address.
    """
    require_directory(directory)
    path = directory / MANIFEST_NAME
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(
            f"There is no publication in {directory}: it has no {MANIFEST_NAME}.",
            fix=f"Write one with `{_COMMANDS[kind]}`.",
        ) from None
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read: {error.strerror}.",
            fix="Mend its permissions, or name another directory.",
        ) from error
    try:
        content = json.loads(data)
        version = content["format"]
    except (ValueError, TypeError, KeyError):
        raise _broken(path, kind) from None
    if not isinstance(version, int) or version > FORMAT:
        raise StoreError(
            f"{path} is of format {version!r}, which a later version of this service wrote; this one reads "
            f"formats up to {FORMAT}.",
            fix="Update this installation, or write the publication again with it.",
        )
    try:
        manifest = _parse(content)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _broken(path, kind) from None
    if manifest.kind != kind:
        raise StoreError(
            f"{directory} holds a {manifest.kind}, not a {kind}.",
            fix=f"Name a directory that `{_COMMANDS[kind]}` wrote.",
        )
    return manifest


def is_published(directory: Path) -> bool:
    """Return whether a ledger seems to be published in a directory."""
    return (directory / MANIFEST_NAME).is_file()


_COMMANDS = {
    LEDGER: "casualty export --parquet DIR",
    RECONCILIATION: "casualty reconcile --reports DIR --out DIR",
}


def _parse(content: dict[str, Any]) -> Manifest:
    """Return what the text of a manifest says; raises ValueError and the like for anything else."""
    tables = {
        str(name): tuple(TableFile(**file) for file in files) for name, files in content["tables"].items()
    }
    for file in (each for files in tables.values() for each in files):
        parts = Path(file.path).parts
        if Path(file.path).is_absolute() or ".." in parts or not isinstance(file.rows, int):
            raise ValueError(file.path)
    return Manifest(
        kind=str(content["kind"]),
        head=Head(int(content["head"]["entries"]), str(content["head"]["hash"])),
        as_of=dt.date.fromisoformat(content["as_of"]),
        tables=tables,
        facts={str(name): str(word) for name, word in content["facts"].items()},
    )


def _broken(path: Path, kind: str) -> PublicationDamaged:
    return PublicationDamaged(
        f"{path} is no manifest of a publication.", fix=f"Write the publication again: `{_COMMANDS[kind]}`."
    )
