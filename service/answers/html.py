"""How does a notebook show an answer? As a small table, and an explanation as prose and a table.

Plain HTML without scripts or styles, every text escaped; unknown is a dash, never 0. It must not know HTTP,
files or the clock.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from service.answers.expected_range import tell_expected
from service.answers.sentences import tell_range
from service.vocabulary import Role

if TYPE_CHECKING:
    from service.answers.rows import Answer
    from service.answers.series import Explanation, Series

MOST_ROWS = 60
"""Rows that are shown; the rest is counted."""
UNKNOWN = "–"
_BEHIND = ("role", "origin_name", "source_name", "count_stated", "counted_to", "published_on", "reason")


class ShownLedger(Protocol):
    """What is shown of a ledger."""

    def ask(self, verb: str) -> Answer: ...


def series_html(series: Series) -> str:
    """Return a series as a table: its days with figure, range, where it is expected to settle, and grade."""
    rows = series.table.to_pylist()
    shown = [
        {
            "date": row["date"],
            "place": row["area_name"],
            "measure": row["measure"],
            "population": row["population"],
            "best": row["best"],
            "range": tell_range(row),
            "expected": row["expected"],
            "expected range": tell_expected(row),
            "grade": row["grade"].replace("_", " "),
            "origins": row["origins"],
        }
        for row in rows[:MOST_ROWS]
    ]
    caption = f"As known on {series.as_of}, method {series.method}, head {series.head}"
    where_blank = series.meta["expected"]["blank"]
    is_blank = where_blank and any(row["expected"] is None for row in rows)
    note = f"<p>Expected: {html.escape(where_blank)}</p>" if is_blank else ""
    return _table(shown, caption, left_out=len(rows) - len(shown)) + note


def explanation_html(explanation: Explanation) -> str:
    """Return an explanation: its sentences, then the reports that bear on the figure, copies only counted."""
    points = explanation.points.to_pylist()
    own = [point for point in points if point["role"] != Role.ECHO]
    shown = [{name: point[name] for name in _BEHIND} for point in own[:MOST_ROWS]]
    copies = len(points) - len(own)
    caption = f"As known on {explanation.query.as_of}, head {explanation.head}"
    if copies:
        caption += f"; {copies:,} {'copy' if copies == 1 else 'copies'} of these figures left out"
    prose = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in explanation.sentences)
    return prose + _table(shown, caption, left_out=len(own) - len(shown))


def ledger_html(ledger: ShownLedger) -> str:
    """Return what a ledger holds: its crises, and the head."""
    answer = ledger.ask("crises")
    crises = answer.table.to_pylist()
    names = ("crisis_id", "name", "kind", "period_start", "ended_on")
    shown = [{name: crisis[name] for name in names} for crisis in crises[:MOST_ROWS]]
    return _table(shown, f"Casualty Ledger, head {answer.meta['head']}", left_out=len(crises) - len(shown))


def _table(rows: Sequence[Mapping[str, Any]], caption: str, *, left_out: int) -> str:
    names = list(rows[0]) if rows else []
    head = _line("th", (name.replace("_", " ") for name in names))
    body = "".join(_line("td", map(_text, row.values())) for row in rows)
    more = f"<p>… and {left_out:,} more rows.</p>" if left_out else ""
    nothing = "" if rows else "<p>No rows.</p>"
    return (
        f"<table><caption>{html.escape(caption)}</caption><thead>{head}</thead><tbody>{body}</tbody></table>"
        f"{nothing}{more}"
    )


def _line(cell: str, texts: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{cell}>{html.escape(text)}</{cell}>' for text in texts)}</tr>"


def _text(value: object) -> str:
    if value is None or value == "":
        return UNKNOWN
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
