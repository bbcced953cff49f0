"""Under which name does an answer lie in a reader's folder of downloads?

It says what was asked: ``casualty-series-latakia-killed-civilians-2025-03-12.csv``. Letters and digits of
ASCII only, so that it is a name on every system; the rest of a question stands in the file itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from service.formats.file_format import Format

NAMED = ("crisis", "area", "measure", "population", "source", "date", "as_of", "recorded_by", "report_id")
"""The filters that a name is made of, by keyword and in order; a crisis only where no place says more."""
LONGEST = 120


def content_disposition(verb: str, question: Mapping[str, object], fmt: Format) -> str:
    """Return the Content-Disposition of an answer: JSON is shown by a browser, the others are saved."""
    kind = "inline" if fmt is Format.JSON else "attachment"
    return f'{kind}; filename="{file_name(verb, question, fmt)}"'


def file_name(verb: str, question: Mapping[str, object], fmt: Format) -> str:
    """Return the name of the file that holds the answer to ``question`` (filters by keyword, as text)."""
    names = [name for name in NAMED if question.get(name)]
    if "area" in names and "crisis" in names:
        names.remove("crisis")
    words = ["casualty", verb, *(_slug(question[name]) for name in names)]
    return f"{'-'.join(word for word in words if word)[:LONGEST].rstrip('-')}.{fmt}"


def _slug(value: object) -> str:
    texts = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    plain = unicodedata.normalize("NFKD", " ".join(map(str, texts))).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
