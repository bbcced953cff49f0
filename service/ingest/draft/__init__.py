"""Which report rows might a text contain, for a person to accept?

``draft`` reads English, French and Arabic prose and proposes rows, each part with the characters it was read
from. It works by rules, the words of the languages (``languages``) and the names of the reference data, and
hands nothing in: what the text does not say stays blank and becomes a question. It must not know the ledger.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

from service.errors import QueryError
from service.ingest.draft.days import find_days
from service.ingest.draft.figures import MOST_NUMBERS, Figure, find_figures
from service.ingest.draft.grammar import Grammar, grammar_of
from service.ingest.draft.languages import LANGUAGES, Language, find_language, is_told
from service.ingest.draft.languages.nationals import COUNTRY_OF, FOREIGN
from service.ingest.draft.people import find_measure, find_measure_words, find_population
from service.ingest.draft.places import PlaceFinder, stretch_of
from service.ingest.draft.proposal import DaysReading, Drafts, Proposal, Reading, Span
from service.ingest.draft.sentence import Sentence, split_sentences
from service.ingest.draft.sources import OriginFinder, continues
from service.ingest.privacy import find_personal_data
from service.schema.records import Finding, Reference
from service.schema.tables import AREA_SEPARATOR
from service.sentence import Value, join_sentences, message, sentence
from service.vocabulary import Measure, Severity

__all__ = ["MOST_CHARACTERS", "Drafts", "Proposal", "Span", "draft"]

MOST_CHARACTERS = 20_000_000
"""Of a longer text no drafts are made: it is no article."""
_CLAUSE = 80
"""Characters before a figure in which a verb of rising is looked for."""
_LANGUAGES = "English, French and Arabic"
_LATIN = tuple(language for language in LANGUAGES if language.code != "ar")
_LOWER_WORD = re.compile(r"\b[^\W\d_A-Z]{3,}")
_FEWEST_WORDS = 2
"""A line without a word of its language is in another only if so many of its words are no names."""


def draft(text: str, reference: Reference, *, published_on: dt.date | None = None) -> Drafts:
    """Return the rows that a text might contain, in its order, with findings about what was not read.

    Raises QueryError for a text that is in no language that is read, and for one above MOST_CHARACTERS.

    >>> draft("Five people were killed.", Reference.empty())[0].count.best
    5
    """
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            sentence(
                "The text has %(length)s characters; drafts are made of at most %(most)s.",
                length=len(text),
                most=MOST_CHARACTERS,
            ),
            fix="Hand in one article at a time.",
        )
    drafter = _Drafter(text, reference, published_on)
    proposals = [proposal for span in split_sentences(text) for proposal in drafter.read(span)]
    if drafter.unread and drafter.unread_letters * 2 > drafter.letters:
        raise QueryError(
            sentence(
                "The text does not read as %(languages)s, of which drafts are made.", languages=_LANGUAGES
            ),
            fix="Hand its figures in as rows: counts and dates are read in more languages there.",
        )
    return Drafts(proposals, tuple(_findings(text, drafter, proposals)))


def _findings(text: str, drafter: _Drafter, proposals: list[Proposal]) -> Iterator[Finding]:
    """Yield what a person must know of a text beside its rows."""
    left_out = (
        (
            "unread_language",
            drafter.unread,
            message(
                "%(number)s of %(all)s sentences do not read as %(languages)s, and were left out; the first "
                "is “%(first)s”."
            ),
            message("Read them yourself, and add the rows that they hold."),
        ),
        (
            "numbers_no_prose",
            drafter.tables,
            message(
                "%(number)s stretches hold more than %(most)s numbers each and were left out; the first is "
                "“%(first)s”."
            ),
            message("Hand a table in as a file of its own."),
        ),
        (
            "no_number",
            drafter.vague,
            message(
                "Sentences that speak of some people without saying how many: %(number)s; the first is "
                "“%(first)s”."
            ),
            message(
                'Add a row with what it says for certain, such as "at least 2", if nothing better is said.'
            ),
        ),
    )
    for code, spans, said, fix in left_out:
        if spans:
            first = text[slice(*spans[0])][:80]
            values: dict[str, Value] = {"number": len(spans), "first": first, "most": MOST_NUMBERS}
            values |= {"all": drafter.sentences, "languages": _LANGUAGES}
            yield Finding(code, Severity.WARNING, sentence(said, **values), fix)
    yield from _unknown_origins(proposals)
    if not proposals:
        names = " and ".join(language.name for language in LANGUAGES if language.code in drafter.languages)
        yield Finding(
            "no_figures",
            Severity.INFO,
            sentence(
                "Nothing in the text reads as a count of people (read as %(value)s).",
                value=names or "no language",
            ),
            "Check that it is the text that is meant.",
        )


def _unknown_origins(proposals: list[Proposal]) -> Iterator[Finding]:
    """Yield what to say of each name that figures are given to and that no source has. That of a person is
    not repeated."""
    for name, rows in Counter(proposal.origin_stated for proposal in proposals).items():
        figures = sentence("1 figure") if rows == 1 else sentence("%(number)s figures", number=rows)
        if find_personal_data(name):
            said, fix = (
                sentence("The text gives %(figures)s to a person.", figures=figures),
                message("Write the office into origin, not the name."),
            )
        else:
            said = sentence(
                "The text gives %(figures)s to “%(name)s”, which no known source is called.",
                figures=figures,
                name=name,
            )
            fix = message(
                "Write whose figure it is into origin: a name that is new is registered on the way in."
            )
        if name:
            yield Finding(
                "unknown_origin",
                Severity.WARNING,
                join_sentences(said, message("The rows have no origin yet.")),
                fix,
            )


_OF_BODIES = (Measure.BODIES_BURIED, Measure.BODIES_RECOVERED)
"""What is said once of all that follow: "the bodies of 14 women and 9 men"."""


class _Drafter:
    """Reads one text, sentence by sentence, and remembers what the last one was about."""

    def __init__(self, text: str, reference: Reference, published_on: dt.date | None) -> None:
        self._text = text
        self._published_on = published_on
        self._places, self._origins = PlaceFinder(reference), OriginFinder(reference)
        self._populations = set(reference.population["population"].to_pylist())
        self._measure: Reading | None = None
        self._language: Language | None = None
        self._countries: set[str] = set()
        self._heading = Reading("")
        self.languages: set[str] = set()
        self.unread: list[Span] = []
        self.tables: list[Span] = []
        self.vague: list[Span] = []
        self.sentences = self.letters = self.unread_letters = 0

    def read(self, span: Span) -> Iterator[Proposal]:
        """Yield the proposals of a sentence."""
        sentence, text = Sentence(self._text, span), self._text[slice(*span)]
        language = find_language(text, sentence.folded, self._language)
        self.sentences += 1
        self.letters += span.end - span.start
        if language is None:
            self._leave_out(span)
            return
        grammar = grammar_of(language)
        proposals = list(self._read(sentence, grammar))
        if not proposals and _may_be_another(language, grammar, sentence, text):
            self._leave_out(span)
            return
        if grammar.some.search(sentence.folded) and grammar.measures.search(sentence.folded):
            self.vague.append(span)
        self._language = language
        self.languages.add(language.code)
        yield from proposals

    def _leave_out(self, span: Span) -> None:
        """Remember a sentence that is in no language that is read."""
        self.unread.append(span)
        self.unread_letters += span.end - span.start

    def _read(self, sentence: Sentence, grammar: Grammar) -> Iterator[Proposal]:
        origin = self._origins.find(sentence, grammar)
        numbers = len(grammar.number.findall(sentence.folded)) + bool(grammar.nobody.search(sentence.folded))
        if not numbers:
            self._heading = self._places.heading(sentence, grammar)
            return
        if numbers > MOST_NUMBERS:
            self.tables.append(sentence.span)
            return
        days = find_days(sentence, grammar, self._published_on)
        figures = find_figures(sentence, grammar, days.taken, days.other_times)
        inherited = self._measure if continues(sentence, grammar) else None
        population = Reading("all")
        previous: Reading | None = None
        places = self._places.find_all(sentence, grammar, figures, self._origins.named)
        if not origin.value and any(where in place.spans for place in places for where in origin.spans):
            origin = Reading("")  # "Tartus: 5 killed" gives its figure to nobody
        if grammar.label.match(sentence.folded):
            places = [place if place.spans else self._heading for place in places]
        words = find_measure_words(sentence, grammar)
        for at, figure in enumerate(figures):
            stretch = stretch_of(sentence, figures, at)
            measure = find_measure(sentence, grammar, figure.span, stretch, words) or inherited
            if measure is None and at and previous and previous.value in _OF_BODIES:
                measure = previous
            previous = measure
            if measure is None:
                continue
            self._measure = measure
            population = find_population(
                sentence, grammar, figure.span, stretch, known=self._populations, before=population
            )
            yield _proposal(
                sentence,
                figure,
                measure,
                self._abroad(population, measure, places[at]),
                place=places[at],
                origin=origin,
                days=_of_total(sentence, grammar, figure, days.reading),
            )

    def _abroad(self, population: Reading, measure: Reading, place: Reading) -> Reading:
        """Return whom a figure counts: "Syrians" are a population of their own outside Syria only, and none
        where those who fled are counted, who all come from somewhere."""
        here = self._places.countries(place.value) or self._countries
        self._countries = here
        if population.value not in COUNTRY_OF and population.value != FOREIGN:
            return population
        at_home = not here or COUNTRY_OF.get(population.value) in here
        if at_home or measure.value == Measure.DISPLACED:
            return Reading("all", population.spans)
        return population


def _may_be_another(language: Language, grammar: Grammar, sentence: Sentence, text: str) -> bool:
    """Return whether a sentence with a number is in a language by its letters alone, or since the one before
    is, though several of its words are no names."""
    return (
        language in _LATIN
        and bool(grammar.number.search(sentence.folded))
        and len(_LOWER_WORD.findall(text)) >= _FEWEST_WORDS
        and not is_told(language, sentence.folded)
    )


def _of_total(sentence: Sentence, grammar: Grammar, figure: Figure, days: DaysReading) -> DaysReading:
    """Return the days of a figure: a toll that "rose to 45 on Tuesday", or is "down from 31", is a total up
    to its day, not what that day added."""
    text, (start, end) = sentence.folded, figure.span
    is_total = grammar.rose_to.search(text, max(0, start - _CLAUSE), start) or grammar.compared_behind.match(
        text, end
    )
    if days.period_end is None or days.period_start != days.period_end or not is_total:
        return days
    return days._replace(period_start=None, period_end=None, counted_to=days.counted_to or days.period_end)


def _proposal(
    sentence: Sentence,
    figure: Figure,
    measure: Reading,
    population: Reading,
    *,
    place: Reading,
    origin: Reading,
    days: DaysReading,
) -> Proposal:
    spans = {
        "count": (sentence.original(figure.span),),
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
        areas_stated=""
        if place.value
        else AREA_SEPARATOR.join(sentence.text[slice(*at)] for at in place.spans),
        origin=origin.value,
        origin_stated="" if origin.value else "".join(sentence.text[slice(*at)] for at in origin.spans[:1]),
        period_start=days.period_start,
        period_end=days.period_end,
        counted_to=days.counted_to,
        sentence=sentence.span,
        spans={name: where for name, where in spans.items() if where},
        questions=(*population.questions, *place.questions, *origin.questions, *days.questions),
    )
