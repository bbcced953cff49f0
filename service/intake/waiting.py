"""Which held rows waited for a name that is known now?

A row whose place or population nobody knew is held, with a finding that says the name. Once reference rows
bring that name, the row can be read again. This module must not know how rows are read or kept.
"""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import AmbiguousName, UnknownName
from service.ingest.report_columns import ColumnReaders
from service.schema.records import Reference
from service.schema.tables import REFERENCE_KEYS, REFERENCE_SCHEMAS
from service.vocabulary import Verdict

NAME_COLUMNS = {"area": "areas", "population": "population"}
"""By reference table, the column of a report whose unknown names keep a row from being accepted."""
_OPEN = "open"

HeldPlace = tuple[int, int]
"""The entry that holds a row, and the number of the row."""


def rows_that_waited(findings: pa.Table, table: str, reference: Reference) -> set[HeldPlace]:
    """Return the held rows, by ``findings`` (STORED_FINDING), whose name a reference table knows now."""
    column = NAME_COLUMNS.get(table)
    if column is None:
        return set()
    codes = pa.array([UnknownName.code, AmbiguousName.code])
    is_wanted = pc.and_(
        pc.and_(pc.equal(findings["column"], column), pc.equal(findings["status"], _OPEN)),
        pc.and_(pc.is_in(findings["code"], value_set=codes), pc.is_valid(findings["row"])),
    )
    waiting = findings.filter(is_wanted)
    read = ColumnReaders(reference).by_column()[column]
    known = [
        name for name in pc.unique(waiting["value"]).to_pylist() if read(name).verdict is Verdict.ACCEPTED
    ]
    freed = waiting.filter(pc.is_in(waiting["value"], value_set=pa.array(known, pa.string())))
    return set(zip(freed["seq"].to_pylist(), freed["row"].to_pylist(), strict=True))


def with_rows(reference: Reference, table: str, rows: pa.Table) -> Reference:
    """Return the reference data as they are once ``rows`` are registered."""
    key = REFERENCE_KEYS[table]
    newest = {
        tuple(row[name] for name in key): row
        for part in (getattr(reference, table), rows)
        for row in part.to_pylist()
    }
    merged = pa.Table.from_pylist(list(newest.values()), schema=REFERENCE_SCHEMAS[table])
    return dataclasses.replace(reference, **{table: merged})
