"""Which report rows might a text contain, for a person to accept?

``draft`` reads English prose and proposes rows, each part with the characters it was read from. It works by
rules and the names of the reference data, and hands nothing in: what the text does not say stays blank and
becomes a question. It must not know the ledger.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from service.ingest.draft.days import find_days
from service.ingest.draft.figures import Figure, find_figures
from service.ingest.draft.language import require_english
from service.ingest.draft.people import find_measure, find_measure_words, find_population
from service.ingest.draft.places import PlaceFinder
from service.ingest.draft.proposal import DaysReading, Proposal, Reading, Span
from service.ingest.draft.sentences import split_sentences
from service.ingest.draft.sources import OriginFinder, continues
from service.schema.records import Reference, place_set
from service.schema.tables import AREA_SEPARATOR

__all__ = ["Proposal", "Span", "draft", "require_english"]


def draft(text: str, reference: Reference, *, published_on: dt.date | None = None) -> list[Proposal]:
    """Return the rows that a text might contain, in its order.

    >>> draft("Five people were killed.", Reference.empty())[0].count.best
    5
    """
    drafter = _Drafter(text, reference, published_on)
    return [proposal for sentence in split_sentences(text) for proposal in drafter.read(sentence)]


class _Drafter:
    """Reads one text, sentence by sentence, and remembers what the last one was about."""

    def __init__(self, text: str, reference: Reference, published_on: dt.date | None) -> None:
        self._text = text
        self._published_on = published_on
        self._places, self._origins = PlaceFinder(reference), OriginFinder(reference)
        self._populations = set(reference.population["population"].to_pylist())
        self._measure: Reading | None = None

    def read(self, sentence: Span) -> Iterator[Proposal]:
        """Yield the proposals of a sentence. The stretch of a figure extends to the figures beside it."""
        text = self._text
        figures = find_figures(text, sentence)
        origin = self._origins.find(text, sentence)
        days = find_days(text, sentence, self._published_on)
        inherited = self._measure if continues(text, sentence) else None
        population = Reading("all")
        places = self._places_of(figures, sentence)
        words = find_measure_words(text, sentence)
        for at, (wording, span) in enumerate(figures):
            begin = figures[at - 1].span.end if at else sentence.start
            end = figures[at + 1].span.start if at + 1 < len(figures) else sentence.end
            stretch = Span(begin, end)
            measure = find_measure(text, span, stretch, sentence, words) or inherited
            if measure is None:
                continue
            self._measure = measure
            population = find_population(text, span, stretch, self._populations, population)
            place = places[at]
            figure = Figure(wording, span)
            yield _proposal(sentence, figure, measure, population, place=place, origin=origin, days=days)

    def _places_of(self, figures: list[Figure], sentence: Span) -> list[Reading]:
        """Return the place of each figure. One that those behind it add up to ("132, 72 of them in Tartus and
        60 in Latakia") is about all of their places together."""
        text = self._text
        places = []
        for at, (_, span) in enumerate(figures):
            begin = figures[at - 1].span.end if at else sentence.start
            end = figures[at + 1].span.start if at + 1 < len(figures) else sentence.end
            places.append(self._places.find(text, span, Span(begin, end), sentence))
        for at, (wording, span) in enumerate(figures[:-2]):
            parts = figures[at + 1 :]
            makes = sum(part.wording.number or 0 for part in parts)
            codes = {code for place in places[at + 1 :] for code in place.value.split(AREA_SEPARATOR)}
            is_split = _OF_THEM.search(text, span.end, sentence.end) and makes == wording.number
            if is_split and "" not in codes and len(codes) > 1:
                spans = tuple(where for place in places[at + 1 :] for where in place.spans)
                places[at] = Reading(place_set(codes), spans)
        return places


_OF_THEM = re.compile(r"\bof (?:them|whom|these|those)\b")


def _proposal(
    sentence: Span,
    figure: Figure,
    measure: Reading,
    population: Reading,
    *,
    place: Reading,
    origin: Reading,
    days: DaysReading,
) -> Proposal:
    spans = {
        "count": (figure.span,),
        "measure": measure.spans,
        "population": population.spans,
        "areas": place.spans,
        "origin": origin.spans,
        "days": days.spans,
    }
    return Proposal(
        count=figure.wording,
        measure=measure.value,
        population=population.value,
        areas=place.value,
        origin=origin.value,
        period_start=days.period_start,
        period_end=days.period_end,
        counted_to=days.counted_to,
        sentence=sentence,
        spans={name: where for name, where in spans.items() if where},
        questions=(*population.questions, *place.questions, *origin.questions, *days.questions),
    )
