"""How are figures, their support and their reports said beside a picture?

Neutral words only. Every sentence of a chart is made here, so that a translation has one place to go to. It
must not know how anything is drawn.

>>> Words("en").count(Bounds(109, None, None), "civilians")
'at least 109 civilians'
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from service.charts.marks import Bounds, Mark, is_first_hand
from service.charts.plan import Panel, Plan, Step, Subject, is_open_above, is_open_below
from service.language import Translator, message
from service.vocabulary import Measure, Role, spell_out

_ONE = {
    "civilians": "civilian", "women": "woman", "men": "man", "children": "child",
    "combatants": "combatant", "fighters": "fighter",
    **{measure.unit: measure.unit_of_one for measure in Measure},
}  # fmt: skip
"""The singular of what measures count and of the nouns that populations are named by; any other name stays as
it is."""
NO_FIGURE = message("no figure")
MOST_NAMED = 12
"""How many sources a picture names."""
LICENCE = message("Casualty Ledger, CC BY 4.0; cite the sources as well.")


class Words(Translator):
    """The words of one locale. Raises QueryError where Babel does not know it."""

    @property
    def separators(self) -> str:
        """The decimal and the group sign, as Plotly wants them."""
        from babel.numbers import get_decimal_symbol, get_group_symbol

        return str(get_decimal_symbol(self.locale) + get_group_symbol(self.locale))

    # --- what is counted ---------------------------------------------------------------------------------

    def people(self, subject: Subject) -> str:
        """Return what is counted: "people", "civilians", "Alawite civilians"; "incidents"."""
        measure = Measure(subject.measure)
        is_named = measure.counts_people and subject.population != "all"
        return subject.people if is_named else self.say(measure.unit)

    def what(self, subject: Subject) -> str:
        """Return what is counted and what is reported of it: "civilians reported killed"."""
        told = self.say(f"%(people)s {Measure(subject.measure).phrase}", people=self.people(subject))
        if not subject.attributed_to:
            return told
        return self.say(
            "%(counted)s, attributed to %(party)s", counted=told, party=subject.attributed_to_name
        )

    def count(self, bounds: Bounds, people: str) -> str:
        """A figure as it can be claimed: with its bounds, and never more than them; ``people`` may be ""."""
        low, best, high = bounds.low, bounds.best, bounds.high
        if best is not None:
            return f"{self._several(self.number(best), best, people)}{self._range(bounds)}"
        if low is not None and low == high:
            return self._several(self.number(low), low, people)
        if low is not None and high is not None:
            span = self.say("%(low)s–%(high)s", low=self.number(low), high=self.number(high))
            return self._several(span, high, people)
        if low is not None:
            return self.say("at least %(count)s", count=self._several(self.number(low), low, people))
        if high is not None:
            return self.say("at most %(count)s", count=self._several(self.number(high), high, people))
        return self.say("no figure of %(people)s", people=people)

    def headline(self, bounds: Bounds) -> str:
        """The number that a figure comes to, or the bounds where it has none."""
        if bounds.best is not None:
            return self.number(bounds.best)
        return self.count(bounds, "").strip()

    def _several(self, number: str, count: int | None, people: str) -> str:
        if not people:
            return number
        if count == 1 and self.language.is_english:
            people = " ".join(_ONE.get(word, word) for word in people.split(" "))
        return self.say("%(number)s %(people)s", number=number, people=people)

    def _range(self, bounds: Bounds) -> str:
        low, high = bounds.low, bounds.high
        if low == bounds.best == high:
            return ""
        if low is not None and high is not None:
            return " " + self.say("(range %(low)s–%(high)s)", low=self.number(low), high=self.number(high))
        if low is not None:
            return " " + self.say("(at least %(low)s, no upper bound)", low=self.number(low))
        if high is not None:
            return " " + self.say("(at most %(high)s, no lower bound)", high=self.number(high))
        return " " + self.say("(no range)")

    # --- a chart's own words -----------------------------------------------------------------------------

    def heading(self, plan: Plan) -> str:
        """What the chart shows, in a line."""
        if not plan.panels:
            return self.say("No figure for this question as of %(day)s", day=self.day(plan.as_of))
        subjects = plan.subjects
        if len(subjects) == 1:
            return capital(self.what(subjects[0]))
        return self.say("Reported figures over time")

    def knowledge(self, plan: Plan) -> str:
        """Return the day of knowledge, in a line."""
        return self.as_known(plan.as_of)

    def as_known(self, day: dt.date) -> str:
        return self.say("As known on %(day)s", day=self.day(day))

    def place(self, panel: Panel, plan: Plan) -> str:
        """The place, with the crisis or the beginning where these tell its panels apart."""
        others = [other for other in plan.panels if other.area_code == panel.area_code and other is not panel]
        parts = [panel.area_name]
        if any(other.crisis != panel.crisis for other in others):
            parts.append(panel.crisis)
        if any((other.crisis, other.subject) == (panel.crisis, panel.subject) for other in others):
            began = self.day(panel.period_start) if panel.period_start else self.say("an unstated day")
            parts.append(self.say("counted from %(day)s", day=began))
        return self.join(parts)

    def title(self, panel: Panel, plan: Plan) -> str:
        """The place, and what is counted where the chart counts several things."""
        place = self.place(panel, plan)
        if panel.subject is None or len(plan.subjects) < 2:
            return place
        return self.join([place, self.what(panel.subject)])

    def grade(self, grade: str, is_raised: bool) -> str:
        """Return a grade, with the mark of a figure that was raised to its parts."""
        word = self.say(spell_out(grade))
        return self.say("%(grade)s, raised", grade=word) if is_raised else word

    def term(self, word: str) -> str:
        """Return a word of a closed list as it is read: ``single source``."""
        return self.say(spell_out(word))

    def estimate(self, step: Step, subject: Subject) -> str:
        return f"{self.count(step.bounds, self.people(subject))} · {self.standing(step)}"

    def counted_to(self, day: dt.date) -> str:
        return self.say("counted to %(day)s", day=self.day(day))

    def standing(self, step: Step) -> str:
        """How well a figure is supported, and the day it counts up to."""
        return f"{self.grade(step.grade, step.is_raised)} · {self.counted_to(step.start)}"

    def support(self, step: Step) -> str:
        """How many said so: "1 origin, 14 reports"."""
        origins = self.say_many("%(num)s origin", "%(num)s origins", step.origins)
        return self.join([origins, self.reports(step.reports)])

    def reports(self, number: int) -> str:
        return self.say_many("%(num)s report", "%(num)s reports", number)

    def days(self, number: int) -> str:
        return self.say_many("%(num)s day", "%(num)s days", number)

    def others(self, number: int) -> str:
        return self.say_many("%(num)s other", "%(num)s others", number)

    def statement(self, mark: Mark, subject: Subject) -> str:
        """Who said it, when, counted to which day, how many, and what became of it."""
        parts = [
            self._who(mark),
            self._published(mark),
            self._counted_to(mark),
            self.count(mark.bounds, self.people(subject)),
        ]
        if mark.is_increment:
            parts.append(self.say("in that period alone"))
        if mark.people_stated:
            parts.append(self.say("of them %(people)s only", people=mark.people_stated))
        if mark.area_stated:
            parts.append(self.say("for %(place)s", place=mark.area_stated))
        parts.append(self._role(mark))
        if mark.later:
            role, day = mark.later
            parts.append(self.say("%(role)s from %(day)s", role=self.term(role), day=self.day(day)))
        return " · ".join(parts)

    def _role(self, mark: Mark) -> str:
        """What a mark did and why."""
        role = self.term(mark.role)
        return self.say("%(role)s: %(reason)s", role=role, reason=mark.reason) if mark.reason else role

    def apart(self, mark: Mark) -> str:
        """Why a mark does not lie on the curve of its panel, in a word or two; "" where its symbol tells."""
        if mark.is_joint:
            return self.say("places together")
        if mark.area_stated or mark.people_stated:
            return mark.area_stated or mark.people_stated
        if mark.is_increment:
            return self.say("one period")
        if mark.role == Role.COUNTED or (mark.role == Role.BOUND and mark.bounds.best is None):
            return ""
        return self.say("only a bound") if mark.role == Role.BOUND else self.term(mark.role)

    def beyond(self, number: int) -> list[str]:
        """What is said of reports that are higher than the axis; nothing for none."""
        if not number:
            return []
        return [
            self.say_many(
                "%(num)s report lies above the axis: it is drawn at its upper edge, ↑ with its number.",
                "%(num)s reports lie above the axis: they are drawn at its upper edge, ↑ with their numbers.",
                number,
            )
        ]

    def zeros(self, number: int) -> list[str]:
        """What is said of reports of none on a logarithmic axis, which has no zero; nothing for none."""
        if not number:
            return []
        return [
            self.say_many(
                "%(num)s report of 0 is not drawn: a logarithmic axis has no 0.",
                "%(num)s reports of 0 are not drawn: a logarithmic axis has no 0.",
                number,
            )
        ]

    def _published(self, mark: Mark) -> str:
        if mark.published_on:
            return self.say("published %(day)s", day=self.day(mark.published_on))
        if mark.published_by:
            return self.say("public by %(day)s at the latest", day=self.day(mark.published_by))
        return self.say("publication day not stated")

    def _counted_to(self, mark: Mark) -> str:
        if mark.is_undated:
            return self.say("day counted to not stated")
        same_year = mark.published_on is not None and mark.published_on.year == mark.on.year
        day = self.day_of_year(mark.on) if same_year else self.day(mark.on)
        return self.say("counted to %(day)s", day=day)

    def _who(self, mark: Mark) -> str:
        name = mark.origin_name
        if not mark.carriers:
            return name
        if mark.by_origin:
            others = self.others(len(mark.carriers))
            return self.say("%(origin)s, also carried by %(others)s", origin=name, others=others)
        first, *more = mark.carriers
        if not more:
            return self.say("%(origin)s, carried by %(source)s", origin=name, source=first)
        others = self.others(len(more))
        return self.say(
            "%(origin)s, carried by %(source)s and %(others)s", origin=name, source=first, others=others
        )

    def notes(self, plan: Plan) -> list[str]:
        """What stands below the panels: how to read the marks, the numbered days, where it comes from."""
        marks = [mark for panel in plan.panels for mark in panel.marks if is_first_hand(mark)]
        beyond = sum(not plan.shows(mark.on) for mark in marks)
        notes = []
        if any(mark.role != Role.COUNTED for mark in marks):
            notes.append(self.say("Filled symbols: counted reports; hollow: not counted."))
        if any(
            mark.bounds.best is None and mark.bounds.high is None for mark in marks if is_first_hand(mark)
        ):
            notes.append(self.say("▲ states a floor (“at least”)."))
        bounds = [step.bounds for panel in plan.panels for step in panel.steps]
        if any(map(is_open_above, bounds)):
            notes.append(self.say("↑ No origin says how many at most."))
        if any(map(is_open_below, bounds)):
            notes.append(self.say("↓ No origin says how many at least."))
        if beyond:
            notes.append(
                self.say_many(
                    "%(num)s report counted to days beyond those shown.",
                    "%(num)s reports counted to days beyond those shown.",
                    beyond,
                )
            )
        origins = dict.fromkeys(
            origin.name for origin in plan.origins.values()
            if any(mark.origin_id == origin.origin_id for mark in marks)
        )  # fmt: skip
        return [*notes, *self.provenance(origins, plan.as_of, plan.method, plan.head)]

    def axes(self, *, is_shared: bool) -> str:
        """Whether heights of one panel can be set beside those of another."""
        if is_shared:
            return self.say("All panels share one vertical axis.")
        return self.say("Each panel has a vertical axis of its own: heights of two panels do not compare.")

    def provenance(self, origins: Iterable[str], as_of: dt.date, method: str, head: str) -> list[str]:
        """Whose figures a picture shows, as known when, from which ledger, and how it may be used."""
        names = list(origins)
        told = self.join(names[:MOST_NAMED])
        if len(names) > MOST_NAMED:
            told = self.say_many(
                "%(names)s and %(num)s more",
                "%(names)s and %(num)s more",
                len(names) - MOST_NAMED,
                names=told,
            )
        sources = [self.say("Sources: %(names)s.", names=told)] if names else []
        known = self.say(
            "As known on %(day)s. Method %(method)s, ledger %(head)s.",
            day=self.day(as_of), method=method, head=head,
        )  # fmt: skip
        return [*sources, f"{known} {self.say(LICENCE)}"]


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
