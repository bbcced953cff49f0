"""How does a text leave the journal, and is what stands in its place what the ledger says?

An entry of the kind ``redaction`` names, for each record from which a text is to go, the cells, what stands
there now, and the hash of the content that the record then has. It is synced first; then the segments are
written anew. A crash in between leaves a record that does not have the content named yet: ``complete`` does
it at the next start. A record whose content is not the one that was chained is sound only if the last
redaction of it names exactly what stands there. This module must not know DuckDB, or where in the index a
text stands.

The hash that was chained covers the salt of the entry, which is replaced by its own hash: so nobody can test
guesses of the text against it, nor against the hash of what stood there between two redactions.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from service.ledger.entry import REDACTION, Entry, header_bytes, read_header
from service.ledger.frames import Packed, Record
from service.ledger.journal import Journal
from service.schema.records import Finding
from service.vocabulary import Severity

KIND = "redaction"
RAW, HELD_TABLE, OWN_NUMBERS = "raw", "held", ("report", "held")
"""The column of held rows that has their cells; their table; the tables whose rows bring their number."""
PROVENANCE, MAPPED, FIXED = "taken as", "mapping", "set"
"""Where a held row says how it was read, and in it by which mapping, and the values that replaced its
cells."""
UNNAMED = "its content was replaced, and no redaction of the ledger names what stands there"
MISLABELLED = "its frame does not say truly whether it is a redaction"

Cells = Sequence[Mapping[str, Any]]
"""Rows of REDACTION about one record."""

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Step:
    """One redaction of one record: its rows, and the hash of the content that it leads to."""

    cells: Cells
    content: str


# --- one record ------------------------------------------------------------------------------------------


def redact(content: bytes, cells: Cells) -> bytes:
    """Return the content of a record with what ``cells`` say in the place of its texts, and another salt."""
    words, offset = read_header(content)
    by_table: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for cell in cells:
        by_table[cell["table"]].append(cell)
    streams = []
    for name, size in words["tables"]:
        stream = content[offset : offset + size]
        streams.append(_redact_table(name, stream, by_table[name]) if name in by_table else stream)
        offset += size
    words["tables"] = [
        (name, len(stream)) for (name, _), stream in zip(words["tables"], streams, strict=True)
    ]
    words |= {cell["column"]: cell["stands"] for cell in by_table[""]}
    if words.get("salt"):
        words["salt"] = _next_salt(words["salt"])
    return header_bytes(words) + b"".join(streams)


def _next_salt(salt: str) -> str:
    """Return the salt that takes the place of another, which cannot be found from it."""
    return hashlib.sha256(b"redacted" + bytes.fromhex(salt)).hexdigest()[: len(salt)]


def _redact_table(name: str, stream: bytes, cells: Cells) -> bytes:
    """Return a table of an entry, as it was written, with what stands in the place of some of its cells."""
    with pa.ipc.open_stream(stream) as reader:
        table = reader.read_all()
    has_numbers = name in OWN_NUMBERS
    numbers = table["row"].to_pylist() if has_numbers else range(1, table.num_rows + 1)
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(numbers):
        places[number].append(place)
    columns: dict[str, list[Any]] = {}
    for cell in cells:
        column = RAW if name == HELD_TABLE else cell["column"]
        if column not in columns:
            columns[column] = table[column].to_pylist()
        values = columns[column]
        for place in places[cell["row"]]:
            is_row = name == HELD_TABLE
            values[place] = redact_row(values[place], cell) if is_row else cell["stands"]
    for column, values in columns.items():
        field = table.schema.field(column)
        index = table.schema.get_field_index(column)
        table = table.set_column(index, field, pa.array(values, field.type))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return bytes(sink.getvalue().to_pybytes())


def redact_row(raw: str, cell: Mapping[str, Any]) -> str:
    """Return a held row (a JSON object) with what stands in the place of one of its cells, of all, or of the
    mapping by which it was read."""
    row: dict[str, Any] = json.loads(raw)
    provenance, is_changed = row.get(PROVENANCE), False
    if cell["column"] == PROVENANCE and isinstance(provenance, dict):
        provenance[MAPPED], is_changed = cell["stands"], provenance.get(MAPPED) != cell["stands"]
    fixed = provenance.get(FIXED, {}) if isinstance(provenance, dict) else {}
    for cells in (row, fixed):
        for name, value in cells.items():
            is_meant = cell["column"] in ("", name) and not isinstance(value, dict)
            if is_meant and value and value != cell["stands"]:
                cells[name], is_changed = cell["stands"], True
    return json.dumps(row, ensure_ascii=False) if is_changed else raw


def prepare(journal: Journal, cells: Cells, reason: str) -> tuple[pa.Table, dict[int, Packed], int]:
    """Return the rows of the redaction (REDACTION) that takes ``cells`` out, what each record then holds, and
    how many of these have no salt. Raises JournalDamaged."""
    by_record: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for cell in cells:
        by_record[cell["record"]].append(cell)
    packed, unsalted = {}, 0
    for record, content in journal.contents_of(by_record):
        packed[record] = Packed.of(redact(content, by_record[record]))
        unsalted += not read_header(content)[0].get("salt")
    digests = {record: each.content_digest.hex() for record, each in packed.items()}
    rows = [{**cell, "content": digests[cell["record"]], "reason": reason} for cell in cells]
    return pa.Table.from_pylist(rows, schema=REDACTION), packed, unsalted


# --- the journal -----------------------------------------------------------------------------------------


def read_steps(journal: Journal) -> dict[int, list[Step]]:
    """Return, by record, what the redactions in the journal make of it, oldest first."""
    steps: defaultdict[int, list[Step]] = defaultdict(list)
    for _, content in journal.contents_of(journal.redactions):
        if _is_redaction(content):
            for record, step in steps_of(Entry.decode(content)).items():
                steps[record].append(step)
    return dict(steps)


def steps_of(entry: Entry) -> dict[int, Step]:
    """Return what one redaction makes of each record that it is about."""
    cells: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for cell in entry.tables[KIND].to_pylist():
        cells[cell["record"]].append(cell)
    return {record: Step(rows, rows[0]["content"]) for record, rows in cells.items()}


def complete(journal: Journal) -> bool:
    """Do what redactions in the journal say and a crash has left undone; return whether anything was.

    Raises JournalDamaged where a record holds another content than was chained, and no redaction names it.
    """
    steps = read_steps(journal)
    for record, present in journal.marked.items():
        if all(step.content != present for step in steps.get(record, ())):
            raise journal.locate(record, UNNAMED).damage_error()
    undone = {
        record: _steps_after(journal.marked.get(record), of_record)
        for record, of_record in steps.items()
        if journal.marked.get(record) != of_record[-1].content
    }
    contents = {}
    for record, before in journal.contents_of(undone):
        content = before
        for step in undone[record]:
            content = redact(content, step.cells)
        packed = Packed.of(content)
        if packed.content_digest.hex() == undone[record][-1].content:
            contents[record] = packed
        else:
            _log.error("record %d of the journal cannot be redacted as the ledger says", record)
    if contents:
        journal.replace(contents)
        _log.warning("records %s of the journal redacted, as the ledger says", sorted(contents))
    return bool(contents)


def _steps_after(present: str | None, steps: Sequence[Step]) -> Sequence[Step]:
    """Return the steps that a record lacks whose content has the hash ``present`` (None: as it was)."""
    done = [step.content for step in steps].index(present) + 1 if present else 0
    return steps[done:]


def find_faults(journal: Journal, *, under_way: int = 0) -> list[Finding]:
    """Return what is wrong with the journal, down to what each record holds; nothing if it is sound.

    ``under_way``: a record that may be a redaction which its owner is carrying out just now (0: none).
    """
    marked: dict[int, str] = {}
    steps: defaultdict[int, dict[int, str | None]] = defaultdict(lambda: {0: None})
    mislabelled: list[int] = []

    def look(record: Record, content: bytes) -> None:
        if record.is_marked:
            marked[record.head.seq] = record.present_digest.hex()
        if _is_redaction(content) != record.is_redaction:
            mislabelled.append(record.head.seq)
        elif record.is_redaction:
            for number, step in steps_of(Entry.decode(content)).items():
                steps[number][record.head.seq] = step.content

    broken = journal.damage(look)
    unnamed = [number for number, present in marked.items() if present not in steps[number].values()]
    if broken is None and mislabelled:
        broken = journal.locate(mislabelled[0], MISLABELLED)
    elif broken is None and unnamed:
        broken = journal.locate(unnamed[0], UNNAMED)
    if broken is not None:
        error = broken.damage_error()
        return [Finding("journal_damaged", Severity.ERROR, error.message, error.fix)]
    faults = []
    for number, contents in steps.items():
        named = [*contents.values()]
        sound = named[-2:] if under_way in contents and under_way else named[-1:]
        if marked.get(number) not in sound:
            faults.append(_undone(number))
    return faults


def _undone(record: int) -> Finding:
    return Finding(
        "redaction_undone",
        Severity.ERROR,
        f"Record {record} still holds what a redaction says is gone.",
        "Start the ledger anew, which does it; if it goes on, put its segment back from a later backup.",
    )


def _is_redaction(content: bytes) -> bool:
    try:
        return bool(read_header(content)[0].get("kind") == KIND)
    except (ValueError, AttributeError, struct.error):
        return False
