"""What may follow here?

Called by the shell while somebody types, so whatever goes wrong, nothing is said: there are just no words to
offer. Names are those of the ledger at hand (through its server, where one holds it), or, before there is
one, of the shipped seeds. The heavy libraries are loaded only when it comes to that.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from service.errors import CasualtyError
from service.settings import Settings

if TYPE_CHECKING:
    from service.answers.filters import Filter
    from service.schema.records import Reference

Word = tuple[str, str]
Complete = Callable[[typer.Context, str], list[Word]]
LISTS = {
    "areas": ("area", "area_code", "name"),
    "sources": ("source", "source_id", "name"),
    "populations": ("population", "population", "label"),
    "crises": ("crisis", "crisis_id", "name"),
}
"""Table, key and name of what a verb lists."""
SHIPPED = {"area": "areas", "source": "sources", "population": "populations"}


def words_for(row: Filter) -> Complete | None:
    """Return what completes the values of a filter: the words that its verb lists, or those of its schema."""
    if row.listed_by in LISTS:
        return _names(*LISTS[row.listed_by])
    if row.listed_by == "measures":
        return _measures
    if row.listed_by == "methods":
        return _methods
    return words_of(row.schema["enum"]) if "enum" in row.schema else None


def words_of(values: Iterable[str]) -> Complete:
    """Return what completes to these words."""

    def complete(_: typer.Context, incomplete: str) -> list[Word]:
        return _fitting(((value, "") for value in values), incomplete)

    return complete


def _names(table: str, key: str, name: str) -> Complete:
    """Completes to the keys of a reference table, and to names that are one word."""

    def complete(context: typer.Context, incomplete: str) -> list[Word]:
        words = (
            word
            for code, label in _rows(context, table, key, name)
            for word in ((code, label), *(((label, code),) if label.isalnum() else ()))
        )
        return _fitting(words, incomplete)

    return complete


def _measures(_: typer.Context, incomplete: str) -> list[Word]:
    from service.vocabulary import Measure

    return _fitting(((measure.value, measure.meaning) for measure in Measure), incomplete)


def _methods(_: typer.Context, incomplete: str) -> list[Word]:
    from service.answers.query import METHODS

    return _fitting(METHODS.items(), incomplete)


def _fitting(words: Iterable[Word], incomplete: str) -> list[Word]:
    begun = incomplete.casefold()
    return [word for word in words if word[0].casefold().startswith(begun)]


def _rows(context: typer.Context, table: str, key: str, name: str) -> list[Word]:
    """Key and name of each row of a reference table."""
    try:
        from service.cli.options import Session
        from service.cli.session import data_dir_of, reach_ledger

        session = Session(where=context.params.get("where"), quiet=True)
        if not session.address and not (data_dir_of(session) / "journal").exists():
            return _shipped_words(table, key, name)
        with reach_ledger(session) as ledger:
            reference: Reference = ledger.reference()
        return list(
            zip(
                *(getattr(reference, table).column(column).to_pylist() for column in (key, name)), strict=True
            )
        )
    except (CasualtyError, OSError):
        return []


def _shipped_words(table: str, key: str, name: str) -> list[Word]:
    path: Path = Settings().seeds_dir / f"{SHIPPED.get(table, table)}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[key], row[name]) for row in csv.DictReader(file)]
