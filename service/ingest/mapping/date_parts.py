"""What date do a year, a month and a day in columns of their own make, where some are blank?

A template such as ``{year}-{month}-{day}`` leaves marks where a column is blank. A blank day leaves the
month, a blank month the year (``2025-XX``); which days these allow is for ``date_columns`` to say.

>>> [join_date_parts(text) for text in ("2025-3-8", "2025-3-", "2025--", "/3/2025")]
['2025-03-08', '2025-03', '2025-XX', '3/2025']
"""

from __future__ import annotations

import re

import pyarrow as pa

from service.ingest.mapping.template import replace_texts

_PARTS = re.compile(r"(\d{4})-(\d{0,2})(?:-(\d{0,2}))?", re.ASCII)
_MARKS = " -/.,"


def join_date_parts(text: str) -> str:
    """Return the date without the marks that stand for blank parts."""
    match = _PARTS.fullmatch(text.strip())
    if not match:
        return text.strip(_MARKS)
    year, month, day = match.groups()
    if not month:
        return f"{year}-XX"
    return f"{year}-{month:0>2}-{day:0>2}" if day else f"{year}-{month:0>2}"


def join_column(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return a column of dates, each text joined."""
    return replace_texts(column, join_date_parts)
