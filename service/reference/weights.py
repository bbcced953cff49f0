"""Which weights are other than the shipped ones for this question?

A kind of source and a standard of proof have a weight of their own (``seeds/weights.csv``). An origin has one
weight: that of its kind times that of the standard it works to, whatever standard a single report names. A
question may set either anew, and may multiply that of one origin. This module must not know what a weight
does.

>>> read_weights(["kind:anonymous=0.1, origin:sohr=2"], {"sohr"})
(('kind:anonymous', 0.1), ('origin:sohr', 2.0))
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from service.errors import QueryError, UnknownName
from service.vocabulary import Kind, Standard

Weights = tuple[tuple[str, float], ...]
"""``dimension:term`` and its weight, in the order of the names."""
DIMENSIONS = ("kind", "standard", "origin")
LEAST, MOST = 0.001, 1000.0
_NUMBER = re.compile(r"\d{1,4}(\.\d{1,3})?")
_HOW = "Write it as kind:anonymous=0.1, standard:verified=10 or origin:sohr=2."


def read_weights(
    given: str | Sequence[str] | Mapping[str, float] | None, origins: Collection[str]
) -> Weights:
    """The weights as given: texts like ``kind:anonymous=0.1``, several with commas between, or a mapping.

    Raises QueryError for what is no weight or given twice, UnknownName for a term that is not there.
    """
    if isinstance(given, Mapping):
        given = [f"{name}={weight:g}" for name, weight in given.items()]
    texts = [given] if isinstance(given, str) else list(given or ())
    found: dict[str, float] = {}
    for text in (part.strip() for each in texts for part in each.split(",")):
        if not text:
            continue
        name, weight = _read(text, origins)
        if found.setdefault(name, weight) != weight:
            raise QueryError(f"weights give {name} twice, with different values.", fix="Give it once.")
    return tuple(sorted(found.items()))


def write_weights(weights: Weights) -> str:
    """The weights as one text that ``read_weights`` reads."""
    return ",".join(f"{name}={weight:g}" for name, weight in weights)


def _read(text: str, origins: Collection[str]) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    dimension, colon, term = (part.strip() for part in name.partition(":"))
    if not equals or not colon:
        raise QueryError(f"weights={text!r} is not a weight.", fix=_HOW)
    if dimension not in DIMENSIONS:
        raise UnknownName(
            f"weights={text!r}: there is no weight of a {dimension!r}.",
            fix=f"Use {', '.join(DIMENSIONS)}.",
            suggestions=DIMENSIONS,
        )
    terms: dict[str, Collection[str]] = {"kind": list(Kind), "standard": list(Standard), "origin": origins}
    known = terms[dimension]
    if term not in known:
        near = tuple(get_close_matches(term, [str(each) for each in known], n=3))
        raise UnknownName(
            f"weights={text!r}: {term!r} is no {dimension} known here.",
            fix=f"Did you mean {' or '.join(near)}?" if near else _HOW,
            suggestions=near,
        )
    number = number.strip()
    if not _NUMBER.fullmatch(number) or not LEAST <= float(number) <= MOST:
        raise QueryError(
            f"weights={text!r}: {number!r} is no weight.",
            fix=f"Write a number from {LEAST:g} to {MOST:g}, with three decimals at most.",
        )
    return f"{dimension}:{term}", float(number)
