"""The figure and the static picture draw what the series says: steps, ranges, gaps and who said it."""

import datetime as dt
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.charts import figure, scale, svg
from service.charts.looks import looks
from service.charts.marks import Bounds
from service.charts.plan import draw_up
from tests.unit.shown import SOHR, answer, coast, day, point, row

SVG = "{http://www.w3.org/2000/svg}"


def traces(chart, **wanted):
    """The drawn traces (legend samples and unseen spots aside) whose attributes are as wanted."""
    seen = [t for t in chart.data if not t.showlegend and t.marker.opacity != 0]
    return [t for t in seen if all(getattr(t, k) == v for k, v in wanted.items())]


def spoken(trace):
    """The first hover text of a trace, in one line."""
    return trace.hovertext[0].replace("<br>", " ").replace("\u00a0", " ")


def legend(chart):
    return [trace.name for trace in chart.data if trace.showlegend]


def pen_strokes(trace):
    return [(x, y) for x, y in zip(trace.x, trace.y, strict=True) if y is not None]


def test_the_best_figure_is_a_step_line_that_stands_until_the_next_count():
    (best,) = traces(figure(coast()), legendgroup="best")
    days = [day(d) for d in SOHR]
    ends = [*days[1:], day("2025-04-10")]
    stairs = zip(days, ends, SOHR.values(), strict=True)
    assert pen_strokes(best) == [corner for start, end, n in stairs for corner in ((start, n), (end, n))]


def test_the_range_is_an_area_in_steps_from_low_to_high():
    band = traces(figure(answer([row("SY06", "2025-03-10", 5, 6, 9), row("SY06", "2025-03-12", 8, 8, 8)])))[0]
    assert band.fill == "toself"
    start, middle, end = day("2025-03-10"), day("2025-03-12"), day("2025-03-13")
    lower = [(start, 5), (middle, 5), (middle, 8), (end, 8)]
    assert pen_strokes(band) == [*lower, (end, 8), (middle, 8), (middle, 9), (start, 9), (start, 5)]


def test_where_nothing_is_known_above_a_floor_no_top_is_drawn():
    chart = figure(answer([row("SY0602", "2025-03-08", 109, None, None)]))
    assert all(y in (None, 109) for trace in chart.data for y in trace.y)
    floor = next(t for t in traces(chart, legendgroup="bound") if t.mode == "lines")
    assert floor.line.dash == "dot"
    assert [t.text for t in traces(chart, mode="text")] == [("↑",)]
    assert "Best figure" not in legend(chart)


def test_an_unknown_best_is_a_gap_in_the_line_not_a_zero():
    rows = [row("SY06", f"2025-03-{d}", 4, best, 9) for d, best in ((10, 5), (11, None), (12, 7))]
    assert [list(best.y) for best in traces(figure(answer(rows)), legendgroup="best")] == [[5, 5], [7, 7]]


def test_an_estimate_without_any_number_draws_nothing():
    series = answer([row("SY06", "2025-03-10", None, None, None, grade="inferred")])
    assert not [y for trace in figure(series).data for y in trace.y if y is not None]
    assert "no figure of civilians" in svg(series)


def test_a_dashed_tail_says_that_no_newer_count_has_come_and_leaves_the_view_to_the_data():
    chart = figure(coast(as_of="2026-11-22"))
    tail = traces(chart, legendgroup="tail")[0]
    assert tail.line.dash == "dash"
    assert pen_strokes(tail) == [(day("2025-04-10"), 866), (day("2026-11-22"), 866)]
    start, end = chart.layout.xaxis.range
    assert start <= day("2025-03-06")
    assert day("2025-04-10") < end.date() < day("2025-04-20")


def test_there_is_no_tail_while_the_last_count_is_the_day_of_knowledge():
    chart = figure(answer([row("SY06", "2025-03-12", 683, 683, 683)], as_of="2025-03-12"))
    assert not traces(chart, legendgroup="tail")
    assert "No newer count" not in legend(chart)


def test_a_report_without_a_day_does_not_squash_the_picture():
    late = point("SY06", "2025-12-24", "SCM", 732, 732, 732)
    series = answer([row("SY06", "2025-03-12", 683, 683, 683)], [late])
    assert figure(series).layout.xaxis.range[1].date() < day("2025-03-20")
    assert "1 report counted to days beyond those shown." in svg(series)


def test_every_place_asked_for_has_a_panel_in_the_order_asked_and_an_axis_from_zero():
    chart = figure(coast())
    titles = [note.text for note in chart.layout.annotations if note.text.startswith("<b>")]
    assert [title.split("</b>")[0] for title in titles] == ["<b>Latakia", "<b>Jableh", "<b>Banias"]
    assert "no figure" in titles[2]
    axes = [chart.layout[name] for name in ("yaxis", "yaxis2", "yaxis3")]
    assert [axis.rangemode for axis in axes] == ["tozero"] * 3
    assert chart.layout.xaxis2.matches == chart.layout.xaxis3.matches == "x"


def test_counts_of_different_things_never_share_a_line():
    rows = [
        row("SY06", "2025-03-12", n, n, n, population=who) for who, n in (("all", 900), ("civilians", 683))
    ]
    chart = figure(answer(rows))
    assert [list(t.y) for t in traces(chart, legendgroup="best")] == [[900, 900], [683, 683]]
    assert "Latakia, people reported killed" in chart.layout.annotations[0].text


def test_the_hover_says_who_said_it_who_carried_it_when_and_what_it_did():
    said = point("SY06", "2025-03-12", "SOHR", 683, 683, 683, source="Shafaq News", published="2025-03-13")
    later = said | {"role": "superseded", "date": day("2025-03-20")}
    (marks,) = traces(
        figure(answer([row("SY06", "2025-03-12", 683, 683, 683)], [said, later])), mode="markers"
    )
    assert spoken(marks) == (
        "SOHR, carried by Shafaq News · published 13 March 2025 · counted to 12 March · 683 civilians"
        " · counted · superseded from 20 March 2025"
    )


def test_pointing_at_the_line_says_the_estimate_with_its_support():
    chart = figure(answer([row("SY06", "2025-03-10", 5, 6, 9), row("SY06", "2025-03-12", 8, None, None)]))
    (spots,) = [trace for trace in chart.data if trace.marker.opacity == 0]
    assert spoken(spots) == (
        "6 civilians (range 5–9) · single source · counted to 10 March 2025 · 1 origin, 3 reports"
        " · between the counts of its origins"
    )
    assert spots.hovertext[-1].startswith("at least 8 civilians")
    assert all(moment.hour == 12 for moment in spots.x)


def test_copies_are_one_mark_that_shows_only_on_demand():
    """A copy is drawn without being asked for only where the figure is its count and nobody else gave it."""
    copies = [
        point("SY06", "2025-03-12", "SOHR", 683, 683, 683, source=source, role="echo", report_id=source)
        for source in ("AFP", "BBC", "DW")
    ]
    (source,) = traces(figure(answer([row("SY06", "2025-03-12", 683, 683, 683)], copies)), mode="markers")
    assert source.visible is True
    chart = figure(answer([row("SY06", "2025-03-12", 700, 700, 700)], copies))
    (marks,) = traces(chart, mode="markers")
    assert marks.visible == "legendonly"
    assert len(marks.x) == 1
    assert "SOHR, carried by AFP and 2 others · " in spoken(marks)
    assert legend(chart)[-1] == "Copies, overtaken and partial figures"


@pytest.mark.parametrize(
    "partial",
    [
        {"basis": "increment"},
        {"areas": "SY0602", "area_stated": "Jableh"},
    ],
)
def test_figures_for_a_part_of_the_place_or_period_show_only_on_demand(partial):
    part = point("SY06", "2025-03-12", "SOHR", 49, 49, 49, role="bound", **partial)
    (marks,) = traces(figure(answer([row("SY06", "2025-03-12", 683, 683, 683)], [part])), mode="markers")
    assert marks.visible == "legendonly"
    said = spoken(marks)
    assert ("in that period alone" in said) or ("for Jableh" in said)


@pytest.mark.parametrize("role", ["stale", "outlier", "out_of_scope", "withdrawn"])
def test_what_does_not_belong_here_is_not_drawn(role):
    stray = point("SY06", "2025-03-12", "Someone", 4000, 4000, 4000, role=role)
    chart = figure(answer([row("SY06", "2025-03-12", 683, 683, 683)], [stray]))
    assert not traces(chart, mode="markers")
    assert "Someone" not in legend(chart)


def test_a_floor_points_up_and_is_hollow_when_it_was_not_counted():
    chart = figure(coast())
    symbols = {
        trace.legendgroup: trace.marker.symbol for trace in traces(chart, mode="markers", visible=True)
    }
    assert symbols["ohchr"] == ("triangle-up-open",)
    assert symbols["council"] == ("triangle-up",)
    assert symbols["sohr"] == ("circle",) * len(SOHR)


def test_the_heaviest_origin_comes_first():
    assert [origin.name for origin in draw_up(coast()).origins.values()] == ["OHCHR", "SOHR", "Council"]


def test_an_origin_looks_the_same_whoever_stands_beside_it():
    every = looks(["sohr", "snhr", "national-committee", "ohchr", "reuters", "un-coi", "scm"])
    assert every["sohr"] == ("#0072B2", "circle")
    assert len({colour for colour, _ in every.values()}) == 7
    assert all(looks([origin])[origin] == look for origin, look in every.items())
    plan = draw_up(coast())
    assert all(looks([o.origin_id])[o.origin_id] == (o.colour, o.symbol) for o in plan.origins.values())


def test_fifty_origins_all_look_different():
    points = [point("SY06", "2025-03-12", f"Origin {n:02}", n, n, n) for n in range(50)]
    origins = draw_up(answer([row("SY06", "2025-03-12", 9, 9, 9)], points)).origins
    assert len({(origin.colour, origin.symbol) for origin in origins.values()}) == 50


def test_the_order_of_rows_in_the_evidence_never_shows():
    series = coast()
    turned = answer(
        series.table.to_pylist(),
        series.points.to_pylist()[::-1],
        {"2025-03-10": "operation over"},
        areas=series.area_order,
    )
    assert figure(turned).to_json() == figure(series).to_json()
    assert svg(turned) == svg(series)


@pytest.mark.parametrize("areas", [(), ("SY06",)])
def test_no_figure_gives_a_picture_that_says_so(areas):
    series = answer([], as_of="2025-03-05", areas=areas)
    chart = figure(series)
    assert chart.layout.title.text == "No figure for this question as of 5 March 2025"
    assert not chart.data
    assert "No figure for this question as of 5 March 2025" in svg(series)


def test_text_from_reports_cannot_become_markup():
    name = '<a href="javascript:alert(1)">x</a> & "co"'
    series = answer(
        [row("SY06", "2025-03-12", 1, 1, 1, area_name=name)],
        [point("SY06", "2025-03-12", name, 1, 1, 1, origin_id="someone")],
        {"2025-03-12": name},
    )
    assert "<a href" not in figure(series).to_json().replace("\\u003c", "<")
    picture = ElementTree.fromstring(svg(series))
    assert {element.tag for element in picture.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "rect", "path", "text")
    }
    assert name in "".join(picture.itertext())


def test_the_static_picture_is_self_contained_and_says_what_it_shows():
    text = svg(coast())
    picture = ElementTree.fromstring(text)
    assert picture.get("role") == "img"
    described = [picture.find(f".//*[@id='{name}']") for name in picture.get("aria-labelledby").split()]
    assert described[0].text == "Civilians reported killed"
    assert "Latakia: 866 civilians reported killed (range 826–896)" in described[1].text
    assert not [
        element for element in picture.iter() if "style" in element.attrib or "href" in str(element.attrib)
    ]
    assert "<script" not in text


def test_the_static_picture_names_the_same_figures_as_the_other():
    text = svg(coast(), width=480)
    for said in (
        "866 civilians (range 826–896)",
        "at least 109 civilians",
        "no figure",
        "operation over",
        "SOHR",
    ):
        assert said in text
    assert 'viewBox="0 0 480 ' in text


def test_days_on_the_axis_follow_the_locale():
    chart = figure(coast(as_of="2025-04-20"), locale="ar")
    assert chart.layout.xaxis.labelalias["2025-03-12"] == "12 آذار 2025"
    assert figure(coast(), locale="fr").layout.separators == ",\u202f"


@given(st.integers(0, 10**7))
def test_an_axis_names_few_round_whole_numbers_from_zero(top):
    named = scale.counts(top)
    assert named[0] == 0
    assert named[-1] <= top
    assert len(named) <= 5
    assert all(str(step)[1:].strip("05") == "" and str(step)[0] in "1256" for step in named[1:2])


@settings(max_examples=200)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 9000))
def test_an_axis_names_few_days_all_of_them_in_view(start, length):
    end = start + dt.timedelta(days=length)
    named = scale.days(start, end)
    assert len(named) <= 7
    assert named == sorted(set(named))
    assert all(start <= named_day <= end for named_day in named)
    assert named or length < 7


def test_the_static_picture_and_the_text_need_no_plotly():
    script = "import sys; from service.charts import alt_text, svg; assert 'plotly' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_ten_times_the_days_take_ten_times_the_looks_at_a_number(monkeypatch):
    looks_at, numbers = [], Bounds.numbers.fget

    def counted(bounds):
        looks_at.append(bounds)
        return numbers(bounds)

    monkeypatch.setattr(Bounds, "numbers", property(counted))

    def looked(days):
        dates = [str(day("2020-01-01") + dt.timedelta(days=number)) for number in range(days)]
        rows = [row("SY06", date, 5 + n, 5 + n, 5 + n) for n, date in enumerate(dates)]
        points = [point("SY06", date, "SOHR", 5 + n, 5 + n, 5 + n) for n, date in enumerate(dates)]
        looks_at.clear()
        figure(answer(rows, points))
        return len(looks_at)

    assert looked(300) < 12 * looked(30)
