"""How is everything that a ledger holds written down to be reconciled or served elsewhere?

Reports go into files of whole crises, about ``ROWS_A_FILE`` rows each, in the order of the crises' names;
each other table of the index is one file. All of it is read through one view, and so belongs to one head.
This module must not know how figures are reconciled, or who reads what it writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import chain

import pyarrow as pa

from service.ledger.columns import SUBMISSION
from service.ledger.entry import ENTRY_SCHEMAS
from service.ledger.index import NUMBER_COLUMN, SCHEMA_VERSION
from service.ledger.statements import sql
from service.ledger.view import View
from service.publication import Manifest, Publisher, TableFile, write_table
from service.schema.tables import LEDGER_REPORT, REFERENCE_SCHEMAS

ROWS_A_FILE = 100_000
"""A file of reports ends with the crisis that fills it; a larger crisis has one of its own."""
ROWS_A_PORTION = 50_000
IN_FORCE = "reference_"
"""What the tables of reference rows in force begin with; those without it hold every row there ever was."""
UNSHOWN = {"held": "raw"}
"""Columns that stay blank: rows that were held may hold anything, personal data too."""
INDEX_VERSION = "index"
NOTES = "notes"
"""Facts of the manifest: the version of these tables; whether notes, the desk's own, are in them."""


def _with_entry(name: str, schema: pa.Schema) -> pa.Schema:
    """Return the columns of a table of the index: those of an entry, and where they stand in it."""
    columns = [*schema, pa.field("recorded_at", pa.timestamp("us")), pa.field("seq", pa.int64())]
    number = NUMBER_COLUMN.get(name, "row")
    if number:
        columns.append(pa.field(number, pa.int64()))
    return pa.schema(columns)


TABLES: dict[str, pa.Schema] = {
    "report": LEDGER_REPORT,
    "submission": SUBMISSION,
    **{name: _with_entry(name, schema) for name, schema in ENTRY_SCHEMAS.items() if name != "report"},
}
"""The tables of the index, as a published ledger holds them, with their columns."""


def write_publication(
    view: View, publisher: Publisher, *, as_of: dt.date, notes: bool = False, rows_a_file: int = ROWS_A_FILE
) -> Manifest:
    """Publish what a view sees, for the day of knowledge ``as_of``, and return the manifest.

    Reports not yet public by then are among it, and withdrawn ones, with their reason. Without ``notes`` that
    column is blank.
    """
    tables = {"report": list(_write_reports(view, publisher, notes, rows_a_file))}
    for name, schema in TABLES.items():
        if name != "report":
            portions = (_blanked(name, rows) for rows in _read_table(view, name))
            tables[name] = [write_table(publisher.room, f"{name}/00000.parquet", portions, schema)]
    reference = view.reference()
    for name, schema in REFERENCE_SCHEMAS.items():
        rows, path = getattr(reference, name), f"{IN_FORCE}{name}/00000.parquet"
        tables[f"{IN_FORCE}{name}"] = [write_table(publisher.room, path, [rows], schema)]
    facts = {INDEX_VERSION: str(SCHEMA_VERSION), NOTES: "yes" if notes else "no"}
    (redactions,) = view.ask(sql("last_redaction"), after=0).to_pylist()
    return publisher.commit(view.head, as_of, tables, facts, redaction=redactions["seq"] or 0)


def runs_of_crises(sizes: Iterable[tuple[str, int]], rows_a_file: int) -> Iterator[tuple[str, str]]:
    """Yield the first and the last crisis of each file, from the crises in order and their reports.

    >>> list(runs_of_crises([("a", 6), ("b", 3), ("c", 2), ("d", 90), ("e", 1)], 10))
    [('a', 'b'), ('c', 'c'), ('d', 'd'), ('e', 'e')]
    """
    first = last = ""
    rows = 0
    for crisis, size in sizes:
        if rows and rows + size > rows_a_file:
            yield first, last
            rows = 0
        first, last, rows = (first if rows else crisis), crisis, rows + size
    if rows:
        yield first, last


def _write_reports(view: View, publisher: Publisher, notes: bool, rows_a_file: int) -> Iterator[TableFile]:
    sizes = view.ask(sql("crisis_sizes")).to_pylist()
    runs = list(runs_of_crises(((row["crisis_id"], row["reports"]) for row in sizes), rows_a_file))
    for number, (first, last) in enumerate(runs or [("", "")]):  # a ledger without reports has a file too
        span = {"first": first, "last": last, "held": None, "recorded_by": None}
        portions = view.stream(sql("reports_between"), ROWS_A_PORTION, **span)
        kept = portions if notes else (_blank(rows, "note") for rows in portions)
        yield write_table(publisher.room, f"report/{number:05}.parquet", kept, LEDGER_REPORT, by_crisis=True)


def _read_table(view: View, name: str) -> Iterator[pa.Table]:
    """Yield the rows of a table of the index."""
    place = "seq" if name == "submission" else NUMBER_COLUMN.get(name) or "row"
    none = TABLES[name].empty_table()
    return chain([none], view.stream(sql("index_rows", table=name, place=place), ROWS_A_PORTION))


def _blanked(table: str, rows: pa.Table) -> pa.Table:
    return _blank(rows, UNSHOWN[table]) if table in UNSHOWN else rows


def _blank(rows: pa.Table, column: str) -> pa.Table:
    """Return the rows with an empty text in the place of each value of a column."""
    place = rows.schema.get_field_index(column)
    return rows.set_column(place, rows.schema.field(place), pa.repeat(pa.scalar("", pa.string()), len(rows)))
