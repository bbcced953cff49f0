"""Which reports does a question take in?

The filters of a ``Query`` on reports as published: the place set exactly, the publisher or the origin, the
days counted up to. It must not know where the reports come from.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from service.answers.query import Query


def select(reports: pa.Table, query: Query) -> pa.Table:
    """Return the rows of ``reports`` (LEDGER_REPORT) that ``query`` is about, in their order."""
    keep = pa.chunked_array([pa.array([True] * reports.num_rows, pa.bool_())])
    wanted = {
        "measure": query.measure,
        "population": query.population,
        "attributed_to": query.attributed_to,
    }
    for column, value in wanted.items():
        if value is not None:
            keep = pc.and_(keep, pc.equal(reports.column(column), value))
    if query.areas:
        keep = pc.and_(keep, pc.is_in(reports.column("areas"), pa.array(query.areas, pa.string())))
    if query.source:
        published, own = (reports.column(name) for name in ("source_id", "origin_id"))
        keep = pc.and_(keep, pc.or_(pc.equal(published, query.source), pc.equal(own, query.source)))
    for bound, test in ((query.date_from, pc.greater_equal), (query.date_to, pc.less_equal)):
        if bound is not None:
            keep = pc.and_(keep, test(reports.column("counted_to"), pa.scalar(bound, pa.date32())))
    return reports.filter(keep)
