"""What does a figure count, and whom?

The measure is that of the nearest word in the figure's stretch of the sentence, else in the sentence ("745
civilians and 213 fighters were killed"). The population is what the words beside the figure say, else all.
"""

from __future__ import annotations

import re

from service.ingest.draft.grammar import Grammar
from service.ingest.draft.languages.nationals import COUNTRY_OF, FOREIGN
from service.ingest.draft.proposal import Reading, Span
from service.ingest.draft.sentence import Sentence
from service.vocabulary import Measure

_REACH = 60
"""Characters behind a figure in which the people that it counts are looked for."""
_BESIDE = 25
"""Characters behind "people" in which they are said to be special: "people from the Alawite community"."""

_CLAUSE = 40
"""Characters that a semicolon between a figure and a word counts for; a comma counts for a quarter."""

Word = tuple[Measure, Span]


def find_measure_words(sentence: Sentence, grammar: Grammar) -> list[Word]:
    """Return the words of a sentence that say what is counted."""
    return [
        (Measure(match.lastgroup), Span(*match.span(match.lastgroup)))
        for match in grammar.measures.finditer(sentence.folded)
        if match.lastgroup
    ]


def find_measure(
    sentence: Sentence, grammar: Grammar, figure: Span, stretch: Span, words: list[Word]
) -> Reading | None:
    """Return what a figure counts, None where the sentence has no word for it.

    A word right before the next figure is that one's: "a bus with 40 people was hit, killing 8".
    """
    if bodies := _find_bodies(sentence, grammar, figure, stretch):
        return bodies
    if _did_something_else(sentence.folded, grammar, figure, stretch):
        return None
    following = stretch.end if stretch.end < sentence.whole.end else None
    words = [(measure, at) for measure, at in words if at.start < figure.end or at.end + 1 != following]
    for within in (stretch, sentence.whole):
        near = [
            (_distance(sentence.folded, grammar, figure, at), measure, at)
            for measure, at in words
            if within.start <= at.start and at.end <= within.end
        ]
        if near:
            joint = [each for each in near if each[1] is Measure.CASUALTIES and each[0] <= _BESIDE]
            _, measure, at = min(joint or near, key=lambda candidate: candidate[0])
            return sentence.reading(str(measure), at)
    return None


def _did_something_else(text: str, grammar: Grammar, figure: Span, stretch: Span) -> bool:
    """Return whether the first deed behind a figure is one that no measure counts: "20 people came back"."""
    if grammar.right_before("other_deed").search(text[max(0, figure.start - 30) : figure.start]):
        return True
    deed = grammar.words("other_deed").search(text, figure.end, min(stretch.end, figure.end + _REACH))
    return bool(
        deed
        and not grammar.measures.search(text, figure.end, deed.end())
        and not re.search("[,;]", text[figure.end : deed.start()])
    )


def _distance(text: str, grammar: Grammar, figure: Span, word: Span) -> int:
    """Return how far a word is from a figure, in characters; a clause between them counts more."""
    if word.start < figure.end and figure.start < word.end:
        return 0
    between = text[figure.end : word.start] if word.start >= figure.end else text[word.end : figure.start]
    joins = bool(word.end <= figure.start and grammar.conjunction.search(between))
    return len(between) + _CLAUSE * (between.count(";") + joins) + _CLAUSE // 4 * between.count(",")


def _find_bodies(sentence: Sentence, grammar: Grammar, figure: Span, stretch: Span) -> Reading | None:
    """Return what happened to the bodies that a figure counts: that they are dead, where it is not said. None
    where it counts none."""
    text = sentence.folded
    if buried := grammar.buried_before.search(text, max(0, figure.start - 30), figure.start):
        return sentence.reading(str(Measure.BODIES_BURIED), Span(*buried.span("word")))
    near = grammar.words("bodies").search(text, figure.end, min(stretch.end, figure.end + 30))
    if near and grammar.conjunction.search(text, figure.end, near.start()):
        near = None
    near = near or grammar.bodies_of.search(text, max(0, figure.start - 20), figure.start)
    if not near:
        return None
    bodies = Span(*near.span("word"))
    done = [
        (_distance(text, grammar, figure, at), at.start not in range(*stretch), measure, at)
        for measure, action in grammar.body_actions
        for at in (Span(*match.span("word")) for match in action.finditer(text))
    ]
    if done:
        _, _, measure, at = min(done, key=lambda each: (each[1], each[0]))
        return sentence.reading(str(measure), bodies, at)
    return sentence.reading(str(Measure.KILLED), bodies)


def find_population(
    sentence: Sentence, grammar: Grammar, figure: Span, stretch: Span, *, known: set[str], before: Reading
) -> Reading:
    """Return whom a figure counts: the first people named behind it, else those before it, else all.

    A figure that goes on without a noun ("ten children in Safita and three in Masyaf") counts whom the figure
    ``before`` it counts.
    """
    text = sentence.folded
    if grammar.both.match(text, figure.end, stretch.end):
        return Reading("all", (), ("It counts women and children together: which population is that?",))
    if alike := grammar.all_of.match(text, figure.end, stretch.end):
        behind = alike.end() - 1
        named = _named(text, grammar, Span(alike.start(), behind), Span(behind, stretch.end))
        if named and named[0][0] != "all" and named[0][1].start <= alike.end() + 1:
            return _population(sentence, *named[0], known)
    ends = [
        match.start()
        for field in ("blame", "partly", "of_them")
        if (match := grammar.words(field).search(text, figure.end, stretch.end))
        if field != "of_them" or match.start() > figure.end + 1
    ]
    reach = min(stretch.end, figure.end + _REACH, *ends)
    if grammar.share.search(text[max(0, figure.start - 40) : figure.start]):
        reach = min(reach, figure.end + _BESIDE // 2)
    named = _named(text, grammar, figure, Span(max(stretch.start, figure.start - 2), reach))
    toll = _find_toll(text, grammar, figure, stretch)
    if named and not (toll and named[0][0] == "all"):
        first = named[0]
        special = [
            (name, span)
            for name, span in named
            if name != "all"
            and span.start <= first[1].end + _BESIDE
            and (span == first[1] or not _is_apart(text, grammar, Span(first[1].end, span.start)))
        ]
        population, span = (special or [first])[0]
    elif toll:
        population, span = toll
    elif _goes_on(text, grammar, figure, stretch):
        return before
    else:
        return Reading("all")
    return _population(sentence, population, span, known)


def _population(sentence: Sentence, population: str, span: Span, known: set[str]) -> Reading:
    """Return a population that is known, else the widest one that holds it, with a question."""
    if population in known or population == "all":
        return sentence.reading(population, span)
    question = f"No population is called {population}: whom does it count?"
    wider = FOREIGN if population in COUNTRY_OF and FOREIGN in known else "all"
    return sentence.reading(wider, span, questions=(question,))


def _named(text: str, grammar: Grammar, figure: Span, within: Span) -> list[tuple[str, Span]]:
    """Return the populations named in a stretch, in its order. "Libyans" is one right behind a number; the
    same word may be an adjective elsewhere."""
    matches = [
        *grammar.nationals.finditer(text, *within),
        *(
            match
            for match in grammar.nationals_near.finditer(text, *within)
            if text[figure.end : match.start()].count(" ") <= 1 + (match.start() > figure.end + 1)
        ),
        *grammar.populations.finditer(text, *within),
    ]
    named = [(match.lastgroup, Span(*match.span(match.lastgroup))) for match in matches if match.lastgroup]
    if noun := _noun_before(text, grammar, figure):
        named.append(noun)
    named = [each for each in named if not _is_somebody_else(text, grammar, figure, each[1])]
    return sorted(named, key=lambda each: each[1].start)


def _noun_before(text: str, grammar: Grammar, figure: Span) -> tuple[str, Span] | None:
    """Return whom a number counts that stands behind its noun ("سوريين اثنين"), None for any other."""
    if not grammar.noun_first.fullmatch(text, *figure):
        return None
    for pattern in (grammar.nationals_near, grammar.populations):
        for match in pattern.finditer(text, max(0, figure.start - 30), figure.start):
            if match.lastgroup and match.end() == figure.start - 1:
                return match.lastgroup, Span(*match.span(match.lastgroup))
    return None


def _is_somebody_else(text: str, grammar: Grammar, figure: Span, name: Span) -> bool:
    """Return whether people behind a figure are none of those it counts: who says it, or "a gunman"."""
    if name.start <= figure.end + 1:
        return False
    if grammar.saying.match(text, name.end) and "," in text[figure.end : name.start]:
        return True
    before = text[figure.end : name.start]
    return bool(grammar.cited_before.search(before) or grammar.one_before.search(before))


def _is_apart(text: str, grammar: Grammar, between: Span) -> bool:
    """Return whether what stands between "people" and a special name ends what is said of the people."""
    return bool(grammar.measures.search(text, *between))


def _find_toll(text: str, grammar: Grammar, figure: Span, stretch: Span) -> tuple[str, Span] | None:
    """Return the population whose toll a figure is, None where none stands before it."""
    for match in grammar.populations.finditer(text, stretch.start, figure.start):
        name = match.lastgroup or ""
        if name != "all" and grammar.number_of.search(text, stretch.start, match.start(name)):
            return name, Span(*match.span(name))
    for population, pattern in grammar.tolls:
        tolls = list(pattern.finditer(text, stretch.start, figure.start))
        if tolls:
            return population, Span(*tolls[-1].span("word"))
    return None


def _goes_on(text: str, grammar: Grammar, figure: Span, stretch: Span) -> bool:
    """Return whether a figure has no noun of its own, so that it counts whom the one before it counts."""
    after = text[figure.end : stretch.end]
    is_part = bool(grammar.right_before("of_them").search(text[max(0, figure.start - 40) : figure.start]))
    is_joined = bool(grammar.joined.search(text[max(0, figure.start - 40) : figure.start]))
    is_deed = is_joined and bool(grammar.deed_right_behind.match(after))
    return bool(is_part or is_deed or not after.strip() or grammar.goes_on.match(after))
