"""What does a reason of evidence say in another language?

Reconciliation writes its reasons in English, one of a closed list of sentences with one name or number in it.
This module reads such a sentence back and says it in another language, with the names of that language. It
must not know how evidence is found.

>>> Reasons(Translator("ar"), None)("its origin later gave the lower 1,225")
'أعلن مصدره لاحقًا العدد الأقل 1,225'
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cached_property

from service.answers.vintages import CAUSES, CAUSES_WITH_REPORTS
from service.language import Translator
from service.reconcile.reasons import REASON_TEXTS
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR

SINCE = re.compile(r"^counted from (\d{4}-\d{2}-\d{2}) on$")
PARTY = "attributed to "
TOGETHER = " together"
VALUE = re.compile(r"^(.*) \((\d+)\)$", re.DOTALL)
BESIDE = re.compile(r"(.*?)(?: \(beside (\d+) more\))?", re.DOTALL)
LEFT_OUT = re.compile(r"(.*) and (\d+) more", re.DOTALL)
SLOT = re.compile(r"\{(\w+)\}")


def message_of(text: str) -> str:
    """Return the message of a reason: its slot as a catalogue has it."""
    return SLOT.sub(r"%(\1)s", text)


class Reasons:
    """The reasons in one language; ``reference`` has the names of places and people."""

    def __init__(self, words: Translator, reference: Reference | None) -> None:
        self._words = words
        self._reference = reference

    def __call__(self, reason: str) -> str:
        """Return the reason in the language; one that is none of the list stays as it is."""
        if self._words.language.is_english:
            return reason
        if reason in self._plain:
            return self._words.say(reason)
        for pattern, slot, message in self._patterns:
            if match := pattern.fullmatch(reason):
                value = match.group(1)
                return self._words.say(message, **{slot: self.cell(value) if slot == "cell" else value})
        return reason

    def cell(self, named: str) -> str:
        """Return a cell that a reason names: its place, people, party and beginning, and its figure."""
        value = ""
        if match := VALUE.match(named):
            named, number = match.groups()
            value = f" ({self._words.number(int(number))})"
        return self._words.join(list(self._parts(named.split(", ")))) + value

    def _parts(self, parts: list[str]) -> Iterator[str]:
        """Yield the parts of a cell; several places that are counted together are one."""
        last = next((n for n, part in enumerate(parts) if part.endswith(TOGETHER)), None)
        if last is not None:
            names = [*parts[:last], *parts[last].removesuffix(TOGETHER).split(" and ")]
            codes = [self._codes.get(name, name) for name in names]
            yield self._labels.places(AREA_SEPARATOR.join(codes)) if self._labels else ", ".join(names)
            parts = parts[last + 1 :]
        for part in parts:
            if match := SINCE.match(part):
                day = self._words.day(dt.date.fromisoformat(match.group(1)))
                yield self._words.say("counted from %(day)s", day=day)
            elif part.startswith(PARTY):
                yield self._words.say("attributed to %(party)s", party=self._name(part.removeprefix(PARTY)))
            else:
                yield self._name(part)

    def _name(self, english: str) -> str:
        """Return the name in the language of a place or of people."""
        if self._labels is None:
            return english
        if english in self._codes:
            return self._labels.place(self._codes[english])
        return self._people.get(english, english)

    @cached_property
    def _labels(self) -> Labels | None:
        return Labels.of(self._reference, self._words.language.code) if self._reference else None

    @cached_property
    def _codes(self) -> dict[str, str]:
        """The code of each place by its English name."""
        if self._reference is None:
            return {}
        area = self._reference.area
        return dict(zip(area.column("name").to_pylist(), area.column("area_code").to_pylist(), strict=True))

    @cached_property
    def _people(self) -> dict[str, str]:
        """What each population is called, by what an English sentence calls it."""
        if self._reference is None or self._labels is None:
            return {}
        english, labels = Labels.of(self._reference), self._labels
        return {english.population(name): labels.population(name) for name in english.populations}

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(text for text in REASON_TEXTS if not SLOT.search(text))

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str, str]]:
        """Each reason with a slot as what it looks like, its slot, its message; the longest first."""
        texts = sorted(
            {text for text in REASON_TEXTS if SLOT.search(text)}, key=lambda text: (-len(text), text)
        )
        return [(_pattern(text), SLOT.findall(text)[0], message_of(text)) for text in texts]

    def cause(self, cause: str) -> str:
        """Return what moved a figure (``cause`` of CHANGE) in the language."""
        if self._words.language.is_english:
            return cause
        if cause in CAUSES:
            return self._words.say(cause)
        for what in CAUSES_WITH_REPORTS:
            if cause.startswith(f"{what}: "):
                named, beside = BESIDE.fullmatch(cause.removeprefix(f"{what}: ")).groups()  # type: ignore[union-attr]
                if left_out := LEFT_OUT.fullmatch(named):
                    named = self._words.say_many(
                        "%(names)s and %(num)s more", "%(names)s and %(num)s more",
                        int(left_out[2]), names=left_out[1],
                    )  # fmt: skip
                told = self._words.say(f"{what}: %(reports)s", reports=named)
                if beside:
                    told += " " + self._words.say_many(
                        "(beside %(num)s more)", "(beside %(num)s more)", int(beside)
                    )
                return told
        absent = [each.partition(": ") for each in cause.split("; ")]
        return self._words.say("; ").join(f"{who}{colon}{self(why)}" for who, colon, why in absent)


def _pattern(text: str) -> re.Pattern[str]:
    before, _, after = SLOT.split(text)
    return re.compile(f"{re.escape(before)}(.+){re.escape(after)}", re.DOTALL)
