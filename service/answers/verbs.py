"""How is a ledger asked in Python?

``Verbs`` has a method for each verb of ``answers.endpoints`` that answers with rows. The ledger at hand and
both clients inherit it, so that all three are asked alike; each says in ``_table`` how it gets at the rows.

>>> ledger.conflicts(measure="killed", as_of="2025-03-12")                  # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Generic, TypeVar, Unpack

from service.answers.filters import Filters
from service.schema.records import Head

Rows_co = TypeVar("Rows_co", covariant=True)
"""What a verb gives: a data frame (with ``arrow=True`` an Arrow table), or what waits for one."""
Moment = str | dt.datetime | None


class Verbs(Generic[Rows_co]):
    """The verbs that answer with rows. With ``arrow=True``, they give Arrow in place of pandas."""

    def _table(self, verb: str, arrow: bool, question: Mapping[str, Any]) -> Rows_co:
        """Return the rows of ``verb``; ``question`` holds its filters by keyword."""
        raise NotImplementedError

    def series(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return the toll over time: one row per day on which a figure moved (columns: tables.SERIES)."""
        return self._table("series", arrow, filters)

    def figures(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return the latest row of each series (columns: tables.SERIES)."""
        return self._table("figures", arrow, filters)

    def evidence(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return the reports behind every row of the series, by role (columns: tables.POINT)."""
        return self._table("evidence", arrow, filters)

    def conflicts(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return figures whose origins disagree, by how many people, and who says what.

        Columns: conflicts.CONFLICT, the largest disagreement first.
        """
        return self._table("conflicts", arrow, filters)

    def bounds(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return how few and how many there can be where nobody need have reported, given all other figures.

        ``area``, ``measure`` and ``population`` name one cell (columns: tables.SERIES; best is blank).
        """
        return self._table("bounds", arrow, filters)

    def parts(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return what the latest figure of a place is made up of, and what of it lies elsewhere.

        ``area``, ``measure`` and ``population`` name one cell (columns: parts.PART).
        """
        return self._table("parts", arrow, filters)

    def vintages(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return how each latest figure moved from one day of knowledge to the next, and why.

        Columns: vintages.VINTAGE.
        """
        return self._table("vintages", arrow, filters)

    def revisions(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return, for each source and measure, how far its first figures moved and how soon they settled.

        Columns: revisions.REVISION. ``source`` keeps one; ``attributed_to`` defaults to any.
        """
        return self._table("revisions", arrow, filters)

    def changes(
        self, *, since: str | dt.date | Head | None, arrow: bool = False, **filters: Unpack[Filters]
    ) -> Rows_co:
        """Return what moved since a head, a day or a moment of recording, and why (changes.CHANGE).

        Both states are asked for the same day of knowledge, so that only the ledger's entries count.
        """
        return self._table("changes", arrow, {**filters, "since": since})

    def reports(self, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return the reports as published (columns: tables.LEDGER_REPORT), withdrawn ones with their reason.

        ``area`` matches the place set exactly; ``source`` matches the publisher or the origin;
        ``attributed_to`` defaults to any.
        """
        return self._table("reports", arrow, filters)

    def history(self, report_id: str, *, recorded_by: Moment = None, arrow: bool = False) -> Rows_co:
        """Return the entries of the ledger that touched a report, oldest first (ledger.HISTORY).

        Raises NotFound for an unknown id.
        """
        return self._table("history", arrow, {"report_id": report_id, "recorded_by": recorded_by})

    def findings(
        self,
        *,
        crisis: str | None = None,
        severity: str | None = None,
        check: str | None = None,
        recorded_by: Moment = None,
        arrow: bool = False,
    ) -> Rows_co:
        """Return what the checks noticed in the documents taken in, oldest first (ledger.STORED_FINDING).

        ``check`` is the code of a finding. A finding is about the crisis of the report that it is about, else
        about those of the document it was noticed in.
        """
        question = {"crisis": crisis, "severity": severity, "check": check, "recorded_by": recorded_by}
        return self._table("findings", arrow, question)

    def lookup(self, text: str, *, arrow: bool = False, **filters: Unpack[Filters]) -> Rows_co:
        """Return whether a figure read elsewhere is known here, whose it is, and what it is worth today.

        ``text`` is a sentence with a figure, or the number alone. Columns: lookup.LOOKUP.
        """
        return self._table("lookup", arrow, {**filters, "text": text})

    def differences(self, a: str, b: str, *, recorded_by: Moment = None, arrow: bool = False) -> Rows_co:
        """Return why two reports, named by their ids, differ: people, place, days, origin, proof.

        Columns: differences.DIFFERENCE. Raises NotFound for an unknown id.
        """
        return self._table("differences", arrow, {"a": a, "b": b, "recorded_by": recorded_by})

    def areas(self, *, recorded_by: Moment = None, arrow: bool = False) -> Rows_co:
        """Return the gazetteer (columns: tables.AREA)."""
        return self._table("areas", arrow, {"recorded_by": recorded_by})

    def sources(self, *, recorded_by: Moment = None, arrow: bool = False) -> Rows_co:
        """Return who publishes, and whose figures they are (columns: tables.SOURCE)."""
        return self._table("sources", arrow, {"recorded_by": recorded_by})

    def populations(self, *, recorded_by: Moment = None, arrow: bool = False) -> Rows_co:
        """Return who is counted, part and whole (columns: tables.POPULATION)."""
        return self._table("populations", arrow, {"recorded_by": recorded_by})

    def crises(self, *, recorded_by: Moment = None, arrow: bool = False) -> Rows_co:
        """Return the happenings that reports are about (columns: tables.CRISIS)."""
        return self._table("crises", arrow, {"recorded_by": recorded_by})

    def mappings(self, *, recorded_by: Moment = None, arrow: bool = False) -> Rows_co:
        """Return how files of other layouts are read (columns: mappings.LISTED_MAPPING)."""
        return self._table("mappings", arrow, {"recorded_by": recorded_by})

    def measures(self, *, arrow: bool = False) -> Rows_co:
        """Return what is counted, and what each term means."""
        return self._table("measures", arrow, {})

    def methods(self, *, arrow: bool = False) -> Rows_co:
        """Return the methods of reconciliation, and what each does."""
        return self._table("methods", arrow, {})
