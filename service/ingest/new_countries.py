"""Which gazetteer rows does a country of the world make, and which country would make a place known?

Rows in the schema ``AREA`` from ``reference.world``, to be registered like any other. What the ledger knows
of a country stays as it is, by whatever codes, and what is missing is added to it; no further spelling takes
the name of a place that is known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import AmbiguousName, UnknownName
from service.ingest.reference_file import reference_table
from service.reference.gazetteer import Gazetteer
from service.schema.tables import AREA_SEPARATOR
from service.sentence import Sentence, Value, either, join_sentences, listed, sentence
from service.vocabulary import Level

_MOST_MEANT = 3
"""A name of more places of the world than this (“Northern”) says nothing about which is meant."""


def new_country(area: pa.Table, country: str) -> pa.Table:
    """Return the rows of a country and of its first-level divisions: those that are known as they stand, by
    whatever codes, and what is missing.

    Raises UnknownName or AmbiguousName for a name or code of no one country.
    """
    from service.reference.world import country_areas, country_code

    gazetteer = Gazetteer(area)
    row, *divisions = country_areas(country_code(country))
    known = _known_country(gazetteer, row["area_code"], row["name"])
    here = _known_divisions(area, known)
    missing = [each for each in divisions if not _is_known(gazetteer, here, each)]
    placed = [
        {
            **each,
            "parent_code": (known or row["area_code"]) if each["parent_code"] else "",
            "aliases": _free_spellings(gazetteer, each["aliases"]),
        }
        for each in (*(() if known else (row,)), *missing)
    ]
    kept = pc.is_in(area["area_code"], value_set=pa.array([known, *here], pa.string()))
    new = reference_table("area", placed, f"the areas of {row['name']}")
    return pa.concat_tables([area.filter(kept), new]) if known else new


def find_place(area: pa.Table, place: str) -> tuple[str, pa.Table]:
    """Return the code of a place by its name or code, and the rows that must be known for it beside ``area``.

    A country of the world or a first-level division that is not known brings what is missing of its country.
    Raises UnknownName or AmbiguousName for what is no one place.
    """
    from service.reference.world import country_name, world_areas

    gazetteer = Gazetteer(area)
    nothing = area.slice(0, 0)
    meant = [] if gazetteer.candidates(place) else sorted(world_areas(place))
    if len(meant) > 1:
        kinds = either(
            sentence("%(kind)s (%(code)s)", kind=_kind(code), code=code) for code in meant[:_MOST_MEANT]
        )
        raise AmbiguousName(
            sentence("“%(place)s” may be %(meant)s ….", place=place[:100], meant=kinds)
            if len(meant) > _MOST_MEANT
            else sentence("“%(place)s” may be %(meant)s.", place=place[:100], meant=kinds),
            fix=sentence("Write the code that is meant: %(meant)s.", meant=listed(meant)),
            suggestions=tuple(meant),
        )
    if not meant:
        try:
            return gazetteer.resolve(place), nothing
        except UnknownName as unknown:
            raise UnknownName(
                unknown.message,
                fix=join_sentences(
                    unknown.fix,
                    sentence(
                        "A country or a division of one (ISO 3166) needs its name or code only; register any "
                        "other place first: on the page /register, or with casualty areas add “%(place)s” "
                        "--level LEVEL --parent PLACE.",
                        place=place[:100],
                    ),
                ),
                suggestions=unknown.suggestions,
            ) from None
    country = country_name(_country_of(meant[0]))
    rows = new_country(area, _country_of(meant[0]))
    rows = rows.filter(pc.invert(pc.is_in(rows["area_code"], value_set=area["area_code"].combine_chunks())))
    code = meant[0] if meant[0] in rows["area_code"].to_pylist() else ""
    return code or Gazetteer(pa.concat_tables([area, rows])).resolve(f"{place}, {country}"), rows


def country_hint(gazetteer: Gazetteer, text: str) -> str:
    """Return how a place that is not known becomes known with its country; "" where the world has none such.

    ``text`` may name several places joined by ``|``; the first that helps is spoken of.
    """
    from service.reference.world import world_areas

    for part in text.split(AREA_SEPARATOR):
        codes = [] if gazetteer.candidates(part) else sorted(world_areas(part))
        if codes and len(codes) <= _MOST_MEANT:
            kinds = either(dict.fromkeys(map(_kind, codes)))
            country, *others = dict.fromkeys(map(_country_of, codes))
            which: Value = country
            if others:
                which = sentence("%(country)s (or %(others)s)", country=country, others=listed(others))
            return sentence(
                "It is %(kinds)s, and comes in with the country: on the page /register, or with "
                "casualty areas add-country %(country)s.",
                kinds=kinds, country=which,
            )  # fmt: skip
    return ""


def _kind(code: str) -> Sentence:
    """Return in words what an ISO code is that of."""
    from service.reference.world import country_name

    country = _country_of(code)
    if code == country:
        return sentence("a country")
    return sentence("a division of %(country)s", country=country_name(country))


def _country_of(code: str) -> str:
    return code.partition("-")[0]


def _known_country(gazetteer: Gazetteer, code: str, name: str) -> str:
    """Return the ledger's own code of a country, found by its ISO code or its name; "" if it is unknown."""
    rows = gazetteer.area.select(["area_code", "level"]).to_pylist()
    countries = {row["area_code"] for row in rows if row["level"] == Level.COUNTRY}
    return min(countries & (gazetteer.candidates(code) | gazetteer.candidates(name)), default="")


def _known_divisions(area: pa.Table, country: str) -> list[str]:
    """Return the codes of the first-level divisions that are known of a country ("": of none)."""
    inside = (pc.field("level") == Level.GOVERNORATE.value) & (pc.field("parent_code") == country)
    return area.filter(inside)["area_code"].to_pylist() if country else []


def _is_known(gazetteer: Gazetteer, here: Collection[str], division: Mapping[str, str]) -> bool:
    """Whether one of the divisions ``here`` has the code or a name of this one."""
    names = (division["name"], division["name_ar"], *division["aliases"].split(AREA_SEPARATOR))
    is_named = any(gazetteer.candidates(name) & set(here) for name in names if name)
    return is_named or bool(gazetteer.candidates(division["area_code"]))


def _free_spellings(gazetteer: Gazetteer, aliases: str) -> str:
    """Return the aliases that stand for no known place: another's would make rows ambiguous that were not."""
    return AREA_SEPARATOR.join(
        alias for alias in aliases.split(AREA_SEPARATOR) if not gazetteer.candidates(alias)
    )
