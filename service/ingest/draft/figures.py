"""Which counts does a sentence contain?

A count is a number, a number word or a vague plural with its qualifying words, as the wording grammar reads
it. Days, years, ages, hours, money, shares and numbers of things are no counts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from service.ingest.cells import Problem
from service.ingest.draft.proposal import Span
from service.ingest.wording.count import Count, parse_count

QUALIFIERS = (
    "at least|no fewer than|not fewer than|no less than|not less than|a minimum of|over|more than|above"
    "|exceeding"
    "|exceeded|surpassed|in excess of|upwards of|up to|at most|no more than|not more than|as many as"
    "|under|fewer than"
    "|less than|nearly|almost|close to|just under|about|around|approximately|approx\\.|some|roughly"
    "|an estimated"
    "|estimated|another|a further|a total of|between|from|exactly"
)
_UNITS = "two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
SMALL = rf"(?:(?:{_TENS})(?:[- ](?:one|{_UNITS}))?|{_TEENS}|{_UNITS}|one)"
_WORDS = (
    rf"(?:a|one|{SMALL}) (?:hundred|thousand)(?: (?:and )?{SMALL})?|(?:half a|a|two|three|four"
    rf"|several|a few) dozen"
    rf"|(?:several|a few) (?:hundred|thousand)|{SMALL}"
)
VAGUE = "tens of thousands|hundreds of thousands|hundreds|dozens|scores|thousands"
_DIGITS = r"\d{1,3}(?:[,.\u00a0\u202f']\d{3})+|\d+(?:\.\d+)?"
_NUMBER = rf"(?:(?:{_DIGITS})(?: (?:million|thousand))?|{_WORDS}|{VAGUE})"
_COUNT = re.compile(
    rf"(?<![\w.,$€£/:-])(?:(?P<qualifier>{QUALIFIERS}) )?(?P<number>{_NUMBER})"
    rf"(?:(?P<middle>\s?[-–]\s?| to | and )(?P<second>(?:{_DIGITS}|{SMALL})(?![\w]))(?! (?:people )?and))?"
    r"(?P<suffix>\+| or more| or so)?(?![\w%]|[.,:]\d|-year|/)",
    re.IGNORECASE,
)
_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
_DATE_BEFORE = re.compile(
    rf"(?:\b(?:{_MONTHS})\.? (?:\d+(?: ?[-–] ?| and | to ))?|\b(?:{_MONTHS})\.? \d{{1,2}}, )$"
)
_DATE_AFTER = re.compile(rf"^(?:st|nd|rd|th)?(?: (?:and|to) \d+| ?[-–] ?\d+)? (?:of )?(?:{_MONTHS})\b")
_NO_COUNT_BEFORE = re.compile(
    r"(?:\b(?:aged?|page|article|resolution|chapter|number|no\.|room|highway|version|group of|in|since"
    r"|until|by|year"
    r"|late|early|mid) )$",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"^ of the \d|^ ?(?:[ap]\.?m\b|o'clock|%|percent|per cent|dollars|euros|pounds)"
    r"|^(?: (?:more|other|different|consecutive|armed|military|burnt|burned|residential|of the|of|days of))*"
    r" (?:days?|hours?|minutes?|weeks?|months?|years?|nights?|times|kilomet\w+|km|miles|met\w+s"
    r"|families|family|homes?"
    r"|houses?|villages?|towns?|cities|neighbou?rhoods?|areas?|places?|locations?|sites|vehicles|cars"
    r"|trucks|tanks"
    r"|checkpoints|attacks|airstrikes|strikes|raids|shells|rockets|organi[sz]ations|countries"
    r"|governorates|provinces"
    r"|sources|witnesses|outlets|reports|members of the council|points|videos|massacres|incidents"
    r"|suspects|graves|mass graves)\b",
    re.IGNORECASE,
)


_POSSIBLE = re.compile(
    r"\b(?:could|may|might|can|is expected to|are expected to|is feared to|is likely to|are likely to)"
    r" (?:well |yet |still )?(?:exceed|reach|rise|climb|grow|increase|surpass|top|pass|be|have)\b[^.;,]*$",
    re.IGNORECASE,
)
"""What stands before a number that nobody has counted: "could exceed"."""
_ROSE = re.compile(
    r"\b(?:rose|risen|rises|rising|climbed|climbs|jumped|grew|grown|increased|went up|gone up|up|revised)"
    r"(?: \w+)? $",
    re.IGNORECASE,
)
"""What stands before two numbers of which only the second is the toll: "rose from 3,351 to 4,358"."""
_SOMEBODY = re.compile(
    r"(?:\b(?:he|she|who) (?:is|was|turned|turns)(?: only| just)?|\b(?:his|her|my)) $", re.IGNORECASE
)
"""What stands before the age or the relatives of one person: "he was 45", "his two brothers"."""
_NOUN = re.compile(
    r"^ (?:(?P<adjective>[a-z]+(?:-[a-z]+)?) )?"
    r"(?P<noun>(?!(?:was|has|is|as|his|its|this|us|does)\b)[a-z]+s)\b"
)
"""A plural behind a number, with or without an adjective. Names such as Alawites begin with a capital."""
_PEOPLE_PLURAL = re.compile(
    r".*(?:ers|ors|ists|ians|ees|ants|ents|women|kins)|(?:boy|girl|baby|babie|infant|adult|male|female|youth"
    r"|nurse|medic|troop|conscript|recruit|captive|hostage|person|individual|local|minor|martyr|corpse"
    r"|remain|soul|guard|victim|relative|civilian|bodie|live|death|fatalitie|casualtie|injurie|killing"
    r"|abduction|arrest|execution|murder|kidnapping|case|insurgent|militant|loyalist|other|rebel|monk|priest"
    r"|pilgrim|arrival|farmhand|villager|cadet|colleague|comrade|sibling|twin|cousin|son|wive|parent|name)s"
)
_NO_ADJECTIVE = re.compile(
    r"in|at|on|of|by|for|from|and|or|as|to|with|after|before|during|near|across|over|was|were|is|are|has|have"
    r"|had|who|that|this|people|men|man|women|woman|children|child|person|civilian|dead|died"
    r"|[a-z]+(?:ed|ing)"
)


class Figure(NamedTuple):
    """A count and its place in the text."""

    wording: Count
    span: Span


def find_figures(text: str, sentence: Span) -> list[Figure]:
    """Return the counts of a sentence in its order."""
    figures: list[Figure] = []
    at = sentence.start
    while match := _COUNT.search(text, at, sentence.end):
        figure = _figure(text, match, sentence)
        figures += [figure] if figure else []
        at = figure.span.end if figure else match.end("number")
    return figures


def _figure(text: str, match: re.Match[str], sentence: Span) -> Figure | None:
    """Return the longest reading of a match that is a count, with its second number or without; or None."""
    qualifier = (match["qualifier"] or "").casefold()
    is_range = bool(match["second"]) and (
        qualifier in ("between", "from") or match["middle"].strip() not in ("and",)
    )
    ends = [match.end()] if is_range or not match["second"] else []
    ends += [match.end("number")] if not is_range else []
    if is_range and qualifier == "from" and _ROSE.search(text, sentence.start, match.start()):
        start, end = match.span("second")
        return (
            None
            if _is_other(text, start, end, sentence)
            else Figure(parse_count(text[start:end]), Span(start, end))
        )
    starts = [match.start(), match.start("number")]
    for start in starts:
        for end in ends:
            if _is_other(text, match.start("number"), end, sentence):
                return None
            try:
                return Figure(parse_count(text[start:end]), Span(start, end))
            except Problem:
                continue
    return None


def _is_other(text: str, start: int, end: int, sentence: Span) -> bool:
    """Return whether the number is part of a date, an age, a year or an amount, or counts things."""
    if _POSSIBLE.search(text[max(sentence.start, start - 60) : start]):
        return True
    before = text[max(sentence.start, start - 40) : start]
    after = text[end : min(sentence.end, end + 120)]
    if _DATE_BEFORE.search(before) or _DATE_AFTER.search(after) or _THINGS.search(after):
        return True
    if _SOMEBODY.search(before) or _counts_things(after):
        return True
    number = text[start:end]
    is_year = number.isdigit() and 1900 <= int(number) <= 2100 and not _PEOPLE.search(after)
    return is_year or (bool(_NO_COUNT_BEFORE.search(before)) and not _PEOPLE.search(after))


def _counts_things(after: str) -> bool:
    """Return whether the plural right behind a number means things: "30 rifles", "40 separate sites"."""
    match = _NOUN.match(after)
    if not match or (match["adjective"] and _NO_ADJECTIVE.fullmatch(match["adjective"])):
        return False
    if match["adjective"] and match["adjective"].endswith("s"):
        return False
    return not _PEOPLE_PLURAL.fullmatch(match["noun"])


_PEOPLE = re.compile(
    r"^(?: \w+){0,2} (?:people|persons|civilians|alawites|christians|men|women|children|fighters"
    r"|members|soldiers|dead"
    r"|killed|wounded|injured|deaths|bodies|residents|victims|fatalities)\b",
    re.IGNORECASE,
)
