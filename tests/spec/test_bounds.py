"""What is said of a figure that nobody reported: exactly what the others leave room for, and who binds it."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from service.reconcile.bounds import Asked, bounds
from service.reconcile.coherence import cohere
from service.reconcile.lattice import Part
from service.schema.records import Reference
from service.schema.tables import ESTIMATE, EVIDENCE
from tests.builders import CRISIS_ID, reference
from tests.spec.drawn import LONG_AFTER, march, reconciled
from tests.spec.hierarchies import PARENTS, PARTIES, Hierarchy

DAY = dt.date(2025, 3, 12)


def told(crisis: Hierarchy, best: dict[tuple[str, Part], int]) -> tuple[pa.Table, pa.Table]:
    """Estimates and evidence of one day on which each cell has exactly its figure."""
    cells = [
        {
            "crisis_id": "c",
            "areas": place,
            "measure": "killed",
            "population": part.population,
            "attributed_to": part.attributed_to,
            "period_start": part.start,
            "date": DAY,
            "low": figure,
            "best": figure,
            "high": figure,
        }
        for (place, part), figure in best.items()
    ]
    estimates = [{**cell, "grade": "single_source", "origins": 1, "reports": 1} for cell in cells]
    evidence = [
        {**cell, "report_id": f"r{n}", "origin_id": "s", "role": "counted", "weight": 4, "reason": ""}
        for n, cell in enumerate(cells)
    ]
    return pa.Table.from_pylist(estimates, schema=ESTIMATE), pa.Table.from_pylist(evidence, schema=EVIDENCE)


@pytest.mark.parametrize("seed", range(60))
def test_the_ends_of_the_bounds_can_be_and_nothing_beyond_them(seed: int) -> None:
    crisis = Hierarchy(seed, noise=30)
    found = cohere(crisis.figures, crisis.over, crisis.groups)
    figures = dict(zip(found.node.tolist(), found.best.tolist(), strict=True))
    best = {cell: figures[crisis.over.number[cell]] for cell in crisis.cells}
    places, people = sorted(crisis.parents), sorted(PARENTS)
    cell = (places[seed % len(places)], Part(people[seed % len(people)], PARTIES[seed % 3], None))
    asked = Asked("c", cell[0], "killed", cell[1].population, cell[1].attributed_to, None)
    rows = bounds(*told(crisis, best), asked, crisis.reference())[0].to_pylist()
    low, high = (rows[0]["low"], rows[0]["high"]) if rows else (0, None)
    others = {**best}
    others.pop(cell, None)
    assert crisis.add_up({**others, cell: low})
    assert low == 0 or not crisis.add_up({**others, cell: low - 1})
    assert crisis.add_up({**others, cell: 10_000 if high is None else high})
    assert high is None or not crisis.add_up({**others, cell: high + 1})


def asked(drawing: str, areas: str, population: str, known: Reference) -> tuple[list, list]:
    answer = reconciled(drawing, as_of=LONG_AFTER, method="coherent/1")
    cell = Asked(CRISIS_ID, areas, "killed", population, "", march("06"))
    rows, evidence = bounds(answer.estimates, answer.evidence, cell, known)
    return (
        [(row["date"].day, row["low"], row["best"], row["high"], row["grade"]) for row in rows.to_pylist()],
        [(row["date"].day, row["origin_id"], row["reason"]) for row in evidence.to_pylist()],
    )


def test_what_a_region_has_beyond_one_member_is_the_other() -> None:
    rows, evidence = asked(
        """
        12 sohr 1,116 area=x-coast
        12 snhr 683
        """,
        "SY10",
        "civilians",
        reference(),
    )
    assert rows == [(12, 433, None, 433, "inferred")]
    assert evidence == [
        (12, "snhr", "bounds it from below and above: Latakia, civilians"),
        (12, "sohr", "bounds it from below and above: Syrian coast, civilians"),
    ]


def test_what_must_be_among_the_civilians_of_a_place_must_be_among_all_of_it() -> None:
    rows, _ = asked(
        """
        12 sohr 1,116 area=x-coast
        12 snhr 683
        12 snhr 100 area=SY1002
        """,
        "SY10",
        "all",
        reference(),
    )
    assert rows == [(12, 433, None, None, "inferred")]


def test_women_are_no_more_than_the_civilians_of_the_place() -> None:
    rows, _ = asked("08 sohr 545\n12 sohr 683", "SY0602", "women", reference())
    assert rows == [(8, 0, None, 545, "inferred"), (12, 0, None, 683, "inferred")]


def test_where_nothing_binds_nothing_is_said() -> None:
    rows, evidence = asked("12 sohr 683", "SY10", "civilians", reference())
    assert (rows, evidence) == ([], [])


def test_a_nameless_claim_binds_nothing() -> None:
    known = reference()
    rows, _ = asked("12 sohr 683\n12 anonymous 90 area=SY0602", "SY06", "women", known)
    assert rows == asked("12 sohr 683", "SY06", "women", known)[0]
