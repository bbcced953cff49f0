"""Are the measuring instruments themselves right? The simulator, the baselines, the metrics, the ranges."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.accuracy import baselines, crises, ranges, west_bank
from bench.accuracy.gazetteer import places
from bench.accuracy.metrics import score, score_range, violations, winkler
from bench.accuracy.said import Said, ask, known_by
from bench.accuracy.simulation import POPULATIONS, START, simulate
from bench.accuracy.worlds import HELD_OUT, HELD_OUT_SEEDS, TUNING, TUNING_SEEDS, World
from service.reconcile.calibration import range_methods, shipped
from service.schema.tables import LEDGER_REPORT

SMALL = World("test", governorates=2, districts=2, toll=200)
TRUTHFUL = dataclasses.replace(
    SMALL, hidden=0, detection=5.0, delay=0.0, parties=0, officials=0, media=0, unnamed=0, stale=0, slip=0,
    misplaced=0, undated=0, floors=0, rounded=0, drift=0, revision=0, outliers=0,
)  # fmt: skip


@pytest.fixture(scope="module")
def simulated():
    return simulate(SMALL, (1, 2))


def claims(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """(cell, publisher, number) -> the newest figures as the baselines see them."""
    return pd.DataFrame(
        {
            "crisis_id": ["c"] * len(rows),
            "areas": [cell for cell, _, _ in rows],
            "population": ["all"] * len(rows),
            "source_id": [who for _, who, _ in rows],
            "value": [float(number) for _, _, number in rows],
        }
    )


def said(*statements: tuple[int, float, float, float]) -> Said:
    """(cell, low, high, weight) as one origin each."""
    n = len(statements)
    columns = np.array(statements, dtype=float).reshape(n, 4)
    return Said(
        cell=columns[:, 0].astype(int), count=columns[:, 1], low=columns[:, 1], high=columns[:, 2],
        weight=columns[:, 3], age=np.zeros(n), is_part=np.zeros(n, dtype=bool),
        origin=np.array([f"o{i}" for i in range(n)]),
    )  # fmt: skip


# --- the simulator -----------------------------------------------------------------------------------------


def test_equal_seeds_give_equal_crises_and_other_seeds_give_others(simulated):
    again, other = simulate(SMALL, (1, 2)), simulate(SMALL, (3, 4))
    assert simulated.reports.equals(again.reports)
    assert not simulated.reports.drop(["crisis_id"]).equals(other.reports.drop(["crisis_id"]))


def test_a_crisis_does_not_depend_on_which_others_are_drawn_beside_it(simulated):
    alone = simulate(SMALL, (2,)).truth
    assert alone
    for key, toll in alone.items():
        assert np.array_equal(toll, simulated.truth[key])


def test_reports_have_the_schema_of_the_ledger_and_become_known_when_published(simulated):
    assert simulated.reports.schema.equals(LEDGER_REPORT)
    simulated.reports.validate(full=True)
    rows = simulated.reports.to_pylist()
    assert all(row["known_on"] == row["published_on"] >= START for row in rows)
    assert len({row["report_id"] for row in rows}) == len(rows)


def test_the_true_toll_never_falls_and_adds_up_over_places_and_populations(simulated):
    place = places(SMALL)
    for (crisis, areas, population), toll in simulated.truth.items():
        assert (np.diff(toll) >= 0).all()
        whole = simulated.truth[crisis, place.whole, population]
        assert (toll <= whole).all()
        if population == "all":
            parts = [simulated.truth[crisis, areas, p] for p in ("civilians", "combatants")]
            assert np.array_equal(sum(parts), toll)


def test_every_population_is_a_union_of_parts_and_everyone_is_in_all():
    assert all((parts <= POPULATIONS["all"]).all() for parts in POPULATIONS.values())


def test_origins_that_miss_nothing_and_carriers_that_copy_faithfully_report_nearly_the_truth():
    exact = simulate(TRUTHFUL, (5,))
    for row in exact.reports.to_pylist():
        toll = exact.truth[row["crisis_id"], row["areas"], row["population"]]
        day = (row["counted_to"] - START).days
        assert row["low"] == row["best"] == row["high"] == row["number"]
        assert 0.75 * toll[day] - 5 <= row["number"] <= toll[day]


def test_held_out_settings_and_seeds_share_nothing_with_the_tuned_ones():
    assert not {w.name for w in TUNING} & {w.name for w in HELD_OUT}
    assert not {dataclasses.astuple(w)[1:] for w in TUNING} & {dataclasses.astuple(w)[1:] for w in HELD_OUT}
    assert not set(TUNING_SEEDS) & set(HELD_OUT_SEEDS)


# --- asking -------------------------------------------------------------------------------------------------


def test_an_answer_for_a_day_is_the_same_whether_or_not_later_reports_exist(simulated):
    on = START + dt.timedelta(9)
    early = ask(known_by(simulated.reports, on), simulated.reference, on)
    late = ask(simulated.reports, simulated.reference, on)
    pd.testing.assert_frame_equal(early.cells, late.cells)
    assert len(early.cells) > 10
    assert np.array_equal(early.said.low, late.said.low)


def test_what_was_said_points_at_cells_that_were_asked_about(simulated):
    asked = ask(simulated.reports, simulated.reference, START + dt.timedelta(20))
    assert asked.said.cell.max() < len(asked.cells)
    assert (asked.said.low <= asked.said.high).all()
    assert (asked.said.age[~asked.said.is_part] >= 0).all()


# --- the baselines ------------------------------------------------------------------------------------------


def test_the_simple_baselines_say_what_their_names_say():
    rows = claims(("A", "p", 10), ("A", "q", 10), ("A", "r", 40))
    found = {name: baselines.BASELINES[name](rows).iloc[0] for name in ("max", "mean", "median", "mode")}
    assert found == {"max": 40, "mean": 20, "median": 10, "mode": 10}


@pytest.mark.parametrize("method", [baselines.crh, baselines.gtm])
def test_truth_discovery_learns_which_publisher_to_trust(method):
    """Two publishers agree within one on many cells; a third is wildly off. Where only one good and the bad
    publisher speak, the answer leans to the good one."""
    rng = np.random.default_rng(0)
    rows = []
    for cell in range(40):
        true = int(rng.integers(50, 500))
        rows += [(f"c{cell}", "good", true), (f"c{cell}", "fair", true + 1), (f"c{cell}", "bad", true * 3)]
    found = method(claims(*rows, ("last", "good", 100), ("last", "bad", 300)))
    assert abs(found["c", "last", "all"] - 100) < abs(found["c", "last", "all"] - 300)


def test_truth_discovery_gives_a_lone_figure_back():
    rows = claims(("A", "p", 7), ("B", "p", 9), ("B", "q", 9))
    assert baselines.crh(rows).tolist() == [7, 9]
    assert baselines.gtm(rows).round(6).tolist() == [7, 9]


# --- the metrics --------------------------------------------------------------------------------------------


def test_errors_leave_out_what_has_no_figure():
    found = score(np.array([10.0, np.nan, 30.0]), np.array([20.0, 5.0, 30.0]))
    assert (found.n, found.mae, found.relative, found.bias) == (2, 5.0, 0.25, -5.0)


def test_an_interval_score_is_least_for_the_narrowest_range_that_holds_the_truth():
    truth = np.full(3, 10.0)
    values = winkler(np.array([9.0, 5.0, 11.0]), np.array([11.0, 15.0, 12.0]), truth)
    assert values.argmin() == 0
    assert values.round(6).tolist() == [2.0, 10.0, 21.0]


def test_a_range_open_above_covers_and_has_no_width():
    found = score_range(np.array([5.0, 5.0]), np.array([np.inf, 8.0]), np.array([1e6, 9.0]))
    assert (found.coverage, found.open, found.width) == (0.5, 0.5, 3.0)


def test_violations_count_children_above_parents_sums_above_the_whole_and_falls():
    rows = [("c", 1, "P", "all", 10), ("c", 1, "A", "all", 7), ("c", 1, "B", "all", 4),
            ("c", 2, "P", "all", 9), ("c", 2, "A", "all", 12), ("c", 2, "A", "women", 13)]  # fmt: skip
    cells = pd.DataFrame(rows, columns=["crisis_id", "day", "areas", "population", "x"])
    found = violations(cells, "x", {"A": "P", "B": "P"}, {"women": "all"})
    assert found == {"child > parent": 2, "sum > parent": 2, "falls": 1}


# --- the ranges ---------------------------------------------------------------------------------------------


def test_students_t_is_that_of_the_tables():
    expected = {1: 6.314, 4: 2.132, 10: 1.812, 12: 1.782, 20: 1.725, 60: 1.671}
    found = ranges.students_t(np.array(list(expected)))
    assert found == pytest.approx(list(expected.values()), abs=2e-3)


def test_origins_that_differ_widen_the_spread_and_a_lone_one_has_its_own_width():
    learnt = ranges.Spread(shared=0.1, alone=0.5)
    best = np.array([100.0, 100.0, 100.0])
    agreeing, differing = ((0, 100, 100, 1), (0, 102, 102, 1)), ((1, 100, 100, 1), (1, 160, 160, 1))
    low, high = ranges.spread(best, said(*agreeing, *differing, (2, 100, 100, 1)), learnt)
    assert (low <= best).all() and (high >= best).all()
    assert high[1] - low[1] > high[0] - low[0]
    assert high[2] == np.ceil(101 * np.exp(0.5) - 1)


@pytest.mark.parametrize("tail", [0.05, 0.1])
def test_conformal_tails_hold_their_share_of_fresh_cases(tail):
    rng = np.random.default_rng(1)
    low, high = ranges.tails(rng.normal(0.2, 0.6, 4000), tail)
    fresh = rng.normal(0.2, 0.6, 4000)
    assert np.mean((fresh >= low) & (fresh <= high)) == pytest.approx(1 - 2 * tail, abs=0.02)


def test_conformal_falls_back_to_all_groups_where_a_group_is_unknown():
    learnt = ranges.Conformal({-1: (-0.5, 0.5), 11: (0.0, 0.1)})
    low, high = ranges.conformal(np.array([100.0, 100.0]), np.array([11, 99]), learnt)
    assert low.tolist() == [100, 60] and high.tolist() == [111, 166]


def test_the_profile_of_disagreement_is_wider_where_origins_disagree_and_closed_where_only_floors_speak():
    best = np.array([100.0, 100.0, 100.0])
    agreeing, differing = ((0, 100, 100, 1), (0, 100, 100, 1)), ((1, 60, 60, 1), (1, 160, 160, 1))
    low, high = ranges.profile(best, said(*agreeing, *differing, (2, 100, np.inf, 1)), 0.2)
    assert high[1] - low[1] > high[0] - low[0]
    assert np.isfinite(high).all()


def test_learnt_ranges_hold_nine_in_ten_of_what_they_were_learnt_from(simulated):
    learnt_from = crises.run((SMALL,), (1, 2, 3))
    for low, high in list(crises.ranged(learnt_from, learnt_from).values())[1:4]:
        truth = learnt_from.array("truth")
        assert np.mean((low <= truth) & (truth <= high)) > 0.86


# --- West Bank ----------------------------------------------------------------------------------------------


def bulletins(flash: list[int], verified: list[int]) -> west_bank.Measured:
    day = dt.date(2023, 10, 7).toordinal() + np.arange(len(flash))
    return west_bank.Measured("killed", day, np.array(flash, float), np.array(verified, float))


CORRECTIONS = {
    "share": lambda m: west_bank.corrected(m, 0.5, 10),
    "ratio": west_bank.ratio,
    "blend": west_bank.blended,
    "chosen": west_bank.chosen,
    "low": lambda m: west_bank.ranged(m, m.flash, None, 0.02)[0],
    "high": lambda m: west_bank.ranged(m, m.flash, None, 0.02)[1],
}


@pytest.mark.parametrize("name", CORRECTIONS)
def test_nothing_learnt_for_a_bulletin_comes_from_truths_younger_than_thirty_days(name):
    rng = np.random.default_rng(3)
    flash = np.cumsum(rng.integers(1, 9, 90))
    verified = flash + rng.integers(-3, 12, 90)
    tampered = verified.copy()
    tampered[31:] += 10_000
    learn = CORRECTIONS[name]
    before, after = (
        learn(bulletins(list(flash), list(verified))),
        learn(bulletins(list(flash), list(tampered))),
    )
    assert np.array_equal(before[:61], after[:61], equal_nan=True)
    assert not np.array_equal(before, after, equal_nan=True)


def test_a_steady_gap_is_made_good():
    measure = bulletins(list(range(100, 190)), list(range(120, 210)))
    assert west_bank.corrected(measure, 1.0, 10)[-1] == measure.verified[-1]
    assert west_bank.chosen(measure)[-1] == measure.verified[-1]


def test_only_the_uns_own_bulletins_with_a_verified_total_are_read(tmp_path):
    row = {"report_date": "2023-10-07", "flash_source": "un", "killed_cum": 3, "verified": {"killed_cum": 6}}
    rows = [row, {**row, "report_date": "2023-10-08", "flash_source": "fill"},
            {"report_date": "2023-10-09", "flash_source": "un", "killed_cum": 9}]  # fmt: skip
    path = tmp_path / "daily.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    killed, injured, *_ = west_bank.load(path)
    assert (killed.flash.tolist(), killed.verified.tolist(), len(injured.day)) == ([3.0], [6.0], 0)


def test_the_service_answers_a_lone_running_total_with_itself():
    measure = bulletins([5, 8, 8, 13], [6, 9, 9, 14])
    assert west_bank.served([measure], with_verified=False)["killed"].best.tolist() == [5, 8, 8, 13]


# --- what is published --------------------------------------------------------------------------------------


def test_the_coverage_that_answers_carry_is_that_of_the_accuracy_page():
    page = (Path(__file__).parents[2] / "docs" / "accuracy.md").read_text(encoding="utf-8")
    for method in range_methods().values():
        assert f"| {100 * method.coverage:.1f} % |" in page


def test_every_stage_and_size_has_one_row_of_factors():
    rows = shipped().range.to_pylist()
    for stage in (0, 2, 3, 9, 10, 500):
        for best in (0, 9, 10, 599, 600, 10**9):
            found = [
                r
                for r in rows
                if r["stage_from"] <= stage <= r["stage_to"] and r["best_from"] <= best <= r["best_to"]
            ]
            assert len(found) == 1
            assert found[0]["below"] <= 1 <= found[0]["above"]


def test_every_count_has_one_row_of_what_such_counts_missed():
    rows = shipped().completion.to_pylist()
    for stage in (0, 2, 3, 9, 10, 500):
        for age in (0, 1, 6, 7, 500):
            for best in (0, 9, 10, 599, 600, 10**9):
                (found,) = [
                    r
                    for r in rows
                    if r["stage_from"] <= stage <= r["stage_to"]
                    and r["age_from"] <= age <= r["age_to"]
                    and r["best_from"] <= best <= r["best_to"]
                ]
                assert found["lift"] > 0 and found["off"] >= np.exp(ranges.NEAREST) - 1e-4


def test_what_counts_missed_is_learnt_apart_by_stage_and_age():
    truth = np.full(400, 400.0)
    stage, age = np.repeat([1, 20], 200), np.tile([0, 9], 200)
    count = truth / np.where(age == 9, 4, 2) / np.where(stage == 1, 2, 1) - 1
    rows = ranges.fit_completion(count, stage, age, truth - 1).to_pylist()
    learnt = {(r["stage_from"], r["age_from"]): r["lift"] for r in rows if r["best_from"] == 40}
    assert learnt[0, 0] == pytest.approx(4)
    assert learnt[0, 7] == pytest.approx(8)
    assert learnt[17, 0] == pytest.approx(2)
    assert learnt[17, 7] == pytest.approx(4)
    assert (0, 1) not in learnt, "what nobody has seen has no row"
