"""Where is a toll expected to settle, in words, and why does a row have no such range?

The expected range is no count: tables name it apart from what origins say. It must not know how it is found.

>>> explain_blank({"expected": None, "measure": "injured"}, {}, is_latest=True)
'nothing is learnt yet of how counts of this measure settle'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.answers.sentences import ENGLISH_WORDS, tell_range
from service.language import Translator
from service.reconcile.calibration import SETTLED, range_method
from service.reconcile.expected import STILL_MOVING
from service.sentence import Sentence, sentence
from service.vocabulary import Grade, Measure

Row = Mapping[str, Any]


def tell_expected(row: Row, words: Translator = ENGLISH_WORDS) -> str:
    """Return the expected range of a row (SERIES) as its range is told; "" where there is none."""
    if row["expected"] is None:
        return ""
    ends = {"low": row["expected_low"], "best": row["expected"], "high": row["expected_high"]}
    return tell_range(ends, words)


def explain_blank(row: Row, crisis: Row, *, is_latest: bool) -> Sentence | str:
    """Return why a row (SERIES) has no expected range, as far as it and its crisis say; "" where it has one.

    ``is_latest``: no row of its series comes after it.
    """
    if row["expected"] is not None:
        return ""
    if row["measure"] != Measure.KILLED:
        return sentence("nothing is learnt yet of how counts of this measure settle")
    if range_method(row["method"]) != SETTLED:
        return sentence("this method expects nothing")
    if row["grade"] == Grade.INFERRED or (row["best"] is None and not row["low"]):
        return sentence("nobody by name gives a count or a lower bound")
    is_over = crisis["ended_on"] is not None and crisis["ended_on"] < row["as_of"]
    if is_latest and not is_over and (row["as_of"] - row["date"]).days > STILL_MOVING:
        return sentence("the figure is over a week old, and the end of the crisis is not known")
    return sentence("nobody by name gives it, or it is older than what settled crises teach")
