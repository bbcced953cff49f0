"""Which mapping does a name stand for?

The shipped mappings have names of their own. A ledger keeps every mapping that a document was read by, or
that somebody added: each under its name and the hash of its text (``jhu@0123456789ab``), which stands for
that very text for ever; the name alone stands for the newest. This module must not know where the ledger is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow as pa

from service.errors import QueryError, UnknownName
from service.ingest.cell_text import closest_match
from service.ingest.mapping.definition import ReportMapping, parse_mapping, read_mapping
from service.ingest.mapping.shipped import shipped_names, shipped_text
from service.ingest.personal_data import check_document_name, check_text
from service.schema.tables import MAPPING
from service.sentence import did_you_mean, join_sentences, listed, sentence
from service.vocabulary import REDACTED

Mapping = str | Path | ReportMapping
"""A mapping, its file (a path, or a text that ends in .toml), or its name."""


class Library:
    """The shipped mappings, and those that a ledger keeps: ``rows`` (MAPPING), oldest first."""

    def __init__(self, rows: Callable[[], pa.Table] = MAPPING.empty_table) -> None:
        self._rows = rows

    def find(self, mapping: Mapping) -> ReportMapping:
        """Return a mapping. Raises UnknownName where there is none, UnreadableDocument for a file that is no
        mapping."""
        if isinstance(mapping, ReportMapping):
            return mapping
        if isinstance(mapping, Path) or mapping.endswith(".toml"):
            path = Path(mapping)
            if not path.is_file():
                raise UnknownName(
                    sentence("There is no mapping file %(path)s.", path=str(path)),
                    fix="Name a TOML file, or a mapping by its name.",
                )
            return read_new_mapping(path.read_bytes(), path.stem)
        return self.named(mapping)

    def named(self, name: str) -> ReportMapping:
        """Return the mapping of a name; no file is looked for. Raises UnknownName."""
        if name in shipped_names():
            return _shipped(name, shipped_text(name))
        kept = self._rows().to_pylist()
        for row in reversed(kept):
            if name in (row["name"], row["mapping_id"]):
                if row["text"] == REDACTED:
                    raise UnknownName(
                        sentence("The mapping “%(name)s” was redacted.", name=name[:100]), fix="Add it anew."
                    )
                return read_mapping(row["text"].encode(), row["name"])
        names = [*shipped_names(), *dict.fromkeys(row["name"] for row in kept)]
        match = closest_match(name, names)
        raise UnknownName(
            sentence("No mapping is called “%(name)s”.", name=name[:100]),
            fix=join_sentences(
                did_you_mean((match,) if match else ()),
                sentence("Name one of %(names)s, or a TOML file.", names=listed(names)),
            ),
            suggestions=tuple(names),
        )


def load_mapping(mapping: Mapping) -> ReportMapping:
    """Return the mapping in a file, or the shipped one of a name. Raises as ``Library.find``."""
    return Library().find(mapping)


def read_new_mapping(data: bytes, name: str) -> ReportMapping:
    """Return the mapping in a file, which is kept with what is read by it. Raises UnreadableDocument for
    what is no mapping, PersonalDataRefused for one that holds personal data, in a remark or anywhere
    else."""
    mapping = read_mapping(data, name)
    check_document_name(name)
    for number, line in enumerate(mapping.text.splitlines(), 1):
        check_text(line, f"line {number} of the mapping {mapping.name}")
    return mapping


def row_of(mapping: ReportMapping) -> pa.Table:
    """Return the row (MAPPING) by which a ledger keeps a mapping; none for a shipped one."""
    row = {name: getattr(mapping, name) for name in MAPPING.names}
    return pa.Table.from_pylist([row] if mapping.text else [], schema=MAPPING)


def read_own_mapping(data: bytes, name: str) -> ReportMapping:
    """Return a mapping to keep under a name. Raises QueryError for the name of a shipped one,
    UnreadableDocument for what is no mapping."""
    mapping = read_new_mapping(data, name)
    if mapping.name in shipped_names():
        raise QueryError(
            sentence("%(name)s is the name of a shipped mapping.", name=mapping.name),
            fix=sentence(
                'Name yours otherwise; with extends = "%(name)s" it says only what differs.',
                name=mapping.name,
            ),
        )
    return mapping


def shipped_rows() -> pa.Table:
    """Return the shipped mappings as rows (MAPPING), by name."""
    mappings = [_shipped(name, shipped_text(name)) for name in shipped_names()]
    rows = [
        {
            "mapping_id": each.name, "name": each.name, "title": each.title,
            "text": shipped_text(each.name).decode(),
        }
        for each in mappings
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=MAPPING)


@cache
def _shipped(name: str, text: bytes) -> ReportMapping:
    return parse_mapping(text, name)
