"""What does a figure count, and whom?

The measure is that of the nearest word in the figure's stretch of the sentence, else in the sentence ("745
civilians and 213 fighters were killed"). The population is what the words beside the figure say, else all.
"""

from __future__ import annotations

import re

from service.ingest.draft.figures import QUALIFIERS, SMALL, VAGUE
from service.ingest.draft.proposal import Reading, Span
from service.vocabulary import Measure

_WORDS = {
    Measure.CASUALTIES: r"(?:killed|dead|killing) (?:and|or|and/or) (?:injured|wounded|injuring"
           r"|wounding)",
    Measure.KILLED: r"killed|killing|kills?|dead|died|dies|deaths?|death toll|toll|fatalities"
           r"|fatally|slain"
        r"|massacred|executed|murdered|lost their lives|lives|shot dead|victims|perished"
        rf"|lost(?= (?:(?:{QUALIFIERS}) )?(?:\d+|{VAGUE}|{SMALL})\b)",
    Measure.INJURED: r"injured|injuring|injuries|wounded|wounding|hurt",
    Measure.MISSING: r"missing|unaccounted for|whereabouts",
    Measure.DISPLACED: r"displaced|fled|flee|fleeing|displacement|crossed into|refugees|uprooted",
    Measure.DETAINED: r"detained|arrested|detaining|arresting|arrests|detainees",
    Measure.ABDUCTED: r"abducted|kidnapped|abductions?|kidnappings",
}  # fmt: skip
"""The words that say what is counted; for any other measure of people, its name."""
_OF_BODIES = {
    Measure.BODIES_BURIED: r"buried",
    Measure.BODIES_RECOVERED: r"recovered|found|retrieved|collected|pulled|dug|unearthed|exhumed",
}
"""What may have been done with bodies."""
_MEASURES = [
    (measure, re.compile(rf"\b(?:{_WORDS.get(measure, re.escape(measure.label))})\b", re.IGNORECASE))
    for measure in dict.fromkeys([*_WORDS, *Measure])
    if measure.counts_people and measure not in _OF_BODIES
]

_POPULATIONS = [
    (population, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for population, words in (
        ("pro_assad_fighters", r"(?:pro-Assad|Assad-loyal|loyalist) (?:fighters|gunmen|militants"
            r"|forces)|loyalists"
         r"|(?:fighters|gunmen|militants|insurgents)(?: who were)? (?:loyal to|from"
         r"|of) (?:\w+ ){0,3}?(?:Assad|former)"
         r"|(?:Assad|regime) (?:loyalists|remnants)|remnants of the \w+ (?:regime|government)|insurgents"),
        ("security_forces", r"(?:members|personnel|officers) (?:of"
            r"|from) (?:\w+[ '’s]* ){0,3}?(?:security|army|police|forces)"
         r"(?: forces| services)?|security (?:forces|personnel|members|officers)|soldiers|troops"
         r"|police officers"
         r"|policemen|government forces|government troops|conscripts"),
        ("medical_personnel", r"medics|doctors|nurses|paramedics|(?:medical|health) (?:workers"
            r"|personnel|staff)"),
        ("alawite_civilians", r"Alawite civilians|civilian Alawites|Alawites|Alawite (?:people"
            r"|residents|villagers)"
         r"|civilians,? (?:most(?:ly)? )?(?:of them )?from the Alawite"),
        ("christian_civilians", r"Christian civilians|Christians"),
        ("children", r"children|child|minors|infants"),
        ("women", r"women|woman"),
        ("civilians", r"civilians?|non-combatants"),
        ("combatants", r"fighters|gunmen|militants|combatants|armed men"),
        ("all", r"people|persons|individuals|bodies|victims|residents|men|others|detainees"),
    )
]  # fmt: skip
_BOTH = re.compile(r"^\s*(?:\w+\s){0,2}(?:women and children|children and women)\b", re.IGNORECASE)
_REACH = 60
"""Characters behind a figure in which the people that it counts are looked for."""
_BLAME = re.compile(r"\b(?:by|at the hands of|attributed to|in clashes with|in fighting with)\b")
_PARTLY = re.compile(
    r"\b(?:most(?:ly)?|many|some|several|half|mainly|largely|the majority|a majority|the bulk)(?: of)?"
    r" (?:them|whom|these|those)\b", re.IGNORECASE,
)  # fmt: skip
"""Words after which only a part of the people is meant: "92 lives, most of them civilians"."""
_GOES_ON = re.compile(r"(?: of (?:them|whom|these|those))? (?:in|at|near|around)\b|[.;]")
_CIVILIAN_TOLL = re.compile(r"\bcivilian (?:death toll|toll|deaths|dead|fatalities|victims)\b", re.IGNORECASE)


Word = tuple[Measure, Span]


def find_measure_words(text: str, sentence: Span) -> list[Word]:
    """Return the words of a sentence that say what is counted."""
    return [
        (measure, Span(*match.span()))
        for measure, pattern in _MEASURES
        for match in pattern.finditer(text, sentence.start, sentence.end)
    ]


def find_measure(text: str, figure: Span, stretch: Span, sentence: Span, words: list[Word]) -> Reading | None:
    """Return what a figure counts, None where the sentence has no word for it."""
    if bodies := _find_bodies(text, figure, sentence):
        return bodies
    for within in (stretch, sentence):
        near = [
            (min(abs(at.start - figure.end), abs(figure.start - at.end)), measure, at)
            for measure, at in words
            if within.start <= at.start and at.end <= within.end
            if at.end <= figure.start or at.start >= figure.end
        ]
        if near:
            joint = [candidate for candidate in near if candidate[1] is Measure.CASUALTIES]
            _, measure, at = min(joint or near, key=lambda candidate: candidate[0])
            return Reading(str(measure), (at,))
    return None


def _find_bodies(text: str, figure: Span, sentence: Span) -> Reading | None:
    """Return what happened to the bodies that a figure counts, None where it counts none."""
    near = _BODIES.search(text, max(sentence.start, figure.start - 20), min(sentence.end, figure.end + 30))
    for measure, verb in _BODY_ACTIONS if near else ():
        if near and (action := verb.search(text, sentence.start, sentence.end)):
            return Reading(str(measure), (Span(*near.span()), Span(*action.span())))
    return None


_BODIES = re.compile(r"\b(?:bodies|corpses)\b", re.IGNORECASE)
_BODY_ACTIONS = [
    (measure, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for measure, words in _OF_BODIES.items()
]


def find_population(
    text: str, figure: Span, stretch: Span, populations: set[str], before: Reading
) -> Reading:
    """Return whom a figure counts: the first people named behind it, else civilians before it, else all.

    A figure that goes on without a noun ("ten children in Safita and three in Masyaf") counts whom the figure
    ``before`` it counts.
    """
    if _BOTH.search(text[figure.end : stretch.end]):
        return Reading("all", (), ("It counts women and children together: which population is that?",))
    blame = _BLAME.search(text, figure.end, stretch.end)
    partly = _PARTLY.search(text, figure.end, stretch.end)
    ends = (match.start() for match in (blame, partly) if match)
    reach = min(stretch.end, figure.end + _REACH, *ends)
    near = [
        (match.start(), rank, population, match)
        for rank, (population, pattern) in enumerate(_POPULATIONS)
        for match in pattern.finditer(text, figure.end, reach)
    ]
    if near:
        first = min(near, key=lambda candidate: candidate[:2])
        specific = [
            candidate for candidate in near if candidate[2] != "all" and candidate[0] <= first[3].end() + 25
        ]
        _, _, population, match = min(specific or [first], key=lambda candidate: candidate[:2])
    elif tolls := list(_CIVILIAN_TOLL.finditer(text, stretch.start, figure.start)):
        population, match = "civilians", tolls[-1]
    elif _GOES_ON.match(text, figure.end, stretch.end):
        return before
    else:
        return Reading("all")
    if population in populations or population == "all":
        return Reading(population, (Span(*match.span()),))
    return Reading(
        "all", (Span(*match.span()),), (f"No population is called {population}: whom does it count?",)
    )
