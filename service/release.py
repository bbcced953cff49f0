"""How is everything that is known given to others, to be cited and checked?

A release is one zip file: every report, estimate and piece of evidence as CSV and Parquet, the reference data
they rest on, what each column means (``datapackage.json``, ``dictionary.csv``), how to cite it, and the hash
of every file. It names its day of knowledge, state of the ledger and method; asked for these again, the same
versions of the software give the same bytes. This module must not know the clock.

>>> make_release(ledger, as_of="2025-08-20")                                # doctest: +SKIP
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import zipfile
from typing import Any

import pyarrow as pa

from service.answers.filters import ANY
from service.answers.notes import without_notes
from service.answers.query import Query
from service.api import Ledger
from service.errors import QueryError
from service.formats.encode import encode
from service.formats.file_format import Format
from service.schema.columns import KINDS, meaning
from service.schema.tables import LEDGER_REPORT, POINT, REFERENCE_SCHEMAS, SERIES

REFERENCE_TABLES = {
    "areas": "area", "sources": "source", "populations": "population", "crises": "crisis",
    "context": "context", "weights": "weight",
}  # fmt: skip
ABOUT = {
    "reports": "every report as published, withdrawn ones with their reason",
    "estimates": "the reconciled figures: one row per cell and day on which a figure moved",
    "evidence": "what each report did for the estimates, and why",
    "areas": "the gazetteer",
    "sources": "who publishes, and whose figures they are",
    "populations": "who is counted, part and whole",
    "crises": "the happenings that reports are about",
    "context": "what happened when, to read the curves by",
    "weights": "how much a statement weighs, by kind of source and standard of proof",
}
DICTIONARY = pa.schema(
    [pa.field(name, pa.string(), nullable=False) for name in ("file", "column", "type", "unknown", "meaning")]
)


@dataclasses.dataclass(frozen=True)
class Release:
    """A release: the ``name`` of its folder, the query and head it answers, its rows per table, and the zip
    file."""

    name: str
    query: Query
    head: str
    rows: dict[str, int]
    data: bytes


def make_release(
    ledger: Ledger,
    *,
    as_of: str | dt.date | None = None,
    recorded_by: str | dt.datetime | None = None,
    notes: bool = False,
) -> Release:
    """Return the release of a ledger: as the public could know it on the day ``as_of`` (default: today), and
    as the ledger held it at the moment ``recorded_by`` (default: that of its last entry).

    Without ``notes``, the column is blank: it is the desk's own.

    Raises QueryError for an empty ledger.
    """
    entries = ledger.store.submissions().column("recorded_at").to_pylist()
    if not entries:
        raise QueryError("The ledger holds nothing yet.", fix="Hand reports in first.")
    query = ledger.query(
        as_of=as_of, recorded_by=recorded_by or entries[-1], attributed_to=ANY, period_start=ANY
    )
    tables = _tables(ledger, query, notes)
    head = str(ledger.answers.head(query))
    name = f"casualty-ledger-{query.as_of}-{head}"
    package = _package(name, query, head, tables)
    files = {
        **{
            f"{table}.{fmt}": encode(rows, fmt)
            for table, rows in tables.items()
            for fmt in (Format.CSV, Format.PARQUET)
        },
        "datapackage.json": _json(package),
        "dictionary.csv": encode(_dictionary(tables), Format.CSV),
        "CITATION.cff": _citation(name, query, head).encode(),
        "README.md": _readme(name, query, head, tables).encode(),
    }
    files["SHA256SUMS"] = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())
    ).encode()
    rows = {name: table.num_rows for name, table in tables.items()}
    return Release(name, query, head, rows, _zip(name, files))


def _tables(ledger: Ledger, query: Query, notes: bool) -> dict[str, pa.Table]:
    series = ledger.answers.series(query)
    reference = ledger.reference(query.recorded_by)
    reports = ledger.reports(arrow=True, as_of=query.as_of, recorded_by=query.recorded_by)
    points = series.points
    if not notes:
        reports, points = without_notes(reports), without_notes(points)
    tables = {"reports": reports, "estimates": series.table, "evidence": points}
    return tables | {name: getattr(reference, stored) for name, stored in REFERENCE_TABLES.items()}


def _schema(table: str) -> pa.Schema:
    own = {"reports": LEDGER_REPORT, "estimates": SERIES, "evidence": POINT}
    return own[table] if table in own else REFERENCE_SCHEMAS[REFERENCE_TABLES[table]]


def _fields(table: str) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name,
            "type": KINDS[field.type],
            "description": meaning(field.name),
            "constraints": {"required": not field.nullable},
        }
        for field in _schema(table)
    ]


def _dictionary(tables: dict[str, pa.Table]) -> pa.Table:
    rows = [
        {
            "file": table,
            "column": field["name"],
            "type": field["type"],
            "unknown": "never" if field["constraints"]["required"] else "blank",
            "meaning": field["description"],
        }
        for table in tables
        for field in _fields(table)
    ]
    return pa.Table.from_pylist(rows, schema=DICTIONARY)


def _package(name: str, query: Query, head: str, tables: dict[str, pa.Table]) -> dict[str, Any]:
    """Return the description of the release as a Frictionless data package."""
    return {
        "name": name,
        "title": f"Casualty Ledger, as known on {query.as_of}",
        "version": head,
        "as_of": str(query.as_of),
        "recorded_by": _moment(query),
        "method": query.method,
        "resources": [
            {
                "name": table,
                "path": f"{table}.csv",
                "description": ABOUT[table],
                "format": "csv",
                "encoding": "utf-8",
                "rows": rows.num_rows,
                "schema": {"fields": _fields(table), "missingValues": [""]},
            }
            for table, rows in tables.items()
        ],
    }


def _citation(name: str, query: Query, head: str) -> str:
    return (
        "cff-version: 1.2.0\n"
        "message: Please cite the release and, for a figure, its origin as well.\n"
        f"title: Casualty Ledger, as known on {query.as_of}\n"
        "type: dataset\n"
        "authors:\n"
        "  - name: Casualty Ledger contributors\n"
        f"version: {head}\n"
        f"date-released: {query.as_of}\n"
        "identifiers:\n"
        "  - type: other\n"
        f"    value: {name}\n"
        f"    description: day of knowledge, and the number and hash of the ledger's entries\n"
        f"abstract: Reconciled by {query.method} from what was recorded by {_moment(query)}.\n"
    )


def _readme(name: str, query: Query, head: str, tables: dict[str, pa.Table]) -> str:
    table_rows = "\n".join(
        f"| {table} | {rows.num_rows:,} | {ABOUT[table]} |" for table, rows in tables.items()
    )
    return f"""# {name}

What was reported, and what follows from it, as the public could know it on {query.as_of} and as
this ledger held it at {_moment(query)} (head {head}),
reconciled by the method {query.method}.

| table | rows | what it holds |
|---|---|---|
{table_rows}

Each table is there as CSV and as Parquet; `dictionary.csv` and `datapackage.json` say what each column means. A
blank cell is unknown, never zero; a blank `high` is open above, a blank `best` has bounds only. In the CSV files a
text that a spreadsheet would run as a formula has an apostrophe in front. The three numbers of an estimate belong
together: quote the range with the figure, and the origins in `evidence` with both.

`sha256sum -c SHA256SUMS` checks the files. The same ledger and the same versions give the same bytes again:

    casualty release --as-of {query.as_of} --recorded-by {_moment(query)}

The facts shipped with the service are under CC BY 4.0; whoever has added others says under which terms.
"""  # noqa: E501


def _moment(query: Query) -> str:
    return f"{query.recorded_by:%Y-%m-%dT%H:%M:%S.%fZ}"


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _zip(name: str, files: dict[str, bytes]) -> bytes:
    """Return a zip file of ``files`` in a folder ``name``; nothing in it tells when or where it was
    packed."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for path, data in sorted(files.items()):
            member = zipfile.ZipInfo(f"{name}/{path}")
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, data, zipfile.ZIP_DEFLATED, 6)
    return sink.getvalue()
