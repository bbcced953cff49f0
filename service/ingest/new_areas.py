"""Which gazetteer row does a new place make, or a new spelling of a known one?

Both are rows in the schema ``AREA``, to be registered like any other reference row. A spelling that is the
name of another place is refused: it would make rows ambiguous that were read without doubt.

>>> add_spellings(area, "SY0602", ["Jebla"])["aliases"].to_pylist()          # doctest: +SKIP
['Jablah|Jabla|Jebleh|Jebla']
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import pyarrow as pa

from service.errors import AmbiguousName, QueryError, UnknownName
from service.ingest.new_countries import find_place
from service.ingest.personal_data import check_text
from service.ingest.reference_file import reference_table
from service.reference.gazetteer import Gazetteer
from service.reference.names import normalise, slug
from service.schema.tables import AREA, AREA_SEPARATOR
from service.sentence import sentence


class PlaceDetails(TypedDict, total=False):
    """Details of a new place; ``parent`` is the place it lies in, by code or name."""

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
    **details: Unpack[PlaceDetails],
) -> pa.Table:
    """Return the row of a place that is not known yet; ``code`` defaults to ``x-`` and its name.

    Before it stand the rows of the country that it lies in, where that is not known either.

    Raises QueryError for a known code, UnknownName or AmbiguousName for the place it lies in, and
    UnreadableDocument for a level or a coordinate that is none.
    """
    gazetteer = Gazetteer(area)
    code = details.get("code") or f"x-{slug(name, '-')}"
    if code in area["area_code"].to_pylist():
        raise QueryError(
            sentence("The code %(code)s is that of %(name)s already.", code=code, name=gazetteer.name(code)),
            fix=sentence(
                "Give it another name, or another code with --code. If it is the same place, register "
                "another spelling of it: on the page /register, or with casualty areas alias %(code)s NAME.",
                code=code,
            ),
        )
    parent, around = details.get("parent", ""), area.slice(0, 0)
    if parent:
        parent, around = find_place(area, parent)
    row = {
        "area_code": code,
        "name": name,
        "name_ar": details.get("name_ar", ""),
        "level": level,
        "parent_code": parent,
        "aliases": AREA_SEPARATOR.join(details.get("aliases", ())),
        "lat": details.get("lat", ""),
        "lon": details.get("lon", ""),
    }
    return pa.concat_tables([around, reference_table("area", [row], "the new area")])


def add_spellings(area: pa.Table, place: str, spellings: Sequence[str]) -> pa.Table:
    """Return the row of a known place with further spellings; those that it has already are left out.

    Raises UnknownName or AmbiguousName for the place, and QueryError for a spelling of another place.
    """
    gazetteer = Gazetteer(area)
    code = gazetteer.resolve(place)
    (row,) = (row for row in area.to_pylist() if row["area_code"] == code)
    aliases = [alias for alias in row["aliases"].split(AREA_SEPARATOR) if alias]
    keys = {normalise(name) for name in (row["name"], row["name_ar"], *aliases)}
    for spelling in spellings:
        text = " ".join(spelling.split())
        check_text(text, "spelling", names=False)
        if not normalise(text) or AREA_SEPARATOR in text:
            raise QueryError(
                sentence("“%(spelling)s” is no spelling of one name.", spelling=spelling),
                fix="Write one name at a time.",
            )
        _check_spelling(gazetteer, text, code)
        if normalise(text) not in keys:
            aliases.append(text)
            keys.add(normalise(text))
    return pa.Table.from_pylist([{**row, "aliases": AREA_SEPARATOR.join(aliases)}], schema=AREA)


def _check_spelling(gazetteer: Gazetteer, text: str, code: str) -> None:
    """Raise QueryError where a text stands for another place than ``code``, or for several."""
    try:
        owner = gazetteer.resolve(text)
    except AmbiguousName:
        owner = "several places"
    except UnknownName:
        return
    if owner != code:
        raise QueryError(
            sentence("“%(text)s” stands for %(owner)s already.", text=text, owner=owner),
            fix="Two places of one name are told apart by the place they lie in: “Banias, Tartus”.",
        )
