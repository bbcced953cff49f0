"""What does a proposed row hold, and where in the text was each part read?"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import NamedTuple

from service.ingest.wording.count import Count

UNATTRIBUTED = "unattributed"
"""The origin that a row names whose text gives the figure to nobody."""


class Span(NamedTuple):
    """Characters of the text: ``text[start:end]``."""

    start: int
    end: int


class Found(NamedTuple):
    """A value, the characters it was read from, and what a person has to decide."""

    value: str
    spans: tuple[Span, ...] = ()
    questions: tuple[str, ...] = ()


class FoundDays(NamedTuple):
    """The days that a sentence speaks of."""

    period_start: dt.date | None = None
    period_end: dt.date | None = None
    counted_to: dt.date | None = None
    spans: tuple[Span, ...] = ()
    questions: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Proposal:
    """A row that the text might hold.

    ``areas`` is a place set and ``origin`` a source id, blank where the text names none; ``spans`` says for
    each part where it was read.
    """

    count: Count
    measure: str
    population: str
    areas: str
    origin: str
    period_start: dt.date | None
    period_end: dt.date | None
    counted_to: dt.date | None
    sentence: Span
    spans: dict[str, tuple[Span, ...]]
    questions: tuple[str, ...] = ()

    def row(self) -> dict[str, str]:
        """The columns of a report file that the text fills; crisis, source, address and publication day are
        for the person who accepts it."""
        days = {
            name: day.isoformat()
            for name in ("period_start", "period_end", "counted_to")
            if (day := getattr(self, name))
        }
        return {
            "origin": self.origin or UNATTRIBUTED,
            **days,
            "areas": self.areas,
            "measure": self.measure,
            "population": self.population,
            "count": self.count.stated,
        }
