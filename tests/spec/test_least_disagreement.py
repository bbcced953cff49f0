"""The rules of reconciliation, drawn: reports in, estimates out. docs/methodology.md quotes these tables."""

import datetime as dt

import pyarrow as pa
import pytest

from service.reconcile.calibration import CALIBRATION, COMPLETION, Factors
from tests.spec.drawn import estimates, march, roles, tidy

NOWCAST = "nowcast/2"
SPEC = {
    "one exact figure is its own estimate": (
        "12 sohr 683",
        "12 683 683 683 single_source",
    ),
    "many carriers of one origin's figure are one statement": (
        """
        12 sohr 683
        12 afp<sohr 683
        12 reuters<sohr 683
        """,
        "12 683 683 683 single_source",
    ),
    "an origin's later total replaces its earlier one": (
        """
        11 afp<sohr 658
        12 afp<sohr 683
        """,
        """
        11 658 658 658 single_source
        12 683 683 683 single_source
        """,
    ),
    "a verified minimum is a floor and moves nothing above it": (
        """
        11 ohchr at least 111 std=verified
        12 sohr 1,383
        """,
        """
        11 111 111 - single_source
        12 1383 1383 1383 single_source
        """,
    ),
    "of three independent exact counts the weighted median agrees best": (
        """
        12 sohr 700
        12 snhr 720
        12 ohchr 900
        """,
        "12 700 720 900 contested",
    ),
    "two origins within ten per cent corroborate each other": (
        """
        12 sohr 700
        12 snhr 720
        """,
        "12 700 700 720 corroborated",
    ),
    "over N starts at N + 1 and stays open": (
        "12 sohr over 740",
        "12 741 741 - single_source",
    ),
    "a range gives both ends": (
        "12 sohr 2,300–2,400",
        "12 2300 2300 2400 single_source",
    ),
    "an anonymous claim opens neither end of a named figure's range": (
        """
        12 sohr 1,383
        12 anonymous more than 4,000
        """,
        "12 1383 1383 1383 single_source",
    ),
    "at least N copied from an exact N leaves it exact": (
        """
        12 sohr 1,383
        12 afp<sohr at least 1,383
        12 reuters<sohr over 1,383
        """,
        "12 1383 1383 1383 single_source",
    ),
    "the highest figure carried by two is the last of the day": (
        """
        8 afp<sohr 532
        8 reuters<sohr 532
        8 afp<sohr 745
        8 reuters<sohr 745
        8 anonymous<sohr 750
        """,
        "08 745 745 745 single_source",
    ),
    "a lower total carried by one outlet is stale, not a revision": (
        """
        10 sohr 973
        11 afp<sohr 830
        """,
        "10 973 973 973 single_source",
    ),
    "a lower total from the origin itself is a revision": (
        """
        10 sohr 973
        11 sohr 950
        """,
        """
        10 973 973 973 single_source
        11 950 950 950 single_source
        """,
    ),
    "a lower total carried by two outlets is a revision": (
        """
        10 afp<sohr 973
        10 reuters<sohr 973
        11 afp<sohr 950
        11 reuters<sohr 950
        """,
        """
        10 973 973 973 single_source
        11 950 950 950 single_source
        """,
    ),
    "days counted alone are a floor once they are over": (
        """
        6 sohr 4 basis=increment
        """,
        """
        06 4 4 4 single_source
        07 4 - - inferred
        """,
    ),
    "days counted alone add up where their origin gives no total": (
        """
        6 sohr 4 basis=increment
        7 sohr 10 basis=increment from=7
        """,
        """
        06 4 4 4 single_source
        07 14 14 14 single_source
        08 14 - - inferred
        """,
    ),
    "days with a gap between them add up to a floor": (
        """
        6 sohr 4 basis=increment
        9 sohr 10 basis=increment from=9
        """,
        """
        06 4 4 4 single_source
        07 4 - - inferred
        09 14 - - inferred
        """,
    ),
    "a span of days and a day within it are not added": (
        """
        7 sohr 4 basis=increment from=7
        8 sohr 10 basis=increment
        """,
        """
        07 4 - - inferred
        08 10 10 10 single_source
        09 10 - - inferred
        """,
    ),
    "an origin's own total already takes its days in": (
        """
        6 sohr 4 basis=increment
        7 sohr 20
        8 sohr 10 basis=increment from=8
        """,
        """
        06 4 4 4 single_source
        07 20 20 20 single_source
        """,
    ),
    "a part of the place raises the floor of the whole and gives no best": (
        """
        8 sohr 60 area=SY0602
        12 snhr 500
        """,
        """
        08 60 - - inferred
        12 500 500 500 single_source
        """,
    ),
    "a total without any date stands beside the newest dated one and does not overtake it": (
        """
        12 sohr 866
        none snhr 732 pub=none
        """,
        "12 732 866 866 contested",
    ),
    "a single copy that more than doubles a well-carried figure is not believed": (
        """
        11 afp<sohr 1,018
        11 reuters<sohr 1,018
        20 anonymous<sohr 2,146
        """,
        "11 1018 1018 1018 single_source",
    ),
    "a second copy is believed, however steep the rise": (
        """
        7 afp<sohr 237
        7 reuters<sohr 237
        8 afp<sohr 745
        8 reuters<sohr 745
        """,
        """
        07 237 237 237 single_source
        08 745 745 745 single_source
        """,
    ),
    "a single copy may double a figure that one alone had carried": (
        """
        7 afp<sohr 35
        8 afp<sohr 93
        """,
        """
        07 35 35 35 single_source
        08 93 93 93 single_source
        """,
    ),
    "older totals hold a fresh count down that more than doubles them": (
        """
        12 sohr 683
        12 ohchr 690
        13 snhr 4,000
        """,
        """
        12 683 683 690 corroborated
        13 690 690 4000 contested
        """,
    ),
    "a withdrawn report takes no part": (
        """
        11 sohr 658
        12 sohr 6,830 withdrawn=mistyped
        """,
        "11 658 658 658 single_source",
    ),
}


@pytest.mark.parametrize(("given", "expected"), SPEC.values(), ids=SPEC.keys())
def test_reports_in_estimates_out(given, expected):
    assert estimates(given) == tidy(expected)


def test_a_figure_is_provisional_while_it_is_fresh_and_moving():
    drawing = "11 sohr 658\n12 sohr 683"
    assert estimates(drawing, as_of=march("12")).splitlines()[-1] == "12 683 683 683 provisional"
    assert estimates(drawing, as_of=march("25")).splitlines()[-1] == "12 683 683 683 single_source"


def test_a_joint_floor_is_in_no_single_places_curve():
    drawing = "9 sohr over 740 area=SY06|SY0602|SY1002"
    assert estimates(drawing, area="SY06") == ""
    assert estimates(drawing, area="SY0602") == ""
    assert estimates(drawing, area="SY06|SY0602|SY1002") == "09 741 741 - single_source"


def test_a_report_about_exactly_the_members_of_a_region_is_about_the_region():
    assert estimates("12 sohr 1,383 area=SY06|SY10", area="x-coast") == "12 1383 1383 1383 single_source"


def test_the_whole_regions_figure_given_to_one_of_its_places_is_a_distorted_copy():
    drawing = """
        8 afp<sohr 745 area=x-coast
        8 reuters<sohr 745 area=x-coast
        8 anonymous<sohr 745
        10 afp<sohr 545
    """
    assert estimates(drawing) == "10 545 545 545 single_source"
    assert roles(drawing, on="10") == {"anonymous 745": "out_of_scope", "afp 545": "counted"}


def test_a_carriers_word_for_the_population_is_read_as_the_origin_defines_it():
    drawing = """
        12 afp<sohr 1,383
        12 reuters<sohr 1,383 pop=alawite_civilians
    """
    assert estimates(drawing, pop="alawite_civilians") == ""
    assert roles(drawing, on="12") == {"afp 1,383": "counted", "reuters 1,383": "echo"}


def test_a_nameless_figure_equal_to_a_named_one_is_a_suspected_echo():
    drawing = """
        12 sohr 1,383
        13 anonymous 1,383
    """
    assert roles(drawing, on="13") == {"sohr 1,383": "counted", "anonymous 1,383": "echo"}


def test_copies_are_echoes_and_older_totals_superseded():
    drawing = """
        11 afp<sohr 658
        12 afp<sohr 683 pub=12
        12 reuters<sohr 683 pub=13
    """
    assert roles(drawing, on="12") == {"afp 658": "superseded", "afp 683": "counted", "reuters 683": "echo"}


def test_an_older_total_becomes_a_floor_when_another_origin_counts_on():
    drawing = """
        12 sohr 683
        20 snhr 836
    """
    assert roles(drawing, on="12") == {"sohr 683": "counted"}
    assert roles(drawing, on="20") == {"sohr 683": "bound", "snhr 836": "counted"}
    assert estimates(drawing).splitlines()[-1] == "20 836 836 836 single_source"


def test_a_much_weaker_fresh_claim_does_not_turn_a_documented_total_into_a_floor():
    drawing = """
        12 sohr 683
        20 reuters 400 std=unverified
    """
    assert roles(drawing, on="20") == {"sohr 683": "counted", "reuters 400": "counted"}
    assert estimates(drawing).splitlines()[-1] == "20 400 683 683 contested"


def test_a_lone_figure_that_two_later_ones_fall_below_was_a_slip():
    drawing = """
        11 afp<sohr 658
        12 reuters<sohr 6,830
        13 afp<sohr 735
        20 reuters<sohr 836
    """
    assert estimates(drawing) == tidy(
        """
        11 658 658 658 single_source
        13 735 735 735 single_source
        20 836 836 836 single_source
        """
    )
    assert roles(drawing, on="20")["reuters 6,830"] == "outlier"


def test_a_single_copy_that_more_than_doubles_a_well_carried_figure_is_shown_as_an_outlier():
    drawing = """
        11 afp<sohr 1,018
        11 reuters<sohr 1,018
        20 anonymous<sohr 2,146
    """
    assert roles(drawing, on="20")["anonymous 2,146"] == "outlier"


def test_measures_populations_and_attributions_are_never_mixed():
    drawing = """
        12 sohr 683
        12 snhr 900 pop=all
        12 ohchr 50 by=government_side
    """
    assert estimates(drawing, pop="all").splitlines()[-1] == "12 900 900 900 single_source"
    assert "12 683 683 683 single_source" in estimates(drawing)


def test_as_of_knows_only_what_was_published():
    drawing = """
        11 sohr 658 pub=12
        12 sohr 683 pub=14
    """
    assert estimates(drawing, as_of=dt.date(2025, 3, 11)) == ""
    assert estimates(drawing, as_of=dt.date(2025, 3, 13)) == "11 658 658 658 provisional"


# --- ranges ------------------------------------------------------------------------------------------------

ALL = 10**9
WIDE = Factors(
    range=pa.Table.from_pylist(
        [
            {"stage_from": 0, "stage_to": 6, "best_from": 0, "best_to": ALL,
             "below": 1.0, "above": 4.0, "cases": 100},
            {"stage_from": 7, "stage_to": ALL, "best_from": 0, "best_to": ALL,
             "below": 0.5, "above": 2.0, "cases": 100},
        ],
        schema=CALIBRATION,
    ),
    completion=pa.Table.from_pylist(
        [
            {"stage_from": 0, "stage_to": 6, "age_from": 0, "age_to": 6, "best_from": 0, "best_to": ALL,
             "lift": 2.0, "off": 1.2, "cases": 100},
            {"stage_from": 7, "stage_to": ALL, "age_from": 0, "age_to": 6, "best_from": 0, "best_to": ALL,
             "lift": 1.5, "off": 1.1, "cases": 100},
            {"stage_from": 0, "stage_to": ALL, "age_from": 7, "age_to": ALL, "best_from": 0, "best_to": ALL,
             "lift": 3.0, "off": 2.0, "cases": 100},
        ],
        schema=COMPLETION,
    ),
)  # fmt: skip
"""Settled figures lay at one to four times the figure in the first week, at half to double it afterwards; a
count missed half of them in the first week, a third afterwards, and two thirds once it was a week old."""

RANGES = {
    "a range reaches as far as settled figures lay from figures of that stage and size": (
        """
        8 sohr 99
        10 sohr 199
        """,
        """
        08 99 99 399 single_source
        10 199 199 799 single_source
        """,
    ),
    "a late figure has the range of its stage": (
        """
        8 sohr 99
        15 sohr 199
        """,
        """
        08 99 99 399 single_source
        15 99 199 399 single_source
        """,
    ),
    "a range is never narrower than the spread of the named origins' statements": (
        """
        12 sohr 99
        12 snhr 90
        12 ohchr 900
        """,
        "12 90 99 900 contested",
    ),
    "a figure with floors only stays open above": (
        "12 sohr over 740",
        "12 741 741 - single_source",
    ),
    "a verified floor is not gone below": (
        """
        11 ohchr at least 111 std=verified
        20 sohr 199
        """,
        """
        11 111 111 - single_source
        20 111 199 399 single_source
        """,
    ),
    "a verified total of the very day is the settled figure": (
        "12 ohchr 111 std=verified",
        "12 111 111 111 single_source",
    ),
    "the toll of a day is no higher than that of a later one": (
        """
        8 sohr 99
        30 ohchr 150 std=verified
        """,
        """
        08 99 99 150 single_source
        30 150 150 150 single_source
        """,
    ),
}


@pytest.mark.parametrize(("given", "expected"), RANGES.values(), ids=RANGES.keys())
def test_reports_in_calibrated_ranges_out(given, expected):
    assert estimates(given, calibration=WIDE) == tidy(expected)


VERIFIED_LATER = "\n".join(
    f"{day} ohchr {10 * day}\n{day} un-verified {10 * day + (4 if day % 2 else -2)} std=verified pub=30"
    for day in range(7, 19)
)
"""Twelve days counted at once, and verified on the 30th: off by 4 and by 2 in turn."""


def test_a_cell_that_was_verified_later_teaches_its_own_range():
    drawing = VERIFIED_LATER + "\n25 ohchr 300"
    assert estimates(drawing, calibration=WIDE).splitlines()[-1] == "25 296 300 304 single_source"


NOWCASTS = {
    "a count is raised by what counts of its stage missed": (
        """
        8 sohr 99
        10 sohr 199
        """,
        """
        08 99 199 399 single_source
        10 199 399 799 single_source
        """,
    ),
    "a count that is at least N is raised as one of N": (
        "12 sohr at least 740",
        "12 740 1481 - single_source",
    ),
    "an old count is raised more, weighs less than one that came closer, and is levelled with it": (
        """
        8 snhr 99
        20 sohr 149
        """,
        """
        08 99 172 299 single_source
        20 74 224 299 single_source
        """,
    ),
    "the middle of the origins is taken, not the highest floor": (
        """
        12 sohr at least 99
        12 snhr at least 99
        12 ohchr at least 899
        """,
        "12 199 199 - single_source",
    ),
    "a nameless claim is not heard": (
        """
        12 sohr 99
        12 anonymous over 4,000
        """,
        "12 99 199 399 single_source",
    ),
    "the toll of a day is no higher than that of a later one": (
        """
        10 sohr 199
        15 sohr 209
        """,
        """
        10 199 314 419 single_source
        15 104 314 419 single_source
        """,
    ),
    "a verified total of the very day is the settled figure": (
        "12 ohchr 111 std=verified",
        "12 111 111 111 single_source",
    ),
}


@pytest.mark.parametrize(("given", "expected"), NOWCASTS.values(), ids=NOWCASTS.keys())
def test_reports_in_figures_to_expect_out(given, expected):
    assert estimates(given, calibration=WIDE, method=NOWCAST) == tidy(expected)


def test_nowcast_levels_an_origin_that_stands_below_the_others_wherever_it_speaks_alone():
    alone = "12 afp 99 area=SY10"
    beside = "12 sohr 199\n12 snhr 199\n12 afp 99"
    assert estimates(alone, calibration=WIDE, method=NOWCAST, area="SY10").split()[2] == "199"
    levelled = estimates(f"{alone}\n{beside}", calibration=WIDE, method=NOWCAST, area="SY10")
    assert levelled.split()[2] == str(round(200 * 2 ** (1 / 2) - 1)), (
        "one cell bears out half of a factor of two"
    )
    assert estimates(f"{alone}\n{beside}", calibration=WIDE, method=NOWCAST).split()[2] == "399"


def test_nowcast_adds_half_of_the_usual_gap_where_counts_were_verified_later():
    steady = VERIFIED_LATER.replace("un-verified", "snhr")
    usual = "\n".join(
        f"{day} ohchr {10 * day}\n{day} snhr {10 * day + 8} std=verified" for day in range(7, 19)
    )
    assert estimates(usual + "\n25 ohchr 300", method=NOWCAST).splitlines()[-1].split()[2] == "304"
    assert estimates(steady + "\n25 ohchr 300", method=NOWCAST).splitlines()[-1].split()[2] in (
        "300",
        "301",
    )


@pytest.mark.parametrize("method", ["median/1", "range/1", "ucdp/1", "latest:sohr/1"])
def test_other_methods_keep_the_lowest_and_highest_statement(method):
    assert estimates("12 sohr 683", calibration=WIDE, method=method) == estimates(
        "12 sohr 683", method=method
    )


THREE = """
    11 snhr 640
    12 sohr 683
    12 ohchr at least 111 std=verified
    12 anonymous 4,000
"""


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("least-disagreement/1", "12 683 683 683"),
        ("median/1", "12 640 640 683"),
        ("range/1", "12 111 - 683"),
        ("ucdp/1", "12 111 111 683"),
        ("latest:snhr/1", "11 640 640 640"),
        ("latest:anonymous/1", "12 4000 4000 -"),
    ],
)
def test_each_named_method_answers_in_its_own_way(method, expected):
    lines = estimates(THREE, method=method).splitlines()
    assert lines[-1].rsplit(" ", 1)[0] == expected
