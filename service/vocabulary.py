"""Which words may a report, a finding or an estimate use?

Every closed list of terms lives here once, and each member says what it means; the API, the SQL, the
pages and GLOSSARY.md take them from here. Open lists (areas, sources, populations, crises) are reference
data in the ledger, not code. This module knows nothing of storage, files or the web.

>>> Standard("verified").meaning
'each death was checked by the source to a stated standard of proof'
"""

from __future__ import annotations

from enum import StrEnum


class Term(StrEnum):
    """A word with one meaning. ``str(term)`` is the identifier that files, SQL and JSON carry."""

    meaning: str

    def __new__(cls, identifier: str, meaning: str = "") -> Term:
        term = str.__new__(cls, identifier)
        term._value_ = identifier
        term.meaning = meaning
        return term

    @property
    def label(self) -> str:
        """The term as a sentence has it: ``single source``."""
        return spell_out(self)


def spell_out(identifier: str) -> str:
    """Return an identifier as it is read.

    >>> spell_out("single_source")
    'single source'
    """
    return identifier.replace("_", " ")


def spell_grade(grade: str, is_raised: bool) -> str:
    """Return a grade as it is read, with the mark of a figure that was raised to its parts.

    >>> spell_grade("contested", True)
    'contested, raised'
    """
    return spell_out(grade) + (", raised" if is_raised else "")


class Measure(Term):
    """What a figure counts.

    The row of a member is all there is to say of it: its identifier and meaning; the ``phrase`` that follows
    the people counted ("683 civilians *reported killed*"); its ``hxl`` attribute, where the standard has one;
    its Arabic name; and the ``unit`` that is counted, of many and of one. What is left out is made of the
    identifier.
    """

    phrase: str
    hxl: str
    label_ar: str
    unit: str
    unit_of_one: str

    def __new__(  # noqa: PLR0917 (the row of a member)
        cls,
        identifier: str,
        meaning: str = "",
        phrase: str = "",
        hxl: str = "",
        label_ar: str = "",
        unit: tuple[str, str] = ("people", "person"),
    ) -> Measure:
        term = str.__new__(cls, identifier)
        term._value_ = identifier
        term.meaning = meaning
        term.phrase = phrase or f"reported {spell_out(identifier)}"
        term.hxl = hxl
        term.label_ar = label_ar or spell_out(identifier)
        term.unit, term.unit_of_one = unit
        return term

    @property
    def counts_people(self) -> bool:
        """Whether it counts people, who belong to a population."""
        return self.unit == "people"

    @property
    def is_stock(self) -> bool:
        """Whether the number may fall as well as rise: who is found is missing no more. All others are
        running totals."""
        return self in {Measure.MISSING, Measure.DISPLACED, Measure.DETAINED}

    KILLED = "killed", "people reported killed", "reported killed", "+killed", "قتلى"
    INJURED = "injured", "people reported injured", "reported injured", "+injured", "جرحى"
    MISSING = "missing", "people whose whereabouts are unknown", "reported missing", "+missing", "مفقودون"
    DISPLACED = "displaced", "people who left their homes", "reported displaced", "+displaced", "نازحون"
    DETAINED = "detained", "people held", "reported detained", "+detained", "محتجزون"
    ABDUCTED = "abducted", "people taken by force", "reported abducted", "", "مختطفون"
    CASUALTIES = (
        "casualties",
        "killed and injured together, as the source does not part them",
        "reported killed or injured",
        "",
        "قتلى وجرحى",
    )
    BODIES_RECOVERED = (
        "bodies_recovered",
        "bodies found and collected",
        "whose bodies were reported recovered",
        "",
        "جثث منتشلة",
    )
    BODIES_BURIED = (
        "bodies_buried",
        "bodies buried",
        "whose bodies were reported buried",
        "",
        "جثث مدفونة",
    )
    INCIDENTS = "incidents", "events, not people", "reported", "", "حوادث", ("incidents", "incident")


def counts_people(measure: str) -> bool:
    """Return whether a measure counts people; one that is not known here is taken to."""
    return measure not in set(Measure) or Measure(measure).counts_people


def is_stock(measure: str) -> bool:
    """Return whether the number of a measure may fall; one that is not known here is taken to be a total."""
    return measure in set(Measure) and Measure(measure).is_stock


class Basis(Term):
    """How a figure relates to its period."""

    CUMULATIVE = "cumulative", "a running total since period_start"
    INCREMENT = "increment", "what happened in that period alone"
    RETRACTION = (
        "retraction",
        "no count: the source says that its origin never gave this figure or has dropped it",
    )
    REMOVAL = (
        "removal",
        "no count: the source itself no longer gives this figure of another; who else carries it stands",
    )


TAKING_BACK = (Basis.RETRACTION, Basis.REMOVAL)
"""What counts nothing, and takes a figure back."""


class Standard(Term):
    """The standard of proof the source works to."""

    VERIFIED = "verified", "each death was checked by the source to a stated standard of proof"
    DOCUMENTED = "documented", "each death is on the source's list, by name or by case"
    OFFICIAL = "official", "a government or authority states it"
    ESTIMATE = "estimate", "a calculation or a judgement, not a count"
    UNVERIFIED = "unverified", "reported without a stated standard"


class DatePrecision(Term):
    """How exactly a date is known, the finest first."""

    DAY = "day", "the day itself"
    WEEK = "week", "some day of that week, Monday to Sunday"
    MONTH = "month", "some day of that month"
    YEAR = "year", "some day of that year"


class PlacePrecision(Term):
    """How exactly the place is known, the finest first."""

    EXACT = "exact", "the place itself is known"
    NEAR = "near", "somewhere near the place that is named, within some 25 km"
    DISTRICT = "district", "the district is known, not the place in it (second administrative level)"
    PROVINCE = "province", "the province is known, not the district (first administrative level)"
    REGION = "region", "a part of a country wider than a province, or a line between places"
    COUNTRY = "country", "no more than the country is known"


class Role(Term):
    """What a report did for an estimate."""

    COUNTED = "counted", "its origin's current count of the cell itself"
    BOUND = (
        "bound",
        "it bounds the figure: a floor, a ceiling, a part or a whole of the cell, days that add up, or its "
        "origin's own lower last word",
    )
    RAISED = (
        "raised",
        "a part of the cell, alone or with others, that says more: the cell was raised to it",
    )
    SUPERSEDED = "superseded", "its origin has since said something newer about the same cell"
    ECHO = "echo", "a copy of a figure already counted once"
    MISPLACED = "misplaced", "its origin gave this number for another place, of which this one is a part"
    SLIP = "slip", "its origin's other counts leave no room for it, and few carry it"
    STALE = "stale", "an older, lower figure of its origin, carried later"
    REVISED = "revised", "its origin later gave a lower figure"
    DISOWNED = (
        "disowned",
        "the body it was attributed to says that it never gave it or has dropped it, "
        "or the source that carried it has",
    )
    RETRACTION = "retraction", "takes a figure of its origin back, from the day it was published"
    WITHDRAWN = "withdrawn", "taken back by its source or by this ledger"


class Standing(Term):
    """What a figure read elsewhere is worth here today, in the order in which a look-up lists them."""

    CURRENT = "current", "it stands: a figure or its bounds rest on it today"
    SUPERSEDED = "superseded", "its origin has since given another figure for the same"
    MISPLACED = "misplaced", "its origin gave it for another place, or it was misread"
    DISOWNED = "disowned", "the body it was attributed to has taken it back or never gave it"
    RETRACTION = "retraction", "it takes the figure back, and is no count itself"
    WITHDRAWN = "withdrawn", "it was taken back here"
    NEVER_SEEN = "never_seen", "no report here gives it"


class Match(Term):
    """How well a report gives the figure that was looked for. The best comes first."""

    SAME = "same", "the number, the measure, and the place and people as far as they are said"
    OTHER_PEOPLE = "other_people", "the number in that place, of other people"
    OTHER_PLACE = "other_place", "the number, of another place"
    NONE = "none", "no report"


class Grade(Term):
    """How well an estimate is supported."""

    CORROBORATED = "corroborated", "two independent origins of weight whose own counts lie within 10 % of it"
    CONTESTED = (
        "contested",
        "a good part of the weight lies wholly above another, or parts and whole disagree",
    )
    SINGLE_SOURCE = (
        "single_source",
        "it rests on one origin: no second one of weight counts within 10 % of it",
    )
    PROVISIONAL = "provisional", "the newest statement is under 7 days old"
    INFERRED = "inferred", "nobody has stated the cell itself: what is said of its parts and wholes bounds it"


class Verdict(Term):
    """What became of a row that was taken in. Every row gets exactly one."""

    ACCEPTED = "accepted", "it is a report in the ledger"
    DUPLICATE = "duplicate", "the ledger already holds exactly this report"
    QUARANTINED = (
        "quarantined",
        "held: it needs a decision or a reference row before it can be a report",
    )
    REJECTED = "rejected", "held: it cannot become a report as it stands"


class Severity(Term):
    """How much a finding matters."""

    INFO = "info", "good to know"
    WARNING = "warning", "look again"
    ERROR = "error", "the row was not accepted, or an answer would be wrong"


class Dates(StrEnum):
    """Which days of publication a question goes by: with ``all``, inferred ones (``published_by``) as well;
    with ``stated``, only those that the page shows."""

    ALL = "all"
    STATED = "stated"


class Level(Term):
    """What kind of place an area is."""

    COUNTRY = "country", "a state"
    REGION = "region", "a named set of areas, defined by its members"
    GOVERNORATE = "governorate", "first administrative level"
    DISTRICT = "district", "second administrative level"
    SUBDISTRICT = "subdistrict", "third administrative level"
    CITY = "city", "a city proper"
    TOWN = "town", "a town proper"
    VILLAGE = "village", "a village"
    NEIGHBOURHOOD = "neighbourhood", "a part of a city or town"


class Kind(Term):
    """What kind of publisher a source is."""

    UN = "un", "a body of the United Nations"
    MONITOR = "monitor", "an organisation that documents casualties one by one"
    NGO = "ngo", "another non-governmental organisation"
    GOVERNMENT = "government", "a state body, or one appointed by it"
    MEDIA = "media", "a news organisation"
    COMMUNITY = "community", "a body or person speaking for a community"
    PARTY = "party", "a party to the fighting"
    ENCYCLOPAEDIA = "encyclopaedia", "a reference work, or a mirror of one"
    INDIVIDUAL = "individual", "a person, named by role only"
    ANONYMOUS = "anonymous", "nobody is named"


class CrisisKind(Term):
    """How the casualties of a crisis come about: all at once, or as long as it goes on."""

    SUDDEN = (
        "sudden",
        "it is over within days or weeks: a massacre, a disaster; counts rise on afterwards",
    )
    ONGOING = "ongoing", "people go on coming to harm for months or years"


REDACTED = "[redacted]"
"""What stands in the place of a text that was taken out of the ledger."""
