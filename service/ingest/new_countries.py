"""Which gazetteer rows does a country of the world make, and which country would make a place known?

Rows in the schema ``AREA`` from ``reference.world``, to be registered like any other. What the ledger knows
of a country stays as it is, and no further spelling takes the name of a place that is known.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import QueryError
from service.ingest.reference_file import reference_table
from service.reference.gazetteer import Gazetteer
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Level

_MOST_MEANT = 3
"""A name of more places of the world than this (“Northern”) says nothing about which is meant."""


def new_country(area: pa.Table, country: str) -> pa.Table:
    """Return the rows of a country and of its first-level divisions, beside the areas that are known.

    A country that is known without divisions gets those only. Raises UnknownName or AmbiguousName for a name
    or code of no one country, and QueryError where country and divisions are known.
    """
    from service.reference.world import country_areas, country_code

    gazetteer = Gazetteer(area)
    row, *divisions = country_areas(country_code(country))
    known = _known_country(gazetteer, row["area_code"], row["name"])
    count = len(_divisions(area, known)) if known else 0
    if known and (count or not divisions):
        raise QueryError(
            f"{gazetteer.name(known)} ({known}) is known already, with {count} first-level divisions: "
            "it is left as it is.",
            fix=f"Add a place that is missing: casualty areas add NAME --level LEVEL --parent {known}.",
        )
    codes = set(area["area_code"].to_pylist())
    rows = [each for each in (*(() if known else (row,)), *divisions) if each["area_code"] not in codes]
    placed = [
        {
            **each,
            "parent_code": (known or row["area_code"]) if each["parent_code"] else "",
            "aliases": _free_spellings(gazetteer, each["aliases"]),
        }
        for each in rows
    ]
    return reference_table("area", placed, f"the areas of {row['name']}")


def country_hint(gazetteer: Gazetteer, text: str) -> str:
    """Return how a place that is not known becomes known with its country; "" where the world has none such.

    ``text`` may name several places joined by ``|``; the first that helps is spoken of.
    """
    from service.reference.world import world_areas

    for part in text.split(AREA_SEPARATOR):
        # a country whose divisions the ledger knows, by whatever codes, would be left as it is
        codes = [
            code
            for code in sorted(world_areas(part))
            if not gazetteer.candidates(part) and not _divisions(gazetteer.area, _country_of(code))
        ]
        if codes and len(codes) <= _MOST_MEANT:
            kinds = dict.fromkeys(map(_kind, codes))
            country, *others = dict.fromkeys(map(_country_of, codes))
            which = f"{country} (or {', '.join(others)})" if others else country
            return f"It is {' or '.join(kinds)}: casualty areas add-country {which} takes it in."
    return ""


def _kind(code: str) -> str:
    """Return in words what an ISO code is that of."""
    from service.reference.world import country_name

    country = _country_of(code)
    return "a country" if code == country else f"a division of {country_name(country)}"


def _country_of(code: str) -> str:
    return code.partition("-")[0]


def _known_country(gazetteer: Gazetteer, code: str, name: str) -> str:
    """Return the ledger's own code of a country, found by its ISO code or its name; "" if it is unknown."""
    rows = gazetteer.area.select(["area_code", "level"]).to_pylist()
    countries = {row["area_code"] for row in rows if row["level"] == Level.COUNTRY}
    return min(countries & (gazetteer.candidates(code) | gazetteer.candidates(name)), default="")


def _divisions(area: pa.Table, country: str) -> list[str]:
    """Return the codes of the first-level divisions that are known of a country."""
    inside = (pc.field("level") == Level.GOVERNORATE.value) & (pc.field("parent_code") == country)
    codes: list[str] = area.filter(inside)["area_code"].to_pylist()
    return codes


def _free_spellings(gazetteer: Gazetteer, aliases: str) -> str:
    """Return the aliases that stand for no known place: another's would make rows ambiguous that were not."""
    return AREA_SEPARATOR.join(
        alias for alias in aliases.split(AREA_SEPARATOR) if not gazetteer.candidates(alias)
    )
