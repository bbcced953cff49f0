"""Are the measuring instruments themselves right? The simulator, the baselines, the metrics, the ranges."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.accuracy import baselines, ranges, west_bank
from bench.accuracy.crises import INSIDE, parents_of
from bench.accuracy.gazetteer import places
from bench.accuracy.metrics import score, score_range, violations, winkler
from bench.accuracy.page import WORLDS, beside_the_aim
from bench.accuracy.said import CELL, ask, figure_or_floor, known_by
from bench.accuracy.simulation import POPULATIONS, START, count, draw_deaths, simulate
from bench.accuracy.worlds import (
    DRAWN,
    FRESH_SEEDS,
    HELD_OUT,
    HELD_OUT_SEEDS,
    PUSHED,
    TUNING,
    TUNING_DRAWN,
    TUNING_SEEDS,
    World,
    furthest,
)
from service.reconcile.calibration import EARLIER, ENDED, LATEST, SETTLED, Factors, range_methods, shipped
from service.reconcile.expected import Settling
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
    assert not set(TUNING_SEEDS) & {*HELD_OUT_SEEDS, *FRESH_SEEDS}
    assert not set(HELD_OUT_SEEDS) & set(FRESH_SEEDS)
    assert len({world.name for world in (*WORLDS, *TUNING, *TUNING_DRAWN)}) == 24 + 12 + 176


def test_what_was_drawn_of_the_first_settings_stays_as_it_was():
    """New dials are drawn after the old ones, so that the first edition's figures can still be compared."""
    assert DRAWN[0].toll == pytest.approx(1006.855, abs=0.001)
    reports = simulate(HELD_OUT[1], (2000,)).reports
    assert (len(reports), sum(reports["number"].to_pylist())) == (440, 14034)


def test_a_verifier_publishes_minima_and_a_last_count_comes_months_later():
    world = dataclasses.replace(SMALL, verifiers=1, late=1.0)
    rows = pd.DataFrame(simulate(world, (4,)).reports.to_pylist())
    assert set(rows[rows["origin_id"] == "un-1"]["standard"]) == {"verified"}
    last = rows["counted_to"].max() - START
    assert 60 <= last.days < 215


def test_in_a_disaster_nearly_all_die_at_once_and_the_missing_are_counted_late():
    plain = dataclasses.replace(SMALL, disaster=True, active_days=2, toll=2000)
    late = dataclasses.replace(plain, missing=0.5)
    counted = {}
    for world in (plain, late):
        place, rng = places(world), np.random.default_rng(3)
        deaths = draw_deaths(world, place, rng)
        assert deaths[:, :, 0].sum() > 0.9 * deaths.sum()
        assert deaths[:, -1].sum() < 0.05 * deaths.sum()
        known, _ = count(world, deaths, "monitor", rng)
        counted[world.missing] = known[:, :, 20].sum() / deaths.sum()
    assert counted[0.5] < counted[0.0] - 0.2


# --- asking -------------------------------------------------------------------------------------------------


def test_an_answer_for_a_day_is_the_same_whether_or_not_later_reports_exist(simulated):
    on = START + dt.timedelta(9)
    early = ask(known_by(simulated.reports, on), simulated.reference, on)
    late = ask(simulated.reports, simulated.reference, on)
    pd.testing.assert_frame_equal(early.rows, late.rows)
    assert len(early.cells) > 10


def test_within_one_answer_nothing_falls_and_the_order_of_figures_holds(simulated):
    for day in (5, 20, 60):
        asked = ask(simulated.reports, simulated.reference, START + dt.timedelta(day))
        rows = asked.rows
        assert asked.falls == 0
        known = rows[rows["expected"].notna()]
        assert len(known) > 10
        assert (known["expected_low"] <= known["expected"]).all()
        assert (known["expected"] <= known["expected_high"]).all()
        assert (known["best"].notna() | (known["low"] > 0)).all()


def test_expected_figures_never_fall_and_no_part_is_expected_above_its_whole(simulated):
    rows = ask(simulated.reports, simulated.reference, START + dt.timedelta(20)).rows
    for name in ("expected_low", "expected", "expected_high"):
        cell = rows.dropna(subset=[name]).groupby(CELL)[name]
        assert (cell.diff().dropna() >= 0).all()
        latest = rows[rows["is_latest"]].assign(day=20)
        assert violations(latest, name, parents_of(SMALL), INSIDE)["child > parent"] == 0


def test_where_the_figure_is_blank_the_lower_bound_is_scored():
    cells = pd.DataFrame({"low": [3, 4, 5], "best": [np.nan, 6, 7], "expected": [np.nan, np.nan, 9]})
    assert figure_or_floor(cells).tolist() == [3, 6, 7]
    assert figure_or_floor(cells, "expected").tolist() == [3, 6, 9]


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


def settled(factor: float, *, crises: int = 20, each: int = 20, **columns: object) -> pd.DataFrame:
    """Rows of crises in which figures of 100 settled at about ``factor`` times as many."""
    rng = np.random.default_rng(4)
    spread = np.exp(np.repeat(rng.normal(0, 0.2, crises), each))
    rows = {
        "low": 100.0, "size": 100.0, "is_floor": False, "stage": 4, "age": 0, "is_latest": True, "apart": 0,
        "world_kind": "sudden", "counted_after": np.nan, "known_after": np.nan, **columns,
    }  # fmt: skip
    return pd.DataFrame(
        {"crisis_id": np.repeat([f"c{n}" for n in range(crises)], each), "settled": 100 * factor * spread}
    ).assign(**rows)


def test_where_figures_settle_is_learnt_apart_by_stage_and_age_and_ends_with_what_was_learnt():
    rows = pd.concat([settled(2), settled(1.2, stage=20, age=5)])
    learnt = {
        (r["stage_from"], r["age_from"]): r
        for r in ranges.fit(rows).to_pylist()
        if r["size_from"] == 40 and r["kind"] == "sudden"
    }
    assert set(learnt) == {(3, 0), (17, 3)}
    assert learnt[3, 0]["middle"] == pytest.approx(2, abs=0.2)
    assert learnt[17, 3]["middle"] == pytest.approx(1.2, abs=0.1)
    assert learnt[17, 3]["age_to"] == 5 and learnt[17, 3]["stage_to"] == 20


def test_where_fewer_than_one_in_twenty_settle_below_a_count_more_may_settle_above_high():
    (level,), (grown,) = (
        ranges.fit(settled(factor, crises=60)).slice(0, 1).to_pylist() for factor in (1.0, 3.0)
    )
    assert level["low"] < 1.0 == grown["low"], "a count can be complete"
    assert grown["high"] / grown["middle"] < level["high"] / level["middle"]


def test_a_class_of_few_crises_teaches_nothing_however_many_figures_they_have():
    assert len(ranges.fit(pd.concat([settled(2), settled(9, crises=3, each=900, stage=20)]))) == 32


def test_every_crisis_counts_the_same_within_a_class():
    many = settled(4, crises=1, each=5000).assign(crisis_id="loud")
    (row, *_) = ranges.fit(pd.concat([settled(1.5), many])).to_pylist()
    assert row["middle"] == pytest.approx(1.5, abs=0.2)


def test_every_figure_teaches_the_class_in_which_the_service_looks_it_up():
    simulated = simulate(SMALL, (9,))  # in which some ranges are open above
    rows = ask(simulated.reports, simulated.reference, START + dt.timedelta(28), Factors()).rows
    counts = rows[rows["best"].notna()]
    assert counts["high"].isna().any() and counts["apart"].notna().all()
    is_open = counts["high"].isna() & (counts["origins"] > 1)
    assert (counts["apart"][is_open] == 0).all()


def test_what_stays_blank_teaches_nothing():
    quiet = settled(9, age=8).assign(crisis_id=lambda r: "q" + r["crisis_id"])
    assert ranges.fit(pd.concat([settled(2), quiet])).equals(ranges.fit(settled(2)))


def test_middle_is_where_the_error_in_people_is_least():
    rng = np.random.default_rng(8)
    rows = settled(1.5, crises=15, each=30)
    best = np.rint(np.exp(rng.uniform(np.log(150), np.log(9000), len(rows))))
    rows = rows.assign(
        size=best, low=0.0, settled=best * (1 + 3000 / best) * rng.lognormal(0, 0.3, len(rows))
    )
    (row,) = [
        r
        for r in ranges.fit(rows).to_pylist()
        if (r["kind"], r["size_from"], r["apart_from"]) == ("sudden", 150, 0)
    ]
    share = (best + 1) / (rows["size"] + 1).groupby(rows["crisis_id"]).transform("sum")

    def error(factor: float) -> float:
        return float((share * np.abs((rows["settled"] + 1) / (best + 1) - factor)).sum())

    assert error(row["middle"]) <= min(error(f) for f in np.arange(1.0, 20, 0.01)) * 1.001


def answered(up: float, *, world: str, each: int = 200, **columns: object) -> pd.DataFrame:
    """Rows of a setting left out, expected between 50 and 200 by factors learnt elsewhere, that settled at up
    to 100 times 2 to the power of ``up``."""
    settled_at = 101 * 2 ** np.linspace(0, up, each) - 1
    rows = {"low": 0.0, "expected_low": 50.0, "expected": 120.0, "expected_high": 201.0, **columns}
    return settled(1, crises=1, each=each).assign(world=world, settled=settled_at, **rows)


def powers(*rows: pd.DataFrame) -> float:
    return ranges.margins(pd.concat(rows, ignore_index=True))["sudden", LATEST, 1]


def test_ranges_are_widened_by_what_settings_left_out_needed_and_never_narrowed():
    assert powers(answered(1.11, world="a")) == pytest.approx(1.0, abs=0.02)
    assert 1.02 < powers(answered(1.17, world="a")) <= ranges.WIDEST
    assert powers(answered(0.8, world="a")) == 1.0


def test_every_setting_left_out_counts_the_same():
    near, far = answered(1.13, world="near", each=2000), answered(1.2, world="far", each=100)
    assert powers(near, far) == pytest.approx(powers(near[::20], far), abs=0.03)
    assert powers(near, far) > powers(near)


def test_no_height_is_bought_for_what_lies_below_low():
    lost = answered(1.0, world="a", expected_low=np.where(np.arange(200) < 100, 1e6, 50.0))
    assert powers(lost) <= ranges.WIDEST
    assert powers(answered(50.0, world="a")) == ranges.WIDEST


def test_widened_ranges_still_hold_what_is_expected():
    learnt = ranges.fit(settled(3))
    for power in (1.0, 1.1):
        found = ranges.widened(learnt, {("sudden", LATEST, 1): power})
        for before, row in zip(learnt.to_pylist(), found.to_pylist(), strict=True):
            assert row["low"] <= row["middle"] <= row["high"]
            is_named = row["kind"] == "sudden"
            assert is_named or row == before
            assert (row["high"] > before["high"]) == (is_named and power > 1)


def test_the_settings_pushed_furthest_are_among_those_that_teach_and_none_is_held_out():
    teaching = (*TUNING, *TUNING_DRAWN)
    for dial, left_out in furthest(teaching).items():
        rest = [w for w in teaching if w not in left_out]
        way = PUSHED[dial]
        assert min(way * getattr(w, dial) for w in left_out) >= max(way * getattr(w, dial) for w in rest)
        assert len(left_out) == len(teaching) // 8
    assert not {w.name for w in teaching} & {w.name for w in WORLDS}
    assert not {*TUNING_SEEDS} & {*FRESH_SEEDS}


def test_coverage_takes_a_crisis_as_the_unit():
    crisis = np.repeat(np.arange(10), 100)
    together = ranges.coverage(crisis < 9, crisis)
    apart = ranges.coverage(np.arange(1000) % 10 < 9, crisis)
    assert together.share == apart.share == 0.9
    assert together.high - together.low > 0.3 > apart.high - apart.low


# --- how the service applies them ---------------------------------------------------------------------------


def test_beyond_what_was_learnt_there_are_no_factors():
    settling = Settling.of(ranges.fit(pd.concat([settled(2), settled(1.2, stage=20, age=5)])))
    stage, age = np.array([4, 4, 20, 21, -1]), np.array([0, 1, 5, 5, 0])
    asked = stage, age, np.full(5, 100), np.zeros(5, np.int64)
    for kind in ("sudden", ""):
        factors = settling.of_figures(kind, LATEST, *asked)
        assert np.isnan(factors[:, 1]).tolist() == [False, True, False, True, True]
    assert np.isnan(settling.of_figures("sudden", EARLIER, *asked)).all()
    assert np.isnan(settling.of_figures("ongoing", LATEST, *asked)).all()


def test_each_kind_teaches_its_own_and_all_together_those_of_no_known_kind():
    rows = pd.concat(
        [settled(2), settled(4, world_kind="ongoing").assign(crisis_id=lambda r: "o" + r["crisis_id"])]
    )
    settling = Settling.of(ranges.fit(rows))
    asked = [np.array([value]) for value in (4, 0, 100, 0)]
    middle = {kind: settling.of_figures(kind, LATEST, *asked)[0, 1] for kind in ("sudden", "", "ongoing")}
    assert middle["sudden"] < middle[""] < middle["ongoing"]


def test_once_a_crisis_has_ended_the_range_follows_how_far_the_origins_agree():
    over = {"counted_after": 12, "known_after": 40}
    near, far = settled(1.1, apart=2, **over), settled(1.6, apart=60, **over)
    settling = Settling.of(ranges.fit(pd.concat([near, far])))
    of = [np.full(2, value) for value in (12, 30, 100)]
    agreed, differing = settling.of_figures("sudden", ENDED, *of, np.array([5, 80]))
    assert agreed[2] < differing[2]
    assert np.isnan(
        settling.of_figures("sudden", ENDED, np.full(1, 12), np.full(1, 41), *map(np.full, (1, 1), (100, 5)))
    ).all()


def test_the_shipped_factors_are_in_order_and_have_an_end():
    learnt = shipped().settling
    assert Settling.of(learnt) is not None
    for row in learnt.to_pylist():
        assert 0 < row["low"] <= row["middle"] <= row["high"]
        assert row["age_to"] <= 400 and row["stage_to"] <= 400
    assert set(learnt["kind"].to_pylist()) == {"", "sudden", "ongoing"}


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


def test_days_counted_first_and_verified_later_say_where_a_count_settles():
    flash = list(range(100, 190))
    measure = bulletins(flash, [n + 20 for n in flash])
    found = west_bank.served([measure], with_verified=True)["killed"]
    assert found["expected"][-1] == flash[-1] + 10
    assert found["expected_high"][-1] == flash[-1] + 20
    assert np.isnan(found["expected"][35]), "too few days are verified yet"


def test_the_service_answers_a_lone_running_total_with_itself():
    measure = bulletins([5, 8, 8, 13], [6, 9, 9, 14])
    assert west_bank.served([measure], with_verified=False)["killed"]["best"].tolist() == [5, 8, 8, 13]


# --- what is published --------------------------------------------------------------------------------------


def test_the_coverage_that_answers_carry_is_that_of_the_accuracy_page():
    page = (Path(__file__).parents[2] / "docs" / "accuracy.md").read_text(encoding="utf-8")
    assert f"| {100 * range_methods()[SETTLED].coverage:.1f} % (" in page


@pytest.mark.parametrize(
    ("share", "low", "high", "verdict"),
    [
        (0.90, 0.70, 0.99, "within"),
        (0.85, 0.80, 0.86, "cannot tell"),
        (0.95, 0.94, 0.97, "cannot tell"),
        (0.85, 0.80, 0.859, "below"),
        (0.96, 0.95, 0.97, "above"),
    ],
)
def test_a_line_is_evidence_against_the_range_only_where_its_whole_interval_lies_outside(
    share, low, high, verdict
):
    assert beside_the_aim(ranges.Coverage(share, low, high, figures=100, crises=10)) == verdict
