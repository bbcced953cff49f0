"""Do the speed bench's reports have the shape it says, and do its peers do the work they stand for?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.reconcile.measure import AS_OF, METHOD, seconds
from bench.reconcile.peers import BY_HAND, CELL, grouped
from bench.reconcile.reports import PER_CRISIS, draw, draw_giant, draw_relayed, draw_voices
from service.reconcile import portions, reconcile
from service.schema.tables import LEDGER_REPORT


def test_drawn_reports_have_the_schema_of_the_ledger_and_about_a_hundred_to_a_crisis():
    reports, reference = draw(1_000)
    reports.validate(full=True)
    assert reports.schema.equals(LEDGER_REPORT)
    assert reference.crisis.num_rows == 1_000 // PER_CRISIS
    assert pc.count_distinct(reports["report_id"]).as_py() == 1_000
    assert pc.min(pc.less_equal(reports["known_on"], AS_OF)).as_py()


def test_equal_arguments_draw_equal_reports():
    assert draw(500)[0].equals(draw(500)[0])
    assert not draw(500)[0].equals(draw(500, seed=1)[0])


def test_carriers_of_one_origins_day_and_cell_mostly_carry_one_number():
    rows = draw(20_000)[0].to_pandas()
    told = rows.groupby([*CELL, "origin_id", "counted_to"])["number"]
    repeated = told.size() > 1
    assert repeated.sum() > 500
    assert (told.nunique()[repeated] == 1).mean() > 0.5


def test_ours_and_the_peer_answer_for_the_same_cells():
    reports, reference = draw(300)
    found = reconcile(reports, reference, as_of=AS_OF, method=METHOD)
    asked = reports.group_by(CELL).aggregate([]).num_rows
    assert found.estimates.group_by(CELL).aggregate([]).num_rows == asked
    by_day = reports.group_by([*CELL, "counted_to"]).aggregate([]).num_rows
    assert grouped(reports, threads=1) == by_day


def test_the_giant_crisis_is_one_of_500_areas_five_populations_and_a_year():
    reports, reference = draw_giant(50_000)
    reports.validate(full=True)
    rows = reports.to_pandas()
    assert rows[["crisis_id", "areas", "population", "origin_id"]].nunique().tolist() == [1, 500, 5, 6]
    assert rows["counted_to"].nunique() > 360
    assert set(rows["areas"]) <= set(reference.area["area_code"].to_pylist())


def test_one_number_relayed_for_every_district_is_as_many_cells():
    reports, reference = draw_relayed(1_500)
    assert set(reports["number"].to_pylist()) == {3}
    found = reconcile(reports, reference, as_of=AS_OF, method=METHOD)
    assert found.estimates.group_by(CELL).aggregate([]).num_rows == 500


def test_as_many_origins_as_reports_count_one_district():
    reports, reference = draw_voices(300)
    assert len(set(reports["origin_id"].to_pylist())) == 300
    found = reconcile(reports, reference, as_of=AS_OF, method=METHOD)
    assert found.estimates.group_by(CELL).aggregate([]).num_rows == 1
    assert max(found.estimates["origins"].to_pylist()) == 300


def test_crises_in_portions_and_in_any_order_give_the_answer_of_one_run(monkeypatch):
    reports, reference = draw(2_000)
    whole = reconcile(reports, reference, as_of=AS_OF, method=METHOD)
    monkeypatch.setattr(portions, "ROWS_A_PORTION", 250)
    mixed = reports.take(pa.array(np.random.default_rng(1).permutation(len(reports))))
    assert len(list(portions.portions_of_crises(mixed))) == 10
    parts = reconcile(mixed, reference, as_of=AS_OF, method=METHOD)
    assert parts.estimates.equals(whole.estimates)
    assert parts.evidence.equals(whole.evidence)
    assert parts.findings == whole.findings


def test_processor_time_is_that_of_the_run():
    assert seconds(lambda: sum(range(2_000_000))) > seconds(lambda: None)


def test_what_is_written_by_hand_comes_to_the_same_in_each_library():
    reports, _ = draw(2_000)
    one, *others = (run(reports) for run in BY_HAND.values())
    assert one
    assert all(other == one for other in others)
