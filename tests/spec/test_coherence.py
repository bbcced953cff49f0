"""What ``coherent`` promises: figures that add up, moved only where they conflict, whatever the order."""

from __future__ import annotations

import dataclasses
import itertools
import os

import numpy as np
import pytest

from service.reconcile.coherence import Coherent, Figures, cohere
from service.reconcile.solver import Steps
from service.schema.records import Finding
from tests.spec.drawn import LONG_AFTER, PLAIN, estimates, reconciled, tidy
from tests.spec.hierarchies import Hierarchy

HIERARCHIES = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "searching" else 250
COHERENT = "coherent/1"
SPLITS_A_PERSON = 245
"""A crisis of five days whose cheapest solution counts halves of people."""


def settled(crisis: Hierarchy, figures: Figures | None = None) -> Coherent:
    return cohere(figures or crisis.figures, crisis.over, crisis.groups)


def carried(crisis: Hierarchy, found: Coherent) -> dict[int, dict[int, int]]:
    """For each node and day the last figure, from its first day on."""
    days = sorted(set(found.day.tolist()))
    shown: dict[int, dict[int, int]] = {}
    for n, day, best in sorted(
        zip(found.node.tolist(), found.day.tolist(), found.best.tolist(), strict=True)
    ):
        for later in days[days.index(day) :]:
            shown.setdefault(n, {})[later] = best
    return shown


@pytest.mark.parametrize("start", range(0, HIERARCHIES, HIERARCHIES // 5))
def test_figures_of_one_day_become_ones_that_some_people_could_give(start: int) -> None:
    moved = 0
    for seed in range(start, start + HIERARCHIES // 5):
        crisis = Hierarchy(seed)
        found = settled(crisis)
        best = dict(zip(found.node.tolist(), found.best.tolist(), strict=True))
        assert crisis.add_up({cell: best[crisis.over.number[cell]] for cell in crisis.cells}), seed
        assert found.best.min() >= 0
        moved += bool((found.best != crisis.figures.best).any())
    assert moved > HIERARCHIES // 20


def test_nobody_is_split(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    whole = Steps.in_whole_numbers
    monkeypatch.setattr(Steps, "in_whole_numbers", lambda steps: asked.append(1) or whole(steps))
    crisis = Hierarchy(SPLITS_A_PERSON, days=5)
    found = settled(crisis)
    assert asked, "the case is one in which the cheapest solution splits somebody"
    for relation in found.relations:
        assert float(np.dot(found.best[list(relation.rows)], relation.signs)) <= 0


@pytest.mark.parametrize("seed", [*range(40), SPLITS_A_PERSON])
def test_over_time_no_total_falls_and_no_part_exceeds_its_whole(seed: int) -> None:
    crisis = Hierarchy(seed, days=5)
    shown = carried(crisis, settled(crisis))
    for figures in shown.values():
        assert all(later >= earlier for earlier, later in itertools.pairwise(figures.values()))
    number = crisis.over.number
    for (inner, part), (outer, whole) in itertools.permutations(crisis.cells, 2):
        inside = inner == outer or crisis.gauge.codes(inner) < crisis.gauge.codes(outer)
        people = whole.population in crisis.gauge.ancestors(part.population)
        if inside and people and whole.attributed_to in ("", part.attributed_to):
            held, holding = shown.get(number[inner, part], {}), shown.get(number[outer, whole], {})
            assert all(held[day] <= holding[day] for day in held.keys() & holding.keys()), (inner, outer)


@pytest.mark.parametrize("seed", range(40))
def test_figures_that_add_up_stay_as_they_are(seed: int) -> None:
    crisis = Hierarchy(seed, days=4)
    truth = crisis.truth(4)
    row = {crisis.over.number[cell]: n for n, cell in enumerate(crisis.cells)}
    best = np.array(
        [truth[row[n], day] for n, day in zip(crisis.figures.node, crisis.figures.day, strict=True)]
    )
    alike = np.ones(len(best))
    figures = dataclasses.replace(crisis.figures, best=best, low=best, high=best, weight=alike)
    found = settled(crisis, figures)
    assert found.best[: len(best)].tolist() == best.tolist()
    # what is added for a whole that was last counted before its parts does not go beyond the truth
    for n, day, figure in zip(
        found.node[len(best) :], found.day[len(best) :], found.best[len(best) :], strict=True
    ):
        assert figure <= truth[row[int(n)], day]


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_the_figures_does_not_matter(seed: int) -> None:
    crisis = Hierarchy(seed, days=3)
    figures = crisis.figures
    order = np.random.default_rng(seed).permutation(len(figures.best))
    place = np.argsort(order)
    mixed = Figures(
        **{name: getattr(figures, name)[order] for name in ("node", "day", "best", "stated")},
        row=place[figures.row],
        low=figures.low,
        high=figures.high,
        weight=figures.weight,
    )
    one, other = (
        {
            (n, day): best
            for n, day, best in zip(out.node.tolist(), out.day.tolist(), out.best.tolist(), strict=True)
        }
        for out in (settled(crisis), settled(crisis, mixed))
    )
    assert one == other


def test_of_parts_and_their_whole_the_lighter_one_gives_way() -> None:
    drawing = """
        12 sohr 400
        12 snhr 300 area=SY10
        12 afp 650 area=x-coast
    """
    assert estimates(drawing, area="x-coast") == "12 650 650 650 single_source"
    assert estimates(drawing, method=COHERENT, area="x-coast") == "12 650 700 700 contested"
    assert estimates(drawing, method=COHERENT) == "12 400 400 400 single_source"
    assert [finding.message for finding in told(drawing)] == [
        "Syrian coast, killed, civilians, counted to 2025-03-12: 650 gives way to 700, 50 people apart, so "
        "that these add up: Latakia, civilians 400 to 2025-03-12; Syrian coast, civilians 650 to 2025-03-12; "
        "Tartus, civilians 300 to 2025-03-12."
    ]


def told(drawing: str) -> list[Finding]:
    findings = reconciled(drawing, as_of=LONG_AFTER, method=COHERENT, calibration=PLAIN).findings
    return [finding for finding in findings if finding.code == "does_not_add_up"]


def test_a_whole_counted_before_its_parts_gets_a_floor_and_no_figure() -> None:
    drawing = """
        08 sohr 400
        12 sohr 300 area=SY0602
        12 sohr 250 area=x-coast
        10 snhr 450 area=SY06|SY10
    """
    assert estimates(drawing, method=COHERENT) == tidy("08 400 400 400 single_source")
    drawing = """
        08 sohr 400 pop=all
        12 sohr 300
        12 sohr 250 pop=combatants
    """
    assert estimates(drawing, method=COHERENT, pop="all") == tidy(
        """
        08 400 400 400 single_source
        12 550 - - inferred
        """
    )
    assert not told(drawing)


def test_a_running_total_never_falls() -> None:
    drawing = """
        10 sohr 700
        12 snhr 600
    """
    lines = [line.split() for line in estimates(drawing, method=COHERENT).splitlines()]
    best = [int(line[2]) for line in lines]
    assert best == sorted(best)


def test_nobody_is_a_civilian_and_a_combatant_and_together_they_are_no_more_than_everyone() -> None:
    drawing = """
        12 sohr 700
        12 sohr 400 pop=combatants
        12 sohr 1,000 pop=all
    """
    found = {
        pop: int(estimates(drawing, method=COHERENT, pop=pop).split()[2])
        for pop in ("civilians", "combatants", "all")
    }
    assert found["civilians"] + found["combatants"] <= found["all"]
    assert sum(finding.message.count("gives way") for finding in told(drawing)) >= 1


def test_where_all_adds_up_coherent_says_what_the_default_says() -> None:
    drawing = """
        12 sohr 683
        12 sohr 120 area=SY0602
        12 sohr 433 area=SY10
        12 sohr 1,116 area=x-coast
        12 afp<sohr 1,116 area=x-coast
        12 ohchr at least 111 area=x-coast std=verified
    """
    for area in ("SY06", "SY0602", "SY10", "x-coast"):
        assert estimates(drawing, method=COHERENT, area=area) == estimates(drawing, area=area)
    assert not told(drawing)
