"""Every kind of chart draws what the ledger says, alike through every door."""

import datetime as dt
import json
import re
import struct
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers.chart_kinds import KINDS
from service.answers.pictures import picture_of
from service.charts import interactive
from service.charts.kinds.increments import increments
from service.charts.kinds.origins import origins
from service.charts.kinds.parts import parts
from service.charts.kinds.trend import trend
from service.charts.kinds.why import half_of_the_weight, why
from service.charts.limits import within_axes
from service.charts.looks import looks
from service.charts.render import draw
from service.charts.style import DARK, DARK_PAPER, GRID, INK, LINE, MUTED, PAPER, RULE, dark_rules
from service.charts.text import Words
from service.errors import CasualtyError, NotFound, QueryError, UnknownName
from tests.unit.shown import SOHR, answer, coast, day, point, row

WORDS = Words("en")
SVG = "{http://www.w3.org/2000/svg}"
CELL = {"area": "x-syrian-coast", "measure": "killed", "population": "civilians", "as_of": "2025-04-20"}
ASKED = {
    "trend": CELL,
    "origins": CELL | {"compare": ["sohr", "snhr", "ohchr"]},
    "known": CELL | {"compare": ["2025-03-10", "2025-03-12"]},
    "parts": CELL,
    "increments": CELL,
    "against": {
        "crisis": "syria-coast-2025-03",
        "measure": "killed",
        "population": "all",
        "compare": ["libya-derna-2023-09"],
        "as_of": "2025-04-20",
    },
    "why": CELL | {"date": "2025-03-12"},
}


def picture(ledger, kind, **more):
    return picture_of(ledger, kind, ASKED[kind] | more, WORDS)


def texts(drawn):
    return [node.text for node in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [340, 720])
def test_every_kind_says_its_sources_its_day_its_head_and_its_licence_and_clips_nothing(ledger, kind, width):
    drawn = draw(picture(ledger, kind), WORDS, width=width)
    said = " ".join(texts(drawn))
    assert "Sources: " in said
    assert "SOHR" in said
    assert "20 April 2025" in said
    assert re.search(r"ledger \d+-[0-9a-f]{12}", said.replace(" ", "", 0))
    assert "CC BY 4.0" in said
    for node in ElementTree.fromstring(drawn).iter(f"{SVG}text"):
        wide = len(node.text or "") * float(node.get("font-size")) * 0.5
        x = float(node.get("x"))
        left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[node.get("text-anchor")]
        assert left > -8, node.text
        assert left + wide < width + 8, node.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_gives_the_same_numbers_as_picture_as_figure_and_as_words(ledger, kind):
    shown = picture(ledger, kind)
    figure = json.loads(ledger.chart(kind=kind, **ASKED[kind]).to_json())
    titles = " ".join(note["text"] for note in figure["layout"]["annotations"])
    drawn = " ".join(texts(draw(shown, WORDS, width=1600)))
    for panel in shown.panels:
        assert panel.title in drawn
        assert panel.standing in drawn
        assert panel.title.replace("&", "&amp;") in titles
    assert len([t for t in figure["data"] if t.get("showlegend")]) == len(shown.key)
    assert shown.panels
    assert shown.said


def test_a_png_is_drawn_without_a_browser_twice_as_large_as_its_svg(ledger):
    data = ledger.chart_file("png", kind="trend", width=400, **CELL)
    assert data.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", data[16:24])
    svg = ledger.chart_file("svg", kind="trend", width=400, **CELL)
    assert (width, height) == (800, 2 * int(re.search(rb'height="(\d+)"', svg).group(1)))
    assert data == ledger.chart_file("png", kind="trend", width=400, **CELL)


def test_a_page_by_itself_runs_one_script_and_leads_nowhere(ledger):
    page = ledger.chart_file("html", kind="origins", **ASKED["origins"]).decode()
    assert page.count("<script>") == 1
    assert "href=" not in page
    assert "http" not in re.sub(r"http://www.w3.org/2000/svg", "", page)
    assert 'class="datum"' in page


def test_what_is_expected_is_a_band_of_its_own_beside_what_origins_say():
    rows = [row("SY06", "2025-03-12", 643, 683, 713, expected_low=650, expected=800, expected_high=1_100)]
    (panel,) = trend(answer(rows), WORDS).panels
    groups = {band.group: {y for _, y in band.corners} for band in panel.bands}
    assert groups["range"] == {643, 713}
    assert groups["expected"] == {650, 1_100}
    names = [entry.name for entry in trend(answer(rows), WORDS).key]
    assert {"What origins say, low to high", "Where it is expected to settle"} <= {*names}


def test_an_expected_range_does_not_squash_what_is_reported_and_says_how_far_it_goes():
    rows = [row("SY06", "2025-03-12", 643, 683, 713, expected_low=650, expected=800, expected_high=7_724)]
    (panel,) = trend(answer(rows), WORDS).panels
    assert panel.top == 2 * 713
    assert "expected up to 7,724 ↑" in [sign.text for sign in panel.signs]
    for as_of in ("2025-03-12", "2025-03-14", "2026-01-01"):
        assert "expected up to 7,724 ↑" in texts(draw(trend(answer(rows, as_of=as_of), WORDS), WORDS))


@pytest.mark.parametrize(
    ("more", "points", "said"),
    [
        ({}, [("2025-03-11", 683)], "the count that SOHR gave for 11 March 2025"),
        ({"is_raised": True}, [], "raised to a part of it or to the sum of its parts"),
        ({}, [], "between the counts of its origins"),
    ],
)
def test_each_step_says_where_its_figure_comes_from(more, points, said):
    rows = [row("SY06", "2025-03-12", 643, 683, 713, **more)]
    marks = [point("SY06", "2025-03-11", "SOHR", n, n, n) | {"date": day("2025-03-12")} for _, n in points]
    for each, (on, _) in zip(marks, points, strict=True):
        each["counted_to"] = day(on)
    (panel,) = trend(answer(rows, marks), WORDS).panels
    assert panel.spots[0].said.endswith(said)


def test_all_panels_share_one_axis_or_say_that_they_do_not():
    own, shared = trend(coast(), WORDS), trend(coast(), WORDS, is_shared=True)
    assert len({panel.top for panel in own.panels[:2]}) == 2
    assert len({panel.top for panel in shared.panels}) == 1
    assert "do not compare" in own.notes[0]
    assert "share one vertical axis" in shared.notes[0]


def test_each_origin_speaks_for_itself_from_what_its_account_leaves_room_for():
    points = [
        point("SY06", "2025-03-10", "SOHR", 545, 545, 545, weight=80, account_low=545, account_high=683),
        point("SY06", "2025-03-10", "OHCHR", 111, None, None, weight=90, account_low=111),
        point("SY06", "2025-03-10", "Copy", 999, 999, 999, weight=0, account_low=999, account_high=999),
    ]
    series = answer([row("SY06", "2025-03-10", 111, 545, 683)], points)
    shown = origins(series, WORDS)
    assert [panel.title for panel in shown.panels] == ["OHCHR", "SOHR"]
    assert shown.panels[0].standing.startswith("says at least 111,")
    assert shown.panels[1].standing == "says 545, counted to 10 March 2025; leaves room for 545–683"
    assert {y for band in shown.panels[1].bands for _, y in band.corners} == {545, 683}
    assert len({panel.top for panel in shown.panels}) == 1
    only = origins(series, WORDS, wanted=["sohr"])
    assert [panel.title for panel in only.panels] == ["SOHR"]
    assert "Not shown: OHCHR." in only.notes


def test_what_follows_from_words_about_others_is_not_put_into_an_origins_mouth():
    points = [
        point("SY06", "2025-03-10", "SOHR", 545, 545, 545, weight=80, account_low=545, account_high=545),
        point("SY06", "2025-03-10", "OCHA", 112, 112, 112, weight=95, account_low=112, role="bound"),
        *(point("SY06", "2025-03-10", f"Paper {n}", 9, 9, 9, weight=9, account_low=9, role="bound")
          for n in range(5)),
    ]  # fmt: skip
    shown = origins(answer([row("SY06", "2025-03-10", 545, 545, 545)], points), WORDS)
    told = {panel.title: panel.standing for panel in shown.panels}
    assert list(told)[:2] == ["SOHR", "OCHA"], "who counts the place itself comes first"
    assert told["OCHA"] == "leaves room for at least 112"
    assert len(told) == 3, "of those who do not count it, the heaviest alone"


def test_an_origin_that_was_asked_for_and_has_nothing_to_draw_is_named():
    points = [
        point("SY06", "2025-03-10", "SOHR", 545, 545, 545, weight=80, account_low=545, account_high=545),
        point("SY06", "2025-03-10", "SNHR", None, None, 900, weight=80, account_low=None, account_high=900,
              role="bound"),
    ]  # fmt: skip
    shown = origins(
        answer([row("SY06", "2025-03-10", 545, 545, 545)], points), WORDS, wanted=["sohr", "snhr"]
    )
    assert any(note.startswith("Nothing to draw of SNHR") for note in shown.notes)


def test_what_was_known_on_a_day_is_the_series_of_that_day(ledger):
    shown = picture(ledger, "known")
    (panel,) = shown.panels
    for on in ("2025-03-10", "2025-03-12"):
        rows = ledger.series(arrow=True, **{**CELL, "as_of": on}).to_pylist()
        label = f"{dt.date.fromisoformat(on).day} Mar"
        ends = [stroke.corners[-1] for stroke in panel.strokes if stroke.label == label]
        assert [y for _, y in ends] == [rows[-1]["best"]]


def test_parts_are_stacked_only_where_they_do_not_come_to_more_than_their_whole():
    rows = [
        row("SY", "2025-03-10", 90, 100, 100),
        row("SY06", "2025-03-10", 60, 60, 60),
        row("SY06", "2025-03-11", 120, 120, 120),
        row("SY10", "2025-03-10", 30, 30, 30),
    ]
    shares = [
        row(area, "2025-03-11", low, best, high, grade="contested") | {"share": share}
        for share, area, low, best, high in (
            ("whole", "SY", 90, 100, 100),
            ("part", "SY06", 120, 120, 120),
            ("part", "SY10", 30, 30, 30),
            ("elsewhere", "SY-e", 0, None, 7),
        )
    ]
    shown = parts(answer(rows), shares, WORDS)
    assert shown.panels[0].standing.startswith("In all 100 (range 90–100), contested: ")
    assert shown.panels[0].standing.endswith("elsewhere 0–7, contested")
    stacked = [band for panel in shown.panels for band in panel.bands]
    assert {band.group for band in stacked} == {"SY06", "SY10", "elsewhere"}
    assert max(x for band in stacked for x, _ in band.corners) == day("2025-03-11").toordinal()
    assert any("come to more than the whole" in note for note in shown.notes)


@pytest.mark.parametrize(
    ("whole", "labels", "is_dotted"),
    [
        ([("2025-03-10", 100, None, None)], ["at least 100"], [True]),
        ([("2025-03-10", None, None, 140)], [], []),
        ([("2025-03-10", 80, 90, 90), ("2025-03-12", 200, None, None)], ["", "at least 200"], [False, True]),
        ([("2025-03-10", 80, None, None), ("2025-03-12", 95, 99, 99)], ["", "99"], [True, False]),
    ],
    ids=["only a floor", "only a ceiling", "a figure that a floor follows", "a floor that a figure follows"],
)
def test_a_whole_without_a_best_figure_is_drawn_at_its_floor_beside_its_parts(whole, labels, is_dotted):
    rows = [row("SY", *step) for step in whole] + [row("SY06", "2025-03-10", 60, 60, 60)]
    shares = [rows[len(whole) - 1] | {"share": "whole"}, rows[-1] | {"share": "part"}]
    shown = parts(answer(rows), shares, WORDS)
    (panel,) = shown.panels
    lines = [stroke for stroke in panel.strokes if stroke.group == "whole"]
    assert [stroke.label for stroke in lines] == labels
    assert [bool(stroke.look.dash) for stroke in lines] == is_dotted
    assert draw(shown, WORDS, width=720)


def test_no_two_parts_of_a_whole_have_one_colour():
    villages = [f"SY06{n:02}" for n in range(12)]
    rows = [row("SY06", "2025-03-10", 120, 120, 120)]
    rows += [row(village, "2025-03-10", 10, 10, 10) for village in villages]
    shares = [each | {"share": "part" if number else "whole"} for number, each in enumerate(rows)]
    shown = parts(answer(rows), shares, WORDS)
    looks = {band.group: band.fill for panel in shown.panels for band in panel.bands}
    assert len(looks) == len(set(looks.values())) == 7, "six parts, and the other places together"


def test_increments_count_what_several_carried_once_and_leave_out_what_was_taken_back():
    listed = {"basis": "increment", "weight": 10}
    points = [
        point("SY06", "2025-03-07", "SOHR", 9, 9, 9, source="AFP", **listed),
        point("SY06", "2025-03-07", "SOHR", 9, 9, 9, source="DW", **listed),
        point("SY06", "2025-03-08", "SOHR", 5, 5, 5, **listed),
        point("SY06", "2025-03-09", "SOHR", 50, 50, 50, role="withdrawn", **listed),
        point("SY06", "2025-03-09", "SOHR", 70, 70, 70),
    ]
    series = answer([row("SY06", "2025-03-09", 70, 70, 70)], points)
    (panel,) = increments(series, WORDS).panels
    assert panel.standing == "14 listed in all; the most in a day: 9"
    (weekly,) = increments(series, WORDS, per="week").panels
    assert weekly.standing == "14 listed in all; the most in a week: 14"
    assert not increments(coast(), WORDS).panels


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(0, 40), st.none() | st.integers(0, 40)),
        min_size=1,
        max_size=7,
    )
)
def test_half_of_the_weight_is_the_smallest_number_of_least_weighted_distance(ends):
    accounts = [
        (str(n), "", weight, low, None if more is None else low + more)
        for n, (weight, low, more) in enumerate(ends)
    ]

    def distance(x):
        far = [w * max(low - x, x - (x if high is None else high), 0) for _, _, w, low, high in accounts]
        return sum(far)

    assert half_of_the_weight(accounts) == min(range(82), key=distance)


@pytest.mark.parametrize(
    ("as_of", "date", "is_raised", "is_level"),
    [
        ("2025-03-20", "2025-03-12", False, False),
        ("2025-04-20", "2025-03-12", False, True),
        ("2025-04-20", "2025-03-20", True, True),
    ],
)
def test_the_figure_of_why_is_a_count_not_above_half_of_the_weight_or_says_what_raised_it(
    ledger, as_of, date, is_raised, is_level
):
    shown = picture(ledger, "why", as_of=as_of, date=date)
    lines = {stroke.group: stroke.corners[0][0] for stroke in shown.panels[0].strokes}
    row = ledger.explain(**ASKED["why"] | {"as_of": as_of, "date": date}).row
    assert (row["is_raised"], row["best"]) == (is_raised, lines["figure"])
    assert (lines["figure"] > lines["half"]) is is_level
    assert any(note.startswith("Raised to") for note in shown.notes) is is_raised
    assert ("half of the weight lies anywhere from" in shown.panels[0].standing) is is_level


def test_an_origin_looks_the_same_in_every_kind(ledger):
    colour = looks(["sohr"])["sohr"][0]
    for kind in ("trend", "origins", "why"):
        groups = [dot for panel in picture(ledger, kind).panels for dot in panel.dots if dot.group == "sohr"]
        assert groups
        assert {dot.colour for dot in groups} == {colour}


def test_dated_happenings_that_stand_close_together_share_one_number():
    context = {f"2025-03-{n}": "something" for n in (10, 11, 12)}
    rows = [row("SY06", "2025-03-10", 5, 6, 9), row("SY06", "2025-09-12", 8, 8, 8)]
    assert "1–3" in texts(draw(trend(answer(rows, context=context), WORDS), WORDS, width=340))


@pytest.mark.parametrize(
    ("kind", "more", "error"),
    [
        ("trnd", {}, UnknownName),
        ("parts", {"axis": "shared"}, QueryError),
        ("trend", {"scale": "cubic"}, QueryError),
        ("origins", {"compare": ["nobody"]}, QueryError),
        ("known", {"compare": ["yesterday"]}, QueryError),
        ("known", {"compare": [f"2025-03-{n:02}" for n in range(1, 20)]}, QueryError),
        ("against", {}, QueryError),
        ("against", {"crisis": "syria-coast-2025-03", "compare": ["atlantis"]}, QueryError),
        ("parts", {"area": "SY06|SY10", "population": None}, QueryError),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_to_do_instead(ledger, kind, more, error):
    with pytest.raises(error) as refused:
        picture_of(ledger, kind, CELL | more, WORDS)
    assert refused.value.fix


@pytest.mark.parametrize(("fmt", "width"), [("gif", None), ("svg", "12"), ("svg", "wide"), ("png", "99999")])
def test_a_format_or_a_width_that_there_is_not_is_refused(ledger, fmt, width):
    with pytest.raises(CasualtyError) as refused:
        ledger.chart_file(fmt, kind="trend", width=width, **CELL)
    assert refused.value.fix
    assert isinstance(refused.value, NotFound | QueryError)


def test_a_logarithmic_axis_begins_at_a_power_of_ten_below_the_smallest_number():
    shown = trend(coast(), WORDS, is_log=True)
    assert [panel.foot for panel in shown.panels[:2]] == [100.0, 100.0]
    assert min(SOHR.values()) > 100
    drawn = texts(draw(shown, WORDS))
    assert {"100", "1,000"} & {*drawn}


def test_an_axis_fits_the_figure_and_a_report_far_above_it_stands_at_the_edge_with_its_number():
    rows = [row("SY06", "2025-03-12", 643, 683, 713)]
    high = point("SY06", "2025-03-12", "Rumour", None, None, 20_000, role="bound")
    near = point("SY06", "2025-03-12", "Ministry", 900, 900, 900)
    shown = within_axes(trend(answer(rows, [high, near]), WORDS), WORDS)
    (panel,) = shown.panels
    assert panel.top == 900
    said = "1 report lies above the axis: it is drawn at its upper edge, ↑ with its number."
    assert said in shown.notes
    assert said in shown.said
    assert "↑ 20,000" in texts(draw(shown, WORDS))
    (mark,) = (dot for dot in panel.dots if shown.is_beyond(dot, panel))
    assert mark.high == 20_000, "nothing of what it says is lost"
    drawn = draw(shown, WORDS, address="")
    edge = float(re.search(r'data-y="([\d.]+)" aria-label="Rumour', drawn).group(1))
    assert edge < float(re.search(r'data-y="([\d.]+)" aria-label="Ministry', drawn).group(1))


def test_reports_above_the_axis_never_stand_on_one_another():
    rows = [row("SY06", "2025-03-12", 643, 683, 713)]
    high = [point("SY06", "2025-03-12", f"O{n}", None, None, 9_000 + n, role="bound") for n in range(6)]
    drawn = draw(trend(answer(rows, high), WORDS), WORDS, address="")
    places = re.findall(r'data-x="([\d.]+)" data-y="([\d.]+)" aria-label="O\d', drawn)
    assert len({*places}) == 6


def test_a_logarithmic_axis_leaves_zero_out_and_says_so():
    rows = [row("SY06", "2025-03-10", 0, 0, 4), row("SY06", "2025-03-12", 10, 12, 20)]
    points = [point("SY06", "2025-03-10", "SOHR", 0, 0, 0), point("SY06", "2025-03-12", "SOHR", 12, 12, 12)]
    shown = within_axes(trend(answer(rows, points), WORDS, is_log=True), WORDS)
    (panel,) = shown.panels
    assert [dot.y for dot in panel.dots] == [12]
    assert all(y > 0 for line in panel.strokes for _, y in line.corners)
    assert "1 report of 0 is not drawn: a logarithmic axis has no 0." in shown.notes
    plain = within_axes(trend(answer(rows, points), WORDS), WORDS)
    assert len(plain.panels[0].dots) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"areas": "SY0601", "area_stated": "Al-Haffa", "role": "bound"}, "Al-Haffa"),
        ({"areas": "SY0602", "area_stated": "SY0602", "role": "bound"}, "Jableh"),
        ({"areas": "SY06|SY10", "area_stated": "both", "role": "bound"}, "places together"),
        ({"population_stated": "women", "role": "bound"}, "women"),
        ({"basis": "increment", "role": "bound"}, "one period"),
        ({"role": "echo"}, "echo"),
        ({"role": "counted"}, ""),
    ],
)
def test_a_point_off_its_origins_curve_says_why(more, said):
    rows = [row("SY06", "2025-03-10", 643, 683, 713)]
    main = point("SY06", "2025-03-10", "SOHR", 683, 683, 683, account_low=683, account_high=683)
    off = point("SY06", "2025-03-12", "SOHR", 30, 30, 30, account_low=683, account_high=683, **more)
    (panel,) = origins(answer(rows, [main, off]), WORDS).panels
    assert [dot.apart for dot in panel.dots if dot.y == 30] in ([said], [])
    if said:
        drawn = draw(origins(answer(rows, [main, off]), WORDS), WORDS)
        assert said in texts(drawn)


def test_an_event_that_a_sum_takes_in_is_filled_and_a_point_says_why_it_did_what_it_did():
    rows = [row("SY06", "2025-03-10", 30, 30, 30)]
    more = {"basis": "increment", "role": "bound", "reason": "an event that its origin's sum takes in"}
    event = point("SY06", "2025-03-10", "SOHR", 30, 30, 30, account_low=30, account_high=30, **more)
    (panel,) = origins(answer(rows, [event]), WORDS).panels
    (dot,) = panel.dots
    assert dot.is_filled
    assert "bound: an event that its origin's sum takes in" in dot.said


@pytest.mark.parametrize("kind", KINDS)
def test_every_colour_of_every_kind_has_a_dark_one(ledger, kind):
    rules = dark_rules("svg")
    drawn = draw(picture(ledger, kind), WORDS, address="")
    for paint, colour in {*re.findall(r'(fill|stroke)="([^"]+)"', drawn)} - {("fill", "none")}:
        assert f'[{paint}="{colour}"]{{{paint}:#' in rules


def test_dark_colours_can_be_told_from_dark_paper():
    paper = brightness(DARK_PAPER)
    for light, dark in DARK.items():
        if light in (PAPER, GRID, RULE):
            continue
        least = 4.5 if light in (INK, MUTED, LINE) else 3
        assert (brightness(dark) + 0.05) / (paper + 0.05) >= least, (light, dark)


def brightness(colour):
    """The relative luminance of WCAG 2."""
    shares = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_reasons_of_a_figure_stand_in_its_picture_alone_and_not_where_a_page_says_them(ledger):
    explanation = ledger.explain(**ASKED["why"])
    alone, beside = why(explanation, WORDS, {}), why(explanation, WORDS, {}, is_alone=False)
    assert {*explanation.sentences} <= {*alone.notes}
    for sentence in explanation.sentences:
        assert sentence in alone.said
        assert sentence not in beside.notes
        assert sentence not in beside.said


@pytest.mark.parametrize("kind", ["trend", "origins", "known", "parts", "increments"])
@pytest.mark.parametrize("as_of", ["2025-03-09", "2025-03-10", "2025-03-12"])
def test_no_axis_names_a_day_after_the_day_of_knowledge(ledger, kind, as_of):
    compared = {"known": ["2025-03-08"], "origins": ["sohr"]}
    asked = {"compare": compared[kind]} if kind in compared else {}
    shown = picture(ledger, kind, as_of=as_of, **asked)
    assert shown.panels
    after = dt.date.fromisoformat(as_of) + dt.timedelta(days=1)
    assert shown.end <= after.toordinal()
    assert not {WORDS.short_day(after + dt.timedelta(days=n)) for n in range(9)} & set(
        texts(draw(shown, WORDS))
    )
    ends = [axis.range[1] for axis in interactive.figure(shown, WORDS).select_xaxes()]
    assert all(str(end) < str(after) for end in ends)


def test_an_arrow_says_what_origins_leave_open_and_not_that_nothing_is_known_where_a_toll_is_expected():
    floor = {**row("SY0602", "2025-03-08", 109, None, None), "expected_low": 109, "expected": 150}
    shown = trend(answer([{**floor, "expected_high": 300}]), WORDS)
    assert "expected" in {band.group for band in shown.panels[0].bands}
    assert [sign.text for sign in shown.panels[0].signs if sign.text in "↑↓"] == ["↑"]
    assert "↑ No origin says how many at most." in shown.notes
    assert not any("known above" in note for note in shown.notes)
    both = trend(answer([row("SY0602", "2025-03-08", 10, None, 20)]), WORDS)
    assert not any(note.startswith(("↑", "↓")) for note in both.notes), "no arrow is drawn there"
