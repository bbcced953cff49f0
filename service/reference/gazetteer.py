"""Which place does a name stand for?

Takes codes, names, Arabic names and aliases, exactly after normalisation and with or without the article;
names with their level ("Latakia governorate", "محافظة اللاذقية", "city of Hama"); and names with the place
they lie in ("Banias, Tartus"), which also tell places of one name apart. What stands for several places, or
for one of another level, is asked back. Nothing is chosen by likeness, and no set of places is rewritten.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable
from functools import lru_cache

import pyarrow as pa

from service.errors import UnknownName
from service.reference.containment import Containment
from service.reference.names import Names, normalise, without_article
from service.schema.records import Reference, place_set
from service.schema.tables import AREA_SEPARATOR
from service.sentence import either, listed, sentence
from service.vocabulary import Level

_BEFORE = {
    Level.GOVERNORATE: "governorate of|province of|gouvernorat de|province de|gouvernement|provinz"
    "|provincia de|gobernacion de|state of|oblast of|محافظة|ولاية",
    Level.DISTRICT: "district of|district de|distrito de|منطقة|قضاء",
    Level.SUBDISTRICT: "subdistrict of|sub district of|ناحية",
    Level.CITY: "city of|town of|ville de|ciudad de|stadt|مدينة|بلدة",
    Level.VILLAGE: "village of|village de|pueblo de|dorf|قرية",
    Level.NEIGHBOURHOOD: "neighbourhood of|neighborhood of|quartier de|حي",
    Level.REGION: "region of|region de",
}
_AFTER = {
    Level.GOVERNORATE: "governorate|province|state|oblast|muhafazah|muhafaza|vilayeti|ili",
    Level.DISTRICT: "district|ilcesi",
    Level.SUBDISTRICT: "subdistrict|sub district|nahiya|nahiyah",
    Level.CITY: "city|town|sehri|kenti",
    Level.VILLAGE: "village|koyu",
    Level.NEIGHBOURHOOD: "neighbourhood|neighborhood|mahallesi",
    Level.REGION: "region",
}
_ALSO = {Level.CITY: (Level.CITY, Level.TOWN)}
"""A word for a city may be used of a town, and the other way round."""

_PART = re.compile(r"\s*[,،;/()]\s*|\s+(?:in|en|dans|في)\s+", re.IGNORECASE)


def _words(text: str) -> str:
    """A pattern for any of the normalised words, the longest first."""
    return "|".join(sorted(map(normalise, text.split("|")), key=len, reverse=True))


_LEVELLED = [
    *((level, re.compile(rf"(?:{_words(words)}) (.+)")) for level, words in _BEFORE.items()),
    *((level, re.compile(rf"(.+) (?:{_words(words)})")) for level, words in _AFTER.items()),
]


def _level_and_stem(key: str) -> tuple[tuple[Level, ...], str] | None:
    """The levels and the bare name that a normalised text such as "latakia governorate" gives."""
    for level, pattern in _LEVELLED:
        if match := pattern.fullmatch(key):
            return _ALSO.get(level, (level,)), without_article(match[1])
    return None


KEPT_STATES = 8
"""Of how many states of the reference data the names are kept."""

_made: deque[Gazetteer] = deque(maxlen=KEPT_STATES)


@lru_cache(maxsize=KEPT_STATES)
def gazetteer_of(reference: Reference) -> Gazetteer:
    """The gazetteer of a reference, made once; that of another with the same areas is taken over, since a new
    source changes a reference and no area."""
    for made in tuple(_made):
        if made.area.equals(reference.area):
            return made
    made = Gazetteer(reference.area)
    _made.append(made)
    return made


class Gazetteer:
    """The areas of a reference (columns of ``service.schema.tables.AREA``) by name."""

    def __init__(self, area: pa.Table) -> None:
        self.area = area
        rows = area.drop_columns(["lat", "lon"]).to_pylist()
        spellings = {
            row["area_code"]: [row["name_ar"], *row["aliases"].split(AREA_SEPARATOR)] for row in rows
        }
        self._names = Names(
            "area",
            ((row["area_code"], row["name"], spellings[row["area_code"]]) for row in rows),
            articles=True,
        )
        self._containment = Containment(area)
        self._level = {row["area_code"]: row["level"] for row in rows}
        self._stems: dict[tuple[str, str], set[str]] = {}
        for row in rows:
            for spelling in (row["name"], *spellings[row["area_code"]]):
                self._add(row["area_code"], normalise(spelling))

    def _add(self, code: str, key: str) -> None:
        """Know an area by its bare name and its level, whether its spelling says the level or not."""
        levels, stem = _level_and_stem(key) or ((), "")
        if self._level[code] not in levels:
            stem = without_article(key)
        if stem:
            self._stems.setdefault((self._level[code], stem), set()).add(code)

    def resolve(self, text: str, among: Collection[str] | None = None) -> str:
        """The area code of a name or code. Raises UnknownName or AmbiguousName with suggestions; what may be
        meant by an unknown name is looked for ``among`` some areas where they are given."""
        found = self._candidates(text) or self._within(text)
        if len(found) > 1:
            raise self._names.ambiguous(text, found)
        if not found:
            raise self._other_level(text, among) or self._names.unknown(text, among)
        return next(iter(found))

    def candidates(self, text: str) -> set[str]:
        """Return every area that a text may stand for, as ``resolve`` reads it; none where it refuses."""
        try:
            return self._candidates(text) or self._within(text)
        except UnknownName:
            return set()

    def resolve_set(self, text: str, among: Collection[str] | None = None) -> str:
        """The place set of names or codes joined by ``|``, as the model writes it.

        Raises UnknownName or AmbiguousName as ``resolve`` does, and UnknownName for a blank part.
        """
        parts = [part.strip() for part in text.split(AREA_SEPARATOR)]
        if "" in parts:
            raise UnknownName(
                sentence("“%(text)s” names no area, or leaves one blank.", text=text[:100]),
                fix="Write names or codes, several with | between them.",
            )
        return place_set(self.resolve(part, among) for part in parts)

    def in_countries_of(self, areas: Iterable[str]) -> frozenset[str] | None:
        """Return the areas of the countries in which some areas lie; None where they lie in none that is
        known."""
        codes = [code for code in areas if code in self._level]
        countries = [
            outer
            for code in codes
            for outer in (code, *self._containment.ancestors(code))
            if self._level.get(outer) == Level.COUNTRY
        ]
        inside = (self._containment.descendants(area) for area in {*codes, *countries})
        return frozenset((*codes, *countries)).union(*inside) if countries else None

    def name(self, code: str) -> str:
        """Return the name of an area code. Raises UnknownName."""
        return self._names.name(code)

    def _candidates(self, text: str) -> set[str]:
        """The areas of this very name, else those of the level and bare name that it says."""
        found = self._names.candidates(text)
        if not found and (levelled := _level_and_stem(normalise(text))):
            levels, stem = levelled
            found = set().union(*(self._stems.get((level, stem), ()) for level in levels))
        return found

    def _within(self, text: str) -> set[str]:
        """The areas of a name that lie in all the places named after it; empty where there is no such pair.

        Raises UnknownName where the first is known but does not lie there.
        """
        name, *places = [part for part in _PART.split(" ".join(text.split())) if part] or [""]
        found = self._candidates(name)
        containers = [self._candidates(place) for place in places]
        if not found or not containers or not all(containers):
            return set()
        inside = {
            code for code in found if all(self._containment.ancestors(code) & each for each in containers)
        }
        if not inside:
            raise UnknownName(
                sentence(
                    "%(known)s does not lie in %(places)s.",
                    known=either(map(self._names.label, sorted(found))),
                    places=" in ".join(places)[:100],
                ),
                fix="Write the code of the place that is meant, or several places with | between them.",
                suggestions=tuple(map(self._names.offer, sorted(found))),
            )
        return inside

    def _other_level(self, text: str, among: Collection[str] | None) -> UnknownName | None:
        """That the bare name is known, but at another level than the text says."""
        levelled = _level_and_stem(normalise(text))
        if not levelled:
            return None
        levels, stem = levelled
        found = sorted(set().union(*(self._stems.get((level, stem), ()) for level in Level)))
        found = [code for code in found if among is None or code in among]
        if not found:
            return None
        known = [
            sentence("%(name)s, a %(level)s", name=self._names.label(code), level=sentence(self._level[code]))
            for code in found[:5]
        ]
        return UnknownName(
            sentence(
                "No %(level)s is called “%(text)s”; known is %(known)s.",
                level=sentence(levels[0]),
                text=text[:100],
                known=listed(known),
            ),
            fix=sentence("Write %(codes)s if it is meant.", codes=either(found[:5])),
            suggestions=tuple(map(self._names.offer, found[:5])),
        )
