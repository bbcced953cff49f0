"""How does a person read the rows?

Each function turns the rows of one schema of ``schema.tables`` into a table of the columns a reader needs
first; every other column is in the file formats. Unknown is a dash, never 0; a range open above says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from service.answers.finding_groups import group_findings
from service.cli.terminal import grid
from service.vocabulary import TAKING_BACK, Role, Severity

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import RenderableType

    from service.answers.series import Explanation

Row = Mapping[str, Any]
UNKNOWN = "–"
FIRST_FINDINGS = 40
FIRST_ECHOES = 10
"""How many copies of one figure are listed before they are only counted."""
FOLDED = frozenset({Role.ECHO, Role.STALE})


def series(table: pa.Table) -> RenderableType:
    """SERIES rows; what tells series apart (attribution, crisis, beginning) has a column where it differs."""
    rows = table.to_pylist()
    columns: dict[str, Callable[[Row], str]] = {
        "date": lambda row: _text(row["date"]),
        "area": lambda row: row["area_name"],
        "measure": lambda row: row["measure"],
        "population": lambda row: row["population"],
        **_telling_apart(rows),
        "best": lambda row: _text(row["best"]),
        "range": bounds,
        **_expected(rows),
        "grade": _grade,
        "origins": lambda row: _text(row["origins"]),
        "reports": lambda row: _text(row["reports"]),
    }
    numbers = {"best", "range", "expected", "expected range", "origins", "reports"}
    return _grid(columns, rows, numbers=numbers & columns.keys(), wrapping={"area"})


def _expected(rows: Sequence[Row]) -> dict[str, Callable[[Row], str]]:
    """The columns of where tolls are expected to settle, apart from what origins say; none without."""
    if all(row["expected"] is None for row in rows):
        return {}
    return {
        "expected": lambda row: _text(row["expected"]),
        "expected range": lambda row: bounds({"low": row["expected_low"], "high": row["expected_high"]}),
    }


def _telling_apart(rows: Sequence[Row]) -> dict[str, Callable[[Row], str]]:
    """The columns of attribution, crisis and beginning, each where it differs."""
    columns: dict[str, Callable[[Row], str]] = {}
    if any(row["attributed_to"] for row in rows):
        columns["attributed to"] = lambda row: row["attributed_to"] or UNKNOWN
    if len({row["crisis"] for row in rows}) > 1:
        columns["crisis"] = lambda row: row["crisis"]
    if len({(row["crisis"], row["period_start"]) for row in rows}) > len({row["crisis"] for row in rows}):
        columns["since"] = lambda row: _text(row["period_start"])
    return columns


def reports(table: pa.Table, place: Callable[[str], str]) -> RenderableType:
    """LEDGER_REPORT rows; ``place`` gives the name of a place set."""
    rows = table.to_pylist()
    columns: dict[str, Callable[[Row], str]] = {
        "published": _published,
        "counted to": lambda row: UNKNOWN if row["counted_to_inferred"] else _text(row["counted_to"]),
        "area": lambda row: place(row["areas"]),
        "measure": lambda row: row["measure"],
        "population": lambda row: row["population"],
        "count": _count,
        "source": lambda row: row["source_id"],
        "origin": lambda row: row["origin_id"],
        "standard": lambda row: row["standard"],
        "report": lambda row: row["report_id"],
    }
    if any(row["withdrawn"] is not None for row in rows):
        columns["withdrawn"] = lambda row: UNKNOWN if row["withdrawn"] is None else row["withdrawn"] or "yes"
    return _grid(columns, rows, numbers={"count"}, wrapping={"area", "withdrawn"})


def _count(row: Row) -> str:
    """What a report counts, in its words; a retraction counts nothing and takes a figure back."""
    count = row["count_stated"] or bounds(row)
    return f"{count}, taken back" if row["basis"] in TAKING_BACK else count


def conflicts(table: pa.Table) -> RenderableType:
    """CONFLICT rows; what tells series apart has a column where it differs, as in ``series``."""
    from service.schema.lists import write_lists

    rows = write_lists(table).to_pylist()
    columns: dict[str, Callable[[Row], str]] = {
        "area": lambda row: row["area_name"],
        "measure": lambda row: row["measure"],
        "population": lambda row: row["population"],
        **_telling_apart(rows),
        "date": lambda row: _text(row["date"]),
        "people": lambda row: _text(row["people"]),
        "best": lambda row: _text(row["best"]),
        "range": bounds,
        "who says what": lambda row: row["says"],
    }
    wrapping = {"area", "who says what"}
    return _grid(columns, rows, numbers={"people", "best", "range"}, wrapping=wrapping)


def parts(table: pa.Table) -> RenderableType:
    """PART rows."""
    columns: dict[str, Callable[[Row], str]] = {
        "share": lambda row: row["share"],
        "area": lambda row: row["area_name"],
        "counted to": lambda row: _text(row["date"]),
        "best": lambda row: _text(row["best"]),
        "range": bounds,
        "grade": _grade,
    }
    return _grid(columns, table.to_pylist(), numbers={"best", "range"}, wrapping={"area"})


def vintages(table: pa.Table) -> RenderableType:
    """VINTAGE rows."""
    columns: dict[str, Callable[[Row], str]] = {
        "as of": lambda row: _text(row["as_of"]),
        "area": lambda row: row["area_name"],
        "measure": lambda row: row["measure"],
        "population": lambda row: row["population"],
        "counted to": lambda row: _text(row["date"]),
        "before": lambda row: _text(row["best_before"]),
        "best": lambda row: _text(row["best"]),
        "range": bounds,
        "because": lambda row: row["cause"],
    }
    numbers = {"before", "best", "range"}
    return _grid(columns, table.to_pylist(), numbers=numbers, wrapping={"area", "because"})


def revisions(table: pa.Table) -> RenderableType:
    """REVISION rows."""
    columns: dict[str, Callable[[Row], str]] = {
        "source": lambda row: row["source_name"],
        "measure": lambda row: row["measure"],
        "figures": lambda row: _text(row["stated"]),
        "alone": lambda row: _text(row["alone"]),
        "taken back": lambda row: _text(row["taken_back"]),
        "revised": lambda row: _text(row["revised"]),
        "by %": lambda row: _text(row["revision"]),
        "after days": lambda row: _text(row["settle_days"]),
        "delay": lambda row: _text(row["delay_days"]),
        "totals": lambda row: _text(row["totals"]),
        "grew ×": lambda row: _text(row["growth"]),
        "within days": lambda row: _text(row["growth_days"]),
    }
    return _grid(
        columns, table.to_pylist(), numbers=columns.keys() - {"source", "measure"}, wrapping={"source"}
    )


def changes(table: pa.Table) -> RenderableType:
    """CHANGE rows."""
    columns: dict[str, Callable[[Row], str]] = {
        "area": lambda row: row["area_name"],
        "measure": lambda row: row["measure"],
        "population": lambda row: row["population"],
        "date": lambda row: _text(row["date"]),
        "row": lambda row: row["change"],
        "before": lambda row: _text(row["best_before"]),
        "best": lambda row: _text(row["best"]),
        "range": bounds,
        "because": lambda row: row["cause"],
    }
    numbers = {"before", "best", "range"}
    return _grid(columns, table.to_pylist(), numbers=numbers, wrapping={"area", "because"})


def areas(table: pa.Table) -> RenderableType:
    """AREA rows."""
    columns: dict[str, Callable[[Row], str]] = {
        "code": lambda row: row["area_code"],
        "name": lambda row: row["name"],
        "Arabic": lambda row: row["name_ar"],
        "level": lambda row: row["level"],
        "in": lambda row: row["parent_code"] or UNKNOWN,
        "made of": lambda row: row["members"].replace("|", ", "),
    }
    return _grid(columns, table.to_pylist(), wrapping={"made of"})


def sources(table: pa.Table) -> RenderableType:
    """SOURCE rows."""
    columns: dict[str, Callable[[Row], str]] = {
        "source": lambda row: row["source_id"],
        "name": lambda row: row["name"],
        "kind": lambda row: row["kind"],
        "country": lambda row: row["country"],
        "usual standard": lambda row: row["usual_standard"],
    }
    return _grid(columns, table.to_pylist(), wrapping={"name"})


def plain(table: pa.Table, columns: Sequence[str]) -> RenderableType:
    """Rows of any schema: these of their columns, each as it is."""
    cells = {name.replace("_", " "): lambda row, name=name: _text(row[name]) or UNKNOWN for name in columns}
    return _grid(cells, table.to_pylist(), wrapping=set(cells))


def findings(found: Sequence[Mapping[str, Any]]) -> list[RenderableType]:
    """Findings as objects: where, what, and how to mend it; errors first, no more than a screen or two."""
    if not found:
        return []
    order = {str(severity): place for place, severity in enumerate(reversed(Severity))}
    groups = group_findings(found)
    shown = sorted(groups, key=lambda finding: order[finding["severity"]])[:FIRST_FINDINGS]
    columns: dict[str, Callable[[Row], str]] = {
        "row": lambda row: row["rows"] or UNKNOWN,
        "column": lambda row: row["column"] or UNKNOWN,
        "value": lambda row: row["value"] or UNKNOWN,
        "what": lambda row: row["message"],
        "fix": lambda row: row["fix"],
    }
    grid = _grid(columns, shown, numbers={"row"}, wrapping={"row", "value", "what", "fix"}, indent=2)
    if len(shown) == len(groups):
        return [grid]
    return [grid, f"  … and {len(groups) - len(shown)} more (--json lists all {len(found)})."]


def explanation(found: Explanation, *, everything: bool) -> list[RenderableType]:
    """The sentences, then the reports behind the figure by role; long lists of copies only when asked."""
    parts: list[RenderableType] = list(found.sentences)
    points = found.points.to_pylist()
    for role in Role:
        rows = [point for point in points if point["role"] == role]
        if not rows:
            continue
        shown = rows if everything or role not in FOLDED else rows[:FIRST_ECHOES]
        parts += ["", f"{role.label.capitalize()} ({len(rows)}): {role.meaning}", _behind(shown)]
        if len(shown) < len(rows):
            parts.append(f"  … and {len(rows) - len(shown)} more (--all lists them).")
    if found.findings:
        parts += ["", f"Findings ({len(found.findings)}):"]
        parts += [f"  {finding.message} {finding.fix}".rstrip() for finding in found.findings]
    return parts


def bounds(row: Row) -> str:
    """The range of a row in words: ``683``, ``683–701``, ``741 or more``, ``up to 60`` or a dash."""
    low, high = row["low"], row["high"]
    if low is None and high is None:
        return UNKNOWN
    if high is None:
        return f"{low} or more"
    if low is None:
        return f"up to {high}"
    return f"{low}" if low == high else f"{low}–{high}"


def _grade(row: Row) -> str:
    """The grade, with a mark where the figure was raised to its parts: ``contested, raised``."""
    return f"{row['grade']}, raised" if row["is_raised"] else row["grade"]


def _published(row: Row) -> str:
    """The day a report was published, or the day by which it was public, which is never shown as if it were
    that: ``by 2025-03-10``."""
    if row["published_on"] is None and row["published_by"] is not None:
        return f"by {row['published_by']}"
    return _text(row["published_on"])


def _behind(points: Sequence[Row]) -> RenderableType:
    """POINT rows of one role."""
    columns: dict[str, Callable[[Row], str]] = {
        "origin": lambda row: row["origin_name"],
        "source": lambda row: row["source_name"],
        "wording": lambda row: row["count_stated"] or bounds(row),
        "counted to": lambda row: _text(row["counted_to"]),
        "published": _published,
        "weight": lambda row: _text(row["weight"]),
        "reason": lambda row: row["reason"],
    }
    return _grid(
        columns, points, numbers={"weight"}, wrapping={"origin", "source", "wording", "reason"}, indent=2
    )


def _grid(
    columns: Mapping[str, Callable[[Row], str]],
    rows: Sequence[Row],
    *,
    numbers: Collection[str] = (),
    wrapping: Collection[str] = (),
    indent: int = 0,
) -> RenderableType:
    cells = ([cell(row) for cell in columns.values()] for row in rows)
    return grid(list(columns), cells, numbers=numbers, wrapping=wrapping, indent=indent)


def _text(value: object) -> str:
    return UNKNOWN if value is None else str(value)
