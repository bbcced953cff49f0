"""Which reference rows does a crisis of one's own make, and how do its first reports come in with them?

A crisis with its places, as rows to be registered, and as a mapping that brings them along: reports read by
it come in with their crisis and its places as one entry, or not at all. It must not know where the ledger is.

>>> plan_crisis(area, crisis, "Earthquake in Nepal", places=["Nepal"]).crisis_id     # doctest: +SKIP
'earthquake-in-nepal'
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack

import pyarrow as pa

from service.errors import QueryError
from service.ingest.mapping.definition import ReportMapping, read_mapping
from service.ingest.new_countries import find_place
from service.ingest.reference_file import reference_table
from service.reference.names import normalise, slug
from service.schema.records import CrisisReceipt, Head, Receipt, Reference
from service.schema.tables import AREA_SEPARATOR
from service.sentence import sentence
from service.vocabulary import CrisisKind

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class CrisisDetails(TypedDict, total=False):
    """Details of a new crisis: its id (default: made of its name and beginning), its kind (``sudden`` or
    ``ongoing``), its first and its last day, its places by name or code, and words about it."""

    crisis_id: str
    name_ar: str
    kind: str
    period_start: str
    ended_on: str
    places: Sequence[str]
    about: str


@dataclasses.dataclass(frozen=True)
class NewCrisis:
    """A crisis that is not known yet: its row (CRISIS), and the rows (AREA) that its places need."""

    crisis: pa.Table
    area: pa.Table

    @property
    def crisis_id(self) -> str:
        return str(self.crisis["crisis_id"][0])

    @property
    def mapping(self) -> ReportMapping:
        """The mapping by which report files come in with the crisis: rows that name none are about it."""
        crisis_id, title = self.crisis_id, f"Reports of {self.crisis['name'][0]}"
        lines = [
            'extends = "native"',
            f"title = {json.dumps(title, ensure_ascii=False)}",
            f'[words.crisis]\n"" = {json.dumps(crisis_id)}',
            *_register_lines("area", self.area),
            *_register_lines("crisis", self.crisis),
        ]
        return read_mapping("\n".join(lines).encode(), crisis_id)

    def receipt(
        self,
        reports: Receipt | None,
        released: int,
        head: Head,
        *,
        dry_run: bool,
        known: Reference | None = None,
    ) -> CrisisReceipt:
        """Return what a ledger answers once it holds all this, or would."""
        places = str(self.crisis["featured_areas"][0]).split(AREA_SEPARATOR)
        areas = tuple(self.area["area_code"].to_pylist())
        return CrisisReceipt(
            self.crisis_id,
            tuple(filter(None, places)),
            areas,
            reports,
            released,
            head,
            dry_run,
            self.crisis["period_start"][0].as_py(),
            known,
        )


def plan_crisis(area: pa.Table, crisis: pa.Table, name: str, **details: Unpack[CrisisDetails]) -> NewCrisis:
    """Return a crisis that is not among ``crisis`` yet, with what must be known of its places beside
    ``area``.

    Raises QueryError for a known crisis, UnknownName or AmbiguousName for a place, and UnreadableDocument for
    a kind or a day that is none.
    """
    text = " ".join(name.split())
    begins = details.get("period_start", "")
    crisis_id = details.get("crisis_id") or default_id(text, begins)
    _check_new(crisis, crisis_id, text)
    codes: list[str] = []
    known = area
    for place in details.get("places", ()):
        code, rows = find_place(known, place)
        codes.append(code)
        known = pa.concat_tables([known, rows])
    row = {
        "crisis_id": crisis_id,
        "name": text,
        "name_ar": details.get("name_ar", ""),
        "kind": details.get("kind", "") or str(CrisisKind.SUDDEN),
        "period_start": begins,
        "ended_on": details.get("ended_on", ""),
        "featured_areas": AREA_SEPARATOR.join(codes),
        "whole_area": codes[0] if len(set(codes)) == 1 else "",
        "about": details.get("about", ""),
    }
    return NewCrisis(reference_table("crisis", [row], "the new crisis"), known.slice(area.num_rows))


def default_id(name: str, period_start: str) -> str:
    """Return the id that a crisis gets: its name and, where that does not say the year, the month it began.

    What is no day gives no month: it is refused as the day that it was meant for, and not as an id.

    >>> default_id("Earthquake in Nepal", "2026-11-02"), default_id("Flood of 2023", "2023-09-10")
    ('earthquake-in-nepal-2026-11', 'flood-of-2023')
    """
    plain = slug(name, "-")
    year, month = (period_start[:4], period_start[:7]) if _DAY.fullmatch(period_start) else ("", "")
    return plain if not plain or not year or year in plain else f"{plain}-{month}"


def _check_new(crisis: pa.Table, crisis_id: str, name: str) -> None:
    """Raise QueryError for a crisis that is known by this id or name, and for a name without a letter."""
    if not crisis_id:
        raise QueryError(
            sentence("“%(name)s” is no name of a crisis.", name=name[:100]), fix="Say what it is called."
        )
    for row in crisis.to_pylist():
        if crisis_id == row["crisis_id"] or normalise(name) == normalise(row["name"]):
            raise QueryError(
                sentence(
                    "The crisis %(crisis)s (%(name)s) is known already.",
                    crisis=row["crisis_id"],
                    name=row["name"],
                ),
                fix="Hand its reports in (on the page /submit, or with casualty ingest FILE), or give "
                "the new one another name and id.",
            )


def _register_lines(table: str, rows: pa.Table) -> Iterator[str]:
    """Yield the TOML by which a mapping brings reference rows."""
    for row in rows.to_pylist():
        yield f"[[register.{table}]]"
        for column, value in row.items():
            if value not in (None, ""):
                yield f"{column} = {json.dumps(str(value), ensure_ascii=False)}"
