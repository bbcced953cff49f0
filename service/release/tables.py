"""Which tables are in a release, and how do they hang together?

Each table's rows, what it holds, the columns that name a row (``KEYS``) and those that name a row of another
table (``REFERENCES``). This module must not know which files are made of it.
"""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Any

import pyarrow as pa

from service.answers.filters import ANY
from service.answers.notes import without_notes
from service.answers.query import Query
from service.answers.vintages import VINTAGE
from service.api import Ledger
from service.schema.columns import KINDS, meaning
from service.schema.tables import LEDGER_REPORT, POINT, REFERENCE_KEYS, REFERENCE_SCHEMAS, SERIES
from service.vocabulary import Basis, Grade, Measure, Role, Standard

REFERENCE_TABLES = {
    "areas": "area", "sources": "source", "populations": "population", "crises": "crisis",
    "context": "context", "weights": "weight",
}  # fmt: skip
ABOUT = {
    "reports": "every report as published, withdrawn ones with their reason",
    "estimates": "the reconciled figures: one row per cell and day on which a figure moved",
    "evidence": "what each report did for the estimates, and why",
    "vintages": "how the latest figure of each series moved as knowledge grew, and why",
    "areas": "the gazetteer",
    "sources": "who publishes, and whose figures they are",
    "populations": "who is counted, part and whole",
    "crises": "the happenings that reports are about",
    "context": "what happened when, to read the curves by",
    "weights": "how much a statement weighs, by kind of source and standard of proof",
}
SCHEMAS = {
    "reports": LEDGER_REPORT,
    "estimates": SERIES,
    "evidence": POINT,
    "vintages": VINTAGE,
    **{name: REFERENCE_SCHEMAS[stored] for name, stored in REFERENCE_TABLES.items()},
}
KEYS: dict[str, tuple[str, ...]] = {
    "reports": ("report_id",),
    **{name: REFERENCE_KEYS[stored] for name, stored in REFERENCE_TABLES.items()},
}
"""The columns that name a row and are never blank."""
_CELL = ("crisis", "area_code", "measure", "population", "attributed_to", "period_start")
UNIQUE: dict[str, tuple[str, ...]] = {"estimates": (*_CELL, "date"), "vintages": (*_CELL, "as_of")}
"""The columns that name a row, some of which may be blank."""
REFERENCES: dict[str, dict[str, tuple[str, str]]] = {
    "reports": {
        "crisis_id": ("crises", "crisis_id"),
        "source_id": ("sources", "source_id"),
        "origin_id": ("sources", "source_id"),
        "population": ("populations", "population"),
    },
    "estimates": {"crisis": ("crises", "crisis_id"), "population": ("populations", "population")},
    "evidence": {
        "crisis": ("crises", "crisis_id"),
        "population": ("populations", "population"),
        "report_id": ("reports", "report_id"),
        "source_id": ("sources", "source_id"),
        "origin_id": ("sources", "source_id"),
    },
    "vintages": {"crisis": ("crises", "crisis_id"), "population": ("populations", "population")},
    "areas": {"parent_code": ("", "area_code")},
    "populations": {"parent": ("", "population")},
    "context": {"crisis_id": ("crises", "crisis_id")},
}
"""Columns that hold the key of a row elsewhere ("": of the same table; blank at its root). A place set joins
several codes, so that it is none of them."""
WORDS: dict[str, type[StrEnum]] = {
    "measure": Measure, "basis": Basis, "standard": Standard, "grade": Grade, "role": Role,
}  # fmt: skip
"""The columns whose values are from a closed list."""
DICTIONARY = pa.schema(
    [pa.field(name, pa.string(), nullable=False) for name in ("file", "column", "type", "unknown", "meaning")]
)


@dataclasses.dataclass(frozen=True)
class Edition:
    """What a release is of: the ``name`` of its folder, the query and head it answers, the licence by its
    SPDX name, and its tables by name."""

    name: str
    query: Query
    head: str
    licence: str
    tables: dict[str, pa.Table]

    @property
    def moment(self) -> str:
        """When the last entry that counts was recorded, as text."""
        return f"{self.query.recorded_by:%Y-%m-%dT%H:%M:%S.%fZ}"


def collect_tables(ledger: Ledger, query: Query, *, notes: bool, vintages: bool) -> dict[str, pa.Table]:
    """Return the tables of a release that answers ``query``, by name; the desk's notes only where asked."""
    series = ledger.answers.series(query)
    reference = ledger.reference(query.recorded_by)
    reports = ledger.reports(arrow=True, as_of=query.as_of, recorded_by=query.recorded_by)
    points = series.points
    if not notes:
        reports, points = without_notes(reports), without_notes(points)
    tables = {"reports": reports, "estimates": series.table, "evidence": points}
    if vintages:
        tables["vintages"] = ledger.vintages(
            arrow=True,
            as_of=query.as_of,
            recorded_by=query.recorded_by,
            attributed_to=ANY,
            period_start=ANY,
        )
    return tables | {name: getattr(reference, stored) for name, stored in REFERENCE_TABLES.items()}


def is_never_blank(table: str, field: pa.Field) -> bool:
    """Whether a cell of the column is never blank in CSV. A text may be, unless it is a key or from a list:
    there "" is a value (``attributed_to``: not split by responsibility)."""
    if field.nullable:
        return False
    named = field.name in KEYS.get(table, ()) or field.name in WORDS
    is_reference = REFERENCES.get(table, {}).get(field.name, ("",))[0] != ""
    return field.type != pa.string() or named or is_reference


def dictionary(tables: dict[str, pa.Table]) -> pa.Table:
    """Return what each column means (``DICTIONARY``)."""
    rows: list[dict[str, Any]] = [
        {
            "file": table,
            "column": field.name,
            "type": KINDS[field.type],
            "unknown": "blank" if field.nullable else "never",
            "meaning": meaning(field.name),
        }
        for table in tables
        for field in SCHEMAS[table]
    ]
    return pa.Table.from_pylist(rows, schema=DICTIONARY)
