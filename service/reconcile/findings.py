"""What would a careful reader want to be told about the lineage of the figures, and about their sums?

Copies that lost their place, their origin or their day, slips, totals that an origin took back, and parts
that come to more than their whole. This module does not know how reports were judged, nor how findings are
shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.claims import Claims
from service.reconcile.columns import NONE, Column, Whole, texts
from service.reconcile.crisis import Crises
from service.reconcile.day_counts import DayCounts
from service.reconcile.reason_terms import ATTRIBUTED, quoted, reason_parts
from service.reconcile.reasons import (
    A_LEAP,
    A_SLIP,
    DAYS_LOWERED,
    EVENT_MOVED,
    EVENT_RESTATED,
    LAST_WORD,
    LOWERED,
    OLD,
    ROLES,
    SUSPECTED,
    TWO_BULLETINS,
    TWO_INCIDENTS,
    TWO_VALUES,
    WRONG_PLACE,
    reasons,
)
from service.schema.records import Finding
from service.schema.tables import FINDING
from service.sentence import Named, Sentence, Value, listed, message, sentence
from service.vocabulary import Measure, Severity, spell_out

OF_A_REPORT = message("%(whose)s: %(reason)s.")
CARRIED = message("%(origin)s as carried by %(source)s")
_SAID = f'{{"message":["{OF_A_REPORT}",{{"whose":', ',"reason":', "}]}"
_CARRIED = f'["{CARRIED}",{{"origin":', ',"source":', "}]"
"""What stands around the parts of these two messages, as ``service.sentence`` writes them."""
_SLIP = ("slip", Severity.WARNING, message("Correct the figure of the report if its page says otherwise."))
_LOWERED = (
    "revised_down",
    Severity.WARNING,
    message("Both values are kept; check which definition changed."),
)
_RESTATED = (
    "event_revised",
    Severity.INFO,
    message("Nothing to mend: the event counts as it was published last."),
)
_ADVICE = {
    EVENT_RESTATED: _RESTATED,
    EVENT_MOVED: _RESTATED,
    TWO_VALUES: (
        "two_values",
        Severity.WARNING,
        message(
            "Withdraw the wrong one; or, if they are different incidents, give each its own key in event."
        ),
    ),
    TWO_BULLETINS: (
        "two_values",
        Severity.WARNING,
        message(
            "If one replaces the other, give the time of day in published_on, as in 2025-03-08T21:30Z; if "
            "they are of parts of the place, add them up."
        ),
    ),
    TWO_INCIDENTS: (
        "two_values",
        Severity.WARNING,
        message(
            "Give each incident its own key in event; or withdraw the number that the other one replaces."
        ),
    ),
    DAYS_LOWERED: _LOWERED,
    WRONG_PLACE: (
        "distorted_copy",
        Severity.WARNING,
        message("Correct the place set of the report if its source says otherwise."),
    ),
    SUSPECTED: ("suspected_echo", Severity.INFO, message("Name the origin if the page does.")),
    A_SLIP: _SLIP,
    A_LEAP: _SLIP,
    OLD: ("stale_copy", Severity.INFO, message("Nothing to mend in the ledger: the copy is old.")),
    LOWERED: _LOWERED,
    LAST_WORD: (
        *_LOWERED[:2],
        message("See whether its page corrects the earlier figure; its next number will tell."),
    ),
}
"""Of each kind of evidence that is worth a word, its code, how much it matters and what to do."""
_ADVICE_OF_KIND = {
    name: texts([_ADVICE[kind][part] if kind in _ADVICE else "" for kind in range(len(ROLES))])
    for part, name in enumerate(("code", "severity", "fix"))
}
"""The same as columns, by kind."""
NOTICED = frozenset({code for code, _, _ in _ADVICE.values()} | {"more_than_its_whole", "retraction"})
"""The codes of all findings of reconciliation."""

NOTHING_TO_DO = message("Nothing to do.")
_OF_A_CELL = (
    "areas", "place_name", "population", "population_name", "attributed_to", "attribution_name", "measure",
)  # fmt: skip
"""The columns of a cell that say what it is called."""
Told = tuple[int, tuple[int, ...], int, int, int, str, int]
"""An excess: the whole, the parts, the last such day, the sum, the whole's figure, what became of it, and a
claim (-1: none)."""


def of_evidence(rows: Mapping[str, Column], claims: Claims, cells: pa.Table) -> pa.Table:
    """Return a finding (FINDING) for each report whose role is odd."""
    odd = np.flatnonzero(np.isin(rows["kind"], list(_ADVICE)))
    _, once = np.unique(claims.rows["report_no"][rows["claim"][odd]], return_index=True)
    chosen = {name: values[odd[once]] for name, values in rows.items()}
    claim, kind = chosen["claim"], pa.array(chosen["kind"])
    names = claims.speakers.name
    speakers = [pa.array(claims.rows[who][claim]) for who in ("origin_no", "source_no")]
    origin, carrier = (names.take(each) for each in speakers)
    quoted_origin, quoted_carrier = (quoted(names).take(each) for each in speakers)
    carried = pc.binary_join_element_wise(origin, carrier, " as carried by ")
    is_own = pc.equal(origin, carrier)
    whose = pc.if_else(is_own, origin, carried)
    carried_parts = pc.binary_join_element_wise(
        _CARRIED[0], quoted_origin, _CARRIED[1], quoted_carrier, _CARRIED[2], ""
    )
    whose_parts = pc.if_else(is_own, quoted_origin, carried_parts)
    parts = reason_parts(chosen, claims, cells)
    found = {name: column.take(kind) for name, column in _ADVICE_OF_KIND.items()} | {
        "message": pc.binary_join_element_wise(whose, ": ", reasons(chosen, claims, cells), ".", ""),
        "terms": pc.binary_join_element_wise(_SAID[0], whose_parts, _SAID[1], parts, _SAID[2], ""),
        "subject": claims.report.take(pa.array(claims.rows["report_no"][claim])),
    }
    blank = {"row": pa.scalar(None, pa.int64()), "column": pa.scalar(""), "value": pa.scalar("")}
    found |= {name: pa.repeat(value, len(claim)) for name, value in blank.items()}
    return pa.table([found[name] for name in FINDING.names], schema=FINDING)


def sums(crises: Crises, cells: Whole) -> list[Told]:
    """Return each excess with the numbers of its cells and a claim it is told about."""
    grid, last = crises.grid, np.full(len(crises.grid), -1)
    np.maximum.at(last, crises.local, np.arange(len(crises.local)))
    found = []
    for excess in crises.sums.noticed:
        claim = last[excess.whole]
        if claim < 0:  # nobody states the whole: it is told about a report of a part
            claim = last[list(excess.parts)].max()
        if claim < 0:  # nor a part of it: about any report that the figures are made of
            claim = last[grid.block == grid.block[excess.whole]].max()
        found.append((
            int(cells[excess.whole]), tuple(cells[list(excess.parts)].tolist()),
            int(grid.date(excess.whole, excess.day)), excess.together, excess.figure,
            excess.outcome.value,
            int(crises.statement[claim]) if claim >= 0 else -1,
        ))  # fmt: skip
    return found


def of_sums(
    groups: Iterable[list[Told]],
    cells: pa.Table,
    claims: Claims,
    claim_of: Whole,
) -> list[Finding]:
    """Return a finding for each whole whose disjoint parts came to more, of the last such day."""
    last = {}
    for told in sorted(each for group in groups for each in group):
        whole, parts, *_ = told
        last[whole, parts] = told
    names = _names(cells, {cell for whole, parts in last for cell in (whole, *parts)})
    found = []
    for whole, parts, day, together, figure, ending, statement in last.values():
        if statement < 0:
            continue
        said = sentence(
            "%(whole)s stood at %(figure)s on %(day)s, its parts together at %(together)s, %(more)s more "
            "(%(parts)s): %(ending)s.",
            whole=names[whole],
            figure=figure,
            day=np.datetime64(day, "D").item(),
            together=together,
            more=together - figure,
            parts=listed(names[part] for part in parts),
            ending=sentence(ending),
        )
        subject = claims.report[int(claims.rows["report_no"][claim_of[statement]])].as_py()
        found.append(
            Finding(code="more_than_its_whole", severity=Severity.WARNING, message=said,
                    fix=message("Check who is counted in the parts and in the whole."), subject=subject)
        )  # fmt: skip
    return found


def of_people_taken_back(counts: DayCounts, claims: Claims, cells: pa.Table) -> list[Finding]:
    """Return a finding for each count of days alone that takes people back."""
    found = []
    taken_back = np.flatnonzero(counts.low < 0)
    names = _names(cells, (counts.cell_id[taken_back] - 1).tolist())
    for at in taken_back.tolist():
        claim, cell = int(counts.claim[at]), int(counts.cell_id[at]) - 1
        whose = claims.speakers.name[int(claims.rows["origin_no"][claim])].as_py()
        said = sentence(
            "%(origin)s took %(number)s back on %(day)s of what it had counted for %(cell)s: no day before "
            "it has more than is left.",
            origin=whose,
            number=-int(counts.low[at]),
            day=np.datetime64(int(counts.day[at]), "D").item(),
            cell=names[cell],
        )
        subject = claims.report[int(claims.rows["report_no"][claim])].as_py()
        found.append(Finding(*_LOWERED[:2], said, _LOWERED[2], subject=subject))
    return found


def of_retractions(claims: Claims, cells: pa.Table) -> list[Finding]:
    """Return a finding for each retraction: how many reports carry the figure that it takes back."""
    retractions = claims.retractions
    figures = list(
        zip(
            claims.cells.without_beginning[retractions["cell_id"] - 1].tolist(),
            retractions["origin_no"].tolist(),
            retractions["said"].tolist(),
            np.where(retractions["said"] == NONE, retractions["report_no"], NONE).tolist(),
            np.where(retractions["is_removal"], retractions["source_no"], NONE).tolist(),
            strict=True,
        )
    )
    carriers: Counter[tuple[int, ...]] = Counter()
    for retraction in claims.disowned_by[claims.disowned_by != NONE].tolist():
        carriers[figures[retraction]] += 1
    names = _names(cells, (retractions["cell_id"] - 1).tolist())
    found = []
    for at, what in enumerate(figures):
        carried = carriers[what]
        cell = int(retractions["cell_id"][at]) - 1
        whose, by = (
            claims.speakers.name[int(retractions[who][at])].as_py() for who in ("origin_no", "source_no")
        )
        number = retractions["said"][at]
        figure = sentence(
            "%(number)s of %(origin)s for %(cell)s",
            number=sentence("the figure") if number == NONE else int(number),
            origin=whose,
            cell=names[cell],
        )
        subject = claims.report[int(retractions["report_no"][at])].as_py()
        found.append(Finding("retraction", *_of_retraction(by, figure, carried), subject=subject))
    return found


def _of_retraction(by: str, figure: Sentence, carried: int) -> tuple[Severity, Sentence, str]:
    """Return how much it matters that ``by`` takes a figure back which so many reports carry, what is said of
    it, and what to do."""
    if carried == 1:
        said = sentence("%(source)s takes back %(figure)s: one report carries it.", source=by, figure=figure)
        return Severity.INFO, said, NOTHING_TO_DO
    if carried:
        said = sentence(
            "%(source)s takes back %(figure)s: %(number)s reports carry it.",
            source=by, figure=figure, number=carried,
        )  # fmt: skip
        return Severity.INFO, said, NOTHING_TO_DO
    return (
        Severity.WARNING,
        sentence("%(source)s takes back %(figure)s, and no report carries it.", source=by, figure=figure),
        message("Give the retraction the origin, place, population, attribution and number of the figure."),
    )


def _names(cells: pa.Table, some: Iterable[int]) -> dict[int, Sentence]:
    """Return what a reader calls some cells."""
    numbers = sorted(set(some))
    rows = cells.select(_OF_A_CELL).take(pa.array(numbers, pa.int64())).to_pylist()
    return {number: _name(row) for number, row in zip(numbers, rows, strict=True)}


def _name(cell: Mapping[str, str]) -> Sentence:
    """Return what a reader calls a cell: its place, its people and, where there are, the party held
    responsible and what else than deaths is counted."""
    people: list[Value] = [Named("population", cell["population"], cell["population_name"])]
    if cell["attribution_name"]:
        party = Named("population", cell["attributed_to"], cell["attribution_name"])
        people.append(sentence(ATTRIBUTED, party=party))
    if cell["measure"] != Measure.KILLED:
        people.append(sentence(spell_out(cell["measure"])))
    place = Named("place", cell["areas"], cell["place_name"])
    return sentence("%(place)s (%(people)s)", place=place, people=listed(people))


ORDER = [(name, "ascending") for name in ("code", "message", "fix", "subject")]
"""What findings are sorted by."""
