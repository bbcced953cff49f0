"""How far can the first figure of a source be trusted to stay?

One row per source and measure: how often it gave another number for the same later, by how much and how long
after, how often it stands alone, and how soon it publishes. It must not know HTTP, files or the clock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from service import effort
from service.answers.figure_history import replay_figures
from service.answers.query import Query
from service.reconcile.claims import read_claims
from service.reconcile.columns import NONE, Column, Marks, Whole, firsts, order, sizes
from service.reconcile.known import Known
from service.reconcile.portions import portions_of_crises
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.tables import SERIES

REVISION = pa.schema(
    [
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("source_name", pa.string(), nullable=False),
        SERIES.field("measure"),
        *(
            pa.field(name, pa.int64(), nullable=False)
            for name in ("crises", "stated", "alone", "taken_back", "revised", "revised_up")
        ),
        *(
            pa.field(name, pa.float64())
            for name in ("revision_low", "revision", "revision_high", "net_revision")
        ),
        *(
            pa.field(name, pa.int64())
            for name in ("settle_days", "settle_days_high", "delay_days", "delay_days_high")
        ),
        pa.field("totals", pa.int64(), nullable=False),
        pa.field("growth", pa.float64()),
        pa.field("growth_days", pa.int64()),
        SERIES.field("as_of"),
    ]
)
"""One row per source and measure. ``stated`` are its figures: what it said, whoever carried it, of one cell
and day, of days counted alone or of one event. ``revision_low``, ``revision`` and ``revision_high`` are the
10th, 50th and 90th percentile of last less first number, in percent of the first, over those ``revised``;
``net_revision`` is the same of all its figures together. Each percentile is a value that occurs. ``growth``
is how many times its first number a running total came to, at the median."""

SECONDS_A_REPORT, BYTES_A_REPORT = 6e-6, 700
"""What a report takes, as measured on a crisis of 100,000 (docs/scaling.md)."""
FEW, MANY = 0.1, 0.9


@dataclasses.dataclass(frozen=True)
class _Figures:
    """Columns of figures, or of running totals, by source and measure."""

    source: Column
    measure: Column
    values: dict[str, Column]

    @classmethod
    def together(cls, parts: list[_Figures]) -> _Figures:
        names = parts[0].values
        return cls(
            np.concatenate([part.source for part in parts]),
            np.concatenate([part.measure for part in parts]),
            {name: np.concatenate([part.values[name] for part in parts]) for name in names},
        )

    def groups(self) -> Iterator[tuple[tuple[str, str], dict[str, Column]]]:
        """Yield the rows of each source and measure."""
        (sources, source), (measures, measure) = (
            np.unique(column, return_inverse=True) for column in (self.source, self.measure)
        )
        in_order = order(source, measure)
        first = firsts(source[in_order], measure[in_order])
        for begin, size in zip(first.tolist(), sizes(first, len(in_order)).tolist(), strict=True):
            own = in_order[begin : begin + size]
            name = (str(sources[source[own[0]]]), str(measures[measure[own[0]]]))
            yield name, {each: values[own] for each, values in self.values.items()}


def revisions(reports: pa.Table, reference: Reference, query: Query) -> pa.Table:
    """Return REVISION rows of ``reports`` (READ columns, of whole crises, all known by the query's day).

    ``query.source`` keeps one source. Raises as ``effort.begin``.
    """
    effort.begin(seconds=len(reports) * SECONDS_A_REPORT, memory=len(reports) * BYTES_A_REPORT)
    known = Known.of(reference, ())
    figures, totals = [], []
    for portion in portions_of_crises(reports):
        effort.check()
        own_figures, own_totals = _replay(portion, reference, known)
        figures.append(own_figures)
        totals.append(own_totals)
    if not figures:
        return REVISION.empty_table()
    growth = dict(_Figures.together(totals).groups())
    labels = Labels.of(reference)
    rows = [
        {
            "source_id": source,
            "source_name": labels.source(source),
            "measure": measure,
            "as_of": query.as_of,
            **_sum_up(own),
            **_sum_up_totals(growth.get((source, measure), {})),
        }
        for (source, measure), own in _Figures.together(figures).groups()
        if query.source in (None, source)
    ]
    return pa.Table.from_pylist(rows, schema=REVISION)


def _replay(reports: pa.Table, reference: Reference, known: Known) -> tuple[_Figures, _Figures]:
    """Return the figures and the running totals of the named origins of some crises."""
    claims = read_claims(reports, reference.crisis, known)
    figures, totals = replay_figures(claims)
    sources = np.array(claims.speakers.source_id.to_pylist(), object)
    named = claims.cells.named["measure"]
    measure = np.array(named.words, object)[named.numbers]
    crisis = np.array(claims.cells.named["crisis"].words, object)
    return (
        _Figures(
            sources[figures.origin],
            measure[figures.cell],
            {
                "crisis": crisis[figures.crisis],
                "first": figures.first,
                "last": figures.last,
                "settled": figures.settled_on - figures.first_on,
                "delay": figures.published_after,
                "is_alone": figures.is_alone,
                "is_taken_back": figures.is_taken_back,
            },
        ),
        _Figures(
            sources[totals.origin],
            measure[totals.cell],
            {"first": totals.first, "last": totals.last, "days": totals.days},
        ),
    )


def _sum_up(own: dict[str, Column]) -> dict[str, Any]:
    """Return the columns of a source and measure that its figures give."""
    stands = ~own["is_taken_back"]
    first, last = own["first"][stands], own["last"][stands]
    is_revised = first != last
    relative = is_revised & (first > 0)
    change = 100 * (last[relative] - first[relative]) / first[relative]
    settled = own["settled"][stands][is_revised]
    delay = own["delay"][own["delay"] != NONE]
    total, later = (float(values.sum(dtype=np.float64)) for values in (first, last))
    return {
        "crises": len(np.unique(own["crisis"])),
        "stated": len(stands),
        "alone": int(own["is_alone"].sum()),
        "taken_back": int((~stands).sum()),
        "revised": int(is_revised.sum()),
        "revised_up": int((last > first).sum()),
        "revision_low": _quantile(change, FEW),
        "revision": _quantile(change),
        "revision_high": _quantile(change, MANY),
        "net_revision": round(100 * (later - total) / total, 1) if total > 0 else None,
        "settle_days": _quantile(settled),
        "settle_days_high": _quantile(settled, MANY),
        "delay_days": _quantile(delay),
        "delay_days_high": _quantile(delay, MANY),
    }


def _sum_up_totals(own: dict[str, Column]) -> dict[str, Any]:
    """Return the columns of a source and measure that its running totals give."""
    if not own:
        return {"totals": 0, "growth": None, "growth_days": None}
    is_positive: Marks = own["first"] > 0
    growth = own["last"][is_positive] / own["first"][is_positive]
    return {
        "totals": len(own["first"]),
        "growth": _quantile(growth, digits=2),
        "growth_days": _quantile(own["days"]),
    }


def _quantile(values: Whole | Column, share: float = 0.5, *, digits: int = 1) -> Any:  # noqa: ANN401 - a number of either kind
    """Return the least of the values that ``share`` of them do not exceed, None of none."""
    if not len(values):
        return None
    found = np.quantile(values, share, method="inverted_cdf").item()
    return round(found, digits) if isinstance(found, float) else found
