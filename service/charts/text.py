"""How are days, numbers and counts said?

Neutral words only, days and numbers by Babel. Every sentence of a chart is made here, so that a translation
has one place to go to. It must not know how anything is drawn.

>>> Words("en").count(Bounds(109, None, None), "civilians")
'at least 109 civilians'
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from babel import Locale, UnknownLocaleError, dates, numbers

from service.charts.marks import Bounds, Mark, is_first_hand
from service.charts.plan import Panel, Plan, Step, Subject, is_bare_floor
from service.errors import QueryError
from service.vocabulary import Measure, Role, spell_grade, spell_out

_ONE = {
    "civilians": "civilian", "women": "woman", "men": "man", "children": "child",
    "combatants": "combatant", "fighters": "fighter",
    **{measure.unit: measure.unit_of_one for measure in Measure},
}  # fmt: skip
"""The singular of what measures count and of the nouns that populations are named by; any other name stays as
it is."""
RANGE_DASH = "–"
NO_FIGURE = "no figure"
MOST_NAMED = 12
"""How many sources a picture names."""
LICENCE = "Casualty Ledger, CC BY 4.0; cite the sources as well."


class Words:
    """The words of one locale. Raises QueryError where Babel does not know it."""

    def __init__(self, locale: str) -> None:
        try:
            self.locale = Locale.parse(locale.replace("-", "_"))
        except (UnknownLocaleError, ValueError) as error:
            raise QueryError(
                f"locale={locale!r} is not known here.", fix="Use a code such as en or ar."
            ) from error

    # --- days and numbers --------------------------------------------------------------------------------

    def day(self, day: dt.date) -> str:
        return dates.format_date(day, "d MMMM y", locale=self.locale)

    def short_day(self, day: dt.date) -> str:
        """The day without its year."""
        return dates.format_date(day, "d MMM", locale=self.locale)

    def number(self, number: int) -> str:
        return numbers.format_decimal(number, locale=self.locale)

    @property
    def separators(self) -> str:
        """The decimal and the group sign, as Plotly wants them."""
        return numbers.get_decimal_symbol(self.locale) + numbers.get_group_symbol(self.locale)

    # --- what is counted ---------------------------------------------------------------------------------

    def people(self, subject: Subject) -> str:
        """Return what is counted: "people", "civilians", "Alawite civilians"; "incidents"."""
        measure = Measure(subject.measure)
        return subject.people if measure.counts_people and subject.population != "all" else measure.unit

    def what(self, subject: Subject) -> str:
        """Return what is counted and what is reported of it: "civilians reported killed"."""
        by = f", attributed to {subject.attributed_to_name}" if subject.attributed_to else ""
        return f"{self.people(subject)} {Measure(subject.measure).phrase}{by}"

    def count(self, bounds: Bounds, people: str) -> str:
        """A figure as it can be claimed: with its bounds, and never more than them."""
        low, best, high = bounds.low, bounds.best, bounds.high
        if best is not None:
            return f"{self._several(best, people)}{self._range(bounds)}"
        if low is not None and high is not None:
            return f"{self.number(low)}{RANGE_DASH}{self._several(high, people)}"
        if low is not None:
            return f"at least {self._several(low, people)}"
        return f"at most {self._several(high, people)}" if high is not None else f"{NO_FIGURE} of {people}"

    def headline(self, bounds: Bounds) -> str:
        """The number that a figure comes to, or the bounds where it has none."""
        if bounds.best is not None:
            return self.number(bounds.best)
        return self.count(bounds, "").strip()

    def _several(self, number: int, people: str) -> str:
        if number == 1:
            people = " ".join(_ONE.get(word, word) for word in people.split(" "))
        return f"{self.number(number)} {people}"

    def _range(self, bounds: Bounds) -> str:
        low, high = bounds.low, bounds.high
        if low == bounds.best == high:
            return ""
        if low is not None and high is not None:
            return f" (range {self.number(low)}{RANGE_DASH}{self.number(high)})"
        if low is not None:
            return f" (at least {self.number(low)}, no upper bound)"
        return f" (at most {self.number(high)}, no lower bound)" if high is not None else " (no range)"

    # --- a chart's own words -----------------------------------------------------------------------------

    def heading(self, plan: Plan) -> str:
        """What the chart shows, in a line."""
        if not plan.panels:
            return f"No reports for this question as of {self.day(plan.as_of)}"
        subjects = plan.subjects
        return capital(self.what(subjects[0])) if len(subjects) == 1 else "Reported figures over time"

    def knowledge(self, plan: Plan) -> str:
        """Return the day of knowledge, in a line."""
        return f"As known on {self.day(plan.as_of)}"

    def place(self, panel: Panel, plan: Plan) -> str:
        """The place, with the crisis or the beginning where these tell its panels apart."""
        others = [other for other in plan.panels if other.area_code == panel.area_code and other is not panel]
        parts = [panel.area_name]
        if any(other.crisis != panel.crisis for other in others):
            parts.append(panel.crisis)
        if any((other.crisis, other.subject) == (panel.crisis, panel.subject) for other in others):
            began = self.day(panel.period_start) if panel.period_start else "an unstated day"
            parts.append(f"counted from {began}")
        return ", ".join(parts)

    def title(self, panel: Panel, plan: Plan) -> str:
        """The place, and what is counted where the chart counts several things."""
        told_apart = panel.subject is not None and len(plan.subjects) > 1
        return self.place(panel, plan) + (
            f", {self.what(panel.subject)}" if told_apart and panel.subject else ""
        )

    def estimate(self, step: Step, subject: Subject) -> str:
        return f"{self.count(step.bounds, self.people(subject))} · {self.standing(step)}"

    def standing(self, step: Step) -> str:
        """How well a figure is supported, and the day it counts up to."""
        return f"{spell_grade(step.grade, step.is_raised)} · counted to {self.day(step.start)}"

    def support(self, step: Step) -> str:
        """How many said so: "1 origin, 14 reports"."""
        return f"{self._many(step.origins, 'origin')}, {self._many(step.reports, 'report')}"

    def _many(self, number: int, noun: str) -> str:
        return f"{self.number(number)} {noun}{'' if number == 1 else 's'}"

    def reports(self, number: int) -> str:
        return self._many(number, "report")

    def days(self, number: int) -> str:
        return self._many(number, "day")

    def statement(self, mark: Mark, subject: Subject) -> str:
        """Who said it, when, counted to which day, how many, and what became of it."""
        published = "publication day not stated"
        if mark.published_on:
            published = f"published {self.day(mark.published_on)}"
        elif mark.published_by:
            published = f"public by {self.day(mark.published_by)} at the latest"
        same_year = mark.published_on is not None and mark.published_on.year == mark.on.year
        counted_to = dates.format_date(mark.on, "d MMMM" if same_year else "d MMMM y", locale=self.locale)
        parts = [
            self._who(mark),
            published,
            "day counted to not stated" if mark.is_undated else f"counted to {counted_to}",
            self.count(mark.bounds, self.people(subject)),
        ]
        if mark.is_increment:
            parts.append("in that period alone")
        if mark.people_stated:
            parts.append(f"of them {mark.people_stated} only")
        if mark.area_stated:
            parts.append(f"for {mark.area_stated}")
        parts.append(spell_out(mark.role))
        if mark.later:
            parts.append(f"{spell_out(mark.later[0])} from {self.day(mark.later[1])}")
        return " · ".join(parts)

    def _who(self, mark: Mark) -> str:
        if not mark.carriers or mark.by_origin:
            also = f", also carried by {self._many(len(mark.carriers), 'other')}" if mark.carriers else ""
            return mark.origin_name + also
        first, *others = mark.carriers
        return f"{mark.origin_name}, carried by {first}" + (
            f" and {self._many(len(others), 'other')}" if others else ""
        )

    def notes(self, plan: Plan) -> list[str]:
        """What stands below the panels: how to read the marks, the numbered days, where it comes from."""
        marks = [mark for panel in plan.panels for mark in panel.marks if is_first_hand(mark)]
        beyond = sum(not plan.shows(mark.on) for mark in marks)
        notes = []
        if any(mark.role != Role.COUNTED for mark in marks):
            notes.append("Filled symbols: counted reports; hollow: not counted.")
        if any(
            mark.bounds.best is None and mark.bounds.high is None for mark in marks if is_first_hand(mark)
        ):
            notes.append("▲ states a floor (“at least”).")
        if any(is_bare_floor(step.bounds) for panel in plan.panels for step in panel.steps):
            notes.append("↑ Nothing is known above the dotted line.")
        if beyond:
            notes.append(f"{self._many(beyond, 'report')} counted to days beyond those shown.")
        origins = dict.fromkeys(
            origin.name for origin in plan.origins.values()
            if any(mark.origin_id == origin.origin_id for mark in marks)
        )  # fmt: skip
        return [*notes, *self.provenance(origins, plan.as_of, plan.method, plan.head)]

    def axes(self, *, is_shared: bool) -> str:
        """Whether heights of one panel can be set beside those of another."""
        if is_shared:
            return "All panels share one vertical axis."
        return "Each panel has a vertical axis of its own: heights of two panels do not compare."

    def provenance(self, origins: Iterable[str], as_of: dt.date, method: str, head: str) -> list[str]:
        """Whose figures a picture shows, as known when, from which ledger, and how it may be used."""
        names = list(origins)
        told = ", ".join(names[:MOST_NAMED])
        if len(names) > MOST_NAMED:
            told += f" and {len(names) - MOST_NAMED} more"
        sources = [f"Sources: {told}."] if names else []
        return [*sources, f"As known on {self.day(as_of)}. Method {method}, ledger {head}. {LICENCE}"]


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
