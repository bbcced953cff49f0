"""What every report is told to have done, in the words a reader sees."""

import datetime as dt

import pytest

from service.vocabulary import Role
from tests.spec.drawn import march, reconciled, reports

DAYS = "its origin's counts of single days, added up from the first of the crisis"
FLOOR_OF_DAYS = "counts some of the days only: a floor, added to those before"
TAKEN_IN = "counts some of the days only; its origin's sum, own total or a higher floor already takes it in"
PART = "a part of the whole, so it can only raise a floor: Jableh, civilians"

CASES = {
    "a figure stands until its origin renews it": (
        """
        11 afp<sohr 658
        12 afp<sohr 683
        """,
        "12",
        {
            "afp 658": ("superseded", "its origin has since given a newer figure"),
            "afp 683": ("counted", "its origin's current statement"),
        },
    ),
    "what says no more than a floor is a bound": (
        "12 sohr at least 683",
        "12",
        {"sohr at least 683": ("bound", "its origin's current statement, a lower bound")},
    ),
    "an older total is a floor once others have counted on": (
        """
        12 sohr 683
        20 snhr 836
        """,
        "20",
        {
            "sohr 683": (
                "bound",
                "an older total: people counted by then are still counted, and others have counted on; "
                "not to more than double",
            ),
            "snhr 836": ("counted", "its origin's current statement"),
        },
    ),
    "a word read as its origin defines it is told": (
        "12 reuters<sohr 683 pop=alawite_civilians",
        "12",
        {
            "reuters 683": (
                "counted",
                "its origin's current statement; "
                "the word for the population is read as its origin defines it",
            )
        },
    ),
    "a copy with another place names the place": (
        """
        8 afp<sohr 745 area=x-coast
        8 reuters<sohr 745 area=x-coast
        8 anonymous<sohr 745
        """,
        "8",
        {
            "anonymous 745": (
                "out_of_scope",
                "a distorted copy: its origin gave this number for Syrian coast",
            )
        },
    ),
    "a suspected echo names whom it repeats": (
        """
        12 sohr 1,383
        13 anonymous 1,383
        """,
        "13",
        {
            "sohr 1,383": ("counted", "its origin's current statement"),
            "anonymous 1,383": (
                "echo",
                "no origin is named, and the number is that of Syrian Observatory for Human Rights",
            ),
        },
    ),
    "a slip is told from a leap": (
        """
        10 afp<snhr 1,018
        10 reuters<snhr 1,018
        11 afp<sohr 658
        12 reuters<sohr 6,830
        13 afp<sohr 735
        14 reuters<sohr 836
        20 anonymous<snhr 2,147
        """,
        "20",
        {
            "reuters 6,830": (
                "outlier",
                "carried by one only, and later figures of its origin fall below it: a slip",
            ),
            "anonymous 2,147": (
                "outlier",
                "carried by one only, and more than double its origin's well-carried 1018",
            ),
        },
    ),
    "copies, and what their origin's figure of the day was": (
        """
        12 sohr 683
        12 afp<sohr 683
        12 reuters<sohr 658
        12 ohchr<sohr over 600
        """,
        "12",
        {
            "sohr 683": ("counted", "its origin's current statement"),
            "afp 683": ("echo", "carries the same figure of the same origin"),
            "reuters 658": ("superseded", "its origin's figure grew to 683 on the same day"),
            "ohchr over 600": ("echo", "another wording of its origin's figure of that day, 683"),
        },
    ),
    "figures of other days that an origin had moved on from": (
        """
        11 sohr 683
        12 afp<sohr 658
        13 reuters<sohr over 658
        none ohchr<sohr 700 pub=14
        """,
        "14",
        {
            "sohr 683": ("counted", "its origin's current statement"),
            "afp 658": ("stale", "an older figure of its origin, which stood at 683 by then"),
            "reuters over 658": ("echo", "a looser wording of its origin's figure of 683"),
            "ohchr 700": ("echo", "a single undated copy that differs from its origin's figure of 683"),
        },
    ),
    "days counted alone add up, and each is then a floor": (
        """
        06 sohr 25 basis=increment
        07 sohr 49 basis=increment from=07
        """,
        "07",
        {
            "sohr 25": ("bound", "counts some of the days only, so it can only raise a floor"),
            "sohr 49": ("counted", DAYS),
        },
    ),
    "after the days that add up, their sum is a floor": (
        """
        06 sohr 25 basis=increment
        07 sohr 49 basis=increment from=07
        """,
        "08",
        {"sohr 49": ("bound", FLOOR_OF_DAYS)},
    ),
    "days counted alone that a total takes in": (
        """
        08 sohr 100
        09 sohr 49 basis=increment from=09
        """,
        "09",
        {"sohr 100": ("counted", "its origin's current statement"), "sohr 49": ("bound", TAKEN_IN)},
    ),
    "a part of the whole": (
        """
        11 snhr 683
        12 sohr 100 area=SY0602
        """,
        "12",
        {"sohr 100": ("bound", PART)},
    ),
    "a part of the whole that nobody answers for": (
        """
        11 snhr 683
        12 anonymous 100 area=SY0602
        """,
        "12",
        {
            "anonymous 100": (
                "bound",
                "a nameless claim about a part of the whole: shown, and without weight",
            )
        },
    ),
    "what was taken back says why": (
        "12 sohr 683 withdrawn=mistyped",
        "12",
        {"sohr 683": ("withdrawn", "mistyped")},
    ),
}  # fmt: skip


def told(drawing: str, on: str) -> dict[str, tuple[str, str]]:
    """``source figure`` -> role and reason on a day of March, for the civilians of Latakia."""
    said = {
        row["report_id"]: f"{row['source_id']} {row['count_stated']}" for row in reports(drawing).to_pylist()
    }
    return {
        said[row["report_id"]]: (row["role"], row["reason"])
        for row in reconciled(drawing).evidence.to_pylist()
        if row["areas"] == "SY06"
        and row["date"] <= march(on)
        and (row["until"] is None or row["until"] > march(on))
    }


@pytest.mark.parametrize(("drawing", "on", "expected"), CASES.values(), ids=CASES)
def test_a_report_is_told_with_what_it_did_and_why(drawing, on, expected):
    found = told(drawing, on)
    assert {who: found.get(who) for who in expected} == expected


BEHIND = {
    "the origin itself rather than a carrier": (
        """
        12 afp<sohr 100 area=SY0602
        12 sohr 100 area=SY0602 pub=13
        """,
        "sohr 100",
    ),
    "one that says what the bound says": (
        """
        12 afp<sohr over 100 area=SY0602 pub=12
        12 reuters<sohr 100 area=SY0602 pub=13
        """,
        "reuters 100",
    ),
    "the last of the days that add up to it": (
        """
        06 ohchr<sohr 5 basis=increment
        07 afp<sohr 100 basis=increment from=07
        """,
        "afp 100",
    ),
}


@pytest.mark.parametrize(("drawing", "expected"), BEHIND.values(), ids=BEHIND)
def test_of_those_who_carry_a_bound_one_stands_behind_it(drawing, expected):
    found = told("05 snhr 1\n" + drawing.strip(), on="20")
    reasons = {who: reason for who, (role, reason) in found.items() if role == "bound"}
    assert [who for who, reason in reasons.items() if reason in (PART, FLOOR_OF_DAYS)] == [expected]


def test_a_report_has_one_role_on_a_day_where_an_origin_counts_as_many_on_each():
    roles = reconciled(
        """
        06 afp<sohr 5 basis=increment
        07 reuters<sohr 5 basis=increment from=07
        08 snhr<sohr 5 basis=increment from=08
        """
    ).evidence.to_pylist()
    days = [
        (row["report_id"], row["areas"], row["date"] + dt.timedelta(n))
        for row in roles
        for n in range(((row["until"] or march("20")) - row["date"]).days)
    ]
    assert days and len(days) == len(set(days))


def test_the_cases_know_every_role():
    assert {role for *_, expected in CASES.values() for role, _ in expected.values()} == set(map(str, Role))


NOTICED = {
    "distorted_copy": (
        """
        8 afp<sohr 745 area=x-coast
        8 reuters<sohr 745 area=x-coast
        8 afp<sohr 745
        """,
        "Syrian Observatory for Human Rights as carried by AFP: "
        "a distorted copy: its origin gave this number for Syrian coast.",
    ),
    "suspected_echo": (
        """
        12 sohr 1,383
        13 afp<anonymous 1,383
        """,
        "Nobody named as carried by AFP: "
        "no origin is named, and the number is that of Syrian Observatory for Human Rights.",
    ),
    "slip": (
        """
        11 ohchr<sohr 1,018
        11 reuters<sohr 1,018
        20 afp<sohr 2,147
        """,
        "Syrian Observatory for Human Rights as carried by AFP: "
        "carried by one only, and more than double its origin's well-carried 1018.",
    ),
    "stale_copy": (
        """
        11 sohr 683
        12 afp<sohr 658
        """,
        "Syrian Observatory for Human Rights as carried by AFP: "
        "an older figure of its origin, which stood at 683 by then.",
    ),
    "revised_down": (
        """
        11 sohr 900 pop=alawite_civilians
        12 sohr 683 pop=alawite_civilians
        """,
        "Syrian Observatory for Human Rights went down from 900 to 683 on 2025-03-12 "
        "(Latakia, killed, civilians).",
    ),
}


@pytest.mark.parametrize(("code", "drawing", "message"), [(code, *case) for code, case in NOTICED.items()])
def test_what_is_odd_about_the_lineage_is_noticed(code, drawing, message):
    (finding,) = reconciled(drawing).findings
    last = reports(drawing).to_pylist()[-1]
    assert (finding.code, finding.message, finding.subject) == (code, message, last["report_id"])
    assert finding.fix


def test_findings_come_sorted_by_all_that_they_say():
    found = reconciled(
        """
        7 ohchr 1,900
        8 ohchr 1,700
        8 afp<sohr 745 area=x-coast
        8 reuters<sohr 745 area=x-coast
        8 ohchr<sohr 745
        8 snhr<sohr 745 area=SY0602
        9 anonymous 745 area=x-coast
        """
    ).findings
    assert [finding.code for finding in found] == ["distorted_copy"] * 2 + ["revised_down", "suspected_echo"]
    assert list(found) == sorted(found, key=lambda each: (each.code, each.message, each.fix, each.subject))


@pytest.mark.parametrize(
    "drawing", ["12 sohr 683 withdrawn=mistyped", "12 sohr at least 683 basis=increment"]
)
def test_a_lone_report_of_any_kind_has_evidence_and_nothing_odd(drawing):
    answer = reconciled(drawing)
    assert len(answer.evidence) > 0
    assert answer.findings == ()
