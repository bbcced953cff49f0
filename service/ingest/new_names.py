"""What becomes of a source or a crisis that the reference data does not know?

Its name gets an id of its own, and the first accepted row that brings it registers it, with a finding. Places
and populations are not treated so: an unknown one quarantines its row (``report_columns``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from service.ingest.cells import Problem, check_length, excerpt
from service.reference.names import Names, slug
from service.reference.well_known import well_known_sources
from service.schema.records import Finding
from service.sentence import as_sentence, join_sentences, message, sentence
from service.vocabulary import Kind, Severity, Standard

_SIMILAR = 0.8
"""How similar a known name must be to a new one for the finding to be a warning."""


_OFFICES = (
    (re.compile(r"\b(?:ministry|ministere|وزاره)\b|\bcivil-defen[cs]e\b|الدفاع-المدني"), Kind.GOVERNMENT),
    (re.compile(r"\bred-(?:cross|crescent)\b|croix-rouge|croissant-rouge|الهلال-الاحمر"), Kind.NGO),
)
"""What in the id of a source, which is made of its name, tells a state office or a Red Cross or Red Crescent
society."""
_NOBODY = re.compile(
    r"^(?:an?-)?(?:anonymous|unnamed|unidentified|unattributed)\b|^unknown(?:-(?:source|origin)s?)?$|\bnot-named$"
    r"|^(?:source-)?(?:anonyme|inconnue?)$|^(?:مصدر-)?(?:مجهول|غير-معروف)$"
)
"""What in the id of a source tells that nobody stands for its figures by name."""


class NewNames:
    """Resolves the names of sources or crises; a name that is not known gets a new id.

    Two new spellings are one thing only where ``normalise`` makes them equal, or where both are names of one
    of ``well_known``. ``assume`` says, for the finding, what is assumed of a new id.
    """

    def __init__(
        self, kind: str, names: Names, assume: Callable[[str], str], well_known: Names | None = None
    ) -> None:
        self.kind = kind
        self.names = names
        self.assume = assume
        self.well_known = well_known
        self.registered: dict[str, dict[str, Any]] = {}
        self._new: dict[str, str] = {}

    def resolve(self, text: str) -> str:
        """Return the id of a name. Raises AmbiguousName, and Problem for a name without a letter or digit."""
        identifier = self.names.find(check_length(text))
        if identifier is not None:
            return identifier
        known = self.well_known.find(text) if self.well_known else None
        if known is not None and known in self.names:
            return known
        identifier = known or slug(text, "-")
        if not identifier:
            said = sentence(
                "“%(text)s” is no name of a %(kind)s.", text=excerpt(text), kind=sentence(self.kind)
            )
            raise Problem("unknown_name", said, "Write its name.")
        self._new.setdefault(identifier, text)
        return identifier

    def is_known(self, text: str) -> bool:
        """Return whether a text is a name that is registered, or that the field knows."""
        known = self.names.find(text) or (self.well_known.find(text) if self.well_known else None)
        return known is not None

    def pending(self) -> list[str]:
        """Return the ids of new names that no accepted row has brought yet."""
        return [identifier for identifier in self._new if identifier not in self.registered]

    def register(
        self, identifier: str, column: str, make_row: Callable[[str, str], dict[str, Any]]
    ) -> list[Finding]:
        """Register the id, if it is new, with the reference row that ``make_row(id, name)`` gives.

        Returns the finding that says so, or nothing where the id is known.
        """
        if identifier in self.registered or identifier not in self._new:
            return []
        name = self._new[identifier]
        self.registered[identifier] = make_row(identifier, name)
        similar = self.names.nearest(name, at_least=_SIMILAR)
        hint = ""
        if similar:
            known, code = self.names.name(similar[0]), similar[0]
            hint = sentence("If it is %(name)s (%(code)s), hand it in as that.", name=known, code=code)
        return [
            Finding(
                f"new_{self.kind}",
                Severity.WARNING if similar else Severity.INFO,
                sentence(
                    "The %(kind)s “%(name)s” is new: registered as %(identifier)s, %(assume)s.",
                    kind=sentence(self.kind),
                    name=excerpt(name),
                    identifier=identifier,
                    assume=as_sentence(self.assume(identifier)),
                ),
                join_sentences(
                    hint,
                    sentence(
                        "Register a row for %(identifier)s where this is not right.", identifier=identifier
                    ),
                ),
                column=column,
                value=excerpt(name),
                subject=identifier,
            )
        ]


def _by_its_name(source_id: str) -> dict[str, str] | None:
    """Return the kind and the standard of a source whose name says what it is, or None."""
    if _NOBODY.search(source_id):
        return {"kind": str(Kind.ANONYMOUS), "usual_standard": str(Standard.UNVERIFIED)}
    for words, kind in _OFFICES:
        if words.search(source_id):
            return {"kind": str(kind), "usual_standard": str(Standard.OFFICIAL)}
    return None


def assume_of_source(source_id: str) -> str:
    """Return what is assumed of a new source, as a sentence goes on."""
    row = well_known_sources()[1].get(source_id) or _by_its_name(source_id)
    if row is None:
        return message("a news organisation without a stated standard")
    if row["kind"] == Kind.ANONYMOUS:
        return message("nobody in particular: heard only where no named origin speaks")
    return sentence(
        "%(kind)s, whose figures are %(standard)s",
        kind=sentence(Kind(row["kind"]).meaning),
        standard=sentence(row["usual_standard"]),
    )


def new_source(source_id: str, name: str) -> dict[str, Any]:
    """Return the reference row of a source that the field knows, or of one of which only the name is
    known."""
    if row := well_known_sources()[1].get(source_id):
        return dict(row)
    found = _by_its_name(source_id) or {}
    return {
        "source_id": source_id,
        "name": name,
        "name_ar": "",
        "kind": found.get("kind", str(Kind.MEDIA)),
        "country": "",
        "independence": "",
        "usual_standard": found.get("usual_standard", str(Standard.UNVERIFIED)),
        "url": "",
        "aliases": "",
        "counts_as": "",
    }


def new_crisis(crisis_id: str, name: str) -> dict[str, Any]:
    """Return the reference row of a crisis of which only the name is known: it begins when its reports
    say."""
    return {
        "crisis_id": crisis_id,
        "name": name,
        "name_ar": "",
        "kind": "",
        "period_start": None,
        "ended_on": None,
        "baseline_from": None,
        "baseline_to": None,
        "featured_areas": "",
        "whole_area": "",
        "about": "",
    }
