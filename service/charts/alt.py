"""What does the chart say, in words?

Sentences for those who listen instead of looking, from the same plan as the picture. They claim no more than
the data: a floor stays a floor, and a place without a figure is said to have none.
"""

from __future__ import annotations

from service.charts.plan import Drawable, Panel, Plan, Step, draw_up
from service.charts.text import NO_FIGURE, Words
from service.language import message
from service.vocabulary import Grade, is_stock

TOTALS = message("%(heading)s, running totals as known on %(day)s.")
DAY_BY_DAY = message("%(heading)s, day by day, as known on %(day)s.")


def alt_text(series: Drawable, *, locale: str = "en") -> str:
    """The latest figure of each panel with range, grade, day and support, in sentences."""
    return describe(draw_up(series), Words(locale))


def describe(plan: Plan, words: Words) -> str:
    if not plan.panels:
        return f"{words.heading(plan)}."
    subject = next((panel.subject for panel in plan.panels if panel.subject), None)
    opening = words.say(
        DAY_BY_DAY if subject and is_stock(subject.measure) else TOTALS,
        heading=words.heading(plan),
        day=words.day(plan.as_of),
    )
    return " ".join([opening, *(_sentence(panel, plan, words) for panel in plan.panels)])


def _sentence(panel: Panel, plan: Plan, words: Words) -> str:
    place = words.place(panel, plan)
    if not panel.steps or panel.subject is None:
        return f"{place}: {words.say(NO_FIGURE)}."
    first, last = panel.steps[0], panel.steps[-1]
    told = words.join([words.count(last.bounds, words.what(panel.subject)), words.counted_to(last.start)])
    if last.grade == Grade.INFERRED:
        support = words.say("inferred from other figures, without a report of its own")
    else:
        support = words.join([words.grade(last.grade, last.is_raised), words.support(last)])
    began = ""
    if first is not last:
        figure = words.count(first.bounds, words.people(panel.subject))
        began = " " + words.say_many(
            "First of %(num)s figure: %(figure)s, %(day)s.", "First of %(num)s figures: %(figure)s, %(day)s.",
            len(panel.steps), figure=figure, day=words.day(first.start),
        )  # fmt: skip
    said = words.say("%(place)s: %(told)s; %(support)s.", place=place, told=told, support=support)
    return said + _settles(last, words) + began


def _settles(step: Step, words: Words) -> str:
    """The second range of the picture, which is no count: where the toll is expected to settle."""
    low, expected, high = step.expected.low, step.expected.best, step.expected.high
    if low is None or expected is None or high is None:
        return ""
    between = words.say(
        "Expected to settle between %(low)s and %(high)s.", low=words.number(low), high=words.number(high)
    )
    if step.bounds.low is not None and low < step.bounds.low:
        between += " " + words.say(
            "It may reach below what is said now: such counts have been too high before."
        )
    return f" {between}"
