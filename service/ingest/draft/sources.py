"""Whose figure is it, as far as the sentence says?

Only words that give a figure to somebody make an origin: "according to X", "X said", "figures from X". Of
two, the one that is cited wins over the one that cites ("AFP, citing SOHR"). "The Observatory", "the monitor"
stand for one named earlier in the text; a name that merely occurs is no origin.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from service.ingest.draft.proposal import Found, Span
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
_AGAIN = re.compile(
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
    """Finds the origins of one text, sentence after sentence; it remembers who was named."""

    def __init__(self, reference: Reference) -> None:
        rows = reference.source.select(["source_id", "name", "aliases", "kind"]).to_pylist()
        names: list[tuple[str, str]] = [(name, row["source_id"]) for row in rows for name in _spellings(row)]
        self._ids = {normalise(name): source_id for name, source_id in reversed(names)}
        self._watches = {row["source_id"] for row in rows if row["kind"] not in (Kind.MEDIA, Kind.INDIVIDUAL)}
        known = sorted({name for name, _ in names}, key=lambda name: (-len(name), name))
        self._names = re.compile(rf"\b(?:{'|'.join(map(_spelled, known))})(?!\w)") if known else None
        self._named: list[str] = []
        self._last = Found("")

    def find(self, text: str, sentence: Span) -> Found:
        """The origin of the figures of a sentence; blank where the text gives them to nobody."""
        mentions = self._mentions(text, sentence)
        self._named += [mention.source_id for mention in mentions]
        cued = [mention for mention in mentions if mention.rank]
        if cued:
            best = max(cued, key=lambda mention: mention.rank)
            self._last = Found(best.source_id, (best.span,))
        elif again := self._again(text, sentence):
            self._last = again
        elif not continues(text, sentence):
            self._last = Found("")
        return self._last

    def _id(self, name: str) -> str:
        """The source of a name as the text has it, with its article or without."""
        key = normalise(name)
        return self._ids.get(key) or self._ids[key.removeprefix("the ")]

    def _mentions(self, text: str, sentence: Span) -> list[_Mention]:
        if self._names is None:
            return []
        return [
            _Mention(self._id(match[0]), Span(*match.span()), _rank(text, match, sentence))
            for match in self._names.finditer(text, sentence.start, sentence.end)
        ]

    def _again(self, text: str, sentence: Span) -> Found | None:
        """An origin named earlier that the sentence speaks of by a common noun."""
        for match in _AGAIN.finditer(text, sentence.start, sentence.end):
            if not _rank(text, match, sentence):
                continue
            span = Span(*match.span())
            earlier = dict.fromkeys(each for each in reversed(self._named) if each in self._watches)
            if len(earlier) == 1:
                return Found(next(iter(earlier)), (span,))
            return Found("", (span,), (f"Who is meant by “{match[0]}”?",))
        return None


def _spelled(name: str) -> str:
    """A pattern of a name with its article or without, so that a longer name wins over one that begins so."""
    return ("" if name.startswith("The ") else "(?:[Tt]he )?") + re.escape(name)


def _spellings(row: dict[str, str]) -> list[str]:
    """The names of a source that a text may use: its own, with and without its brackets, and aliases."""
    names = (row["name"], row["name"].partition(" (")[0], *row["aliases"].split(AREA_SEPARATOR))
    return [name for name in names if len(name) > 2 and name[0].isupper()]


def continues(text: str, sentence: Span) -> bool:
    """That a sentence goes on about the figures of the one before: "Of them, …"."""
    return bool(_CONTINUES.search(text[sentence.start : sentence.end]))


def _rank(text: str, match: re.Match[str], sentence: Span) -> int:
    """Whether the words around a name give figures to it."""
    before = text[
        sentence.start : match.start("article") if "article" in match.groupdict() else match.start()
    ]
    if _TOLD.search(before):
        return 0
    if _CITED.search(before):
        return 2
    behind = re.sub(r"^ ?\([^)]*\)", "", text[match.end() : sentence.end])
    return 1 if _SAYING.match(behind) or _SAID.search(before) else 0
