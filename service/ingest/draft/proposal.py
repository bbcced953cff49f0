"""What does a proposed row contain, and where in the text was each part read?"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from service.ingest.wording.count import Count
from service.schema.records import Finding
from service.vocabulary import Basis

UNATTRIBUTED = "unattributed"
"""The origin of a row whose text does not say whose figure it is."""


class Span(NamedTuple):
    """Characters of the text: ``text[start:end]``."""

    start: int
    end: int


class Reading(NamedTuple):
    """A value read from the text, where it was read, and what a person must decide."""

    value: str
    spans: tuple[Span, ...] = ()
    questions: tuple[str, ...] = ()


class DaysReading(NamedTuple):
    """The days that a sentence mentions, where it does, and what a person must decide."""

    period_start: dt.date | None = None
    period_end: dt.date | None = None
    counted_to: dt.date | None = None
    spans: tuple[Span, ...] = ()
    questions: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Proposal:
    """A row that the text might contain.

    ``areas`` is a place set and ``origin`` a source id, blank where the text names none that is known;
    ``areas_stated`` and ``origin_stated`` are then what it writes. ``spans`` tells where each part was read.
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
    areas_stated: str = ""
    origin_stated: str = ""

    def row(self) -> dict[str, str]:
        """Return the columns of a report file that the text fills.

        Crisis, source, URL and day of publication are left to the person who accepts the row. What was
        counted on a day, or on days with a first and a last, counts these alone. A place that is not known
        stands as it is written, so that whoever takes the row in says which it might be.
        """
        days = {
            name: day.isoformat()
            for name in ("period_start", "period_end", "counted_to")
            if (day := getattr(self, name))
        }
        is_of_days = self.period_start is not None and self.period_end is not None
        return {
            "origin": self.origin or UNATTRIBUTED,
            **days,
            "basis": str(Basis.INCREMENT if is_of_days else Basis.CUMULATIVE),
            "areas": self.areas or self.areas_stated,
            "measure": self.measure,
            "population": self.population,
            "count": self.count.stated,
        }


class Drafts(list[Proposal]):
    """The proposals of a text in its order, with ``findings``: what a person must know beside them."""

    def __init__(self, proposals: Iterable[Proposal] = (), findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(proposals)
        self.findings = findings
