"""Which row of reference data does a new place make, or a new spelling of a known one?

Both become rows of the gazetteer (``model.AREA``), to be registered like any other. A name that stands for
another place already is refused as a spelling: it would make rows ambiguous that were read without doubt.

>>> respelled(area, "SY0602", ["Jebla"])["aliases"].to_pylist()              # doctest: +SKIP
['Jablah|Jabla|Jebleh|Jebla']
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import pyarrow as pa

from service.errors import AmbiguousName, QueryError, UnknownName
from service.ingest.reference_file import reference_table
from service.reference.gazetteer import Gazetteer
from service.reference.names import normalise, slug
from service.schema.tables import AREA, AREA_SEPARATOR


class Place(TypedDict, total=False):
    """What else is known of a place; ``parent`` is the one it lies in, by code or name."""

    parent: str
    code: str
    name_ar: str
    aliases: Sequence[str]
    lat: str
    lon: str


def new_area(
    area: pa.Table,
    name: str,
    *,
    level: str,
    **more: Unpack[Place],
) -> pa.Table:
    """The row of a place that is not known yet; ``code`` defaults to ``x-`` and its name.

    Raises QueryError for a known code, UnknownName or AmbiguousName for the place it lies in, and
    UnreadableDocument for a level or a coordinate that is none.
    """
    gazetteer = Gazetteer(area)
    chosen = more.get("code") or f"x-{slug(name, '-')}"
    if chosen in area["area_code"].to_pylist():
        raise QueryError(
            f"The code {chosen} is that of {gazetteer.name(chosen)} already.",
            fix=f"Name another with --code; or, if it is the same place: casualty areas alias {chosen} NAME.",
        )
    parent = more.get("parent", "")
    row = {
        "area_code": chosen,
        "name": name,
        "name_ar": more.get("name_ar", ""),
        "level": level,
        "parent_code": gazetteer.resolve(parent) if parent else "",
        "aliases": AREA_SEPARATOR.join(more.get("aliases", ())),
        "lat": more.get("lat", ""),
        "lon": more.get("lon", ""),
    }
    return reference_table("area", [row], "the new area")


def add_spellings(area: pa.Table, place: str, spellings: Sequence[str]) -> pa.Table:
    """The row of a known place with further spellings, those that it has already left out.

    Raises UnknownName or AmbiguousName for the place, QueryError for a spelling that is another's name.
    """
    gazetteer = Gazetteer(area)
    code = gazetteer.resolve(place)
    (row,) = (each for each in area.to_pylist() if each["area_code"] == code)
    known = [each for each in row["aliases"].split(AREA_SEPARATOR) if each]
    keys = {normalise(each) for each in (row["name"], row["name_ar"], *known)}
    for spelling in spellings:
        text = " ".join(spelling.split())
        if not normalise(text) or AREA_SEPARATOR in text:
            raise QueryError(f"“{spelling}” is no spelling of one name.", fix="Write one name at a time.")
        _refuse_another(gazetteer, text, code)
        if normalise(text) not in keys:
            known.append(text)
            keys.add(normalise(text))
    return pa.Table.from_pylist([{**row, "aliases": AREA_SEPARATOR.join(known)}], schema=AREA)


def _refuse_another(gazetteer: Gazetteer, text: str, code: str) -> None:
    """Raises QueryError where a text stands for another place than ``code``, or for several."""
    try:
        found = {gazetteer.resolve(text)}
    except AmbiguousName:
        found = {"several places"}
    except UnknownName:
        return
    if found != {code}:
        other = ", ".join(found)
        raise QueryError(
            f"“{text}” stands for {other} already.",
            fix="Two places of one name are told apart by the place they lie in: “Banias, Tartus”.",
        )
