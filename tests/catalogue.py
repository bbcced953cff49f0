"""Which messages must a catalogue of a language have? ``make catalogue`` writes new ones into each.

They are found where they are said: in the templates of the pages that are there in every language, in code by
the names of ``service.language``, and in the closed lists whose members pages and charts name. A message
that nobody says any more is left out; the translations of the others stay.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import service
from service.answers.chart_kinds import KINDS
from service.answers.reasons import message_of
from service.answers.vintages import CAUSES_WITH_REPORTS
from service.ingest import REPORT_FILE_COLUMNS
from service.language import LANGUAGES
from service.language.catalogue import FOLDER
from service.reconcile.reasons import REASON_TEXTS
from service.schema.records import REDACTION_REMARKS
from service.vocabulary import (
    Basis,
    CrisisKind,
    DatePrecision,
    Grade,
    Kind,
    Level,
    Measure,
    PlacePrecision,
    Role,
    Severity,
    Standard,
    Term,
    Verdict,
    spell_out,
)
from service.web.errors import PROBLEMS

ROOT = Path(service.__file__).parent
CRISES = ROOT.parent / "seeds" / "crises.toml"
METHODS = [("web/templates/*.html", "jinja2"), ("language/**.py", "ignore"), ("**.py", "python")]
OPTIONS = {"web/templates/*.html": {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}}
KEYWORDS = {"say": None, "say_many": (1, 2), "many": (1, 2), "message": None, "_": None, "gettext": None}
SPOKEN: tuple[type[Term], ...] = (
    Grade, Role, Standard, Level, Kind, DatePrecision, PlacePrecision, Severity, Measure, Basis, CrisisKind,
    Verdict,
)  # fmt: skip
"""The closed lists whose words and meanings pages and charts show."""
HISTORY = ("recorded", "noticed", "replaces", "reinstated", "withdrawn", "corrected", "redacted")
STATUS = ("open", "noted")
PARTIES = ("government side", "pro assad side")
"""Parties in the shipped reports that are no population and so have no name in the reference data."""

Message = str | tuple[str, str]
"""A message, or that of one thing and that of many."""


def messages() -> list[Message]:
    """Return every message, each once, in a steady order."""
    found: dict[Message, None] = {}
    for each in (*_in_code(), *_in_lists()):
        if each not in found and (each if isinstance(each, str) else each[0]):
            found[each] = None
    return list(found)


def _in_code() -> Iterator[Message]:
    """Yield the messages of templates and code, a message of one and of many as a pair."""
    rooms = ("web", "charts", "answers", "reference")
    for room in rooms:
        extracted = extract_from_dir(
            ROOT / room,
            [(pattern.removeprefix("web/"), method) for pattern, method in METHODS],
            {name.removeprefix("web/"): options for name, options in OPTIONS.items()},
            KEYWORDS,
        )
        for _, _, found, _, _ in sorted(extracted, key=lambda row: (row[0], row[1])):
            yield (found[0], found[1]) if isinstance(found, tuple) else found


def _in_lists() -> Iterator[str]:
    """Yield the messages that code says by their value."""
    for terms in SPOKEN:
        for term in terms:
            yield spell_out(term)
            yield term.meaning
    for measure in Measure:
        yield measure.unit
        yield f"%(people)s {measure.phrase}"
    yield from map(message_of, REASON_TEXTS)
    yield from REDACTION_REMARKS.values()
    yield from (f"{what}: %(reports)s" for what in CAUSES_WITH_REPORTS)
    for kind in KINDS.values():
        yield from (kind.label, kind.summary)
    yield from (problem.title for problem in PROBLEMS.values())
    yield from map(spell_out, REPORT_FILE_COLUMNS)
    yield from (*HISTORY, *STATUS, *PARTIES)
    for crisis in tomllib.loads(CRISES.read_text(encoding="utf-8"))["crisis"]:
        yield crisis["about"]
        yield from (context["label"] for context in crisis.get("context", ()))


def as_catalogue() -> Catalog:
    """Return the messages as a catalogue without translations."""
    catalogue = Catalog(project="Casualty Ledger", charset="utf-8")
    for each in messages():
        catalogue.add(each)
    return catalogue


def read(code: str) -> Catalog:
    """Return the catalogue of a language."""
    with (FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def update(code: str) -> None:
    """Write the catalogue of a language anew: with every message, and the translations it had."""
    path = FOLDER / f"{code}.po"
    before = read(code) if path.is_file() else None
    catalogue = Catalog(locale=code, charset="utf-8", fuzzy=False)
    if before is not None:
        catalogue.mime_headers, catalogue.header_comment = before.mime_headers, before.header_comment
    for each in messages():
        known = before.get(each if isinstance(each, str) else each[0]) if before else None
        catalogue.add(each, known.string if known else None)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, no_location=True, omit_header=False)


if __name__ == "__main__":
    for language in LANGUAGES.values():
        if not language.is_english:
            update(language.code)
