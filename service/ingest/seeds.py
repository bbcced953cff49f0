"""What does the shipped folder of seeds contain?

Reads the text files of ``seeds/`` and checks that they fit together. The folder says itself when it was
recorded, so that equal folders make equal ledgers. Must not know how a ledger takes them in.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from service.errors import UnreadableDocument
from service.ingest.cell_text import as_text, closest_match
from service.ingest.readers.encoding import decode_utf8
from service.ingest.reference_file import read_reference, reference_table
from service.schema.tables import AREA_SEPARATOR, REFERENCE_SCHEMAS

REFERENCE_FILES = {
    "area": "areas.csv",
    "source": "sources.csv",
    "population": "populations.csv",
    "weight": "weights.csv",
}
CRISES = "crises.toml"


@dataclasses.dataclass(frozen=True)
class Seeds:
    """When the seeds were recorded (naive UTC), the reference tables by name, and the report files.

    Report files are pairs of name and bytes, in the order of their names.
    """

    recorded_at: dt.datetime
    reference: dict[str, pa.Table]
    documents: tuple[tuple[str, bytes], ...]


def load_seeds(folder: Path) -> Seeds:
    """Return the seeds of a folder.

    Raises UnreadableDocument where a file is missing, cannot be read or uses a code that no file defines.
    """
    reference = {
        table: read_reference(table, _read_bytes(folder / name), name)
        for table, name in REFERENCE_FILES.items()
    }
    recorded_at, crises = _read_crises(_read_bytes(folder / CRISES))
    reference |= crises
    _check_links(reference)
    documents = tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("reports/*.csv")))
    return Seeds(recorded_at, reference, documents)


def _read_bytes(path: Path) -> bytes:
    if not path.is_file():
        raise UnreadableDocument(f"There is no {path}.", fix="Restore the folder of seeds as it is shipped.")
    return path.read_bytes()


def _read_crises(data: bytes) -> tuple[dt.datetime, dict[str, pa.Table]]:
    """Return when the seeds were recorded, and the tables of crises and of their dated context."""
    try:
        content = tomllib.loads(decode_utf8(data, CRISES))
    except tomllib.TOMLDecodeError as error:
        raise UnreadableDocument(
            f"{CRISES} is not TOML: {error}.", fix="Correct the place it names."
        ) from error
    crises: list[dict[str, str]] = []
    context: list[dict[str, str]] = []
    for crisis in content.pop("crisis", []):
        for note in crisis.pop("context", []):
            context.append({"crisis_id": as_text(crisis.get("crisis_id")), **_row_of_texts(note, "context")})
        crises.append(_row_of_texts(crisis, "crisis"))
    recorded_at = content.pop("recorded_at", None)
    if not isinstance(recorded_at, dt.datetime) or content:
        raise UnreadableDocument(
            f"{CRISES} must hold recorded_at, a time, and [[crisis]] tables only; not {list(content)}.",
            fix="Write for example recorded_at = 2025-12-01T00:00:00Z.",
        )
    if recorded_at.tzinfo:
        recorded_at = recorded_at.astimezone(dt.UTC).replace(tzinfo=None)
    return recorded_at, {
        "crisis": reference_table("crisis", crises, CRISES),
        "context": reference_table("context", context, CRISES),
    }


def _row_of_texts(values: dict[str, Any], table: str) -> dict[str, str]:
    """Return a TOML table as a row of text. Raises UnreadableDocument for a key that is no column."""
    columns = REFERENCE_SCHEMAS[table].names
    for key in values:
        if key not in columns:
            like = closest_match(key, columns)
            raise UnreadableDocument(
                f"{CRISES} has an unknown key {key} in a {table}.",
                fix=f"Did you mean {like}?" if like else f"The keys are {', '.join(columns)}.",
            )
    return {key: as_text(value) for key, value in values.items()}


def _check_links(reference: dict[str, pa.Table]) -> None:
    """Raise UnreadableDocument where a reference row uses a code that no row defines."""
    for table, column, code, target in _links(reference):
        if code not in target:
            like = closest_match(code, target)
            raise UnreadableDocument(
                f"In the seeds, a row of {table} names “{code}” as {column}, which no row holds.",
                fix=f"Did you mean {like}?" if like else "Add it, or correct the name.",
            )


def _links(reference: dict[str, pa.Table]) -> Iterator[tuple[str, str, str, set[str]]]:
    """Yield every use of a code: table, column, code, and the codes that are defined."""
    areas = set(reference["area"]["area_code"].to_pylist())
    populations = set(reference["population"]["population"].to_pylist())
    sources = set(reference["source"]["source_id"].to_pylist())
    for table, column, target in (
        ("area", "parent_code", areas),
        ("area", "members", areas),
        ("crisis", "featured_areas", areas),
        ("crisis", "whole_area", areas),
        ("context", "source", sources),
        ("population", "parent", populations),
    ):
        for cell in reference[table][column].to_pylist():
            for code in filter(None, cell.split(AREA_SEPARATOR)):
                yield table, column, code, target
    for cell in reference["source"]["counts_as"].to_pylist():
        for population in filter(None, re.split(r"[|=]", cell)):
            yield "source", "counts_as", population, populations
