"""Who disagrees, by how many people, and who says what?

One row per series whose latest figure rests on statements that do not meet, largest disagreement first. It is
drawn from the same ``Series`` that every way out shows. It must not know about HTTP, files or the clock.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from service import effort
from service.answers.series import Series, behind_figures, key_of
from service.reconcile.known import Known
from service.reconcile.reason_terms import ATTRIBUTED
from service.reference.labels import Labels
from service.schema.lists import SAYS
from service.schema.records import Reference
from service.schema.tables import SERIES
from service.sentence import Named, Sentence, Value, listed, only, sentence, write_terms
from service.vocabulary import Basis, Role

CONFLICT = pa.schema(
    [
        *(SERIES.field(name) for name in ("crisis", "area_code", "area_name", "measure", "population")),
        *(SERIES.field(name) for name in ("attributed_to", "period_start", "date")),
        pa.field("people", pa.int64(), nullable=False),
        *(SERIES.field(name) for name in ("low", "best", "high", "grade", "method", "as_of")),
        pa.field("says", SAYS, nullable=False),
    ]
)
"""``people`` is how far the accounts of two origins lie apart: from the floor of one down to the ceiling of
another, both of which ``says`` shows. Slight voices are listed but do not set it. ``says`` is who says what,
the lowest account first; those who speak through a part or a whole name it."""

SLIGHT = 10
"""An account of less than a tenth of the heaviest one's weight is slight."""

Point = dict[str, Any]


def conflicts(series: Series, reference: Reference) -> pa.Table:
    """Return CONFLICT rows of the series' latest figures, the largest disagreement first."""
    behind, stating = behind_figures(series.points, series.query.date_to), _Stating(reference)
    figures = series.figures().to_pylist()
    rows = []
    for figure in figures:
        effort.check()
        if row := _conflict(figure, behind.get(key_of(figure), []), stating):
            rows.append(row)
    rows.sort(key=lambda row: (-row["people"], *(str(row[name]) for name in CONFLICT.names[:8])))
    return pa.Table.from_pylist(rows, schema=CONFLICT)


class _Stating:
    """Which cell does a report state, and what is it called?"""

    def __init__(self, reference: Reference) -> None:
        self._labels = Labels.of(reference)
        self._known = Known.of(reference, ())

    def about(self, point: Point) -> Sentence | None:
        """Return the place set, the people and the party of a report by name; None where it states the cell
        itself."""
        areas = self._known.region.get(point["areas"], point["areas"])
        said, party = point["population_stated"], point["attributed_to_stated"]
        population = self._known.meant.get((point["origin_id"], said), said)
        own = (point["area_code"], point["population"], point["attributed_to"])
        if point["role"] == Role.COUNTED or (areas, population, party) == own:
            return None
        parts: list[Value] = [
            Named("place", areas, self._labels.places(areas)),
            Named("population", said, self._labels.population(said)),
        ]
        if party:
            whose = Named("population", party, self._labels.attribution(party))
            parts.append(sentence(ATTRIBUTED, party=whose))
        return only(listed(parts))


def _conflict(figure: dict[str, Any], behind: list[Point], stating: _Stating) -> dict[str, Any] | None:
    """Return the figure with the disagreement of the accounts behind it, or None where all of them meet."""
    accounts = [point for point in behind if point["weight"] > 0]
    heaviest = max((point["weight"] for point in accounts), default=0)
    heard = [point for point in accounts if point["weight"] * SLIGHT >= heaviest]
    highest = max((_floor(point) for point in heard), default=0)
    lowest = min((_ceiling(point) for point in heard), default=float("inf"))
    if highest <= lowest:
        return None
    shown = [{**point, "about": stating.about(point)} for point in accounts]
    shown = [
        point for point in shown if not point["about"] or _floor(point) > lowest or _ceiling(point) < highest
    ]
    shown.sort(key=lambda point: (_floor(point), _ceiling(point), point["origin_id"], point["report_id"]))
    return {**figure, "people": highest - int(lowest), "says": [_account(point) for point in shown]}


def _account(point: Point) -> dict[str, Any]:
    """Return what an account says (ACCOUNT); of one that adds increments up, what they come to."""
    if point["basis"] == Basis.INCREMENT and point["role"] == Role.COUNTED:
        point = {**point, "count_stated": str(_floor(point))}
    about = point["about"]
    said = {"about": about or "", "terms": "" if about is None else write_terms(about=about)}
    return {**point, **said}


def _floor(point: Point) -> int:
    return point["account_low"] or 0


def _ceiling(point: Point) -> float:
    return float("inf") if point["account_high"] is None else point["account_high"]
