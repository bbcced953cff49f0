"""Where do the guides speak of something? The page ``/guide/search?q=…``, without a script.

A passage is a heading and what stands below it, up to the next one. It is found where it, its heading or the
title of its guide has every word that was asked for, as a word or the beginning of one; those that have it in
their heading, or the words side by side, come first.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.web.pages.guide import (
    STARTS,
    guide_files,
    guide_names,
    guide_page,
    heading_id,
    parse_guide,
    plain_text,
)
from service.web.pages.page import Reader
from service.web.pages.templating import render

LONGEST_QUESTION = 200
MOST_PASSAGES = 30
AROUND = 90
"""How many letters are shown before and after the first word that was found."""
_WORD = re.compile(r"\w+(?:[.\-]\w+)*")
_IN_TITLE, _IN_HEADING, _IN_TEXT, _TOGETHER = 20, 40, 1, 30
"""What a word weighs by where it stands (in the text each of up to five times that it does), and what the
words weigh besides where they stand together."""
_SHORT = 2
"""Letters up to which a word is only found whole."""

router = APIRouter(include_in_schema=False)


class Passage(NamedTuple):
    """A part of a guide: where it stands, its heading (that of the guide for its beginning) and its text."""

    address: str
    title: str
    heading: str
    text: str


class Match(NamedTuple):
    """A passage that was found, with the text around the first word: what comes before it, it, and after."""

    passage: Passage
    before: str
    word: str
    after: str


@router.get("/guide/search")
def show_matches(request: Request) -> HTMLResponse:
    question = " ".join(request.query_params.get("q", "").split())[:LONGEST_QUESTION]
    matches = find_passages(question)
    reader = Reader.of(request)
    return guide_page(
        render(
            "guide_search.html",
            reader,
            question=question,
            total=len(matches),
            matches=matches[:MOST_PASSAGES],
        )
    )


def find_passages(question: str) -> list[Match]:
    """Return the passages that have every word of ``question``, the best first; none for no word."""
    words = _WORD.findall(_folded(unicodedata.normalize("NFC", question)))
    if not words:
        return []
    patterns = [re.compile(rf"(?<!\w){re.escape(word)}{_end(word)}") for word in words]
    together = re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, words)))
    scored = [
        (_score(parts, patterns, together) * _share(passage), passage)
        for passage, parts in _folded_passages()
    ]
    scored.sort(key=lambda each: -each[0])  # passages that weigh the same stay in the order of the guides
    return [_match(passage, patterns) for score, passage in scored if score]


def _end(word: str) -> str:
    return r"(?!\w)" if len(word) <= _SHORT else ""


def _score(parts: tuple[str, str, str], patterns: list[re.Pattern[str]], together: re.Pattern[str]) -> int:
    """Return what the words weigh in title, heading and text; 0 where one of them is missing."""
    title, heading, text = parts
    total = 0
    for pattern in patterns:
        weight = _IN_TITLE * bool(pattern.search(title)) + _IN_HEADING * bool(pattern.search(heading))
        weight += _IN_TEXT * min(5, len(pattern.findall(text)))
        if not weight:
            return 0
        total += weight
    return total + _TOGETHER * any(map(together.search, parts))


def _share(passage: Passage) -> float:
    """Return by what a passage's weight is multiplied: why something was decided is asked less often."""
    return 0.4 if passage.address.startswith("/guide/adr/") else 1


def _match(passage: Passage, patterns: list[re.Pattern[str]]) -> Match:
    folded = _folded(passage.text)
    text = passage.text
    first = min((hit for hit in (each.search(folded) for each in patterns) if hit), key=_start, default=None)
    if first is None:
        return Match(passage, _cut_end(text, 2 * AROUND), "", "")
    end = first.end() + len(re.match(r"\w*", text[first.end() :])[0])  # type: ignore[index]
    before = text[max(0, first.start() - AROUND) : first.start()]
    if first.start() > AROUND:
        before = "… " + before.partition(" ")[2]
    return Match(passage, before, text[first.start() : end], _cut_end(text[end:], AROUND))


def _start(hit: re.Match[str]) -> int:
    return hit.start()


def _cut_end(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + " …"


def _folded(text: str) -> str:
    """Return a text as it is compared, letter for letter: without case, accents and the hamza on a letter."""
    return "".join(unicodedata.normalize("NFKD", letter)[0].casefold()[0] for letter in text)


@cache
def _folded_passages() -> list[tuple[Passage, tuple[str, str, str]]]:
    """Return every passage, in the order of the guides, with title, heading and text as they are compared."""
    names = dict.fromkeys([*guide_names(), *STARTS.values(), *sorted(guide_files())])
    passages = [passage for name in names for passage in _passages(name)]
    return [(each, _folded_parts(each)) for each in passages]


def _folded_parts(passage: Passage) -> tuple[str, str, str]:
    """Return title, heading and text as they are compared; no title where it is the heading."""
    title = passage.title if passage.heading != passage.title else ""
    return _folded(title), _folded(passage.heading), _folded(passage.text)


def _passages(name: str) -> list[Passage]:
    """Return the passages of a guide; what stands in a heading, a list, a table and code alike."""
    tokens = parse_guide(name)
    address, title = f"/guide/{name}", name
    parts: list[tuple[str, str, list[str]]] = [(address, "", [])]
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is not None and before.type == "heading_open":
            heading = plain_text(token)
            if before.tag == "h1":
                title = heading
            else:
                parts.append((f"{address}#{heading_id(heading)}", heading, []))
        elif token.type == "inline":
            parts[-1][2].append(plain_text(token))
        elif token.type == "fence":
            parts[-1][2].append(token.content)
    return [
        Passage(place, title, heading or title, " ".join(" ".join(lines).split()))
        for place, heading, lines in parts
    ]
