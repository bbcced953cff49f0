"""Where a figure is expected to settle: by the kind of the crisis and its end, not beyond what was learnt."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from service.reconcile import reconcile
from service.reconcile.calibration import SETTLING, Factors
from service.vocabulary import CrisisKind
from tests.builders import reference
from tests.spec.drawn import METHOD, march, reports

FAR = 10**12


def learnt(
    kind: str, standing: str, high: float, *, apart: tuple[int, int] = (-1, FAR), low: float = 1.0
) -> dict[str, object]:
    """A class: figures of ``kind`` that stand so, up to 30 days old, settled at ``low`` to ``high`` times."""
    return {
        "kind": kind, "standing": standing, "stage_from": -30, "stage_to": 60, "age_from": 0, "age_to": 30,
        "size_from": 0, "size_to": FAR, "apart_from": apart[0], "apart_to": apart[1],
        "low": low, "middle": 1.0, "high": high, "cases": 100, "crises": 10,
    }  # fmt: skip


FACTORS = Factors(
    pa.Table.from_pylist(
        [
            learnt("sudden", "earlier", 6.0),
            learnt("", "latest", 3.0),
            learnt("sudden", "latest", 2.0),
            learnt("ongoing", "latest", 5.0, low=0.75),
            learnt("sudden", "ended", 1.25, apart=(-1, 20)),
            learnt("sudden", "ended", 1.5, apart=(21, FAR)),
            learnt("sudden", "latest floor", 4.0, low=0.5),
        ],
        schema=SETTLING,
    )
)


def expected_high(drawing: str, **given: Any) -> int | None:
    """The upper end of what is expected of the newest row."""
    return newest(drawing, **given)["expected_high"]


def newest(
    drawing: str,
    *,
    as_of: str,
    kind: str = "",
    ended: dt.date | None = None,
    last: dt.date | None = None,
    measure: str = "killed",
) -> dict[str, Any]:
    """The newest row as known on a day of March, or on ``last``."""
    return rows(drawing, as_of=as_of, kind=kind, ended=ended, last=last, measure=measure)[-1]


def rows(
    drawing: str,
    *,
    as_of: str,
    kind: str = "",
    ended: dt.date | None = None,
    last: dt.date | None = None,
    measure: str = "killed",
) -> list[dict[str, Any]]:
    """All rows as known on a day of March, or on ``last``."""
    known = reference()
    crisis = known.crisis.to_pylist()[0] | {"kind": kind, "ended_on": ended}
    known = dataclasses.replace(known, crisis=pa.Table.from_pylist([crisis], known.crisis.schema))
    said = reports(drawing)
    said = said.set_column(
        said.schema.get_field_index("measure"), "measure", pa.array([measure] * said.num_rows)
    )
    return reconcile(
        said, known, as_of=last or march(as_of), method=METHOD, calibration=FACTORS
    ).estimates.to_pylist()


@pytest.mark.parametrize(("kind", "high"), [("", 299), ("sudden", 199), ("ongoing", 499)])
def test_each_kind_has_its_own_factors_and_one_that_is_not_known_those_of_all(kind, high):
    assert {*CrisisKind, ""} >= {kind}
    assert expected_high("10 sohr 99", as_of="12", kind=kind) == high


def test_a_week_after_the_latest_figure_only_a_crisis_with_a_known_end_is_expected_to_settle_anywhere():
    assert expected_high("10 sohr 99", as_of="17", kind="sudden") == 199
    assert expected_high("10 sohr 99", as_of="18", kind="sudden") is None
    assert expected_high("10 sohr 99", as_of="18", kind="sudden", ended=march("9")) == 124


def test_where_nothing_is_expected_of_the_latest_figure_nothing_is_of_an_earlier_one():
    def highs(as_of, ended=None):
        drawn = rows("8 sohr 50\n10 sohr 99", as_of=as_of, kind="sudden", ended=ended)
        return [row["expected_high"] for row in drawn]

    assert highs("17") == [199, 199]
    assert highs("18") == [None, None]
    assert highs("18", ended=march("9")) == [124, 124]


def test_an_end_that_is_yet_to_come_is_none():
    assert expected_high("10 sohr 99", as_of="12", kind="sudden", ended=march("12")) == 199


def test_after_the_end_the_range_follows_how_far_the_origins_agree():
    agreed, differing = "10 sohr 99\n10 snhr 100", "10 sohr 99\n10 snhr 160"
    assert expected_high(agreed, as_of="25", kind="sudden", ended=march("10")) == 124
    assert expected_high(differing, as_of="25", kind="sudden", ended=march("10")) == 149


def test_a_lower_count_beside_a_figure_is_no_sign_that_it_will_grow():
    assert expected_high("10 sohr 160\n10 reuters 60", as_of="25", kind="sudden", ended=march("10")) == 201
    assert expected_high("10 sohr 160\n10 reuters 260", as_of="25", kind="sudden", ended=march("10")) == 241


def test_beyond_the_days_that_were_learnt_it_is_blank():
    late = dt.date(2025, 4, 9)
    assert expected_high("10 sohr 99", as_of="", last=late, kind="sudden", ended=march("10")) == 124
    assert (
        expected_high("10 sohr 99", as_of="", last=late + dt.timedelta(1), kind="sudden", ended=march("10"))
        is None
    )


def test_what_is_said_to_be_at_least_so_many_has_a_range_learnt_from_such_rows_alone():
    assert expected_high("10 sohr over 98", as_of="12", kind="sudden") == 399
    assert expected_high("10 sohr over 98", as_of="12", kind="ongoing") is None, "no floors taught that kind"


def test_nothing_is_expected_of_what_nobody_by_name_says():
    assert expected_high("10 sohr over 98", as_of="12", kind="sudden") is not None
    assert expected_high("10 anonymous over 98", as_of="12", kind="sudden") is None
    assert expected_high("10 sohr up to 99", as_of="12", kind="sudden") is None


@pytest.mark.parametrize("who", ["anonymous 99", "anonymous 90-110", "sohr 99 std=estimate"])
def test_nor_of_a_number_of_nobody_in_particular_or_of_a_model(who):
    assert expected_high(f"10 {who}", as_of="12", kind="sudden") is None
    assert expected_high(f"10 {who}\n10 snhr 99", as_of="12", kind="sudden") == 199, (
        "somebody by name counts, too"
    )


@pytest.mark.parametrize("measure", ["missing", "injured", "displaced"])
def test_settled_crises_teach_nothing_of_other_measures_than_the_killed(measure):
    assert expected_high("10 sohr 99", as_of="12", kind="sudden", measure=measure) is None


@pytest.mark.parametrize(
    ("drawing", "kind", "low", "expected_low"),
    [
        pytest.param("10 sohr 99", "ongoing", 99, 74, id="counts have been too high before"),
        pytest.param("10 sohr over 98", "sudden", 99, 49, id="and so have lower bounds"),
        pytest.param(
            "10 sohr 99\n10 ohchr over 79 std=verified", "ongoing", 80, 80, id="not what was verified"
        ),
        pytest.param("10 ohchr over 98 std=verified", "sudden", 99, 99, id="nor a verified minimum alone"),
    ],
)
def test_what_was_said_can_have_been_too_much_but_for_what_was_verified(drawing, kind, low, expected_low):
    row = newest(drawing, as_of="12", kind=kind)
    assert (row["low"], row["expected_low"]) == (low, expected_low)


def test_what_was_verified_of_a_part_bounds_its_whole():
    part = "10 ohchr over 79 std=verified at=Jableh"
    row = newest(f"{part}\n10 sohr 99 at=Latakia", as_of="12", kind="ongoing")
    assert (row["best"], row["expected_low"]) == (99, 80)
