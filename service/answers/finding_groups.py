"""Which findings say the same of many rows?

One unknown place in a table of thousands of rows is one thing to mend: whoever reads findings is told it
once, with the number of rows and the first of them. Files and JSON keep a finding for each row. This module
must not know how findings are shown.

>>> rows_in_words([1, 2, 3, 7])
'1 to 3, 7'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.sentence import (
    Sentence,
    as_sentence,
    listed,
    many,
    only,
    read_terms,
    span_of,
    without_place,
)

FIRST_SPANS = 5
"""How many spans of row numbers are named."""
_LOCATION = re.compile(r"^(?:.{1,100}, row|Row) \d+(?:, [^:]{0,100})?: ", re.DOTALL)
_SAME = ("document", "code", "severity", "column", "value", "status", "fix")


def group_findings(findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings, those that say the same of rows of one document as one.

    Each has ``rows``, the numbers in words, and ``count``; a group stands where its first finding stood, and
    its message names no single row.
    """
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for place, finding in enumerate(findings):
        words = _said(finding)
        key: tuple[Any, ...] = (place,)
        if finding["row"] is not None and not finding["subject"]:
            key = (words, *(finding.get(name) for name in _SAME))
        groups.setdefault(key, []).append(finding)
    return [_as_one(group) for group in groups.values()]


def _as_one(group: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = {**group[0], "terms": "", **read_terms(group[0].get("terms") or "")}
    if len(group) == 1:
        row = first["row"]
        return {**first, "rows": "" if row is None else str(row), "count": 1}
    numbers, said = sorted({finding["row"] for finding in group}), as_sentence(_said(group[0]))
    return {
        **first,
        "message": many("%(said)s (%(num)s row)", "%(said)s (%(num)s rows)", len(numbers), said=said)
        if len(numbers) > 1
        else said,
        "rows": rows_in_words(numbers),
        "count": len(group),
    }


def _said(finding: Mapping[str, Any]) -> str:
    """Return what a finding says, without the row that it says it of; one that an earlier version stored is
    an English text alone."""
    said = read_terms(finding.get("terms") or "").get("message", finding["message"])
    return without_place(said) if isinstance(said, Sentence) else _LOCATION.sub("", said, count=1)


def rows_in_words(numbers: Sequence[int]) -> Sentence:
    """Return row numbers in ascending order as spans, the first of them where there are many.

    >>> rows_in_words(list(range(1, 40, 2)))
    '1, 3, 5, 7, 9 and 15 more'
    """
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    named = spans[:FIRST_SPANS]
    words = listed(span_of(first, last) for first, last in named)
    more = len(numbers) - sum(last - first + 1 for first, last in named)
    if more:
        return many("%(names)s and %(num)s more", "%(names)s and %(num)s more", more, names=words)
    return only(words)
