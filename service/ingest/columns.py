"""What does one cell of a report file mean, column by column?

Closed words are taken from ``service.vocabulary``, names from the reference data. A source or a crisis that
is not known is given an id here and registered with the first row that is accepted; an area or a population
that is not known holds its row.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, TypeVar

import pyarrow as pa

from service.ingest.cells import (
    HIDDEN,
    Cell,
    Problem,
    hidden_characters,
    read_cell,
    refused,
    shown,
    tidy,
)
from service.reference.gazetteer import KEPT_STATES, gazetteer_of
from service.reference.names import Names, slug
from service.schema.records import Finding, Reference
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Basis, Kind, Measure, Severity, Standard, Term

T = TypeVar("T")
_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f]")
_TWIN = 0.8
"""How like a known name a new one must be to be worth a second look."""
_LONGEST_NAME = 200


def _spellings(
    table: pa.Table, identifier: str, name: str, *others: str
) -> Iterator[tuple[str, str, list[str]]]:
    """The entries of ``Names`` that a reference table holds."""
    for row in table.select([identifier, name, *others]).to_pylist():
        further = [each for column in others for each in row[column].split(AREA_SEPARATOR)]
        yield row[identifier], row[name], further


class Newcomers:
    """Names that may be met for the first time: known ones resolve, new ones get an id of their own.

    Two new spellings are one thing only where ``normalise`` makes them equal. ``taken_for`` says what is
    assumed of a new one.
    """

    def __init__(self, kind: str, names: Names, taken_for: str) -> None:
        self.kind = kind
        self.names = names
        self.taken_for = taken_for
        self.registered: dict[str, dict[str, Any]] = {}
        self._new: dict[str, str] = {}

    def resolve(self, text: str) -> str:
        """The id of a name. Raises AmbiguousName, and Problem for a name without a letter or digit."""
        known = self.names.find(_brief(text))
        if known is not None:
            return known
        identifier = slug(text, "-")
        if not identifier:
            raise Problem("unknown_name", f"“{shown(text)}” is no name of a {self.kind}.", "Write its name.")
        self._new.setdefault(identifier, text)
        return identifier

    def pending(self) -> list[str]:
        """The ids of new names that no accepted row has brought yet."""
        return [identifier for identifier in self._new if identifier not in self.registered]

    def meet(self, identifier: str, column: str, make: Callable[[str, str], dict[str, Any]]) -> list[Finding]:
        """Register the id if it is new, with the row that ``make(id, name)`` gives, and say so."""
        if identifier in self.registered or identifier not in self._new:
            return []
        name = self._new[identifier]
        self.registered[identifier] = make(identifier, name)
        near = self.names.nearest(name, at_least=_TWIN)
        twin = f"If it is {self.names.name(near[0])} ({near[0]}), hand it in as that. " if near else ""
        return [
            Finding(
                f"new_{self.kind}",
                Severity.WARNING if near else Severity.INFO,
                f"The {self.kind} “{shown(name)}” is new: registered as {identifier}, {self.taken_for}.",
                f"{twin}Register a row for {identifier} where this is not right.",
                column=column,
                value=shown(name),
                subject=identifier,
            )
        ]


@dataclasses.dataclass(frozen=True)
class _Known:
    """The names that a reference knows, and the standard that each source usually works to."""

    populations: Names
    sources: Names
    crises: Names
    usual: dict[str, str]


@lru_cache(maxsize=KEPT_STATES)
def _known(reference: Reference) -> _Known:
    """The names of a reference, made once."""
    source = reference.source
    usual = zip(source["source_id"].to_pylist(), source["usual_standard"].to_pylist(), strict=True)
    return _Known(
        Names("population", _spellings(reference.population, "population", "label", "label_ar")),
        Names("source", _spellings(source, "source_id", "name", "aliases")),
        Names("crisis", _spellings(reference.crisis, "crisis_id", "name", "name_ar")),
        dict(usual),
    )


class Columns:
    """The readers of the columns that stand for themselves, over one state of the reference data."""

    def __init__(self, reference: Reference) -> None:
        self._gazetteer = gazetteer_of(reference)
        known = _known(reference)
        self._populations, self._usual = known.populations, known.usual
        self._sources = Newcomers("source", known.sources, "a news organisation without a stated standard")
        self._crises = Newcomers("crisis", known.crises, "without featured areas")

    def readers(self) -> dict[str, Callable[[str], Cell]]:
        """For each column, what makes a cell of its text."""
        values: dict[str, Callable[[str], Any]] = {
            "crisis": partial(_required, self._crises.resolve, "crisis", "Write its id or its name."),
            "source": partial(_required, self._sources.resolve, "source", "Write who published the figure."),
            "origin": lambda text: self._sources.resolve(text) if text else "",
            "areas": partial(_required, self._areas, "place", "Write its name or code, several joined by |."),
            "measure": _term("measure", Measure, None),
            "population": partial(
                _required, self._populations.resolve, "population", "Write who is counted; all is everyone."
            ),
            "attributed_to": lambda text: slug(_brief(text)),
            "basis": _term("basis", Basis, Basis.CUMULATIVE),
            "standard": _term("standard", Standard, ""),
        }
        readers = {column: partial(read_cell, column, read=read) for column, read in values.items()}
        return {**readers, "url": _url, "note": _note}

    def _areas(self, text: str) -> tuple[str, str]:
        return self._gazetteer.resolve_set(text), text

    def usual_standard(self, source_id: str) -> str:
        """The standard that an origin usually works to; unverified where that is not known."""
        usual = self._usual.get(source_id, "")
        return usual if usual in list(Standard) else str(Standard.UNVERIFIED)

    def pending(self) -> list[str]:
        """The ids of new sources and crises that no accepted report has brought yet."""
        return [*self._crises.pending(), *self._sources.pending()]

    def meet(self, record: dict[str, Any]) -> list[Finding]:
        """Register the source, the origin and the crisis of an accepted report if they are new."""
        crisis = partial(_new_crisis, period_start=record["period_start"])
        return [
            *self._crises.meet(record["crisis_id"], "crisis", crisis),
            *self._sources.meet(record["source_id"], "source", _new_source),
            *self._sources.meet(record["origin_id"], "origin", _new_source),
        ]

    def register(self) -> dict[str, list[dict[str, Any]]]:
        """The reference rows met on the way, by table."""
        return {
            "source": list(self._sources.registered.values()),
            "crisis": list(self._crises.registered.values()),
        }


def _new_source(source_id: str, name: str) -> dict[str, Any]:
    """A source of which only the name is known: taken for a news organisation without a stated standard."""
    return {
        "source_id": source_id,
        "name": name,
        "kind": str(Kind.MEDIA),
        "country": "",
        "independence": "",
        "usual_standard": str(Standard.UNVERIFIED),
        "url": "",
        "aliases": "",
        "counts_as": "",
    }


def _new_crisis(crisis_id: str, name: str, period_start: dt.date | None) -> dict[str, Any]:
    """A crisis of which only the name is known; it begins where its first report's period does."""
    return {
        "crisis_id": crisis_id,
        "name": name,
        "name_ar": "",
        "period_start": period_start,
        "baseline_from": None,
        "baseline_to": None,
        "featured_areas": "",
        "whole_area": "",
        "about": "",
    }


def _brief(text: str) -> str:
    """The text, which is no longer than a name. Raises Problem."""
    if len(text) > _LONGEST_NAME:
        raise Problem(
            "name_too_long",
            f"“{shown(text)}” is too long for a name.",
            "Put what is more than a name into note.",
        )
    return text


def _required(read: Callable[[str], T], what: str, fix: str, text: str) -> T:
    if not text:
        raise Problem("blank", f"The row names no {what}.", fix)
    return read(text)


def _term(column: str, terms: type[Term], default: str | None) -> Callable[[str], str]:
    """A reader of one closed list of words; ``default`` stands for a blank, None requires a word."""
    names = Names(column, ((str(term), str(term), ()) for term in terms))
    words = ", ".join(terms)

    def read(text: str) -> str:
        if not text and default is not None:
            return str(default)
        if not text:
            raise Problem("blank", f"The row names no {column}.", f"Write one of {words}.")
        found = names.find(text)
        if found is None:
            near = names.nearest(text)
            hint = f"Did you mean {' or '.join(near)}? " if near else ""
            raise Problem(
                "unknown_name", f"No {column} is called “{shown(text)}”.", f"{hint}Write one of {words}."
            )
        return found

    return read


def _url(text: str) -> Cell:
    """The address as given, None for a blank. What is no web address is kept with a warning."""
    url = text.strip()
    if not url:
        return Cell(None)
    if _NOT_IN_A_URL.search(url) or HIDDEN.search(url):
        return refused(
            "url",
            text,
            Problem(
                "unreadable_url",
                "The address holds spaces or characters that cannot be seen.",
                "Copy it anew.",
            ),
        )
    if re.match(r"https?://[^/]", url, re.IGNORECASE):
        return Cell(url)
    warning = Finding(
        "odd_url",
        Severity.WARNING,
        f"“{shown(url)}” is not a web address.",
        "Write it in full, beginning with https://.",
        column="url",
        value=shown(url),
    )
    return Cell(url, findings=(warning,))


def _note(text: str) -> Cell:
    """The note, its lines kept."""
    lines = (tidy(line) for line in text.strip().splitlines())
    return Cell("\n".join(lines), findings=hidden_characters("note", text, Severity.INFO))
