"""What do the rules say about places, people and sources, whatever is reported?

Worked out once from reference data and weights, and kept for all runs that go by them. This module must not
know what the reports say.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import pyarrow as pa

from service.errors import QueryError
from service.reference.containment import Containment
from service.reference.weights import DIMENSIONS, LEAST, MOST
from service.schema.records import Reference
from service.vocabulary import Kind, Standard

Weights = Sequence[tuple[str, float]]
"""Weights by name: ``kind:media``, ``standard:verified``: in place of the shipped ones; ``origin:sohr``: on
top."""
_READ = ("area", "population", "source", "weight")
_MOST_KEPT = 8
_kept: list[Known] = []


@dataclasses.dataclass(frozen=True, eq=False)
class Known:
    """What a run goes by, beside its reports."""

    reference: Reference
    weights: Weights

    @classmethod
    def of(cls, reference: Reference, weights: Weights) -> Known:
        """The one that is kept for these reference data and weights, or a new one.

        Raises QueryError for a weight that is out of range or names nothing that has one.
        """
        for name, weight in weights:
            if not LEAST <= weight <= MOST or name.partition(":")[0] not in DIMENSIONS:
                raise QueryError(
                    f"{name}={weight:g} is no weight.",
                    fix=f"Name a {', '.join(DIMENSIONS)} (kind:media), from {LEAST:g} to {MOST:g}.",
                )
        for known in tuple(_kept):
            if known.weights == weights and _is_same(known.reference, reference):
                return known
        known = cls(reference, weights)
        _kept.insert(0, known)
        del _kept[_MOST_KEPT:]
        return known

    @cached_property
    def scale(self) -> int:
        """The power of ten by which all weights are multiplied, so that they are whole numbers.

        >>> Known(Reference.empty(), (("kind:anonymous", 0.1), ("origin:sohr", 2.0))).scale
        10
        """
        decimals = {"kind": 0, "standard": 0, "origin": 0}
        for name, weight in self.weights:
            dimension = name.partition(":")[0]
            shown = len(f"{weight:.3f}".rstrip("0").partition(".")[2])
            decimals[dimension] = max(decimals[dimension], shown)
        return int(10 ** sum(decimals.values()))

    @cached_property
    def weight(self) -> Mapping[tuple[str, str], float]:
        """The weight of a term of a dimension."""
        rows = _rows(self.reference.weight, "dimension", "term", "weight")
        asked = ((*name.split(":", 1), weight) for name, weight in self.weights)
        return {(dimension, term): float(weight) for dimension, term, weight in (*rows, *asked)}

    @cached_property
    def source(self) -> Mapping[str, tuple[str, str]]:
        """Name and kind of a source."""
        rows = _rows(self.reference.source, "source_id", "name", "kind")
        return {source: (name, kind) for source, name, kind in rows}

    @cached_property
    def usual_standard(self) -> Mapping[str, str]:
        """The standard of proof that a source works to."""
        return dict(_rows(self.reference.source, "source_id", "usual_standard"))

    @cached_property
    def meant(self) -> Mapping[tuple[str, str], str]:
        """The population that an origin means by a word for one."""
        found = {}
        for source, pairs in _rows(self.reference.source, "source_id", "counts_as"):
            for pair in filter(None, pairs.split("|")):
                said, _, meant = pair.partition("=")
                found[source, said] = meant
        return found

    @cached_property
    def region(self) -> Mapping[str, str]:
        """The region that a place set makes up: a report about exactly its members is a report about it."""
        return self.containment.regions

    @cached_property
    def containment(self) -> Containment:
        return Containment.of(self.reference)

    def speaker(self, source: str) -> tuple[str, bool, bool, float, float, float]:
        """Of a source or origin the name, whether it is nobody in particular, whether it is a news medium,
        and the weights of its kind, of what is asked for, and of the standard of proof it works to."""
        name, kind = self.source.get(source, (source, ""))
        own = self.weight.get(("origin", source), 1.0)
        proof = self.weight.get(("standard", self.usual_standard.get(source) or Standard.UNVERIFIED), 1.0)
        return (
            name,
            kind == Kind.ANONYMOUS,
            kind == Kind.MEDIA,
            self.weight.get(("kind", kind), 1.0),
            own,
            proof,
        )


def _is_same(one: Reference, other: Reference) -> bool:
    return all(getattr(one, name).equals(getattr(other, name)) for name in _READ)


def _rows(table: pa.Table, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table.column(name).to_pylist() for name in columns), strict=True)
