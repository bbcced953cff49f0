"""Which text does a cell hold, and which column does a heading name?

Every reader turns the values of a file into the same text, whatever the format; what a text means is decided
later, in one place.

>>> as_text(745.0), column_name("Published on")
('745', 'published_on')
"""

from __future__ import annotations

import datetime as dt
import decimal
import difflib
import json
import math
import numbers
from collections.abc import Iterable, Mapping
from functools import lru_cache

from service.reference.names import normalise
from service.schema.tables import AREA_SEPARATOR


@lru_cache(maxsize=1 << 12)
def column_name(text: str) -> str:
    """Return a heading as an identifier. An HXL hashtag keeps its form, with its attributes sorted.

    >>> column_name("Published on"), column_name("#Affected +killed +f")
    ('published_on', '#affected+f+killed')
    """
    stripped = text.strip()
    if stripped.startswith("#") and len(stripped) > 1:
        tag, *attributes = "".join(stripped.split()).lower().split("+")
        return "+".join([tag, *sorted(set(attributes))])
    return normalise(text).replace(" ", "_")


def closest_match(word: str, words: Iterable[str]) -> str:
    """Return the one of ``words`` that is spelled most like ``word``, or "" if none is similar."""
    return next(iter(difflib.get_close_matches(word, list(words), n=1, cutoff=0.5)), "")


def as_text(value: object) -> str:
    """Return a value as the text that a report file would hold.

    Whole floats lose their point, days are ISO 8601, lists are joined by ``|``, None and NaN are blank.

    >>> as_text(745.0), as_text(dt.date(2025, 3, 8)), as_text(["SY06", "SY10"]), as_text(float("nan"))
    ('745', '2025-03-08', 'SY06|SY10', '')
    """
    try:
        text = value if isinstance(value, str) else _as_plain_text(value)
    except RecursionError:
        text = "[nested too deeply]"
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _as_plain_text(value: object) -> str:
    match value:
        case dt.datetime() if str(value) != "NaT" and value.time() == dt.time():
            return value.date().isoformat()
        case numbers.Real() | decimal.Decimal() if not isinstance(value, numbers.Integral):
            return _number_as_text(float(value))
        case Mapping():
            return json.dumps(value, ensure_ascii=False, default=str)
        case Iterable() if not isinstance(value, bytes):
            return AREA_SEPARATOR.join(as_text(item) for item in value)
        case _:
            return "" if str(value) in ("None", "NaT", "<NA>") else str(value)


def _number_as_text(value: float) -> str:
    """Return the number with six decimals where it has any, so that 1.383 is never read as 1,383."""
    if math.isnan(value):
        return ""
    if abs(value) >= 1e15:
        return repr(value)
    return str(int(value)) if value.is_integer() else f"{value:f}"
