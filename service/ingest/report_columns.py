"""What does a cell of each column of a report file mean?

The closed lists of words come from ``service.vocabulary``, the names from the reference data. An unknown
place or population quarantines its row; an unknown source or crisis is registered (``new_names``). Columns
that have a meaning only together have their own modules: ``date_columns`` and ``figure_columns``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache, partial
from typing import Any, TypeVar

import pyarrow as pa

from service.errors import AmbiguousName, UnknownName
from service.ingest.cells import (
    HIDDEN,
    Cell,
    Problem,
    check_length,
    clean_text,
    excerpt,
    hidden_character_findings,
    quarantine_name,
    read_cell,
    refusal,
)
from service.ingest.new_countries import country_hint
from service.ingest.new_names import NewNames, assume_of_source, new_crisis, new_source
from service.ingest.web_address import lacks_host, unsafe_scheme
from service.reference.gazetteer import KEPT_STATES, Gazetteer, gazetteer_of
from service.reference.names import Names, slug
from service.reference.well_known import well_known_sources
from service.schema.records import Finding, Reference
from service.schema.tables import AREA_SEPARATOR
from service.sentence import did_you_mean, join_sentences, message, sentence
from service.vocabulary import Basis, Measure, PlacePrecision, Severity, Standard, Term

T = TypeVar("T")
_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f]")


def _spellings(
    table: pa.Table, identifier: str, name: str, *others: str
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (id, name, other spellings) of each row of a reference table, as ``Names`` takes them."""
    for row in table.select([identifier, name, *others]).to_pylist():
        spellings = [spelling for column in others for spelling in row[column].split(AREA_SEPARATOR)]
        yield row[identifier], row[name], spellings


@dataclasses.dataclass(frozen=True)
class _ReferenceNames:
    """The names in the reference data, and the standard that each source usually works to."""

    populations: Names
    sources: Names
    crises: Names
    usual_standards: dict[str, str]


@lru_cache(maxsize=KEPT_STATES)
def _reference_names(reference: Reference) -> _ReferenceNames:
    source = reference.source
    standards = zip(source["source_id"].to_pylist(), source["usual_standard"].to_pylist(), strict=True)
    return _ReferenceNames(
        Names("population", _spellings(reference.population, "population", "label", "label_ar")),
        Names("source", _spellings(source, "source_id", "name", "name_ar", "aliases")),
        Names("crisis", _spellings(reference.crisis, "crisis_id", "name", "name_ar")),
        dict(standards),
    )


def names_of(table: str, reference: Reference) -> Names:
    """Return the names of the sources, populations or crises of a reference state."""
    known = _reference_names(reference)
    return {"source": known.sources, "population": known.populations, "crisis": known.crises}[table]


class ColumnReaders:
    """Reads the columns that have a meaning each by itself, with the names of one reference state."""

    def __init__(self, reference: Reference) -> None:
        self._gazetteer = gazetteer_of(reference)
        names = _reference_names(reference)
        self._populations, self._usual_standards = names.populations, names.usual_standards
        known_sources, _ = well_known_sources()
        self._sources = NewNames("source", names.sources, assume_of_source, known_sources)
        self._crises = NewNames("crisis", names.crises, lambda _: message("without featured areas"))
        self._known_crises = names.crises
        self._places_of_crisis = {
            row["crisis_id"]: [*row["featured_areas"].split(AREA_SEPARATOR), row["whole_area"]]
            for row in reference.crisis.select(["crisis_id", "featured_areas", "whole_area"]).to_pylist()
        }
        self._near_crisis = lru_cache(self._find_near_crisis)

    def by_column(self) -> dict[str, Callable[[str], Cell]]:
        """Return the function that makes a cell of a text, by column."""
        readers = {column: partial(read_cell, column, read=read) for column, read in self._values().items()}
        return {**readers, "url": _read_url, "note": _read_note}

    def read_areas(self, text: str, crisis: str) -> Cell:
        """Return the cell of the places of a row about a crisis: what may be meant by a place that is not
        known is looked for in the countries of the crisis, where it has places."""
        among = self._near_crisis(clean_text(crisis))
        return read_cell("areas", text, partial(self._require_places, among))

    def _require_places(self, among: Collection[str] | None, text: str) -> tuple[str, str]:
        read = partial(quarantine_unknown_place, self._gazetteer, among=among)
        return _require(read, "place", "Write its name or code, several joined by |.", text)

    def _find_near_crisis(self, crisis: str) -> frozenset[str] | None:
        """Return the areas of the countries in which a crisis has places, None where none is known."""
        try:
            crisis_id = self._known_crises.find(crisis) or ""
        except AmbiguousName:
            return None
        return self._gazetteer.in_countries_of(self._places_of_crisis.get(crisis_id, ()))

    def suggestions(self, column: str, text: str, crisis: str = "") -> tuple[str, ...]:
        """Return what may have been meant by a text that a column does not know, likest first; for a place of
        a row about a ``crisis``, see ``read_areas``."""
        try:
            if column == "areas":
                self._require_places(self._near_crisis(clean_text(crisis)), clean_text(text))
                return ()
            self._values().get(column, str)(clean_text(text))
        except (Problem, UnknownName, AmbiguousName) as error:
            return error.suggestions
        return ()

    def _values(self) -> dict[str, Callable[[str], Any]]:
        """Return the function that makes a value of a text, by column; it raises Problem where none does."""
        return {
            "crisis": partial(_require, self._crises.resolve, "crisis", "Write its id or its name."),
            "source": partial(_require, self._sources.resolve, "source", "Write who published the figure."),
            "origin": lambda text: self._sources.resolve(text) if text else "",
            "areas": partial(self._require_places, None),
            "place_precision": _place_precision,
            "measure": _term_reader("measure", Measure, None),
            "population": partial(
                _require, self._populations.resolve, "population", "Write who is counted; all is everyone."
            ),
            "attributed_to": lambda text: slug(check_length(text)),
            "basis": _term_reader("basis", Basis, ""),
            "event": lambda text: check_length(text) or None,
            "standard": _term_reader("standard", Standard, ""),
        }

    def is_known(self, column: str, text: str) -> bool:
        """Return whether a text is the name of a place, a source or a crisis that is known."""
        match column:
            case "areas":
                try:
                    return bool(self._gazetteer.resolve_set(text))
                except (UnknownName, AmbiguousName):
                    return False
            case "source" | "origin":
                return self._sources.is_known(text)
            case "crisis":
                return self._crises.is_known(text)
        return False

    def usual_standard(self, source_id: str) -> str:
        """Return the standard that a source usually works to, or unverified where that is not known: of a new
        one, that which it is registered with."""
        standard = self._usual_standards.get(source_id)
        if standard is None:
            standard = new_source(source_id, source_id)["usual_standard"]
        return standard if standard in list(Standard) else str(Standard.UNVERIFIED)

    def pending(self) -> list[str]:
        """Return the ids of new sources and crises that no accepted report has brought yet."""
        return [*self._crises.pending(), *self._sources.pending()]

    def register(self, report: dict[str, Any]) -> list[Finding]:
        """Register the new ones of a report's crisis, source and origin; return a finding for each."""
        return [
            *self._crises.register(report["crisis_id"], "crisis", new_crisis),
            *self._sources.register(report["source_id"], "source", new_source),
            *self._sources.register(report["origin_id"], "origin", new_source),
        ]

    def new_reference_rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return the reference rows registered so far, by table."""
        return {
            "source": list(self._sources.registered.values()),
            "crisis": list(self._crises.registered.values()),
        }


def quarantine_unknown_place(
    gazetteer: Gazetteer, text: str, among: Collection[str] | None = None
) -> tuple[str, str]:
    """Return the codes of the places that a text names, joined by ``|``, and the text as stated.

    An unknown place, or a name that several places have, raises Problem, which quarantines the row: the
    ledger never guesses the place of a figure. What may be meant is looked for ``among`` some areas where
    they are given.
    """
    try:
        return gazetteer.resolve_set(text, among), text
    except UnknownName as error:
        problem = quarantine_name(error)
        if hint := country_hint(gazetteer, text):
            problem.fix = join_sentences(hint, error.fix if error.suggestions else "")
        raise problem from error
    except AmbiguousName as error:
        raise quarantine_name(error) from error


def _require(read: Callable[[str], T], what: str, fix: str, text: str) -> T:
    """Return what ``read`` makes of the text. Raises Problem for a blank."""
    if not text:
        raise Problem("blank", sentence("The row names no %(column)s.", column=sentence(what)), fix)
    return read(text)


def _term_reader(column: str, terms: type[Term], default: str | None) -> Callable[[str], str]:
    """Return a function that reads a word of a closed list. A blank gives ``default``, or Problem if None."""
    names = Names(column, ((str(term), str(term), ()) for term in terms))
    words = ", ".join(terms)

    def read(text: str) -> str:
        if not text and default is not None:
            return str(default)
        if not text:
            raise Problem(
                "blank",
                sentence("The row names no %(column)s.", column=sentence(column)),
                sentence("Write one of %(words)s.", words=words),
            )
        term = names.find(text)
        if term is None:
            similar = names.nearest(text)
            raise Problem(
                "unknown_name",
                sentence("No %(column)s is called “%(text)s”.", column=sentence(column), text=excerpt(text)),
                join_sentences(did_you_mean(similar), sentence("Write one of %(words)s.", words=words)),
                suggestions=similar,
            )
        return term

    return read


def _place_precision(text: str) -> str | None:
    """Return the word for how exactly a place is known, None for a blank."""
    return _PLACE_PRECISION(text) or None


_PLACE_PRECISION = _term_reader("place_precision", PlacePrecision, "")


def _read_url(text: str) -> Cell:
    """Return the address as given, None for a blank. A text that is no web address gets a warning."""
    url = text.strip()
    if not url:
        return Cell(None)
    if scheme := unsafe_scheme(url):
        problem = Problem(
            "unsafe_url",
            sentence(
                "An address that begins with “%(scheme)s:” is not that of a web page, and may harm "
                "who opens it.",
                scheme=scheme,
            ),
            "Write the address of the page, beginning with https://, or leave it blank.",
        )
        cell = refusal("url", text, problem)
        return cell._replace(findings=tuple(dataclasses.replace(each, value="") for each in cell.findings))
    if _NOT_IN_A_URL.search(url) or HIDDEN.search(url):
        return refusal(
            "url",
            text,
            Problem(
                "unreadable_url",
                "The address holds spaces or characters that cannot be seen.",
                "Copy it anew.",
            ),
        )
    if lacks_host(url):
        problem = Problem("unreadable_url", "The address names no host: nobody can open it.", "Copy it anew.")
        return refusal("url", text, problem)
    if re.match(r"https?://[^/]", url, re.IGNORECASE):
        return Cell(url)
    warning = Finding(
        "odd_url",
        Severity.WARNING,
        sentence("“%(url)s” is not a web address.", url=excerpt(url)),
        "Write it in full, beginning with https://.",
        column="url",
        value=excerpt(url),
    )
    return Cell(url, findings=(warning,))


def _read_note(text: str) -> Cell:
    """Return the note with its line breaks."""
    lines = (clean_text(line) for line in text.strip().splitlines())
    findings = hidden_character_findings("note", text, Severity.INFO)
    return Cell("\n".join(lines), findings=tuple(dataclasses.replace(each, value="") for each in findings))
