"""Which messages must a catalogue of a language have? ``make catalogue`` writes new ones into each.

They are found where they are said: in the templates of the pages that are there in every language, in code by
the names of ``service.language``, and in the closed lists whose members pages and charts name. A message
that nobody says any more is left out; the translations of the others stay.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

import service
from service.answers.chart_kinds import KINDS
from service.ingest import REPORT_FILE_COLUMNS
from service.ingest.privacy import PersonalData
from service.language import LANGUAGES
from service.language.catalogue import FOLDER
from service.reconcile.reason_terms import REASON_MESSAGES
from service.reconcile.sums import Outcome
from service.schema.records import REDACTION_REMARKS
from service.sentence import AND, OR, SEMICOLON, Listed
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
KEYWORDS = {
    "say": None, "say_many": (1, 2), "many": (1, 2), "message": None, "sentence": None, "_": None,
    "gettext": None,
}  # fmt: skip
ROOMS = ("web", "charts", "answers", "reference", "ingest", "intake", "ledger", "reconcile")
"""The packages whose sentences a page may show."""
LIMITS = ("deadline.py", "effort.py")
"""The modules beside them whose refusals any page may show."""
TEXTS_OF: dict[str, tuple[int, ...]] = {
    "Problem": (1, 2), "Finding": (2, 3), "findings": (2, 3), "Refusal": (1,), "problem": (2,),
    **dict.fromkeys(
        ("QueryError", "UnknownName", "AmbiguousName", "NotFound", "UnreadableDocument", "DocumentTooLarge",
         "PersonalDataRefused", "TooSlow", "TooBusy", "TooMuch", "TooMuchForOne"), (0,),
    ),
}  # fmt: skip
"""What findings and refusals are made with, and where their sentences stand."""
NAMED_TEXTS = ("fix", "message", "detail")
NEVER_ON_PAGES = (
    *(f"ledger/{name}.py" for name in (
        "api_keys", "backup", "clock", "free_text", "heads", "index*", "redaction",
    )),
    *(f"web/{name}.py" for name in (
        "api", "content_negotiation", "embedding", "held_rows", "idempotency", "notes", "paging",
        "redactions", "registrations", "security_txt", "writes",
    )),
    "ingest/seeds.py", "ingest/new_crisis.py", "answers/endpoints.py", "answers/citation.py",
)  # fmt: skip
"""Modules that answer the API, files and the command line alone, which are English."""
KINDS_OF_NAMES = (
    "area",
    "areas",
    "population",
    "populations",
    "source",
    "sources",
    "crisis",
    "crisiss",
    "measure",
    "basis",
    "standard",
    "place_precision",
    "place",
    "Handing something in",
    "Reading notes",
    "reason",
    "spelling",
    "name of the document",
    "The body",
    "The file",
    "rows",
    "bytes",
    "reporter",
    "editor",
    "auditor",
)
"""What a sentence names by a word that comes from elsewhere."""
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
    for room in ROOMS:
        extracted = extract_from_dir(
            ROOT / room,
            [(pattern.removeprefix("web/"), method) for pattern, method in METHODS],
            {name.removeprefix("web/"): options for name, options in OPTIONS.items()},
            KEYWORDS,
        )
        for _, _, found, _, _ in sorted(extracted, key=lambda row: (row[0], row[1])):
            yield (found[0], found[1]) if isinstance(found, tuple) else found
    for room in ROOMS:
        for path in _pages_may_show(room):
            yield from _refused(ast.parse(path.read_text(encoding="utf-8")))
    for name in LIMITS:
        for _, found, _, _ in extract_from_file("python", ROOT / name, keywords=KEYWORDS):
            yield found if isinstance(found, str) else found[0]
        yield from _refused(ast.parse((ROOT / name).read_text(encoding="utf-8")))


def _pages_may_show(room: str) -> list[Path]:
    """Return the modules of a package whose refusals and findings a page may show."""
    paths = sorted((ROOT / room).rglob("*.py"))
    return [path for path in paths if not any(path.match(each) for each in NEVER_ON_PAGES)]


def _refused(tree: ast.AST) -> Iterator[str]:
    """Yield the texts that findings and refusals are made with where they are made."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        given = [call.args[place] for place in TEXTS_OF.get(name, ()) if place < len(call.args)]
        if name in TEXTS_OF:
            given += [
                keyword.value for keyword in call.keywords if keyword.arg in ("fix", "message", "detail")
            ]
        for text in given:
            yield from _literals(text)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _in_lists() -> Iterator[str]:
    """Yield the messages that code says by their value."""
    for terms in SPOKEN:
        for term in terms:
            yield spell_out(term)
            yield term.meaning
    for measure in Measure:
        yield measure.unit
        yield f"%(people)s {measure.phrase}"
    yield from REASON_MESSAGES
    yield from (outcome.value for outcome in Outcome)
    yield from (Listed(()).between, SEMICOLON, OR, AND)
    yield from map(str, KINDS_OF_NAMES)
    yield from (kind.phrase for kind in PersonalData)
    yield from REDACTION_REMARKS.values()
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
