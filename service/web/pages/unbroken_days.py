"""Where may a line of a page not end?

Within a day as data write it: browsers end a line at its hyphens, and "2025-" above "03-12" reads as a year
and a range. One place for all days of a page, so that none can be forgotten: of templates, sentences and
notes. What is copied from the page stays as it was.

>>> keep_days_whole('<p title="2025-03-12">to 2025-03-12</p>')
'<p title="2025-03-12">to <span class="iso">2025-03-12</span></p>'
"""

from __future__ import annotations

import re

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PIECE = re.compile(
    r"<(script|style|title|textarea|select|svg|time|pre)\b.*?</\1>"  # no text of lines, or kept whole already
    r"|<[^>]*>"
    r"|(?<![\w-])(?P<day>\d{4}-\d\d-\d\d)(?![\w-])",
    re.DOTALL,
)


def keep_days_whole(page: str) -> str:
    """Return a page (HTML) in which no line ends within a day written YYYY-MM-DD."""
    return _PIECE.sub(_mark, page) if _DAY.search(page) else page


def _mark(match: re.Match[str]) -> str:
    day = match["day"]
    return f'<span class="iso">{day}</span>' if day else match[0]
