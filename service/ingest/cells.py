"""What does one cell of a document give: a value, or the reason why it has none?

A function that reads text returns a value or raises ``Problem``; ``read_cell`` turns both into a ``Cell``, so
that bad data becomes findings and never stops a file. This module must not know which columns there are.

>>> read_cell("measure", " killed ", str.upper).value
'KILLED'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from service.errors import AmbiguousName, UnknownName
from service.schema.records import Finding
from service.sentence import join_sentences, message, sentence
from service.vocabulary import Severity, Verdict

HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]"
)
"""Control, bidi and zero-width characters, and the mark of an earlier failed decoding: a reader cannot see
them, or they turn the text around them. Line breaks and tabs are not among them."""

EXCERPT_LENGTH = 120
"""How many characters of a value a finding repeats."""

LONGEST_NAME = 200
"""No name of a place, a source or a crisis has more characters."""


class Problem(ValueError):
    """Why a value keeps its row from being accepted; ``str(problem)`` is the sentence a person reads.

    ``suggestions`` are values that may have been meant.
    """

    def __init__(
        self,
        code: str,
        message: str,
        fix: str,
        *,
        verdict: Verdict = Verdict.QUARANTINED,
        column: str = "",
        suggestions: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.verdict = verdict
        self.column = column
        self.suggestions = suggestions

    def finding(self, column: str, value: str) -> Finding:
        """Return the problem as a finding about ``value`` in ``column``."""
        return Finding(
            self.code,
            Severity.ERROR,
            self.message,
            self.fix,
            column=self.column or column,
            value=excerpt(value),
        )


class Cell(NamedTuple):
    """A value as read, the best verdict it allows its row, and findings that have no row number yet."""

    value: Any
    verdict: Verdict = Verdict.ACCEPTED
    findings: tuple[Finding, ...] = ()


def excerpt(text: str) -> str:
    """Return the text as a finding repeats it: with hidden characters made visible, cut to EXCERPT_LENGTH.

    >>> excerpt("Bani\\u200bas")
    'Bani\\\\u200bas'
    """
    visible = HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return visible if len(visible) <= EXCERPT_LENGTH else visible[: EXCERPT_LENGTH - 1] + "…"


def worst_verdict(verdicts: tuple[Verdict, ...]) -> Verdict:
    """Return the verdict of a row whose cells have these: one rejected cell rejects the row, else one
    quarantined cell quarantines it."""
    for verdict in (Verdict.REJECTED, Verdict.QUARANTINED):
        if verdict in verdicts:
            return verdict
    return Verdict.ACCEPTED


def clean_text(text: str) -> str:
    """Return the text as one line, without hidden characters and without space around it."""
    return HIDDEN.sub("", " ".join(text.split())).strip()


def hidden_character_findings(column: str, text: str, severity: Severity) -> tuple[Finding, ...]:
    """Return the finding that hidden characters were left out of a text, or nothing if it has none."""
    if not HIDDEN.search(text):
        return ()
    return (
        Finding(
            "hidden_characters",
            severity,
            sentence(
                "The %(column)s holds characters that cannot be seen; they were left out.", column=column
            ),
            "Retype the text if it should read differently.",
            column=column,
            value=excerpt(text),
        ),
    )


def check_length(name: str) -> str:
    """Return the name. Raises Problem where it is too long to be one."""
    if len(name) > LONGEST_NAME:
        raise Problem(
            "name_too_long",
            sentence("“%(name)s” is too long for a name.", name=excerpt(name)),
            "Put what is more than a name into note.",
        )
    return name


def quarantine_name(error: UnknownName | AmbiguousName) -> Problem:
    """Return the Problem that quarantines a row for a name that is unknown or stands for several things."""
    hint = ""
    if isinstance(error, UnknownName):
        hint = message("Or register it, then hand the row in again.")
    return Problem(error.code, error.message, join_sentences(error.fix, hint), suggestions=error.suggestions)


def refusal(column: str, text: str, problem: Problem) -> Cell:
    """Return the cell of a text that has a problem: no value, and the finding that says why."""
    return Cell(None, problem.verdict, (problem.finding(column, text),))


def read_cell(column: str, text: str, read: Callable[[str], Any]) -> Cell:
    """Return the cell that ``read`` makes of the cleaned text.

    A Problem, UnknownName or AmbiguousName that it raises becomes a finding.
    """
    findings = hidden_character_findings(column, text, Severity.WARNING)
    try:
        return Cell(read(clean_text(text)), findings=findings)
    except Problem as problem:
        cell = refusal(column, text, problem)
    except (UnknownName, AmbiguousName) as error:
        cell = refusal(column, text, quarantine_name(error))
    return cell._replace(findings=findings + cell.findings)
