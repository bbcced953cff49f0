"""Whose figure is it, as far as the sentence says?

A name is an origin only beside words that give it the figure: "according to X", "X said", "figures from X".
One that is cited wins over one that cites ("AFP, citing SOHR"). "The Observatory" stands for one named
earlier.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from service.ingest.draft.proposal import Reading, Span
from service.reference.names import normalise
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Kind

_CITED = re.compile(
    r"(?:according to|citing|quoting|quoted|cited|figures (?:from|of|by)|data (?:from|of|by)"
    r"|counts? (?:from|of|by)"
    r"|tally (?:from|of|by)|documented by|recorded by|reported by|counted by|verified by|released by"
    r"|published by"
    r"|compiled by|per)(?: the| a| figures from the| data from the)?(?: [\w-]+-based)? $",
    re.IGNORECASE,
)
_SAYS = (
    r"(?:said|says|reported|reports|documented|counted|recorded|put|puts|confirmed|estimated|estimates"
    r"|announced|verified|told|stated|states|declared|registered|found|believes?|believed|thinks|fears"
    r"|assesse[sd]|calculates|calculated|tallied|notes|noted|wrote|writes|claims|claimed|acknowledged"
    r"|established|has (?:documented|recorded|counted|verified)|had (?:documented|recorded|counted|verified)"
    r"|gave|listed)\b"
)
_SAYING = re.compile(rf"(?:,? [^.;]{{0,40}}?,)?(?: (?:later|also|earlier|has|had|have|which|chief"
    rf"|director|spokesman))*"
                     rf" {_SAYS}|[’']s? (?:count|figure|tally|figures|list|report|director|head"
                     rf"|data)", re.IGNORECASE)  # fmt: skip
_SAID = re.compile(r"(?:\bsaid|\breported|\badded)(?: the)? $", re.IGNORECASE)
_TOLD = re.compile(r"\btold(?: the)? $", re.IGNORECASE)
_COMMON_NOUN = re.compile(
    r"\b(?P<article>[Tt]he) (?:Britain-based |UK-based |war |rights |monitoring )*"
    r"(?P<noun>Observatory|Network|monitor|watchdog|monitoring group|rights group|group|organi[sz]ation"
    r"|commission"
    r"|committee|ministry|agency)\b(?! for| of)"
)
_CONTINUES = re.compile(
    r"^(?:It |They |Of (?:them|those|these)|Among (?:them|those)|Those (?:killed|figures))"
)


class _Mention(NamedTuple):
    source_id: str
    span: Span
    rank: int
    """2 cited, 1 saying, 0 named only."""


class OriginFinder:
    """Finds the origins of one text, sentence by sentence, and remembers who was named."""

    def __init__(self, reference: Reference) -> None:
        rows = reference.source.select(["source_id", "name", "aliases", "kind"]).to_pylist()
        names: list[tuple[str, str]] = [(name, row["source_id"]) for row in rows for name in _spellings(row)]
        self._ids = {normalise(name): source_id for name, source_id in reversed(names)}
        self._watches = {row["source_id"] for row in rows if row["kind"] not in (Kind.MEDIA, Kind.INDIVIDUAL)}
        unique = sorted({name for name, _ in names}, key=lambda name: (-len(name), name))
        self._names = re.compile(rf"\b(?:{'|'.join(map(_name_pattern, unique))})(?!\w)") if unique else None
        self._earlier: list[str] = []
        self._last = Reading("")

    def find(self, text: str, sentence: Span) -> Reading:
        """Return the origin of the figures of a sentence; blank where the text gives them to nobody."""
        mentions = self._mentions(text, sentence)
        self._earlier += [mention.source_id for mention in mentions]
        cued = [mention for mention in mentions if mention.rank]
        if cued:
            best = max(cued, key=lambda mention: mention.rank)
            self._last = Reading(best.source_id, (best.span,))
        elif reference := self._refer_back(text, sentence):
            self._last = reference
        elif not continues(text, sentence):
            self._last = Reading("")
        return self._last

    def _id(self, name: str) -> str:
        """Return the source id of a name as the text writes it, with or without its article."""
        key = normalise(name)
        return self._ids.get(key) or self._ids[key.removeprefix("the ")]

    def _mentions(self, text: str, sentence: Span) -> list[_Mention]:
        if self._names is None:
            return []
        return [
            _Mention(self._id(match[0]), Span(*match.span()), _rank(text, match, sentence))
            for match in self._names.finditer(text, sentence.start, sentence.end)
        ]

    def _refer_back(self, text: str, sentence: Span) -> Reading | None:
        """Return an origin named earlier that the sentence calls by a common noun; None if it does not."""
        for match in _COMMON_NOUN.finditer(text, sentence.start, sentence.end):
            if not _rank(text, match, sentence):
                continue
            span = Span(*match.span())
            earlier = dict.fromkeys(source for source in reversed(self._earlier) if source in self._watches)
            if len(earlier) == 1:
                return Reading(next(iter(earlier)), (span,))
            return Reading("", (span,), (f"Who is meant by “{match[0]}”?",))
        return None


def _name_pattern(name: str) -> str:
    """Return a pattern of a name with or without its article, so that of two names the longer wins."""
    return ("" if name.startswith("The ") else "(?:[Tt]he )?") + re.escape(name)


def _spellings(row: dict[str, str]) -> list[str]:
    """Return the names of a source that a text may use: its own, with and without brackets, and aliases."""
    names = (row["name"], row["name"].partition(" (")[0], *row["aliases"].split(AREA_SEPARATOR))
    return [name for name in names if len(name) > 2 and name[0].isupper()]


def continues(text: str, sentence: Span) -> bool:
    """Return whether a sentence goes on about the figures of the one before: "Of them, …"."""
    return bool(_CONTINUES.search(text[sentence.start : sentence.end]))


def _rank(text: str, match: re.Match[str], sentence: Span) -> int:
    """Return how clearly the words around a name give figures to it: 2 cited, 1 saying, 0 not at all."""
    before = text[
        sentence.start : match.start("article") if "article" in match.groupdict() else match.start()
    ]
    if _TOLD.search(before):
        return 0
    if _CITED.search(before):
        return 2
    behind = re.sub(r"^ ?\([^)]*\)", "", text[match.end() : sentence.end])
    return 1 if _SAYING.match(behind) or _SAID.search(before) else 0
