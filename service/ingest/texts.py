"""How is a value written as text, and a heading as a name?

Every reader turns what a file holds into text in the same way; what the text means is decided once, later.

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
    """A heading as an identifier; a hashtag of HXL keeps its form, its attributes in order.

    >>> column_name("Published on"), column_name("#Affected +killed +f")
    ('published_on', '#affected+f+killed')
    """
    stripped = text.strip()
    if stripped.startswith("#") and len(stripped) > 1:
        tag, *attributes = "".join(stripped.split()).lower().split("+")
        return "+".join([tag, *sorted(set(attributes))])
    return normalise(text).replace(" ", "_")


def likest(name: str, known: Iterable[str]) -> str:
    """The known column whose name looks most like this one, or nothing."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), "")


def as_text(value: object) -> str:
    """A value as the text a report file would hold.

    Whole floats lose their point, days are written as such, lists are joined by ``|``, None and NaN are
    blank.

    >>> as_text(745.0), as_text(dt.date(2025, 3, 8)), as_text(["SY06", "SY10"]), as_text(float("nan"))
    ('745', '2025-03-08', 'SY06|SY10', '')
    """
    try:
        text = value if isinstance(value, str) else _spelled(value)
    except RecursionError:
        text = "[nested too deeply]"
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _spelled(value: object) -> str:
    match value:
        case dt.datetime() if str(value) != "NaT" and value.time() == dt.time():
            return value.date().isoformat()
        case numbers.Real() | decimal.Decimal() if not isinstance(value, numbers.Integral):
            return _decimal(float(value))
        case Mapping():
            return json.dumps(value, ensure_ascii=False, default=str)
        case Iterable() if not isinstance(value, bytes):
            return AREA_SEPARATOR.join(as_text(each) for each in value)
        case _:
            return "" if str(value) in ("None", "NaT", "<NA>") else str(value)


def _decimal(value: float) -> str:
    """Six decimals where there are any, so that 1.383 is never taken for 1,383 with a point between."""
    if math.isnan(value):
        return ""
    if abs(value) >= 1e15:
        return repr(value)
    return str(int(value)) if value.is_integer() else f"{value:f}"
