"""Does the noun of a wording name what its row counts?

"5 injured" in a row of the killed is no count of killed, nor is "5 fighters" one of civilians: one of the two
is wrong, and which only a person can say. A noun that leaves room for the row does no harm: "5 bodies" may be
of people killed, "5 children" of civilians. This module must not know how large the count is, beyond that it
is nobody: where there were no casualties at all, none were killed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from service.ingest.cells import Problem, excerpt
from service.ingest.wording.count import Count, any_of, fold
from service.ingest.wording.phrases import PHRASES
from service.sentence import listed, sentence
from service.vocabulary import Measure

_OF_THE_DEAD = frozenset({Measure.KILLED, Measure.BODIES_RECOVERED, Measure.BODIES_BURIED})
_FITTING: Mapping[Measure, frozenset[Measure]] = {
    **{measure: frozenset({measure}) for measure in Measure},
    **dict.fromkeys(_OF_THE_DEAD, _OF_THE_DEAD),
}
"""By the measure that a noun names: the measures whose count it may be."""
_PARTS: Mapping[Measure, frozenset[Measure]] = {
    Measure.CASUALTIES: frozenset({Measure.KILLED, Measure.INJURED}),
}
"""Measures that are nobody where the one they are a part of is nobody."""
_Name = TypeVar("_Name", bound=str)
_LETTER = re.compile(r"[^\W\d_]")


def check_nouns(count: Count, measure: str, is_of_others: Callable[[str], bool] | None = None) -> None:
    """Raise Problem, which quarantines, where a noun of the wording is not of the row's ``measure``, or is of
    a population that shares nobody with the row's (``is_of_others``)."""
    if not _LETTER.search(count.stated):
        return
    deeds, groups = _nouns(count.stated)
    if named := [str(deed) for deed in deeds if measure not in _measures(deed, count.high == 0)]:
        raise Problem(
            "count_of_another_measure",
            sentence(
                "The count “%(text)s” says %(named)s, and the measure of the row is %(measure)s.",
                text=excerpt(count.stated),
                named=listed(named),
                measure=measure,
            ),
            "Write the measure that the source counts; or the number alone, if it is of the row's measure.",
        )
    if is_of_others and (named := [group for group in groups if is_of_others(group)]):
        raise Problem(
            "count_of_another_population",
            sentence(
                "The count “%(text)s” says %(named)s, who are not of the population of the row.",
                text=excerpt(count.stated),
                named=listed(named),
            ),
            "Write the population that the source counts; or the number alone, if it is of the row's "
            "population.",
        )


def _measures(deed: Measure, is_nobody: bool) -> frozenset[Measure]:
    """Return the measures whose count a noun may be."""
    return _FITTING[deed] | (_PARTS.get(deed, frozenset()) if is_nobody else frozenset())


@lru_cache(maxsize=4096)
def _nouns(stated: str) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
    """Return the measures and the populations that the nouns of a wording name."""
    folded = fold(stated)
    return tuple(_named(_DEEDS, folded)), tuple(_named(_GROUPS, folded))


def _named(nouns: Mapping[_Name, re.Pattern[str]], folded: str) -> Iterator[_Name]:
    return (name for name, pattern in nouns.items() if pattern.search(folded))


def _patterns(tables: Iterator[Mapping[_Name, str]]) -> dict[_Name, re.Pattern[str]]:
    """Return by name a pattern for its nouns in every language."""
    words: dict[_Name, list[str]] = {}
    for table in tables:
        for name, phrases in table.items():
            words.setdefault(name, []).append(phrases)
    return {name: re.compile(rf"(?<!\w)(?:{any_of('|'.join(each))})(?!\w)") for name, each in words.items()}


_DEEDS = _patterns(language.deeds for language in PHRASES.values())
_GROUPS = _patterns(language.groups for language in PHRASES.values())
