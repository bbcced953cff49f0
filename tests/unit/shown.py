"""A small ``Series`` for tests of what is shown: a few rows, the reports behind them, a dated context."""

import datetime as dt

import pyarrow as pa

from service.answers.query import Query
from service.answers.series import Series
from service.schema.tables import CONTEXT, POINT, SERIES

NAMES = {"SY06": "Latakia", "SY0602": "Jableh", "SY1002": "Banias"}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


CELL = {"crisis": "coast", "measure": "killed", "attributed_to": "", "period_start": day("2025-03-06")}


def row(area: str, date: str, *bounds: int | None, **more: object) -> dict:
    """One estimate (SERIES); ``bounds`` are low, best, high."""
    low, best, high = bounds
    return CELL | {
        "area_code": area,
        "area_name": NAMES.get(area, area),
        "population": "civilians",
        "date": day(date),
        "low": low,
        "best": best,
        "high": high,
        "grade": "single_source",
        "is_raised": False,
        "origins": 1,
        "reports": 3,
        "method": "least-disagreement/2",
        "as_of": day("2026-01-01"),
        **more,
    }  # fmt: skip


def point(area: str, date: str, origin: str, *bounds: int | None, **more: object) -> dict:
    """One report behind an estimate (POINT), published by its own origin unless ``source`` says otherwise."""
    low, best, high = bounds
    source = str(more.pop("source", origin))
    published_on = day(str(more.pop("published", date)))
    return CELL | {
        "area_code": area,
        "area_name": NAMES.get(area, area),
        "population": "civilians",
        "date": day(date),
        "until": None,
        "report_id": f"r-{source}-{area}-{date}-{low}-{best}-{high}",
        "role": "counted",
        "weight": 50,
        "reason": "",
        "source_id": source.lower(),
        "source_name": source,
        "origin_id": origin.lower(),
        "origin_name": origin,
        "published_on": published_on,
        "counted_to": day(date),
        "areas": area,
        "area_stated": NAMES.get(area, area),
        "population_stated": "civilians",
        "is_undated": False,
        "low": low,
        "best": best,
        "high": high,
        "count_stated": "",
        "basis": "cumulative",
        "standard": "documented",
        "url": None,
        "note": "",
        **more,
    }  # fmt: skip


def answer(
    rows: list[dict],
    points: list[dict] | None = None,
    context: dict[str, str] | None = None,
    *,
    as_of: str = "2026-01-01",
    areas: tuple[str, ...] = (),
) -> Series:
    happened = [
        {"crisis_id": "coast", "on": day(on), "label": label, "source": ""}
        for on, label in (context or {}).items()
    ]
    return Series(
        query=Query(as_of=day(as_of), areas=areas),
        head="12-9f3c0a7b21d4",
        table=pa.Table.from_pylist(rows, schema=SERIES),
        points=pa.Table.from_pylist(points or [], schema=POINT),
        context=pa.Table.from_pylist(happened, schema=CONTEXT),
        area_names={code: NAMES.get(code, code) for code in (*areas, *(row["area_code"] for row in rows))}
        | {code: NAMES[code] for point in points or [] if (code := point["areas"]) in NAMES},
    )


SOHR = {"2025-03-10": 545, "2025-03-11": 658, "2025-03-12": 683, "2025-03-20": 836, "2025-04-09": 866}


def coast(as_of: str = "2026-01-01") -> Series:
    """Latakia as SOHR counted it, with a range and OHCHR's floor; a bare floor in Jableh; none in Banias."""
    rows = [row("SY06", date, best - 40, best, best + 30) for date, best in SOHR.items()]
    rows.append(row("SY0602", "2025-03-08", 109, None, None, reports=1))
    points = [point("SY06", date, "SOHR", best, best, best, weight=80) for date, best in SOHR.items()]
    points += [
        point("SY06", "2025-03-12", "SOHR", 683, 683, 683, source="AFP", role="echo", weight=80),
        point("SY06", "2025-03-12", "OHCHR", 111, None, None, role="bound", weight=90),
        point("SY0602", "2025-03-08", "Council", 109, None, None, source="Reuters", weight=20),
    ]
    return answer(
        rows, points, {"2025-03-10": "operation over"}, as_of=as_of, areas=("SY06", "SY0602", "SY1002")
    )
