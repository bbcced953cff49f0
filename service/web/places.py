"""What is a place, and which of the places shown lies inside another?

Knows nothing of figures.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from service.language import message
from service.reference.containment import Containment
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Level

WITH_P_CODE = {Level.COUNTRY, Level.GOVERNORATE, Level.DISTRICT, Level.SUBDISTRICT}
TOGETHER = message("places counted together")


@dataclasses.dataclass(frozen=True)
class Place:
    """A place (or place set) as a page names it. ``inside``: the shown place that contains it, if any."""

    code: str
    name: str
    level: str
    parent: str
    has_p_code: bool
    """Whether the code is one of the United Nations: ours, and those of ISO 3166-2, have a hyphen."""
    inside: str
    inside_level: str


def places(codes: Iterable[str], reference: Reference, labels: Labels) -> tuple[Place, ...]:
    """The places of ``codes``, in that order, by the names of ``labels``."""
    rows = {row["area_code"]: row for row in reference.area.to_pylist()}
    containment = Containment.of(reference)
    shown = list(codes)
    described = []
    for code in shown:
        row = rows.get(code, {"level": "", "parent_code": ""})
        around = [each for each in containment.parents(code) if each in shown]
        described.append(
            Place(
                code=code,
                name=labels.places(code),
                level=TOGETHER if AREA_SEPARATOR in code else row["level"],
                parent=labels.place(row["parent_code"]) if row["parent_code"] in rows else "",
                has_p_code=row["level"] in WITH_P_CODE and "-" not in code,
                inside=labels.place(around[0]) if around else "",
                inside_level=rows[around[0]]["level"] if around else "",
            )
        )
    return tuple(described)
