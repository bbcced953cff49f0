"""What are places, sources and populations called?

The names that pages show, as the reference data of one state have them; what has none goes by its code.
"""

from __future__ import annotations

from service.answers.query import area_name
from service.ingest import gazetteer_of
from service.schema.records import Reference
from service.web.pages.controls import population_labels


class Names:
    """The names at one state of the ledger."""

    def __init__(self, reference: Reference) -> None:
        self._gazetteer = gazetteer_of(reference)
        self._populations = population_labels(reference)
        columns = (reference.source.column(name).to_pylist() for name in ("source_id", "name"))
        self._sources: dict[str, str] = dict(zip(*columns, strict=True))

    def area(self, areas: str) -> str:
        """A place, or several that are counted together."""
        return area_name(self._gazetteer, areas)

    def source(self, source_id: str) -> str:
        return self._sources.get(source_id, source_id)

    def population(self, population: str) -> str:
        return self._populations.get(population, population.replace("_", " "))
