"""Which days does a sentence mention?

A day without a year becomes the last such day before publication, and so do "Friday" and "the weekend";
without a day of publication they become questions. A missing day or month is never guessed. The names of
months and weekdays are those of CLDR.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from service.ingest.draft.grammar import Grammar, grammar_of
from service.ingest.draft.languages import Language
from service.ingest.draft.proposal import DaysReading, Span
from service.ingest.draft.sentence import Sentence
from service.ingest.wording.count import any_of, fold

_BEFORE = 60
"""Characters before a day in which somebody's saying something on it is looked for."""
_DATELINE = re.compile(r"[^\d.;:]{2,60}[,،] ?(?:\([^)]{1,30}\) ?)?")
_DATELINE_END = re.compile(r",? ?(?:\([^)]{1,30}\) ?)?- ?")
"""What stands before and behind the day in "LATAKIA, 12 March (AFP) – "."""
_YEAR = r"(?P<year>(?:19|20)\d\d)"


class Days(NamedTuple):
    """The days of a sentence, and where numbers in it belong to dates or to another year."""

    reading: DaysReading
    taken: list[Span]
    other_times: list[Span]


class _Mention(NamedTuple):
    """Days mentioned: where, the first and the last one, or a question."""

    span: Span
    first: dt.date | None
    last: dt.date | None
    question: str = ""


class _Calendar:
    """The patterns of dates in one language."""

    def __init__(self, language: Language) -> None:
        self.months = _month_names(language)
        self.weekdays = _weekday_names(language)
        grammar = grammar_of(language)
        month = any_of("|".join(self.months))
        month_pair = rf"(?:{month})\.?(?: ?[/(] ?(?:{month})\)?)?"
        day, joint = fold(language.day), grammar.piece("date_joint")
        year = rf"(?:{grammar.piece('before_year')}{_YEAR})?(?!\w)"
        of = f"(?:{grammar.piece('before_month')})?"
        dates = [
            rf"(?P<first>{day})(?: (?P<first_month>{month_pair}))?{joint}(?P<last>{day})"
            rf" {of}(?P<month>{month_pair}){year}",
            rf"(?P<first>{day}) {of}(?P<month>{month_pair}){year}",
            r"(?P<first>\d{1,2})/(?P<slash>\d{1,2})/(?P<year>20\d\d)(?!\w)",
            r"(?P<year>20\d\d)-(?P<numeric>\d\d)-(?P<first>\d\d)(?!\w)",
        ]
        if language.month_first:
            dates = [
                rf"(?P<first_month>{month_pair}) (?P<first>{day}){joint}"
                rf"(?P<month>{month_pair}) (?P<last>{day})(?!\d){year}",
                rf"(?P<month>{month_pair}) (?P<first>{day})(?:{joint}(?P<last>{day}))?(?!\d){year}",
                *dates,
            ]
        starts = r"(?<![\w.])[وفبل]?" if language.code == "ar" else r"(?<![\w.])"
        self.dates = [re.compile(rf"{starts}(?P<date>{date})") for date in dates]
        self.month_alone = re.compile(
            rf"(?<!\w)[وفبل]?(?:{month_pair})(?:{grammar.piece('before_year')}{_YEAR})(?!\w)"
        )
        names = [(r"weekday", any_of("|".join(self.weekdays)))]
        names += [(field, grammar.piece(field)) for field in ("weekend", "yesterday", "today")]
        groups = "|".join(f"(?P<{name}>{words})" for name, words in names)
        self.relative = re.compile(rf"(?<!\w)(?:{fold(language.prefix)})?(?:{groups})(?!\w)")
        self.year_alone = re.compile(rf"(?<![\w.,/-])(?:{grammar.piece('in_year')}) {_YEAR}(?![\w%]|[.,]\d)")


@lru_cache(maxsize=8)
def _calendar_of(language: Language) -> _Calendar:
    return _Calendar(language)


def _month_names(language: Language) -> dict[str, int]:
    from babel import Locale

    names: dict[str, int] = {}
    for locale in language.locales:
        for context in Locale.parse(locale).months.values():
            for width in ("wide", "abbreviated"):
                for month, name in context.get(width, {}).items():
                    names[fold(name).rstrip(".")] = month
    return {name: month for name, month in names.items() if len(name) > 1 and not name.isdigit()}


def _weekday_names(language: Language) -> dict[str, int]:
    from babel import Locale

    return {
        fold(name): weekday
        for locale in language.locales
        for weekday, name in Locale.parse(locale).days["format"]["wide"].items()
    }


def is_calendar_name(word: str, grammar: Grammar) -> bool:
    """Return whether a folded word is the name of a month or a weekday."""
    calendar = _calendar_of(grammar.language)
    return word in calendar.months or word in calendar.weekdays


def find_days(sentence: Sentence, grammar: Grammar, published_on: dt.date | None) -> Days:
    """Return the days of a sentence: since and until where it says so, else the day or days it is about.

    The day on which somebody said something is ignored, and that of a dateline.
    """
    text = sentence.folded
    calendar = _calendar_of(grammar.language)
    days, taken = DaysReading(), []
    for mention in _mentions(sentence, calendar, published_on):
        taken.append(mention.span)
        before = text[max(0, mention.span.start - _BEFORE) : mention.span.start]
        if _is_dateline(sentence, mention.span) or _is_said_on(before, grammar):
            continue
        if grammar.compared_before.search(before):
            continue
        days = _with_mention(days, mention, before, sentence, grammar)
    months = list(calendar.month_alone.finditer(text))
    years = [match for match in calendar.year_alone.finditer(text) if not _overlaps(match.span(), taken)]
    years += [match for match in months if not _overlaps(match.span(), taken)]
    taken += [Span(*match.span()) for match in months]
    other = [
        Span(*match.span())
        for match in years
        if published_on
        and int(match["year"]) < published_on.year - 1
        and not grammar.right_before("since").search(text[max(0, match.start() - 30) : match.start()])
    ]
    taken += [Span(*match.span()) for match in years]
    return Days(days, taken, other)


def _with_mention(
    days: DaysReading, mention: _Mention, before: str, sentence: Sentence, grammar: Grammar
) -> DaysReading:
    """Return the days with one more mention, as the words before it say."""
    days = days._replace(spans=(*days.spans, sentence.original(mention.span)))
    if mention.question:
        return days._replace(questions=(*days.questions, mention.question))
    if grammar.right_before("since").search(before) and mention.first == mention.last:
        return days._replace(period_start=mention.first)
    if grammar.right_before("until").search(before) and mention.first == mention.last:
        return days._replace(counted_to=mention.last)
    if days.period_end is None:
        return days._replace(period_start=days.period_start or mention.first, period_end=mention.last)
    return days


def _is_dateline(sentence: Sentence, day: Span) -> bool:
    """Return whether a day is that on which the text was written, behind the place at its very beginning."""
    is_first = not sentence.text[: sentence.span.start].strip()
    before, after = sentence.folded[: day.start], sentence.folded[day.end :]
    return is_first and bool(_DATELINE.fullmatch(before) and _DATELINE_END.match(after))


def _is_said_on(before: str, grammar: Grammar) -> bool:
    """Return whether a day is only that on which somebody said something: no figure and no deed stands
    between the verb of saying and the day."""
    verbs = list(grammar.words("says").finditer(before))
    if not verbs:
        return False
    between = before[verbs[-1].end() :]
    is_bare = not re.search(r"[\d;:]", between) and len(between) < 45
    return is_bare and not grammar.measures.search(between) and not grammar.number.search(between)


def _mentions(sentence: Sentence, calendar: _Calendar, published_on: dt.date | None) -> list[_Mention]:
    """Return the days mentioned, in order."""
    text = sentence.folded
    mentions: list[_Mention] = []
    for pattern in calendar.dates:
        for match in pattern.finditer(text):
            span = Span(match.start("date"), match.end())
            if not _overlaps(span, [other.span for other in mentions]):
                mentions.append(_read_date(sentence, calendar, match, span, published_on))
    for match in calendar.relative.finditer(text):
        span = Span(*match.span(match.lastgroup or 0))
        mentions.append(_read_relative(sentence, calendar, match, span, published_on))
    return sorted(mentions, key=lambda mention: mention.span)


def _overlaps(span: tuple[int, int], others: list[Span]) -> bool:
    return any(span[0] < other.end and other.start < span[1] for other in others)


def _read_date(
    sentence: Sentence, calendar: _Calendar, match: re.Match[str], span: Span, published_on: dt.date | None
) -> _Mention:
    """Return the days of a date. One of three numbers may be read in two ways, and is a question then."""
    parts, written = match.groupdict(), sentence.as_written(span)
    first = _number(parts["first"])
    last = _number(parts.get("last") or parts["first"])
    year = int(parts["year"]) if parts["year"] else published_on.year if published_on else 0
    if not year:
        return _Mention(span, None, None, f"Which year is “{written}”?")
    if slash := parts.get("slash"):
        month = int(slash)
        if first <= 12 and first != month:
            return _Mention(span, None, None, f"Which of the first two numbers is the month in “{written}”?")
    elif numeric := parts.get("numeric"):
        month = int(numeric)
    else:
        month = calendar.months[re.split(r"\.?(?: ?[/(]|$)", parts["month"])[0]]
    begins = parts.get("first_month")
    first_month = calendar.months[re.split(r"\.?(?: ?[/(]|$)", begins)[0]] if begins else month
    if not parts["year"] and published_on and (month, last) > (published_on.month, published_on.day):
        year -= 1
    try:
        return _Mention(span, dt.date(year, first_month, first), dt.date(year, month, last))
    except ValueError:
        return _Mention(span, None, None, f"There is no day “{written}”.")


def _number(day: str) -> int:
    return int(re.sub(r"\D", "", day))


def _read_relative(
    sentence: Sentence, calendar: _Calendar, match: re.Match[str], span: Span, published_on: dt.date | None
) -> _Mention:
    if published_on is None:
        return _Mention(span, None, None, f"Which day is “{sentence.as_written(span)}”?")
    if match["yesterday"] or match["today"]:
        day = published_on - dt.timedelta(days=bool(match["yesterday"]))
        return _Mention(span, day, day)
    if match["weekend"]:
        sunday = published_on - dt.timedelta(days=(published_on.weekday() + 1) % 7)
        if published_on.weekday() == 5:
            return _Mention(span, published_on, published_on)
        return _Mention(span, sunday - dt.timedelta(days=1), sunday)
    back = (published_on.weekday() - calendar.weekdays[match["weekday"]]) % 7
    day = published_on - dt.timedelta(days=back)
    return _Mention(span, day, day)
