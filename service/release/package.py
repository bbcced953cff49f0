"""How do programs read what a release holds? ``datapackage.json``, in version 2 of the Data Package standard.

Each table with its columns, what they mean, the words they may hold, the keys within and between tables, the
size and hash of its file; and for all of it the licences and who published the reports. ``frictionless
validate datapackage.json`` checks the files by it.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pyarrow as pa

from service.release.tables import ABOUT, KEYS, REFERENCES, SCHEMAS, UNIQUE, WORDS, Edition, is_never_blank
from service.schema.columns import KINDS, meaning

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
LICENCES = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-SA-4.0": (
        "Creative Commons Attribution-ShareAlike 4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "CC-BY-NC-4.0": (
        "Creative Commons Attribution-NonCommercial 4.0",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    "CC0-1.0": ("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODbL-1.0": ("Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
}
"""The terms that a release can be under, by their SPDX names: title and address."""


def describe(edition: Edition, files: dict[str, bytes]) -> dict[str, Any]:
    """Return the description of a release as a data package; ``files`` holds the CSV file of each table."""
    title, address = LICENCES[edition.licence]
    return {
        "$schema": PROFILE,
        "name": edition.name.lower(),
        "title": f"Casualty Ledger, as known on {edition.query.as_of}",
        "description": (
            "Casualty reports as published, the figures that follow from them with range and grade, and "
            "what each report did for them."
        ),
        "version": edition.head,
        "created": edition.moment,
        "keywords": ["casualties", "time series", "reconciliation", "humanitarian data"],
        "licenses": [{"name": edition.licence, "title": title, "path": address}],
        "contributors": [{"title": "Casualty Ledger contributors", "roles": ["DataCurator"]}],
        "sources": _publishers(edition.tables),
        "as_of": str(edition.query.as_of),
        "recorded_by": edition.moment,
        "method": edition.query.method,
        "resources": [
            _resource(table, rows.num_rows, files[f"{table}.csv"]) for table, rows in edition.tables.items()
        ],
    }


def _publishers(tables: dict[str, pa.Table]) -> list[dict[str, str]]:
    """Return who published a report of the release or whose figure it is, with the address of each that has
    one."""
    reports = tables["reports"]
    publishers = {*reports.column("source_id").to_pylist(), *reports.column("origin_id").to_pylist()}
    return [
        {"title": row["name"], **({"path": row["url"]} if row["url"].startswith("http") else {})}
        for row in tables["sources"].to_pylist()
        if row["source_id"] in publishers
    ]


def _resource(table: str, rows: int, data: bytes) -> dict[str, Any]:
    return {
        "name": table,
        "type": "table",
        "path": f"{table}.csv",
        "description": ABOUT[table],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "rows": rows,
        "schema": _table_schema(table),
    }


def _table_schema(table: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(table, field) for field in SCHEMAS[table]],
        "missingValues": [""],
    }
    if table in KEYS:
        schema["primaryKey"] = list(KEYS[table])
    if table in UNIQUE:
        schema["uniqueKeys"] = [list(UNIQUE[table])]
    if table in REFERENCES:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": other, "fields": [key]}}
            for column, (other, key) in REFERENCES[table].items()
        ]
    return schema


def _field(table: str, field: pa.Field) -> dict[str, Any]:
    form: dict[str, Any] = {"format": "any"} if KINDS[field.type] == "datetime" else {}
    constraints: dict[str, Any] = {"required": True} if is_never_blank(table, field) else {}
    if field.name in WORDS:
        constraints["enum"] = [str(word) for word in WORDS[field.name]]
    return {
        "name": field.name,
        "type": KINDS[field.type],
        **form,
        "description": meaning(field.name),
        **({"constraints": constraints} if constraints else {}),
    }
