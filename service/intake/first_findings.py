"""Which findings does an answer list where there are more than it has room for?

Thousands of rows can share one fault, and the one other fault behind them must be seen as well. This module
must not know who asks or how findings are shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.schema.records import Finding
from service.sentence import many
from service.vocabulary import Severity


def first_findings(findings: Sequence[Finding], most: int) -> tuple[Finding, ...]:
    """Return the findings in their order, at most so many, the last of which then says how many are left out.

    What says the same of further rows is left out first.
    """
    if len(findings) <= most:
        return tuple(findings)
    seen: set[tuple[str, str, str]] = set()
    is_repeat: list[tuple[bool, int]] = []
    for place, finding in enumerate(findings):
        kind = finding.code, finding.column, finding.value
        is_repeat.append((kind in seen, place))
        seen.add(kind)
    listed = sorted(place for _, place in sorted(is_repeat)[: most - 1])
    return (*(findings[place] for place in listed), _left_out(len(findings) - len(listed)))


def _left_out(number: int) -> Finding:
    return Finding(
        "more_findings",
        Severity.INFO,
        many(
            "%(num)s more finding is not listed here; most say of other rows what is said above.",
            "%(num)s more findings are not listed here; most say of other rows what is said above.",
            number,
        ),
        "See `casualty findings` once it is handed in: it lists all, those that say the same as one.",
    )
