"""What do people call a place, a population, a measure or a source, in their language?

Only this module names things, so answers, reasons, findings, charts, pages and the command line use the same
name for the same thing. A thing without a name in the reference data goes by its identifier. It must not know
where a name is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import pyarrow as pa

from service.errors import QueryError
from service.language.catalogue import catalogue
from service.reference.well_known import well_known_sources
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Measure, counts_people, spell_out


class _Words(NamedTuple):
    """How a language joins names, as ``Latakia, Tartus and Hama together``, and the parts of a subject."""

    between: str
    """What stands between two places."""
    before_last: str
    """What stands before the last place."""
    together: str
    """How several places are marked as one; {} stands for their names."""
    attributed_to: str
    """How a party is named; {} stands for its name."""
    between_parts: str
    """What stands between the measure, the population and the party."""


_LANGUAGES = {
    "en": _Words(", ", " and ", "{} together", "attributed to {}", ", "),
    "ar": _Words(" و", " و", "{} معًا", "تُنسب إلى {}", "، "),
}
KEPT_STATES = 16
"""How many pairs of reference data and language keep their names."""


class Labels:
    """The names of one state of the reference data in one language. Raises QueryError for another language.

    A name that the language lacks is given in English.
    """

    def __init__(self, reference: Reference, language: str = "en") -> None:
        if language not in _LANGUAGES:
            raise QueryError(
                f"language={language!r} has no names here.", fix=f"Use one of: {', '.join(_LANGUAGES)}."
            )
        self.language = language
        self._reference = reference
        self._words = _LANGUAGES[language]

    @classmethod
    def of(cls, reference: Reference, language: str = "en") -> Labels:
        """Return the names of ``reference``, which are read once per reference state and language."""
        return _labels_of(reference, language)

    def place(self, code: str) -> str:
        """Return the name of one area."""
        return self._areas.get(code, code)

    def places(self, areas: str) -> str:
        """Return the name of a place set: ``Latakia and Tartus together``."""
        names = [self.place(code) for code in areas.split(AREA_SEPARATOR)]
        if len(names) == 1:
            return names[0]
        return self._words.together.format(self._join(names))

    def spelled(self, areas: str) -> str:
        """Return the names of a place set as a report file has them: ``Latakia|Tartus``."""
        return AREA_SEPARATOR.join(self.place(code) for code in areas.split(AREA_SEPARATOR))

    def list_places(self, areas: str) -> str:
        """Return the names of places, each by itself: ``Latakia, Jableh and Banias``; "" for none."""
        names = [self.place(code) for code in areas.split(AREA_SEPARATOR) if code]
        return self._join(names) if len(names) > 1 else "".join(names)

    def population(self, population: str) -> str:
        """Return the name of a population as a sentence has it: ``civilians``, ``Alawite civilians``."""
        label, definition = self._populations.get(population, ("", ""))
        return _inside_a_sentence(label, definition) if label else self._spell(population)

    def heading(self, population: str) -> str:
        """Return the name of a population as it begins a line: ``Civilians``, ``Alawite civilians``."""
        label, _ = self._populations.get(population, ("", ""))
        return label or self._spell(population)

    def attribution(self, attributed_to: str) -> str:
        """Return the name of whom a source holds responsible; "" where it is not split by responsibility."""
        return self.population(attributed_to) if attributed_to else ""

    @property
    def populations(self) -> dict[str, str]:
        """The heading of every population, in the order of the taxonomy."""
        return {population: self.heading(population) for population in self._populations}

    def measure(self, measure: str) -> str:
        """Return the name of what is counted: ``killed``, ``bodies recovered``."""
        if self.language == "ar":
            return next((term.label_ar for term in Measure if term == measure), spell_out(measure))
        return spell_out(measure)

    def source(self, source_id: str) -> str:
        """Return the name of a source or origin."""
        return self._sources.get(source_id, source_id)

    def crisis(self, crisis_id: str) -> str:
        """Return the name of a crisis."""
        return self._crises.get(crisis_id, crisis_id)

    def subject(self, measure: str, population: str, attributed_to: str = "") -> str:
        """Return what a figure counts: ``killed, Alawite civilians, attributed to security forces``.

        What does not count people has no population: ``incidents``.
        """
        people = self.population(population) if counts_people(measure) else ""
        parts = [self.measure(measure), people, self.attributed_to(attributed_to)]
        return self._words.between_parts.join(filter(None, parts))

    def attributed_to(self, attributed_to: str) -> str:
        """Return the part of a subject that names a party: ``attributed to security forces``; "" for none."""
        return self._words.attributed_to.format(self.attribution(attributed_to)) if attributed_to else ""

    def about(self, areas: str, population: str, attributed_to: str = "") -> str:
        """Return where and who is counted: ``Latakia, women, attributed to security forces``."""
        parts = [self.places(areas), self.population(population), self.attributed_to(attributed_to)]
        return self._words.between_parts.join(filter(None, parts))

    def _spell(self, identifier: str) -> str:
        """Return an identifier as it is read, in the language where its catalogue has it."""
        return catalogue(self.language).gettext(spell_out(identifier))

    def _join(self, names: Sequence[str]) -> str:
        """Return two or more names as one phrase: ``Latakia, Tartus and Hama``."""
        return f"{self._words.between.join(names[:-1])}{self._words.before_last}{names[-1]}"

    @cached_property
    def _areas(self) -> dict[str, str]:
        """The name of each area, by its code."""
        return self._names(self._reference.area, "area_code", "name")

    @cached_property
    def _sources(self) -> dict[str, str]:
        """The name of each source, by its identifier; of one that the field knows, where its row names it in
        English alone, as the field does."""
        own = f"name_{self.language}"
        known = {name: row[own] for name, row in well_known_sources()[1].items() if row.get(own)}
        names = self._names(self._reference.source, "source_id", "name")
        english = self._reference.source.select(["source_id", "name"]).to_pylist()
        unnamed = {row["source_id"] for row in english if names[row["source_id"]] == row["name"]}
        return {**names, **{source: name for source, name in known.items() if source in unnamed}}

    @cached_property
    def _crises(self) -> dict[str, str]:
        """The name of each crisis, by its identifier."""
        return self._names(self._reference.crisis, "crisis_id", "name")

    @cached_property
    def _populations(self) -> dict[str, tuple[str, str]]:
        """The label and the definition of each population, in the order of the taxonomy."""
        labels = self._names(self._reference.population, "population", "label")
        definitions = self._reference.population.column("definition").to_pylist()
        return {name: (labels[name], text) for name, text in zip(labels, definitions, strict=True)}

    def _names(self, table: pa.Table, key: str, column: str) -> dict[str, str]:
        """Return a name for each key: in this language where the table has it, else in English."""
        own = f"{column}_{self.language}"
        columns = [key, column, own if own in table.column_names else column]
        rows = zip(*(table.column(name).to_pylist() for name in columns), strict=True)
        return {identifier: name or english or identifier for identifier, english, name in rows}


@lru_cache(maxsize=KEPT_STATES)
def _labels_of(reference: Reference, language: str) -> Labels:
    return Labels(reference, language)


def _inside_a_sentence(label: str, definition: str) -> str:
    """Return a label without the capital of its first word, unless that word is a name.

    The first word is a name if the definition writes it with a capital inside a sentence, or if it has a
    capital after its first letter.

    >>> _inside_a_sentence("Women", "Adult women.")
    'women'
    >>> _inside_a_sentence("Alawite civilians", "Civilians whom the source describes as Alawite.")
    'Alawite civilians'
    """
    word = label.split(maxsplit=1)[0] if label else ""
    is_name = word[1:] != word[1:].lower() or f" {word}" in definition
    return label if is_name else label[:1].lower() + label[1:]
