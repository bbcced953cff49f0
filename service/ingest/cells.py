"""What came of one cell of a document: a value, or the reason why it has none?

A reader of cells gives back the value or raises ``Problem``; ``read_cell`` turns both into a ``Cell``, so
that bad data becomes findings and never stops a file. Knows nothing of which columns there are.

>>> read_cell("measure", " killed ", str.upper).value
'KILLED'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from service.errors import AmbiguousName, UnknownName
from service.schema.records import Finding
from service.vocabulary import Severity, Verdict

HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]"
)
"""Characters a reader cannot see or that turn the text around them: control, bidi and zero-width characters,
and the mark of an earlier failed decoding. Line breaks and tabs are not among them."""

SHOWN = 120
"""How much of an unreadable value a finding repeats."""


class Problem(ValueError):
    """A value that keeps its row from being accepted; ``str(problem)`` is the sentence a person reads."""

    def __init__(
        self, code: str, message: str, fix: str, *, verdict: Verdict = Verdict.QUARANTINED, column: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.verdict = verdict
        self.column = column

    def finding(self, column: str, value: str) -> Finding:
        """The same as a finding about a column and the value that stood there."""
        return Finding(
            self.code,
            Severity.ERROR,
            self.message,
            self.fix,
            column=self.column or column,
            value=shown(value),
        )


class Cell(NamedTuple):
    """A value as read, the verdict it allows its row, and what was noticed (the row number comes later)."""

    value: Any
    verdict: Verdict = Verdict.ACCEPTED
    findings: tuple[Finding, ...] = ()


def shown(text: str) -> str:
    """The text as a finding repeats it: hidden characters visible, and not endless.

    >>> shown("Bani\\u200bas")
    'Bani\\\\u200bas'
    """
    visible = HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return visible if len(visible) <= SHOWN else visible[: SHOWN - 1] + "…"


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The verdict of a row whose cells got these: one rejected cell rejects it, one quarantined holds it."""
    for verdict in (Verdict.REJECTED, Verdict.QUARANTINED):
        if verdict in verdicts:
            return verdict
    return Verdict.ACCEPTED


def tidy(text: str) -> str:
    """One line without hidden characters, without space around it."""
    return HIDDEN.sub("", " ".join(text.split())).strip()


def hidden_characters(column: str, text: str, severity: Severity) -> tuple[Finding, ...]:
    """The finding that characters were left out of a text, if any were."""
    if not HIDDEN.search(text):
        return ()
    return (
        Finding(
            "hidden_characters",
            severity,
            f"The {column} holds characters that cannot be seen; they were left out.",
            "Retype the text if it should read differently.",
            column=column,
            value=shown(text),
        ),
    )


def refused(column: str, text: str, error: Problem | UnknownName | AmbiguousName) -> Cell:
    """The cell that an error leaves behind: no value, and the finding that says why."""
    if isinstance(error, UnknownName):
        error = Problem(error.code, error.message, f"{error.fix} Or register it, then hand the row in again.")
    problem = error if isinstance(error, Problem) else Problem(error.code, error.message, error.fix)
    return Cell(None, problem.verdict, (problem.finding(column, text),))


def read_cell(column: str, text: str, read: Callable[[str], Any]) -> Cell:
    """The cell that ``read`` makes of the tidied text; what it refuses becomes a finding."""
    noticed = hidden_characters(column, text, Severity.WARNING)
    try:
        return Cell(read(tidy(text)), findings=noticed)
    except (Problem, UnknownName, AmbiguousName) as error:
        cell = refused(column, text, error)
        return cell._replace(findings=noticed + cell.findings)
