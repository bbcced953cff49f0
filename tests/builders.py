"""Small, made-up-but-plausible things to test with: reports, batches and reference data of one crisis.

``report`` fills in everything a test does not care about; ``batch`` makes a document of such rows, whose
sha256 follows from its content as it would for a real file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from service.schema.records import Batch, Finding, Reference, place_set, report_id
from service.schema.tables import AREA, BATCH_REPORT, CONTEXT, CRISIS, HELD, POPULATION, SOURCE, WEIGHT

CRISIS_ID = "syria-coast-2025-03"
COAST = place_set(["SY06", "SY10"])


def counted_salts() -> Callable[[], bytes]:
    """Return salts that are the same in each run: 1, 2, 3 … in 16 bytes."""
    numbers = itertools.count(1)
    return lambda: next(numbers).to_bytes(16, "big")


def day(text: str) -> dt.date:
    """``day("2025-03-12")``."""
    return dt.date.fromisoformat(text)


def moment(text: str) -> dt.datetime:
    """``moment("2025-03-12T09:00")``: UTC, as the ledger keeps time."""
    return dt.datetime.fromisoformat(text)


def report(**fields: Any) -> dict[str, Any]:
    """One report: exactly 683 civilians killed in SY06, said by SOHR on 12 March 2025, unless told otherwise.

    ``count=n`` sets low, best, high, number and count_stated at once; the origin is the source unless given;
    the day counted to is the day of publication unless given.
    """
    count = fields.pop("count", 683)
    row: dict[str, Any] = {
        "crisis_id": CRISIS_ID,
        "source_id": "sohr",
        "url": "https://example.org/report",
        "published_on": day("2025-03-12"),
        "period_start": day("2025-03-06"),
        "period_end": None,
        "areas": "SY06",
        "area_stated": "Latakia",
        "measure": "killed",
        "population": "civilians",
        "attributed_to": "",
        "basis": "cumulative",
        "low": count,
        "best": count,
        "high": count,
        "number": count,
        "count_stated": str(count),
        "standard": "documented",
        "note": "",
        **fields,
    }
    row.setdefault("origin_id", row["source_id"])
    row.setdefault("counted_to", row["published_on"])
    row.setdefault("counted_to_inferred", row["counted_to"] == row["published_on"])
    row.setdefault("report_id", report_id(row))
    return row


def batch(
    *rows: dict[str, Any],
    document: str = "reports.csv",
    held: tuple[tuple[int, str, str], ...] = (),
    findings: tuple[Finding, ...] = (),
    register: dict[str, pa.Table] | None = None,
) -> Batch:
    """A document of these reports (rows 1, 2, …, unless they say) and of held rows (row, verdict, raw)."""
    placed = [{"row": place, **row} for place, row in enumerate(rows, start=1)]
    text = repr([sorted(row.items()) for row in placed]) + repr(held)
    return Batch(
        document=document,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        rows=len(placed) + len(held),
        reports=pa.Table.from_pylist(placed, schema=BATCH_REPORT),
        held=pa.Table.from_pylist([dict(zip(HELD.names, row, strict=True)) for row in held], schema=HELD),
        findings=findings,
        register=register or {},
    )


def areas(*rows: dict[str, Any]) -> pa.Table:
    """AREA rows; what is not given is blank."""
    return _table(AREA, rows)


def sources(*rows: dict[str, Any]) -> pa.Table:
    """SOURCE rows; what is not given is blank."""
    return _table(SOURCE, rows)


def reference() -> Reference:
    """A few areas, sources and populations of the Syrian coast crisis."""
    return Reference(
        area=areas(
            {"area_code": "SY", "name": "Syria", "level": "country"},
            {"area_code": "SY06", "name": "Latakia", "name_ar": "اللاذقية", "level": "governorate",
             "parent_code": "SY", "aliases": "Lattakia|Latakia governorate", "lat": 35.6, "lon": 36.0},
            {"area_code": "SY0602", "name": "Jableh", "name_ar": "جبلة", "level": "district",
             "parent_code": "SY06", "aliases": "Jabla", "lat": 35.36, "lon": 35.93},
            {"area_code": "SY10", "name": "Tartus", "name_ar": "طرطوس", "level": "governorate",
             "parent_code": "SY", "aliases": "Tartous", "lat": 34.9, "lon": 36.0},
            {"area_code": "SY1002", "name": "Banias", "name_ar": "بانياس", "level": "district",
             "parent_code": "SY10", "aliases": "Baniyas", "lat": 35.18, "lon": 35.95},
            {"area_code": "x-coast", "name": "Syrian coast", "name_ar": "الساحل السوري", "level": "region",
             "parent_code": "SY", "members": COAST},
        ),
        source=sources(
            {"source_id": "sohr", "name": "Syrian Observatory for Human Rights", "kind": "monitor",
             "independence": "independent", "usual_standard": "documented",
             "counts_as": "alawite_civilians=civilians"},
            {"source_id": "snhr", "name": "Syrian Network for Human Rights", "kind": "monitor",
             "independence": "independent", "usual_standard": "documented"},
            {"source_id": "ohchr", "name": "OHCHR", "kind": "un", "usual_standard": "verified"},
            {"source_id": "afp", "name": "AFP", "kind": "media", "usual_standard": "unverified"},
            {"source_id": "reuters", "name": "Reuters", "kind": "media", "usual_standard": "unverified"},
            {"source_id": "anonymous", "name": "Nobody named", "kind": "anonymous",
             "usual_standard": "unverified"},
        ),
        population=_table(POPULATION, (
            {"population": "all", "label": "all people"},
            {"population": "civilians", "parent": "all", "split": "status", "label": "civilians"},
            {"population": "women", "parent": "civilians", "label": "women"},
            {"population": "children", "parent": "civilians", "label": "children"},
            {"population": "combatants", "parent": "all", "split": "status", "label": "combatants"},
            {"population": "security_forces", "parent": "combatants", "label": "security forces"},
            {"population": "alawite_civilians", "parent": "civilians", "label": "Alawite civilians"},
        )),
        crisis=_table(CRISIS, (
            {"crisis_id": CRISIS_ID, "name": "Violence on the Syrian coast",
             "period_start": day("2025-03-06"),
             "baseline_from": day("2025-03-06"), "baseline_to": day("2025-03-07"),
             "featured_areas": "SY06|SY0602|SY1002", "whole_area": "x-coast"},
        )),
        context=_table(CONTEXT, (
            {"crisis_id": CRISIS_ID, "on": day("2025-03-06"), "label": "Fighting begins"},
        )),
        weight=_table(WEIGHT, (
            {"dimension": "kind", "term": "un", "weight": 4},
            {"dimension": "kind", "term": "monitor", "weight": 4},
            {"dimension": "kind", "term": "media", "weight": 2},
            {"dimension": "kind", "term": "anonymous", "weight": 1},
            {"dimension": "standard", "term": "verified", "weight": 4},
            {"dimension": "standard", "term": "documented", "weight": 3},
            {"dimension": "standard", "term": "official", "weight": 2},
            {"dimension": "standard", "term": "estimate", "weight": 1},
            {"dimension": "standard", "term": "unverified", "weight": 1},
        )),
    )  # fmt: skip


def _table(schema: pa.Schema, rows: tuple[dict[str, Any], ...]) -> pa.Table:
    blank = {field.name: None if field.nullable else "" for field in schema}
    return pa.Table.from_pylist([{**blank, **row} for row in rows], schema=schema)
