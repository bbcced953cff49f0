"""Which countries are there, and which divisions of the first level has each?

ISO 3166-1 and 3166-2 as ``pycountry`` carries them (Debian's iso-codes), with Arabic and French names of
countries from ``babel`` and from the translations beside those lists. Arabic names of divisions and names in
use (Derna, Kherson oblast) that those lists do not have stand in ``world_names.csv``. It must not know which
places a ledger has; both libraries are loaded at the first question.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import lru_cache
from gettext import GNUTranslations, translation
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from service.reference.gazetteer import Gazetteer
from service.reference.names import Names, normalise
from service.schema.tables import AREA, AREA_SEPARATOR
from service.vocabulary import Level

if TYPE_CHECKING:
    from pycountry.db import Country, Subdivision

Row = dict[str, str]

_LANGUAGES = ("ar", "fr", "en")
_REMARK = re.compile(r"\s*[\[(]([^])]*)[\])]\s*$")
_CODE = re.compile(r"\s*\b[A-Z]{2}-[A-Z0-9]{1,3}$")
_LIST = re.compile(r",.*(?: and | y )")


def country_code(text: str) -> str:
    """Return the ISO code of a country by its code of two or three letters or by a name of it.

    Raises UnknownName, with what is near, or AmbiguousName.

    >>> country_code("Libye"), country_code("ليبيا"), country_code("LBY")
    ('LY', 'LY', 'LY')
    """
    return _country_names().resolve(text)


def country_areas(code: str) -> tuple[Row, ...]:
    """Return the rows of a country, itself first and then its divisions of the first level by their codes.

    Each has the columns of ``AREA`` that are text. Raises UnknownName for what is no code of two letters.
    """
    import pycountry

    stated = pycountry.countries.get(alpha_2=code)
    if stated is None:
        raise _country_names().unknown(code)
    country = _country_row(stated)
    taken = {normalise(name) for name in (country["name"], *country["aliases"].split(AREA_SEPARATOR))}
    # of a division that lies in another, that other is the one of the first level
    of_country = pycountry.subdivisions.get(country_code=code) or ()  # type: ignore[no-untyped-call]
    divisions = [each for each in of_country if not each.parent_code]
    plain = [_plain_name(each.name) for each in divisions]

    def name_of(each: Subdivision, name: str) -> str:
        if normalise(name) in taken:  # a row about “Mexico” is about the country
            return f"{name} {each.type.lower()}"
        return each.name if plain.count(name) > 1 else name

    rows = [
        _division_row(each.code, code, name_of(each, name), each.name, taken)
        for each, name in zip(divisions, plain, strict=True)
    ]
    return (country, *sorted(rows, key=lambda row: row["area_code"]))


def world_areas(text: str) -> frozenset[str]:
    """Return the codes of the countries and divisions that a text may stand for, read as a gazetteer does."""
    return frozenset(_world().candidates(text))


def country_name(code: str) -> str:
    """Return the English name of a country by its ISO code. Raises UnknownName."""
    return _country_names().name(code)


@lru_cache(maxsize=1)
def _world() -> Gazetteer:
    """The gazetteer of all countries and their first divisions; made once, in half a second."""
    import pycountry

    rows = [row for country in pycountry.countries for row in country_areas(country.alpha_2)]
    return Gazetteer(pa.Table.from_pylist([{**row, "members": ""} for row in rows], schema=AREA))


@lru_cache(maxsize=1)
def _country_names() -> Names:
    import pycountry

    rows = map(_country_row, pycountry.countries)
    return Names(
        "country",
        (
            (row["area_code"], row["name"], [row["name_ar"], *row["aliases"].split(AREA_SEPARATOR)])
            for row in rows
        ),
        articles=True,
    )


def _country_row(country: Country) -> Row:
    code, stated = country.alpha_2, country.name
    common, official = getattr(country, "common_name", ""), getattr(country, "official_name", "")
    name = common or _plain_name(stated)
    translated = [
        text
        for language in _LANGUAGES
        if (words := _translation("iso3166-1", language))
        for text in (words.gettext(each) for each in (common, stated, official) if each)
    ]
    named = [_territories(language).get(code, "") for language in _LANGUAGES]
    stem = [stated.partition(",")[0]] if stated.partition(",")[0] not in _shared_stems() else []
    own = _own_names().get(code, {}).get("aliases", "").split(AREA_SEPARATOR)
    aliases = [country.alpha_3, *own, stated, official, *stem, *named[1:], *map(_plain_name, translated)]
    return _row(code, name, named[0], aliases, level=Level.COUNTRY)


@lru_cache(maxsize=1)
def _shared_stems() -> frozenset[str]:
    """What stands before the comma in the names of several countries: Korea, Congo, Virgin Islands …"""
    import pycountry

    stems = [country.name.partition(",")[0] for country in pycountry.countries]
    return frozenset(stem for stem in stems if stems.count(stem) > 1)


def _division_row(code: str, parent: str, name: str, stated: str, taken: set[str]) -> Row:
    """Return the row of a division; no alias of it is among the names that are ``taken``."""
    own = _own_names().get(code, {})
    remark = _REMARK.search(stated)
    inside = _CODE.sub("", remark[1]) if remark and "[" in remark[0] else ""
    # “Yemen's capital [city]” and “län [SE-01]” say no other name there
    local = [inside] if inside[:1].isupper() else []
    before, _, after = _REMARK.sub("", stated).partition(", ")
    stem = [before] if after and not _LIST.search(stated) else []
    spellings = [
        _plain_name(words.gettext(stated))
        for language in _LANGUAGES
        if (words := _translation("iso3166-2", language))
    ]
    aliases = [*own.get("aliases", "").split(AREA_SEPARATOR), name, *local, *stem, *spellings]
    never = taken | {normalise(own.get("never", ""))}  # “Gaza” is mostly said of the whole Strip
    free = [alias for alias in aliases if normalise(alias) not in never]
    return _row(
        code, own.get("name") or name, own.get("name_ar", ""), free, level=Level.GOVERNORATE, parent=parent
    )


def _row(
    code: str, name: str, name_ar: str, aliases: Iterable[str], *, level: Level, parent: str = ""
) -> Row:
    """Return a row whose aliases say nothing twice, however it is spelled."""
    seen = {normalise(name), normalise(name_ar), normalise(code), ""}
    kept = []
    for alias in aliases:
        text = " ".join(alias.split())
        if (key := normalise(text)) not in seen:
            seen.add(key)
            kept.append(text)
    return {
        "area_code": code, "name": name, "name_ar": name_ar, "level": str(level), "parent_code": parent,
        "aliases": AREA_SEPARATOR.join(kept),
    }  # fmt: skip


def _plain_name(stated: str) -> str:
    """Return a name of ISO's lists as one writes it: without a remark, and with nothing put behind a comma.

    >>> _plain_name("Iran, Islamic Republic of"), _plain_name("Catalunya [Cataluña]")
    ('Islamic Republic of Iran', 'Catalunya')
    """
    name = _REMARK.sub("", stated).strip("/ ")
    before, _, after = name.partition(", ")
    return name if not after or _LIST.search(name) else f"{after} {before}"


@lru_cache(maxsize=8)
def _translation(domain: str, language: str) -> GNUTranslations | None:
    """The translations of a list into a language; None where there are none."""
    import pycountry

    try:
        found = translation(domain, pycountry.LOCALES_DIR, languages=[language])
    except FileNotFoundError:
        return None
    return found if isinstance(found, GNUTranslations) else None


@lru_cache(maxsize=4)
def _territories(language: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(language).territories)


@lru_cache(maxsize=1)
def _own_names() -> dict[str, Row]:
    """The name in use, Arabic name and further spellings that ISO does not have, by code."""
    with Path(__file__).with_name("world_names.csv").open(encoding="utf-8", newline="") as file:
        return {row["area_code"]: row for row in csv.DictReader(file)}
