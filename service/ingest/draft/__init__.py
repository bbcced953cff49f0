"""Which report rows might a text hold, for a person to accept?

``draft`` reads plain English prose sentence by sentence and proposes rows: a count with its wording, what and
whom it counts, the place set, the days, and whose figure it is, each with the characters it was read from. It
is made of rules and of the names in the reference data, and never hands anything in: what the text does not
say stays blank and is asked under ``questions``.

A figure for several places together stays joint. An origin is taken only where the text gives the figure to
somebody ("according to …", "… said"); a name that merely occurs is no origin. A day without a year is
completed only from the day of publication.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from service.ingest.draft.days import find_days
from service.ingest.draft.figures import Figure, find_figures
from service.ingest.draft.people import find_measure, find_population, measures_in
from service.ingest.draft.places import PlaceFinder
from service.ingest.draft.proposal import Found, FoundDays, Proposal, Span
from service.ingest.draft.sentences import sentences
from service.ingest.draft.sources import OriginFinder, continues
from service.schema.records import Reference

__all__ = ["Proposal", "Span", "draft"]


def draft(text: str, reference: Reference, *, published_on: dt.date | None = None) -> list[Proposal]:
    """The rows that a text might hold, in its order.

    >>> draft("Five people were killed.", Reference.empty())[0].count.best
    5
    """
    drafter = _Drafter(text, reference, published_on)
    return [proposal for sentence in sentences(text) for proposal in drafter.read(sentence)]


class _Drafter:
    """Reads one text, sentence after sentence; it remembers what the last one was about."""

    def __init__(self, text: str, reference: Reference, published_on: dt.date | None) -> None:
        self._text = text
        self._published_on = published_on
        self._places, self._origins = PlaceFinder(reference), OriginFinder(reference)
        self._populations = set(reference.population["population"].to_pylist())
        self._measure: Found | None = None

    def read(self, sentence: Span) -> Iterator[Proposal]:
        """The proposals of a sentence. Every figure has its own stretch, up to the figures beside it."""
        text = self._text
        figures = find_figures(text, sentence)
        origin = self._origins.find(text, sentence)
        days = find_days(text, sentence, self._published_on)
        inherited = self._measure if continues(text, sentence) else None
        population = Found("all")
        words = measures_in(text, sentence)
        for at, (wording, span) in enumerate(figures):
            begin = figures[at - 1].span.end if at else sentence.start
            end = figures[at + 1].span.start if at + 1 < len(figures) else sentence.end
            stretch = Span(begin, end)
            measure = find_measure(text, span, stretch, sentence, words) or inherited
            if measure is None:
                continue
            self._measure = measure
            population = find_population(text, span, stretch, self._populations, population)
            place = self._places.find(text, span, stretch, sentence)
            figure = Figure(wording, span)
            yield _proposal(sentence, figure, measure, population, place=place, origin=origin, days=days)


def _proposal(
    sentence: Span,
    figure: Figure,
    measure: Found,
    population: Found,
    *,
    place: Found,
    origin: Found,
    days: FoundDays,
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
        spans={name: found for name, found in spans.items() if found},
        questions=(*population.questions, *place.questions, *origin.questions, *days.questions),
    )
