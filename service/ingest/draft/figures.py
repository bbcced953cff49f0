"""Which counts of people does a sentence contain?

A count is a number, a number word or a vague plural with its qualifying words, as the wording grammar reads
it. Days, years, ages, money, shares and numbers of things are no counts, nor is what could be, what somebody
denies, and what stands for another time or crisis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.ingest.cells import Problem
from service.ingest.draft.grammar import Grammar
from service.ingest.draft.proposal import Span
from service.ingest.draft.sentence import Sentence
from service.ingest.wording.count import Count, parse_count

_CLAUSE = 80
"""Characters before a number in which words that take its meaning away are looked for."""
_WORD = re.compile(r" ?(?:\"|«|“)? ?([^\W\d]\w*(?:['-]\w+)*)")
_MOST_WORDS = 3
"""So many words behind a number are looked at for the noun that it counts."""
MOST_NUMBERS = 60
"""A sentence with more numbers is no prose: a table, or a list of days."""
_LEAST_SPELLED = re.compile(r"[ -]")


class Figure(NamedTuple):
    """A count and its place in the folded sentence."""

    wording: Count
    span: Span


def find_figures(
    sentence: Sentence, grammar: Grammar, taken: Sequence[Span], other_times: Sequence[Span]
) -> list[Figure]:
    """Return the counts of a sentence in its order; ``taken`` are the dates in it, ``other_times`` the years
    that are another crisis's."""
    figures: list[Figure] = []
    text, at = sentence.folded, 0
    while match := grammar.count.search(text, at):
        figure = None
        if not any(span.start < match.end("number") and match.start("number") < span.end for span in taken):
            figure = _read_figure(sentence, grammar, match)
        if figure and not _is_of_another_time(text, figure.span, other_times):
            figures.append(figure)
        thing = grammar.things.match(text, match.end("number"))
        at = figure.span.end if figure else thing.end() if thing else match.end("number")
    figures += _find_nobody(text, grammar, other_times)
    return sorted(figures, key=lambda figure: figure.span)


def _find_nobody(text: str, grammar: Grammar, other_times: Sequence[Span]) -> Iterator[Figure]:
    """Yield where a sentence plainly says that there was nobody, as counts of 0."""
    for match in grammar.nobody.finditer(text):
        before = re.split(r"[.;]", text[max(0, match.start() - _CLAUSE) : match.start()])[-1]
        is_open = any(grammar.words(field).search(before) for field in ("denial", "possible", "previous"))
        span = Span(*match.span())
        if not is_open and not _is_of_another_time(text, span, other_times):
            yield Figure(parse_count("0"), span)


def _read_figure(sentence: Sentence, grammar: Grammar, match: re.Match[str]) -> Figure | None:
    """Return the longest reading of a match that is a count, or None."""
    text = sentence.folded
    if _is_taken_back(text, grammar, match):
        return None
    if match["between"]:
        written = (sentence.as_written(Span(*match.span(part))) for part in ("qualifier", "number"))
        return Figure(parse_count(" ".join(written)), Span(*match.span("number")))
    for span in _candidates(text, grammar, match):
        try:
            wording = parse_count(sentence.as_written(span))
        except Problem:
            continue
        if _is_other(text, grammar, span):
            return None
        return Figure(wording, span)
    single = grammar.single.match(text, match.start("number"))
    if single and single.end() == match.end("number") and _counts_one(text, grammar, match):
        return Figure(parse_count("1"), Span(*match.span("number")))
    return None


def _counts_one(text: str, grammar: Grammar, match: re.Match[str]) -> bool:
    """Return whether "a policeman" is one of those who are counted: he stands right behind a deed or beside
    other figures, or a deed stands behind him; and not if he is only somebody who says something."""
    start, end = match.span("number")
    before = text[max(0, start - _CLAUSE) : start]
    noun = grammar.people.search(text, end)
    if noun and grammar.saying.match(text, noun.end()):
        return False
    return bool(
        not grammar.article_like(text[start:end])
        or grammar.hit.search(before)
        or grammar.number_then.search(before)
        or grammar.single_did.match(text, end)
    )


def _candidates(text: str, grammar: Grammar, match: re.Match[str]) -> Iterator[Span]:
    """Yield the stretches of a match that may be a count, the likeliest first."""
    qualifier, middle = match["qualifier"] or "", (match["middle"] or "").strip()
    starts = [match.start("whole"), match.start("number")]
    if match["second"]:
        is_rise = qualifier in grammar.range_starts and bool(
            grammar.words("rose").search(text, max(0, match.start() - _CLAUSE), match.start())
        )
        if is_rise:
            yield Span(*match.span("second"))
            return
        if middle not in ("and", "et", "و") or qualifier in grammar.range_starts:
            for end in dict.fromkeys((match.end("whole"), match.end("second"))):
                yield from (Span(start, end) for start in starts)
    ends = [match.end("number")]
    if match["suffix"] and not match["second"]:
        ends.insert(0, match.end("whole"))
    ends += [
        match.start("number") + cut.start() for cut in reversed([*_LEAST_SPELLED.finditer(match["number"])])
    ]
    for end in ends:
        yield from (Span(start, end) for start in starts)


def _is_taken_back(text: str, grammar: Grammar, match: re.Match[str]) -> bool:
    """Return whether the words around a number say that it is no count of now: possible, denied, earlier."""
    start = match.start("whole")
    before = re.split(r"[.;]", text[max(0, start - _CLAUSE) : start])[-1]
    if _is_possible(text, grammar, match, before):
        return True
    denials = list(grammar.words("denial").finditer(before))
    if denials and not grammar.words("contrast").search(before, denials[-1].end()):
        return True
    if grammar.right_before("previous").search(text[max(0, start - _CLAUSE) : match.start("number")]):
        return True
    after = text[match.end("whole") : match.end("whole") + 40]
    for field in ("previous_after", "denial_after"):
        match_after = grammar.words(field).search(after)
        if match_after and not re.search(r"\d|[.;]", after[: match_after.start()]):
            return True
    return bool(
        grammar.right_before("not_all").search(before) and grammar.of_the.match(text, match.end("number"))
    )


def _is_possible(text: str, grammar: Grammar, match: re.Match[str], before: str) -> bool:
    """Return whether nobody has counted so many: "could exceed 1,000", "20,000 might have perished"."""
    if match["qualifier"] and grammar.words("possible").search(f" {match['qualifier']} "):
        return True
    possible = list(grammar.words("possible").finditer(before))
    if possible and "," not in before[possible[-1].end() :]:
        return True
    return bool(grammar.possible_after.match(text, match.end("whole")))


def _is_other(text: str, grammar: Grammar, span: Span) -> bool:
    """Return whether the number is part of an age, a year or an amount, or counts things."""
    before, after = text[max(0, span.start - 40) : span.start], text[span.end : span.end + 120]
    if grammar.right_before("whose").search(before) or _is_age_in_commas(before, text, span):
        return True
    if _counts_things(after, grammar) and (grammar.things.match(after) or not grammar.hit.search(before)):
        return True
    number = text[span.start : span.end]
    counts_people = bool(grammar.people.match(after.lstrip()))
    if grammar.article.fullmatch(number):
        return not (
            grammar.people_before.search(before)
            or grammar.one.match(after)
            or (counts_people and grammar.right_before("also").search(before))
            or (counts_people and grammar.hit.search(before) and not grammar.name_of_deed.search(before))
        )
    if number.isdigit() and 1900 <= int(number) <= 2100 and len(number) == 4 and not counts_people:
        return True
    if grammar.of_the.match(after) and re.search(r"^ ?\S+(?: \S+)? \d", after):
        return True
    return bool(grammar.right_before("not_before").search(before)) and not counts_people


def _is_age_in_commas(before: str, text: str, span: Span) -> bool:
    """Return whether a number is the age of somebody just named: "the driver, 19, fled"."""
    number = text[span.start : span.end]
    return (
        before.endswith(", ")
        and text[span.end : span.end + 1] == ","
        and number.isdigit()
        and int(number) < 110
    )


def _counts_things(after: str, grammar: Grammar) -> bool:
    """Return whether the noun behind a number means things: "30 rifles", "12 منزلا"."""
    if grammar.things.match(after):
        return True
    at = 0
    for _ in range(_MOST_WORDS):
        word = _WORD.match(after, at)
        if not word:
            return False
        rest = after[word.start(1) :]
        if grammar.people.match(rest) or grammar.bare.match(rest):
            return False
        if grammar.noun.match(rest):
            return True
        at = word.end()
    return False


def _is_of_another_time(text: str, figure: Span, years: Sequence[Span]) -> bool:
    """Return whether a year that is not the crisis's is said of a figure: "in 1982 …", "… in 1982"."""
    for year in years:
        between = text[figure.end : year.start] if year.start >= figure.end else text[year.end : figure.start]
        is_lead = year.end <= figure.start and len(text[: year.start].split()) <= 2
        if is_lead or (not re.search(r"[,;:(]", between) and len(between) < _CLAUSE):
            return True
    return False
