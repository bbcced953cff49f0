"""Which chart does a reader look at, and which address shows just that?

The state of the explorer: the question, the kind of chart and its options. All of it stands in the address,
so that a link, the way back and a citation show the same picture. It computes no figure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from service.answers import filters
from service.answers.chart_kinds import DEFAULT_KIND, EXPLORED, KIND, ChartKind, chart_kind
from service.answers.pictures import ChartedLedger, picture_of
from service.answers.query import Query
from service.charts.picture import Picture
from service.charts.render import draw
from service.charts.text import Words
from service.errors import NotFound
from service.language import Language
from service.sentence import join_sentences
from service.web.pages import links

OPTIONS = (filters.COMPARE, filters.AXIS, filters.SCALE, filters.PER)
FILTERS = (*filters.SERIES, KIND, *OPTIONS)
"""What the address of a page with an explorer may hold."""
WIDE, NARROW = 860, 340
"""Pixels for which a picture is drawn: for a desk, and for a telephone held upright."""


@dataclasses.dataclass(frozen=True)
class Explorer:
    """One state: the ``query`` as understood, the kind of chart, its options by keyword."""

    query: Query
    kind: ChartKind
    options: Mapping[str, Any]

    def address(self, path: str = "/", **more: object) -> str:
        """Return the address that shows this state; ``more`` adds filters or replaces them."""
        chosen: dict[str, object] = {"kind": None if self.kind.name == DEFAULT_KIND else self.kind.name}
        return links.address(path, self.query, **{**chosen, **self.options, **more})

    def of_kind(self, kind: ChartKind, path: str = "/", **more: object) -> str:
        """Return the address of another kind of chart of the same question, with the options both have."""
        kept: dict[str, object] = {
            row.keyword: self.options.get(row.keyword)
            if kind.takes(row) and (kind is self.kind or row is not filters.COMPARE) else None
            for row in OPTIONS
        }  # fmt: skip
        name = None if kind.name == DEFAULT_KIND else kind.name
        return links.address(path, self.query, **{**kept, "kind": name, **more})

    def picture_address(self, suffix: str, language: Language) -> str:
        """Return the address of the picture as a file."""
        options = {name: value for name, value in self.options.items() if value}
        options["language"] = None if language.is_english else language.code
        return links.address(f"/v1/charts/{self.kind.name}.{suffix}", self.query, **options)

    def picture(self, ledger: ChartedLedger, question: Mapping[str, Any], words: Words) -> Drawn:
        """Return the picture of ``question``: the filters of a series by keyword; where there is nothing that
        this kind of chart could show, what is lacking."""
        try:
            shown = picture_of(ledger, self.kind.name, {**question, **self.options}, words)
        except NotFound as lacking:
            return Drawn(Markup(), Markup(), words.tell(join_sentences(lacking.message, lacking.fix)))
        return drawn(shown, words)


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A picture for a desk and for a telephone, and what it says."""

    wide: Markup
    narrow: Markup
    said: str


def drawn(picture: Picture, words: Words) -> Drawn:
    """Return both drawings of a picture; our own, with every name in them escaped."""
    wide, narrow = (
        Markup(draw(picture, words, width=width, address=""))  # noqa: S704
        for width in (WIDE, NARROW)
    )
    return Drawn(wide, narrow, picture.said)


def split(question: Mapping[str, Any]) -> tuple[dict[str, Any], ChartKind, dict[str, Any]]:
    """Return the filters of the question, the kind of chart, and its options.

    Raises UnknownName for a kind that no explorer shows.
    """
    keywords = {row.keyword for row in OPTIONS}
    filters_of_series = {k: v for k, v in question.items() if k not in keywords and k != KIND.keyword}
    kind = chart_kind(question.get(KIND.keyword))
    return filters_of_series, kind, {k: v for k, v in question.items() if k in keywords}


def kind_links(
    explorer: Explorer, path: str, crisis: Mapping[str, Any], others: Sequence[str], chosen: Sequence[str]
) -> list[tuple[ChartKind, str, bool]]:
    """Return every kind of chart, its address on the page ``path``, and whether it is the one shown.

    Places are named where the reader chose some (``chosen``): each kind has default places of its own. A
    chart by part needs one place: where several are chosen, the whole of the crisis, else the first. A chart
    against another crisis needs one: without ``others`` it is not offered.
    """
    found = []
    for kind in EXPLORED:
        more: dict[str, object] = {"crisis": None, "area": list(chosen)}
        if kind.name == "parts" and len(chosen) > 1:
            more["area"] = [str(crisis["whole_area"]) or chosen[0]]
        if kind.name == "against" and kind is not explorer.kind:
            if not others:
                continue
            more |= {"compare": others[0], "area": [], "population": "all"}  # whom every crisis counts
        found.append((kind, explorer.of_kind(kind, path, **more), kind is explorer.kind))
    return found
