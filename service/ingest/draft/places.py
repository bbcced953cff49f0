"""Which places is a figure about?

Looks for names of the gazetteer; names in a row ("Latakia, Jableh and Banias") are one place set. A figure
takes the places right behind it, else those that lead up to it ("in Homs, 12"), else the nearest in its
stretch, else in the sentence. A name that several places share becomes a question.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from service.errors import AmbiguousName, UnknownName
from service.ingest.draft.proposal import Reading, Span
from service.reference.gazetteer import gazetteer_of
from service.schema.records import Reference, place_set
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Level

_LEVEL = r"(?:governorates?|provinces?|districts?|city|town|village|subdistrict|neighbou?rhood)"
_JOINT = re.compile(rf"(?: {_LEVEL})?(?:,? and |, |/)(?:in )?(?:the )?(?:{_LEVEL} of )?")
_LEADS = re.compile(rf"(?: {_LEVEL})?(?:,| alone,?|:| (?:alone )?(?:lost|saw|suffered|mourned|buried)) ")
"""What stands between a place and the figure that is about it: "in Homs, 12", "Homs lost 12"."""
_CLOSE = re.compile(r"(?: \w+)? (?:in|at|near|on|across)(?: the)? ")
"""What stands between a figure and the place right behind it: "49 in Tartus"."""
_COUNTRIES = {str(Level.COUNTRY)}


class _Place(NamedTuple):
    """A name in the text with its area code, or with a question."""

    span: Span
    code: str
    question: str = ""
    is_country: bool = False


class PlaceFinder:
    """Finds the places of a reference in a text."""

    def __init__(self, reference: Reference) -> None:
        self._gazetteer = gazetteer_of(reference)
        rows = reference.area.select(["area_code", "name", "aliases", "level"]).to_pylist()
        self._level = {row["area_code"]: row["level"] for row in rows}
        names = {
            name
            for row in rows
            for name in (row["name"], *row["aliases"].split(AREA_SEPARATOR))
            if re.match(r"[A-Za-zÀ-ž]", name)
        }
        alternatives = "|".join(map(_name_pattern, sorted(names, key=lambda name: (-len(name), name))))
        self._names = re.compile(rf"\b(?:{alternatives})(?:[- ]{_LEVEL})?\b") if alternatives else None

    def find(self, text: str, figure: Span, stretch: Span, sentence: Span) -> Reading:
        """Return the place set of a figure; blank with a question where none is clear."""
        groups = self._groups(text, sentence)
        behind = [group for group in groups if figure.end <= group[0].span.start < stretch.end]
        before = [group for group in groups if stretch.start <= group[0].span.start < figure.start]
        later = [group for group in groups if group[0].span.start >= stretch.end]
        earlier = [group for group in reversed(groups) if group[-1].span.end <= stretch.start]
        close = [group for group in behind if _CLOSE.fullmatch(text, figure.end, group[0].span.start)]
        leading = [group for group in before if _LEADS.fullmatch(text, group[-1].span.end, figure.start)]
        for candidates in (close, leading, behind, list(reversed(before)), later, earlier):
            if candidates:
                return _read_group(candidates[0])
        return Reading("", (), ("Which place is it about?",))

    def _groups(self, text: str, sentence: Span) -> list[list[_Place]]:
        """Return the places of a sentence, those in a row together; countries only if they are alone."""
        if self._names is None:
            return []
        places = [
            self._place(text, Span(*match.span()))
            for match in self._names.finditer(text, sentence.start, sentence.end)
        ]
        if not all(place.is_country for place in places):
            places = [place for place in places if not place.is_country]
        groups: list[list[_Place]] = []
        for place in places:
            if groups and _JOINT.fullmatch(text, groups[-1][-1].span.end, place.span.start):
                groups[-1].append(place)
            else:
                groups.append([place])
        return groups

    def _place(self, text: str, span: Span) -> _Place:
        name = text[span.start : span.end]
        for attempt in (name, re.sub(rf"[- ]{_LEVEL}$", "", name)):
            try:
                code = self._gazetteer.resolve(attempt)
            except UnknownName:
                continue
            except AmbiguousName as error:
                return _Place(span, "", f"{error.message} {error.fix}")
            return _Place(span, code, is_country=self._level[code] in _COUNTRIES)
        return _Place(span, "", f"Which place is “{name}”?")


def _name_pattern(name: str) -> str:
    """Return a pattern of a name: spaces match hyphens; of several words, the first may be in lower case."""
    parts = [re.escape(part) for part in re.split(r"[- ]", name)]
    first = f"(?i:{parts[0]})" if len(parts) > 1 else parts[0]
    return "[- ]".join([first, *parts[1:]])


def _read_group(group: list[_Place]) -> Reading:
    spans = tuple(place.span for place in group)
    questions = tuple(place.question for place in group if place.question)
    return Reading("" if questions else place_set(place.code for place in group), spans, questions)
