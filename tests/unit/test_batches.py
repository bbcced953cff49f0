"""Which crises go through the steps together, and does it matter to any of them?"""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from service.errors import QueryError
from service.reconcile import Reconciled, batches, columns, cones, floors, own_days, reconcile
from service.reconcile.cones import _layers
from service.reconcile.known import Known
from service.schema.report_rules import cut_as_of
from tests.spec.drawn import METHOD, ledger_reports
from tests.spec.histories import AS_OF, START, any_history, small_world

CRISES = 60
WORLD = small_world(CRISES)


def histories() -> pa.Table:
    drawn = (any_history(random.Random(f"batches {n}"), f"crisis-{n:04}") for n in range(CRISES))
    return ledger_reports([row for rows in drawn for row in rows])


def answer(reports: pa.Table, as_of: dt.date = AS_OF) -> Reconciled:
    return reconcile(reports, WORLD, as_of=as_of, method=METHOD)


@pytest.mark.parametrize("days", [3, 6, 300])
def test_every_crisis_comes_out_the_same_alone_and_among_others(days: int) -> None:
    as_of = START + dt.timedelta(days)
    reports = cut_as_of(histories(), as_of)
    together = answer(reports, as_of)
    for crisis in pc.unique(reports["crisis_id"]).to_pylist():
        own = reports.filter(pc.equal(reports["crisis_id"], crisis))
        alone, among = answer(own, as_of), together.of(crisis, own)
        assert alone.estimates.equals(among.estimates), crisis
        assert alone.evidence.equals(among.evidence), crisis
        assert alone.findings == among.findings, crisis


@pytest.mark.parametrize(
    ("module", "limit"),
    [
        (batches, "MOST_FIGURES"),
        (floors, "MOST_FLOORS"),
        (cones, "CHOICES_AT_ONCE"),
        (own_days, "NUMBERS_AT_ONCE"),
        (columns, "NUMBERS_AT_ONCE"),
    ],
)
def test_how_much_goes_together_changes_nothing(
    module: object, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = histories()
    before = answer(reports)
    monkeypatch.setattr(module, limit, 1)
    batches._block.cache_clear()
    after = answer(reports)
    batches._block.cache_clear()
    assert after.estimates.equals(before.estimates)
    assert after.evidence.equals(before.evidence)
    assert after.findings == before.findings


def test_a_large_crisis_that_parts_has_the_same_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = histories()
    before = answer(reports).estimates
    monkeypatch.setattr(batches, "LARGE", 1)
    parted = []
    monkeypatch.setattr(batches, "_connected", lambda holders, part=batches._connected: (
        parted.append(len(set(found := part(holders)))), found)[1])  # fmt: skip
    assert answer(reports).estimates.equals(before)
    assert max(parted) > 1


def test_a_crisis_that_would_take_the_machine_is_refused_with_a_remedy() -> None:
    days, cells = np.array([30, 20_000]), np.array([5, 20_000])
    with pytest.raises(QueryError, match=r"20,000 places and groups over 20,000 days") as refused:
        batches._batch_of(days, cells)
    assert "several crises" in refused.value.fix


def test_crises_of_like_length_go_together() -> None:
    days, cells = np.array([30, 100, 33, 0, 1, 37, 110, 38]), np.full(8, batches.FEW_FIGURES // 100)
    assert batches._batch_of(days, cells).tolist() == [0, 2, 0, -1, 0, 1, 2, 1]


def test_small_crises_go_together_however_long_they_are() -> None:
    assert batches._batch_of(np.array([30, 1, 0, 365]), np.full(4, 14)).tolist() == [0, 0, -1, 0]


def test_a_batch_has_no_more_figures_than_its_limit_but_for_a_crisis_alone() -> None:
    most = batches.MOST_FIGURES
    days, cells = np.full(4, 100), np.array([most, *[most // 200] * 3])
    assert batches._batch_of(days, cells).tolist() == [0, 1, 1, 2]


def test_crises_of_the_same_cells_share_what_is_worked_out_of_them() -> None:
    known = Known.of(WORLD, ())
    one, other = (batches._block((("C", "all", "", 0), ("C1", "all", "", 0)), known) for _ in range(2))
    assert one is other


def test_sums_are_taken_together_unless_a_part_of_one_is_raised_first() -> None:
    sums = [(1, [2, 3]), (4, [5, 6]), (0, [1, 4]), (1, [6])]
    assert list(_layers(sums)) == [[(1, [2, 3]), (4, [5, 6])], [(0, [1, 4]), (1, [6])]]


def test_a_chain_of_wholes_of_one_part_is_one_layer() -> None:
    assert list(_layers([(1, [0]), (2, [1]), (3, [2])])) == [
        [(1, [0]), (2, [1]), (2, [0]), (3, [2]), (3, [1]), (3, [0])]
    ]
