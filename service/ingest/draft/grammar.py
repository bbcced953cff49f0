"""The tables of a language as patterns: what the reading engine searches for.

One ``Grammar`` a language, made once. It must not know which text is read.
"""

from __future__ import annotations

import re
from functools import lru_cache

from service.ingest.draft.languages import Language
from service.ingest.wording.count import any_of, fold
from service.ingest.wording.number_words import LEXICA
from service.ingest.wording.phrases import PHRASES, in_every_language
from service.vocabulary import Measure

_DIGITS = r"(?:\d{1,3}(?:[,.' ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
_QUALIFIERS = ("at_least", "over", "at_most", "under", "nearly", "about", "exactly")


class Grammar:
    """The patterns of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._prefix = fold(language.prefix)
        self._clitic = language.clitic
        self.number, self.count = self._counts()
        self.range_starts = {fold(start) for start, _, _ in PHRASES[language.code].ranges if start}
        self.measures = self._named(
            [(str(measure), self._measure_words(measure)) for measure in _measures(language)]
        )
        self.populations = self._named(list(language.populations))
        self._prepare_nouns()
        self._prepare_people()
        self._prepare_places()
        self._prepare_sources()

    def _prepare_nouns(self) -> None:
        """Make the patterns of what stands beside a number, and says whether it is a count."""
        language, prefix = self.language, rf"(?:{self._prefix})?"
        anybody = "|".join([*(fold(words) for _, words in language.populations), *self._nationals()])
        one, did = fold(language.one) or "(?!)", fold(language.one_did) or "(?!)"
        self.people = re.compile(rf"{prefix}(?:{self._any_people()})(?!\w)")
        self.people_before = re.compile(rf"(?<!\w){prefix}(?:{self._any_people()}) $")
        self.things = re.compile(rf" ?(?:{fold(language.things)})(?!\w)")
        self.bare = re.compile(rf"(?:{fold(language.bare)})(?!\w)")
        self.noun = re.compile(rf"(?:{language.noun})(?!\w)")
        self.nobody = re.compile(rf"(?<!\w){prefix}(?:{fold(language.nobody) or '(?!)'})")
        vague = any_of(PHRASES[language.code].some)
        of = any_of(PHRASES[language.code].of)
        self.some = re.compile(rf"(?<!\w)(?:{vague})(?: (?:{of}))? (?=(?:{self._any_people()})(?!\w))")
        self.article = re.compile(fold(language.article) or "(?!)")
        self.single = re.compile(fold(language.single) or "(?!)")
        self.single_did = re.compile(self.piece("single_did"))
        joins, of_them = self.piece("joins"), self.piece("of_them")
        self.number_then = re.compile(
            rf"(?<!\w){self.number.pattern}(?: [^\W\d]\w*){{1,5}},? (?:{joins}|{of_them}) $"
        )
        and_more = rf"(?: {joins}(?: \w+){{1,4}})?"
        self.one = re.compile(rf" (?:(?:{one})|(?:{anybody})(?: \w+)?{and_more} (?:{did}))(?!\w)")
        hit = "|".join(map(self._measure_words, (Measure.KILLED, Measure.INJURED)))
        self.hit = re.compile(rf"(?<!\w){prefix}(?:{hit}) $")
        self.name_of_deed = re.compile(rf"(?<!\w)(?:{fold(language.one) or '(?!)'}) $")
        self.label = re.compile(rf"(?:{self.measures.pattern}) ?:")
        self.of_the = re.compile(rf" ?{self.piece('of_the')}(?!\w)")
        of_number = rf"(?<!\w){self.number.pattern} {self.piece('of_the')} ?$"
        self.possible_after = re.compile(
            rf"(?: (?!{self.piece('relative')})\w+){{0,3}} {self.piece('possible_after')}(?!\w)"
        )
        self.share = re.compile(rf"(?:{self.right_before('share').pattern})|{of_number}")

    def _prepare_people(self) -> None:
        """Make the patterns of what a figure counts, and whom."""
        language, of_them = self.language, self.piece("of_them")
        self.tolls = [(name, self._word_pattern(words)) for name, words in language.toll_of]
        special = [fold(words) for name, words in language.populations if name != "all"]
        who = "|".join([*special, *self._nationals()])
        all_of = rf"[^.;:]*?(?<!\w){self.piece('all_of')} (?={self._prefix}(?:{who})(?!\w))"
        self.all_of = re.compile(all_of)
        self.noun_first = re.compile(fold(language.noun_first) or "(?!)")
        self.one_before = re.compile(
            rf"(?<!\w){self.piece('one_article')} (?:[^\W\d]+ )?$" if language.one_article else "(?!)"
        )
        self.nationals = self._named([(each.population, each.said) for each in language.nationals])
        self.nationals_near = self._named([(each.population, each.named) for each in language.nationals])
        self.number_of = re.compile(rf"(?<!\w)(?:{fold(language.number_of)}) ?$")
        self.both = re.compile(rf" {self.piece('both')}(?!\w)")
        self.body_actions = [(m, self._word_pattern(words)) for m, words in language.body_actions.items()]
        self.buried_before = _compiled(self._prefix, language.body_actions[Measure.BODIES_BURIED], " ?$")
        self.bodies_of = _compiled(self._prefix, language.bodies, rf" ?(?:{self.piece('genitive')} ?)?$")
        reached = f"(?:{fold(language.reached) or '(?!)'})"
        self.rose_to = re.compile(rf"(?<!\w){self.piece('rose')}(?!\w)[^\d,.;]*?(?<!\w){reached} ?$")
        compared = rf"(?<!\w){self.piece('previous')} ?{self.number.pattern}"
        self.compared_behind = re.compile(rf"[^\d.;]{{0,60}}?{compared}")
        self.compared_before = re.compile(rf"{compared}(?: [^\W\d]+){{0,2}} ?$")
        self.goes_on = re.compile(
            rf"[.;,]|(?: {of_them})?(?: {self.piece('in_place')})(?!\w)| {of_them}(?!\w)"
        )
        self.deed_right_behind = re.compile(rf" (?:{self.piece('was')} )?(?:{self.measures.pattern})")
        self.joined = re.compile(rf"(?:,|(?<!\w){self.piece('joins')}) ?$")
        self.conjunction = self._word_pattern(language.conjunction)

    def _prepare_places(self) -> None:
        """Make the patterns of what stands between a place and a figure, or between two places."""
        language = self.language
        before, after = self.piece("level_before"), self.piece("level_after")
        levelled = rf"(?: {after}(?!\w))?" if language.level_after else ""
        self.level_before = re.compile(rf"(?<!\w)(?:{self._prefix})?(?P<word>{before}) ?\Z")
        self.level_after = re.compile(rf" {after}(?!\w)" if language.level_after else "(?!)")
        self.direction = re.compile(rf"(?<!\w)(?:{self._prefix})?(?P<word>{self.piece('direction')}) ?\Z")
        self.joint = re.compile(rf"{levelled}{self.piece('joint')}(?:{before} ?)?")
        self.leads = re.compile(rf"{levelled}{self.piece('leads')} ?{self._clitic}")
        self.close = re.compile(rf"{self.piece('close')} ?{self._clitic}(?:{before} ?)?")
        self.in_place_before = re.compile(
            rf"(?<!\w){self.piece('in_place')} (?:{self.piece('name_article')} )?$"
        )
        self.unknown_lead = re.compile(rf"(?<!\w){self.piece('in_place')} (?P<place>[^\W\d_]\w+)")
        self.unknown_place = re.compile(rf" {self.piece('in_place')} (?P<place>[^\W\d_]\w+)")

    def _prepare_sources(self) -> None:
        """Make the patterns of who says a figure."""
        language, says = self.language, fold(self.language.says)
        start, end = rf"(?<!\w){self._clitic}", rf" ?(?:{self.piece('name_article')} ?)?$"
        self.watch = re.compile(
            rf"(?<!\w)(?:{fold(language.watch)})(?!\w)(?! {self.piece('genitive')}(?!\w))"
        )
        self.continues = re.compile(fold(language.continues))
        self.nameless = re.compile(fold(language.nameless))
        self.told_before = re.compile(rf"(?<!\w)(?:{fold(language.told)}){end}")
        self.cited = re.compile(rf"{start}(?:{fold(language.cited)}) ?(?:{self.piece('name_article')} ?)?")
        self.cited_before = re.compile(rf"{start}(?:{fold(language.cited)}){end}")
        self.says_before = re.compile(rf"{start}(?:{says})(?:,? {self.piece('between_says')})*{end}")
        self.saying = re.compile(
            rf"(?:,? [^.;]{{0,40}}?,)?(?: {self.piece('between_says')})*"
            rf" (?:{says}|{self.piece('handled')})(?!\w)"
            rf"|{self.piece('owns')}(?!\w)| ?:"
        )
        self.they_said = re.compile(rf"(?:{fold(language.pronoun)}) (?:{says})(?!\w)")

    def _any_people(self) -> str:
        words = [fold(words) for _, words in self.language.populations] + self._nationals()
        words += [fold(self.language.people), fold(self.language.bodies)]
        words += [self._measure_words(measure) for measure in _measures(self.language)]
        return "|".join(words)

    def _nationals(self) -> list[str]:
        return [fold(f"{each.said}|{each.named}") for each in self.language.nationals]

    def _measure_words(self, measure: Measure) -> str:
        words = self.language.measures.get(measure)
        return (
            fold(words) if words else "|".join(map(re.escape, map(fold, (measure.label, measure.label_ar))))
        )

    def _named(self, entries: list[tuple[str, str]]) -> re.Pattern[str]:
        """Return one pattern of all entries; the name of the group that matches says which it was."""
        groups = "|".join(f"(?P<{name}>{fold(words)})" for name, words in entries)
        return re.compile(rf"(?<!\w)(?:{self._prefix})?(?:{groups})(?!\w)")

    def article_like(self, word: str) -> bool:
        """Return whether a word counts one person only beside other words: "a", and no noun."""
        return len(word) < 3

    def words(self, field: str) -> re.Pattern[str]:
        """Return a pattern of the words of a field, as whole words."""
        return self._word_pattern(getattr(self.language, field))

    def _word_pattern(self, words: str) -> re.Pattern[str]:
        return _compiled(self._prefix, words, "")

    def right_before(self, field: str) -> re.Pattern[str]:
        """Return a pattern of the words of a field at the end of what stands before."""
        return _compiled(self._prefix, getattr(self.language, field), " ?$")

    def piece(self, field: str) -> str:
        """Return the pattern of a field, to be put together with others."""
        return rf"(?:{_fold_inside(getattr(self.language, field)) or '(?!)'})"

    def _counts(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Return the pattern of a number, and of a count: a number with the words that bound it."""
        code = self.language.code
        phrases, lexicon = PHRASES[code], LEXICA[code]
        joint = self.language.number_joint
        spelled = any_of("|".join(lexicon.words - {"et", "و"}))
        run = rf"(?:{spelled})(?:{joint}(?:{spelled})(?!\w))*"
        vague = any_of(
            "|".join([*phrases.floors.values(), *phrases.rounds.values(), *filter(None, [phrases.pairs])])
        )
        scales = any_of("|".join(form for _, forms in lexicon.scales for form in forms))
        single = fold(self.language.single) or "(?!)"
        number = rf"(?:{_DIGITS}(?: (?:{scales})(?!\w))?|(?:{vague})(?!\w)|{run}|{single})"
        before = "|".join(in_every_language(field) for field in _QUALIFIERS)
        starts = "|".join(start for start, _, _ in phrases.ranges if start)
        middles = any_of("|".join(middle for _, middle, _ in phrases.ranges if middle not in ("-", "و")))
        after = any_of("|".join(filter(None, (phrases.at_least_after, phrases.about_after))))
        joints = rf" ?- ?| (?:{middles}) |{self.piece('joined_middle')}"
        between = rf"(?P<between>{self.piece('qualified')} {self._clitic})?"
        count = (
            rf"(?<![\w.,$€£/:-]){self._clitic}(?P<whole>"
            rf"(?:(?P<qualifier>{any_of(f'{before}|{starts}')})(?: |(?<=')|(?=\d)){between})?"
            rf"(?P<number>{number})(?:(?P<middle>{joints})(?P<second>{number})(?!\w))?"
            rf"(?P<suffix>(?: \w+){{0,2}}? (?:{after})(?!\w)|\+)?)(?![\w%]|[.,:]\d|-[a-z]|/\d)"
        )
        return re.compile(number), re.compile(count)


def _measures(language: Language) -> list[Measure]:
    """Return the measures of people, those of bodies aside, in the order in which they are looked for."""
    known = dict.fromkeys([*language.measures, *Measure])
    return [measure for measure in known if measure.counts_people and measure not in language.body_actions]


@lru_cache(maxsize=1024)
def _compiled(prefix: str, words: str, end: str) -> re.Pattern[str]:
    """Return a pattern of whole words, before an end."""
    return re.compile(rf"(?<!\w)(?:{prefix})?(?P<word>{fold(words) or '(?!)'})(?!\w){end}")


@lru_cache(maxsize=1024)
def _fold_inside(words: str) -> str:
    """Return words folded, with the spaces at their ends."""
    if not words.strip():
        return words[:1]
    lead = " " if words.startswith(" ") else ""
    return lead + fold(words) + (" " if words.endswith(" ") else "")


@lru_cache(maxsize=8)
def grammar_of(language: Language) -> Grammar:
    """Return the grammar of a language, made once."""
    return Grammar(language)
