"""Where does a text stand that is to go, in the ledger and in its index?

A report has a note, reasons for which it was withdrawn, and what was noticed about it; a row that was held
has its cells, in each of its versions; a mapping has its text. Beside them stand the hash of the document
they came in, or of the mapping, which would tell whoever guesses the text that the guess is right: they get
another name. This module looks in the index and blanks it; it must not know the journal.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from service.errors import NotFound, QueryError
from service.ledger.full_release import GONE
from service.ledger.redaction import FIXED, HELD_TABLE, PROVENANCE, RAW, redact_row
from service.ledger.statements import query, sql
from service.schema.records import DocumentRow
from service.vocabulary import REDACTED

RENAMED = "redacted-"
"""How the name begins that stands in the place of the hash of a document."""
NOTE, REASON, FINDINGS = "note", "reason", "findings"
TERMS = "terms"
"""What the sentences of a finding are made of: it goes with them, and is no text of its own."""
REDACTABLE = (NOTE, REASON, FINDINGS)
"""What of a report can be taken out; the reason: of its withdrawals, corrections and reinstatements."""
_DIGITS = 12
"""How many digits of its hash stand for a mapping."""
MOST_NAMED = 100
"""How many further reports an answer names."""
MAPPING_TABLE, MAPPING_ID, MAPPING_TEXTS = "mapping", "mapping_id", ("title", "text")
"""The table of mappings, what names one of them for good, and what is taken out of it."""
_NUMBERS = {"report": "row", "withdrawal": "row", HELD_TABLE: "row", "finding": "place", MAPPING_TABLE: "row"}

Cell = dict[str, Any]
"""A row of REDACTION without content and reason."""


@dataclasses.dataclass(frozen=True)
class Found:
    """The cells from which something is to go; ``also`` and ``held``: the reports, and the rows that were
    held, that hold such a text as well."""

    cells: Sequence[Cell]
    also: tuple[str, ...] = ()
    held: tuple[DocumentRow, ...] = ()

    @property
    def texts(self) -> int:
        """How many texts are to go."""
        return sum(
            bool(cell["table"]) and cell["column"] not in (MAPPING_ID, PROVENANCE, TERMS)
            for cell in self.cells
        )


Names = Callable[[], str]
"""Gives a new name for a document."""
Find = Callable[[duckdb.DuckDBPyConnection, Names], Found]
"""Given a cursor, and names for documents: from where something is to go."""

# --- where it stands -------------------------------------------------------------------------------------


def of_report(
    cursor: duckdb.DuckDBPyConnection, report_id: str, columns: Collection[str], names: Names
) -> Found:
    """Return where the texts of a report stand, with what was kept of its row before it was one.

    ``columns`` are some of REDACTABLE. Raises NotFound and QueryError.
    """
    for column in columns:
        if column not in REDACTABLE:
            raise QueryError(
                f"{column} of a report cannot be redacted.",
                fix=f"Name one of {', '.join(REDACTABLE)}; for anything else withdraw or correct the report.",
            )
    now = {"held": None, "recorded_by": None, "dates": "all"}
    own = query(cursor, sql("report"), report_id=report_id, **now).to_pylist()
    if not own:
        raise NotFound(
            f"There is no report {report_id!r}.", fix="Its id is in /v1/reports and in every evidence row."
        )
    texts = [
        text
        for text in query(cursor, sql("texts_of_report"), report_id=report_id).to_pylist()
        if text["kind"] in columns and REDACTED not in text["text"]
    ]
    cells = [_cell(text, _stands(text), report_id) for text in texts]
    if any(text["kind"] != REASON for text in texts):
        cells += _versions_before(cursor, own[0], report_id)
        cells += _documents(cursor, [own[0]["seq"], *(cell["record"] for cell in cells)], names, report_id)
    kept = [text["text"] for text in texts if text["table"] in ("report", "withdrawal")]
    same = query(cursor, sql("reports_with_text"), texts=kept, most=MOST_NAMED + 1)["report_id"].to_pylist()
    also = tuple(name for name in same if name != report_id)[:MOST_NAMED]
    return Found(cells, also, _held_elsewhere(cursor, kept, cells))


def of_held_row(
    cursor: duckdb.DuckDBPyConnection, document: str, row: int, columns: Collection[str], names: Names
) -> Found:
    """Return where the cells of a row that was held stand, in each version, and what was noticed about it.

    ``document`` is its name or the SHA-256 of its content, ``columns`` the cells (none: all). Raises NotFound
    for a row that was never held, QueryError where several documents are meant, or for a cell that it lacks.
    """
    versions = query(cursor, sql("held_versions"), document=document, row=row, text=None).to_pylist()
    if not versions:
        raise NotFound(f"No row {row} of {document} was ever held.", fix="See `casualty findings --all`.")
    contents = dict.fromkeys(version["sha256"] for version in versions)
    if len(contents) > 1:
        raise QueryError(
            f"Several documents are named {document}.", fix=f"Name one by its content: {', '.join(contents)}."
        )
    _check_cells(versions, row, columns)
    versions = _of_one_line(cursor, versions)
    cells, sha256 = _held_cells(versions, columns or [""], ""), versions[0]["sha256"]
    if not cells:
        return Found([])
    rows = sorted({version["row"] for version in versions})
    cells += _noticed(cursor, sha256, rows, "")
    cells += _documents(cursor, [cell["record"] for cell in cells], names, "")
    reports = query(cursor, sql("reports_of_row"), sha256=sha256, rows=rows, most=MOST_NAMED)
    return Found(cells, tuple(reports["report_id"].to_pylist()))


def of_mapping(cursor: duckdb.DuckDBPyConnection, name: str, names: Names) -> Found:
    """Return where the texts of a mapping stand: of each one of a name, or of the one that ``name`` names for
    good, with the words for its hash, the rows among them that were held as it read them.

    Raises NotFound for one that the ledger does not keep.
    """
    kept = query(cursor, sql("mappings_named"), name=name).to_pylist()
    if not kept:
        raise NotFound(
            f"The ledger keeps no mapping {name[:100]!r}.",
            fix="See `casualty mapping list`; the shipped ones are everybody's, and stay.",
        )
    kept = [row for row in kept if row["text"] != REDACTED]
    renamed = {row[MAPPING_ID]: f"{row['name']}@{names()[:_DIGITS]}" for row in kept}
    cells = []
    for row in kept:
        stands = {MAPPING_ID: renamed[row[MAPPING_ID]], **dict.fromkeys(MAPPING_TEXTS, REDACTED)}
        key = {"record": row["seq"], "table": MAPPING_TABLE, "row": row["row"], "subject": ""}
        cells += [{**key, "column": column, "stands": text} for column, text in stands.items()]
    for old, new in renamed.items():
        cells += _words_for_mapping(cursor, old, new)
    return Found(cells)


def _words_for_mapping(cursor: duckdb.DuckDBPyConnection, old: str, new: str) -> list[Cell]:
    """Return the words of entries, and of held rows, that name a mapping by its hash."""
    key = {"table": "", "row": 0, "column": "document", "stands": new, "subject": ""}
    entries = query(cursor, sql("entries_of_mapping"), mapping_id=old)["seq"].to_pylist()
    cells: list[Cell] = [{**key, "record": seq} for seq in entries]
    for row in query(cursor, sql("held_by_mapping"), mapping_id=old).to_pylist():
        provenance = _cells_of(row[RAW]).get(PROVENANCE)
        if isinstance(provenance, dict) and provenance.get(MAPPING_TABLE) == old:
            held = {"record": row["seq"], "table": HELD_TABLE, "row": row["row"], "column": PROVENANCE}
            cells.append({**held, "stands": new, "subject": ""})
    return cells


def _cell(text: Mapping[str, Any], stands: str, subject: str) -> Cell:
    names = ("record", "table", "row", "column")
    return {**{name: text[name] for name in names}, "stands": stands, "subject": subject}


def _stands(text: Mapping[str, Any]) -> str:
    """Return what stands in the place of a text of a report; how a note of a full release begins is kept,
    since that release is known by it."""
    return f"{GONE} {REDACTED}" if text["column"] == NOTE and text["text"].startswith(GONE) else REDACTED


def _versions_before(
    cursor: duckdb.DuckDBPyConnection, report: Mapping[str, Any], subject: str
) -> list[Cell]:
    """Return all cells of the row of a report as it was held before it became one."""
    entries = query(cursor, sql("entries_of_documents"), records=[report["seq"]]).to_pylist()
    if not entries:
        return []
    sha256, row = entries[0]["sha256"], report["row"]
    versions = query(cursor, sql("held_versions"), document=sha256, row=row, text=None).to_pylist()
    cells = _held_cells(_of_one_line(cursor, versions), [""], subject)
    return cells + (_noticed(cursor, sha256, [row], subject) if cells else [])


def _held_elsewhere(
    cursor: duckdb.DuckDBPyConnection, texts: Iterable[str], cells: Iterable[Cell]
) -> tuple[DocumentRow, ...]:
    """Return the held rows that hold one of these texts and from which nothing is to go: a row that was
    mended in a file and handed in anew lies there as it came first."""
    parts = [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts]
    own = {(cell["record"], cell["row"]) for cell in cells if cell["table"] == HELD_TABLE}
    rows = query(cursor, sql("held_with_text"), texts=parts, most=MOST_NAMED + len(own)).to_pylist()
    places = [DocumentRow(row["document"], row["row"]) for row in rows if (row["seq"], row["row"]) not in own]
    return tuple(dict.fromkeys(places))[:MOST_NAMED]


def _of_one_line(cursor: duckdb.DuckDBPyConnection, versions: list[Cell]) -> list[Cell]:
    """Return the versions of a held row and those of the other rows that its line of the document became: by
    a mapping, one line holds several figures, and each row the whole line."""
    places = {place for version in versions if (place := _place(version[RAW]))}
    found = {(version["seq"], version["row"]): version for version in versions}
    for place in places:
        text = json.dumps(place, ensure_ascii=False)
        document = versions[0]["sha256"]
        for version in query(cursor, sql("held_versions"), document=document, row=0, text=text).to_pylist():
            if _place(version[RAW]) == place:
                found[version["seq"], version["row"]] = version
    return [found[key] for key in sorted(found)]


def _place(raw: str) -> str:
    """Return where in its document a row stood that was read by a mapping; "" for any other."""
    provenance = _cells_of(raw).get(PROVENANCE)
    return str(provenance.get("place", "")) if isinstance(provenance, dict) else ""


def _cells_of(raw: str) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        row = json.loads(raw)
        if isinstance(row, dict):
            return row
    return {}


def _check_cells(versions: Iterable[Cell], row: int, columns: Collection[str]) -> None:
    """Raise QueryError for a column that a held row does not have."""
    known: dict[str, None] = {}
    for cells in (_cells_of(version[RAW]) for version in versions):
        provenance = cells.pop(PROVENANCE, {})
        known |= dict.fromkeys([*cells, *(provenance.get(FIXED, {}) if isinstance(provenance, dict) else {})])
    for column in columns:
        if column not in known:
            raise QueryError(f"Row {row} has no column {column}.", fix=f"Its columns are {', '.join(known)}.")


def _held_cells(versions: Iterable[Cell], columns: Iterable[str], subject: str) -> list[Cell]:
    """Return the cells of these columns that still hold something, in each version."""
    cells = []
    for version in versions:
        for column in columns:
            cell = {"record": version["seq"], "table": HELD_TABLE, "row": version["row"], "column": column}
            cell |= {"stands": REDACTED, "subject": subject}
            if redact_row(version[RAW], cell) != version[RAW]:
                cells.append(cell)
    return cells


def _noticed(cursor: duckdb.DuckDBPyConnection, sha256: str, rows: list[int], subject: str) -> list[Cell]:
    """Return the cells of the findings about some rows of a document."""
    texts = query(cursor, sql("findings_of_rows"), sha256=sha256, rows=rows).to_pylist()
    texts = [text for text in texts if text["text"] != REDACTED]
    return [_cell({**text, "table": "finding"}, REDACTED, subject) for text in texts]


def _documents(
    cursor: duckdb.DuckDBPyConnection, records: list[int], names: Names, subject: str
) -> list[Cell]:
    """Return the words of all entries of these documents that hold the hash of their content, or of a pipe's
    name, which begins with it."""
    entries = query(cursor, sql("entries_of_documents"), records=records).to_pylist()
    digests = dict.fromkeys(entry["sha256"] for entry in entries)
    renamed = {digest: RENAMED + names() for digest in digests if not digest.startswith(RENAMED)}
    cells = []
    for entry in entries:
        digest, name = entry["sha256"], renamed.get(entry["sha256"])
        words = {"table": "", "row": 0, "subject": subject, "record": entry["seq"]}
        if name:
            cells.append({**words, "column": "sha256", "stands": name})
        if name and digest[:8] in entry["document"]:
            stands = entry["document"].replace(digest[:8], name)
            cells.append({**words, "column": "document", "stands": stands})
    return cells


# --- the index -------------------------------------------------------------------------------------------


def blank(cursor: duckdb.DuckDBPyConnection, cells: Iterable[Mapping[str, Any]]) -> None:
    """Put what ``cells`` (REDACTION) say in the place of the texts of the index, inside the caller's
    transaction."""
    texts: defaultdict[tuple[str, str], dict[tuple[int, int], str]] = defaultdict(dict)
    held: defaultdict[tuple[int, int], list[Mapping[str, Any]]] = defaultdict(list)
    for cell in cells:
        key = cell["record"], cell["row"]
        if cell["table"] == HELD_TABLE:
            held[key].append(cell)
        else:
            texts[cell["table"], cell["column"]][key] = cell["stands"]
    for (table, column), stands in texts.items():
        if table:
            _put(cursor, sql("redact_cells", table=table, column=column, number=_NUMBERS[table]), stands)
        else:
            _put(cursor, sql("redact_entries", column=column), stands)
    if held:
        cursor.register("incoming", _keyed(dict.fromkeys(held, "")))
        rows = cursor.execute(sql("held_raw")).fetchall()
        cursor.unregister("incoming")
        raws = {}
        for record, row, raw in rows:
            raws[record, row] = functools.reduce(redact_row, held[record, row], raw)
        _put(cursor, sql("redact_cells", table=HELD_TABLE, column=RAW, number=_NUMBERS[HELD_TABLE]), raws)


def _put(cursor: duckdb.DuckDBPyConnection, statement: str, stands: Mapping[tuple[int, int], str]) -> None:
    cursor.register("incoming", _keyed(stands))
    cursor.execute(statement).fetchall()
    cursor.unregister("incoming")


def _keyed(stands: Mapping[tuple[int, int], str]) -> pa.Table:
    """Return a table (record, row, stands)."""
    records, rows = ([key[part] for key in stands] for part in (0, 1))
    columns = [
        pa.array(records, pa.int64()),
        pa.array(rows, pa.int64()),
        pa.array(stands.values(), pa.string()),
    ]
    return pa.table(columns, names=["record", "row", "stands"])
