"""Which places is a figure about?

Looks for names of the gazetteer; names in a row ("Latakia, Jableh and Banias") are one place set. A figure
takes the places right behind it, else those that lead up to it ("in Homs, 12"), else the nearest in its
stretch, else in the sentence. A name that several places share becomes a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from service.errors import AmbiguousName, UnknownName
from service.ingest.draft.days import is_calendar_name
from service.ingest.draft.figures import Figure
from service.ingest.draft.grammar import Grammar
from service.ingest.draft.names import Mention, NameFinder
from service.ingest.draft.proposal import Reading, Span
from service.ingest.draft.sentence import Sentence
from service.ingest.draft.unknown_names import name_from
from service.reference.gazetteer import gazetteer_of
from service.schema.records import Reference, place_set
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Level

_LONGEST_HEADING = 8
"""Words of a line above a list: "Masyaf, noon on Saturday"."""


class _Place(NamedTuple):
    """A name in the sentence with its area code, or with a question."""

    span: Span
    code: str
    question: str = ""
    is_country: bool = False


class PlaceFinder:
    """Finds the places of a reference in a text."""

    def __init__(self, reference: Reference) -> None:
        self._gazetteer = gazetteer_of(reference)
        rows = reference.area.select(
            ["area_code", "name", "name_ar", "aliases", "level", "parent_code"]
        ).to_pylist()
        self._level = {row["area_code"]: row["level"] for row in rows}
        self._parent = {row["area_code"]: row["parent_code"] for row in rows}
        self._names = NameFinder(
            name
            for row in rows
            for name in (row["name"], row["name_ar"], *row["aliases"].split(AREA_SEPARATOR))
        )

    def find_all(
        self, sentence: Sentence, grammar: Grammar, figures: list[Figure], named: Sequence[Span]
    ) -> list[Reading]:
        """Return the place of each figure. One that those behind it add up to ("132, 72 of them in Tartus and
        60 in Latakia") is about all of their places together. ``named`` are the names of sources, in which a
        place is none."""
        groups, countries = self._groups(sentence, grammar, named)
        places = []
        for at in range(len(figures)):
            place = _place_of(
                sentence, grammar, _not_of_parts(sentence, grammar, groups, figures, at), figures, at
            )
            # a whole whose parts have the places: the country that the sentence is about
            is_country = not place.spans and countries and groups
            places.append(_place_of(sentence, grammar, countries, figures, at) if is_country else place)
        for at, (wording, span) in enumerate(figures[:-2]):
            parts = figures[at + 1 :]
            makes = sum(part.wording.number or 0 for part in parts)
            codes = {code for place in places[at + 1 :] for code in place.value.split(AREA_SEPARATOR)}
            is_split = makes == wording.number and (
                ":" in sentence.folded[span.end : parts[0].span.start]
                or grammar.words("of_them").search(sentence.folded, span.end)
            )
            if is_split and "" not in codes and len(codes) > 1:
                spans = tuple(where for place in places[at + 1 :] for where in place.spans)
                places[at] = Reading(place_set(codes), spans)
        return places

    def heading(self, sentence: Sentence, grammar: Grammar) -> Reading:
        """Return the places of a short line without figures, under which figures may stand as a list."""
        groups, _ = self._groups(sentence, grammar, ())
        is_short = len(sentence.folded.split()) <= _LONGEST_HEADING
        return _read_group(sentence, groups[0]) if is_short and len(groups) == 1 else Reading("")

    def countries(self, places: str) -> set[str]:
        """Return the countries in which the places of a place set lie, as far as the reference says."""
        found = set()
        for place in filter(None, places.split(AREA_SEPARATOR)):
            seen, code = {""}, place
            while (parent := self._parent.get(code, "")) not in seen:
                seen.add(parent)
                code = parent
            found.add(code)
        return found

    def _groups(
        self, sentence: Sentence, grammar: Grammar, named: Sequence[Span]
    ) -> tuple[list[list[_Place]], list[list[_Place]]]:
        """Return the places of a sentence, those in a row together, with the countries only if they are
        alone; else the countries by themselves."""
        places = [
            self._place(sentence, grammar, mention)
            for mention in self._names.find(sentence)
            if not any(name.start <= mention.span.start < name.end for name in named)
        ]
        countries: list[list[_Place]] = []
        if not all(place.is_country for place in places):
            countries = [[place] for place in places if place.is_country]
            places = [place for place in places if not place.is_country]
        groups: list[list[_Place]] = []
        for place in places:
            if groups and grammar.joint.fullmatch(sentence.folded, groups[-1][-1].span.end, place.span.start):
                groups[-1].append(place)
            else:
                groups.append([place])
        return groups, countries

    def _place(self, sentence: Sentence, grammar: Grammar, mention: Mention) -> _Place:
        """Return the place of a name, with the word for its level beside it if the gazetteer knows that."""
        span = mention.span
        before = grammar.level_before.search(sentence.folded, max(0, span.start - 40), span.start)
        after = grammar.level_after.match(sentence.folded, span.end)
        levelled = Span(before.start("word") if before else span.start, after.end() if after else span.end)
        written = sentence.as_written(Span(levelled.start, span.start)) if before else ""
        behind = sentence.as_written(Span(span.end, levelled.end)) if after else ""
        for name, where in ((f"{written}{mention.name}{behind}", levelled), (mention.name, span)):
            try:
                code = self._gazetteer.resolve(name)
            except UnknownName:
                continue
            except AmbiguousName as error:
                return _Place(span, "", f"{error.message} {error.fix}")
            is_country = self._level[code] == Level.COUNTRY
            part = grammar.direction.search(sentence.folded, max(0, span.start - 40), span.start)
            if is_country and part:
                return self._part_of_country(sentence, Span(part.start("word"), span.end))
            return _Place(where, code, is_country=is_country)
        return _Place(span, "", f"Which place is “{mention.name}”?")

    def _part_of_country(self, sentence: Sentence, span: Span) -> _Place:
        """Return the place that "the east of Libya" is; a question where none is called so, for a figure of
        the east is none of the whole country."""
        written = sentence.as_written(span)
        try:
            return _Place(span, self._gazetteer.resolve(written))
        except (UnknownName, AmbiguousName):
            return _Place(span, "", f"No place is called “{written}”: which one is it?")


def stretch_of(sentence: Sentence, figures: list[Figure], at: int) -> Span:
    """Return the stretch of the sentence around a figure, which extends to the figures beside it."""
    begin = figures[at - 1].span.end if at else 0
    end = figures[at + 1].span.start if at + 1 < len(figures) else len(sentence.folded)
    return Span(begin, end)


def _not_of_parts(
    sentence: Sentence, grammar: Grammar, groups: list[list[_Place]], figures: list[Figure], at: int
) -> list[list[_Place]]:
    """Return the places that are not those of the parts of a figure only: of "50, 30 of them in Banias",
    Banias is not the place of the 50."""
    text = sentence.folded
    start = figures[at].span.end
    ends = [
        part.span.end
        for part in figures[at + 1 :]
        if grammar.words("of_them").search(text, start, part.span.end + 15)
    ]
    return [
        group
        for group in groups
        if not any(
            end <= group[0].span.start and grammar.close.fullmatch(text, end, group[0].span.start)
            for end in ends
        )
    ]


def _place_of(
    sentence: Sentence, grammar: Grammar, groups: list[list[_Place]], figures: list[Figure], at: int
) -> Reading:
    """Return the place set of a figure; blank with a question where none is clear."""
    text, figure, stretch = sentence.folded, figures[at].span, stretch_of(sentence, figures, at)
    behind = [group for group in groups if figure.end <= group[0].span.start < stretch.end]
    before = [group for group in groups if stretch.start <= group[0].span.start < figure.start]
    later = [group for group in groups if group[0].span.start >= stretch.end]
    earlier = [group for group in reversed(groups) if group[-1].span.end <= stretch.start]
    close = [group for group in behind if grammar.close.fullmatch(text, figure.end, group[0].span.start)]
    leading = [group for group in before if grammar.leads.fullmatch(text, group[-1].span.end, figure.start)]
    unknown = _unknown_place(sentence, grammar, figure, behind[0][0].span.start if behind else stretch.end)
    last = before[-1][-1].span.end if before else stretch.start
    unknown = unknown or _unknown_lead(sentence, grammar, Span(last, figure.start))
    if unknown and not close and not leading:
        written = sentence.as_written(unknown)
        question = f"No place is called “{written}”: which one is it?"
        return sentence.reading("", unknown, questions=(question,))
    for candidates in (close, leading, behind, list(reversed(before)), later, earlier):
        if candidates:
            return _read_group(sentence, candidates[0])
    return Reading("", (), ("Which place is it about?",))


def _unknown_place(sentence: Sentence, grammar: Grammar, figure: Span, end: int) -> Span | None:
    """Return a name behind "in" that the gazetteer does not know: a word with a capital, which no month or
    weekday is. It is looked for between a figure and the next known place."""
    for match in grammar.unknown_place.finditer(sentence.folded, figure.end, end):
        span = Span(*match.span("place"))
        if sentence.as_written(span)[0].isupper() and not is_calendar_name(match["place"], grammar):
            return name_from(sentence, grammar, span.start) or span
    return None


def _unknown_lead(sentence: Sentence, grammar: Grammar, before: Span) -> Span | None:
    """Return a name that leads up to a figure ("In Newtown, 12") and that the gazetteer does not know;
    ``before`` is what stands between the last known place and the figure."""
    for match in grammar.unknown_lead.finditer(sentence.folded, *before):
        span = Span(*match.span("place"))
        if not sentence.as_written(span)[0].isupper() or is_calendar_name(match["place"], grammar):
            continue
        name = name_from(sentence, grammar, span.start) or span
        between = sentence.folded[name.end : before.end]
        if not between.strip() or grammar.leads.fullmatch(between):
            return name
    return None


def _read_group(sentence: Sentence, group: list[_Place]) -> Reading:
    questions = tuple(place.question for place in group if place.question)
    value = "" if questions else place_set(place.code for place in group)
    return sentence.reading(value, *(place.span for place in group), questions=questions)
