"""What can a ledger be asked?

One row per verb: its name, what it answers, its filters and how its rows are paged. Routes, their
description, commands and the schemas of ``--json`` are made from these rows. ``answers.rows`` says which rows
a verb answers with; it is imported only when a verb is asked, because a list of commands needs no Arrow. It
must not know HTTP, the command line or a format.

>>> ENDPOINTS["series"].takes(filters.AS_OF)
True
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

from service.answers import filters
from service.answers.filters import Filter
from service.errors import UnknownName

if TYPE_CHECKING:
    import pyarrow as pa

    from service.answers.rows import Answer, AskedLedger, Page

ABOUT_FIGURES, ABOUT_REPORTS, ABOUT_REFERENCE = "figures", "reports", "reference"
"""What a verb is about: OpenAPI groups the verbs by it (``tag``)."""


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """One verb. ``path`` is its address under ``/v1`` where that is not its name.

    A name in braces in the path is an argument (``in_path``); the verb receives it like a filter.
    """

    name: str
    summary: str
    filters: tuple[Filter, ...]
    tag: str
    _: dataclasses.KW_ONLY
    path: str = ""
    in_path: tuple[Filter, ...] = ()
    is_citable: bool = False
    """Whether ``cite`` gives a citation in place of the answer."""
    gives_notes: bool = False
    """Whether the rows are reports with what the desk noted about them."""
    is_kept_in_memory: bool = False
    """Whether the answer consists of figures that stay in memory once they are reconciled."""
    is_read_in_pages: bool = False
    """Whether rows are read page by page, because all of them together may not fit in memory."""

    @property
    def address(self) -> str:
        """Its address under ``/v1``, with a slash in front."""
        return f"/{self.path or self.name}"

    @cached_property
    def parameters(self) -> tuple[Filter, ...]:
        """Every parameter that a URL may carry: the filters, and those for citation, paging and HXL."""
        cursor = filters.WALK if self.is_read_in_pages else filters.CURSOR
        cite = (filters.CITE,) if self.is_citable else ()
        notes = (filters.NOTES,) if self.gives_notes else ()
        return (*self.filters, *cite, filters.LIMIT, cursor, filters.HXL, *notes)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(row.name for row in self.filters)

    def takes(self, wanted: Filter) -> bool:
        """Whether the verb has this filter."""
        return wanted.name in self._names

    @property
    def gives_figures(self) -> bool:
        """Whether the rows are, or come from, reconciled figures."""
        return self.takes(filters.METHOD)

    @property
    def is_of_one_crisis(self) -> bool:
        """Whether an answer to a question about one crisis depends on that crisis alone."""
        return self.takes(filters.CRISIS) and self.takes(filters.AS_OF) and not self.takes(filters.SINCE)

    @property
    def columns(self) -> pa.Schema:
        """The columns of the rows."""
        from service.answers.rows import ROWS

        return ROWS[self.name].columns

    def answer(self, ledger: AskedLedger, question: Mapping[str, Any], page: Page | None = None) -> Answer:
        """Return the answer to ``question`` (filters by keyword; None: not given), or one page of it."""
        from service.answers.rows import ROWS, WHOLE

        find, page = ROWS[self.name].find, page or WHOLE
        given = {keyword: value for keyword, value in question.items() if value is not None}
        if self.is_read_in_pages:
            return find(ledger, given, page)
        return find(ledger, given).page(page)


REPORT_ID = r"r[0-9a-f]{20}"
REPORT = Filter(
    "report_id", "The id of a report, as in reports.", "r0a85bcbad607db7f4311",
    {"type": "string", "pattern": f"^{REPORT_ID}$"}, metavar="REPORT", required=True,
)  # fmt: skip
NEEDED = (filters.AREA, filters.MEASURE, filters.POPULATION)
"""The filters without which a question names no single cell."""
ONE_CELL = tuple(dataclasses.replace(row, required=row in NEEDED) for row in filters.FIGURE)
"""The filters of a verb about one cell: those of a figure, with ``NEEDED`` required."""
FINDINGS = (filters.CRISIS, filters.SEVERITY, filters.CHECK, filters.RECORDED_BY)
LISTED = (filters.RECORDED_BY,)
"""The filters of a verb that lists what is recorded: its state at a moment, and nothing else."""
REFERENCE_LISTS = {"area": "areas", "source": "sources", "population": "populations", "crisis": "crises"}
"""The reference tables that may be listed and added to, and the verb that lists each."""

_TABLE = (
    Endpoint(
        "series", "The toll over time: a row per day on which it moved.", filters.SERIES, ABOUT_FIGURES,
        is_citable=True, is_kept_in_memory=True,
    ),
    Endpoint(
        "figures", "The latest row of each series.", filters.SERIES, ABOUT_FIGURES,
        is_citable=True, is_kept_in_memory=True,
    ),
    Endpoint(
        "explain", "Why one figure is what it is, report by report.", filters.EXPLAIN, ABOUT_FIGURES,
        is_citable=True, gives_notes=True,
    ),
    Endpoint(
        "evidence", "The reports behind every row of the series, by role.", filters.SERIES, ABOUT_FIGURES,
        gives_notes=True,
    ),
    Endpoint(
        "conflicts", "Figures whose origins disagree: by how many, who says what.",
        filters.SERIES, ABOUT_FIGURES, is_citable=True,
    ),
    Endpoint(
        "bounds", "How few and how many there can be where nobody reported, and which reports say so.",
        ONE_CELL, ABOUT_FIGURES,
    ),
    Endpoint(
        "parts", "What the latest figure of a place is made up of, and what of it lies elsewhere.",
        ONE_CELL, ABOUT_FIGURES,
    ),
    Endpoint(
        "vintages", "How the latest figures moved as knowledge grew, and why.", filters.SERIES,
        ABOUT_FIGURES, is_citable=True,
    ),
    Endpoint(
        "revisions", "How far the first figures of each source moved, and how soon they settled.",
        filters.REVISIONS, ABOUT_REPORTS,
    ),
    Endpoint(
        "changes", "What moved since a head, a day or a moment, and why.",
        (filters.SINCE, *filters.SERIES), ABOUT_FIGURES,
    ),
    Endpoint(
        "reports", "The reports as published, each with its fate.", filters.REPORTS, ABOUT_REPORTS,
        is_read_in_pages=True, gives_notes=True,
    ),
    Endpoint(
        "history", "The entries of the ledger that touched a report: when, by which key, and why.",
        LISTED, ABOUT_REPORTS, path="reports/{report_id}/history", in_path=(REPORT,),
    ),
    Endpoint(
        "findings", "What was noticed when reports were taken in and reconciled.", FINDINGS, ABOUT_REPORTS
    ),
    Endpoint(
        "lookup", "Whether a figure read elsewhere is known here, whose it is and what it is worth today.",
        filters.LOOKUP, ABOUT_REPORTS,
    ),
    Endpoint(
        "differences", "Why two reports differ: people, place, days, origin, proof.",
        filters.DIFFERENCES, ABOUT_REPORTS, path="why-different",
    ),
    Endpoint("areas", "The gazetteer.", LISTED, ABOUT_REFERENCE),
    Endpoint("sources", "Who publishes, and whose figures they are.", LISTED, ABOUT_REFERENCE),
    Endpoint("populations", "Who is counted, part and whole.", LISTED, ABOUT_REFERENCE),
    Endpoint("crises", "The happenings that reports are about.", LISTED, ABOUT_REFERENCE),
    Endpoint("mappings", "How files of other layouts are read.", LISTED, ABOUT_REFERENCE),
    Endpoint("measures", "What is counted.", (), ABOUT_REFERENCE),
    Endpoint("methods", "How figures that differ become one.", (), ABOUT_REFERENCE),
)  # fmt: skip
ENDPOINTS = {endpoint.name: endpoint for endpoint in _TABLE}


def endpoint(verb: str) -> Endpoint:
    """Return the row of a verb. Raises UnknownName."""
    if verb in ENDPOINTS:
        return ENDPOINTS[verb]
    near = tuple(get_close_matches(verb, ENDPOINTS, n=3))
    fix = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(ENDPOINTS)}."
    raise UnknownName(f"A ledger cannot be asked for {verb!r}.", fix=fix, suggestions=near)
