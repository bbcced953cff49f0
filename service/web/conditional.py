"""How much of an answer does this client get: all of it, a part, or only that nothing has changed?

RFC 9110 as far as readers use it: If-None-Match before If-Modified-Since, one Range of bytes, If-Range.
Several ranges at once are answered with the whole, as the RFC allows. It must not know what a body says.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from email.utils import format_datetime, parsedate_to_datetime
from typing import NamedTuple

Sent = Mapping[bytes, bytes]
"""The headers of a request, by lower-case name."""
ONE_RANGE = re.compile(rb"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


class Span(NamedTuple):
    """The bytes ``begin`` to ``end`` (without the last) of a body of ``size``; none of them where a range
    lies behind its end."""

    begin: int
    end: int
    size: int

    @property
    def is_satisfiable(self) -> bool:
        return self.begin < self.end

    @property
    def content_range(self) -> bytes:
        """The value of Content-Range."""
        if not self.is_satisfiable:
            return b"bytes */%d" % self.size
        return b"bytes %d-%d/%d" % (self.begin, self.end - 1, self.size)


def is_unchanged(etag: str, last_modified: dt.datetime | None, sent: Sent) -> bool:
    """Return whether the client has got the answer with this ETag and Last-Modified already."""
    if_none_match = sent.get(b"if-none-match")
    if if_none_match is not None:
        tags = [tag.strip().removeprefix("W/") for tag in if_none_match.decode("latin-1").split(",")]
        return "*" in tags or etag in tags
    since = _read_date(sent.get(b"if-modified-since"))
    return since is not None and last_modified is not None and last_modified <= since


def wanted_span(etag: str, last_modified: dt.datetime | None, size: int, sent: Sent) -> Span | None:
    """Return the part of a body of ``size`` bytes that the client wants, or None for all of it: also where
    what it has the other parts of (If-Range) is another answer."""
    match = ONE_RANGE.fullmatch(sent.get(b"range", b""))
    if match is None or not _is_same(sent.get(b"if-range"), etag, last_modified):
        return None
    first, last = match[1], match[2]
    if not first:
        return Span(max(0, size - int(last)), size, size) if last else None
    if not last:
        return Span(min(int(first), size), size, size)
    if int(first) > int(last):
        return None
    return Span(min(int(first), size), min(int(last) + 1, size), size)


def http_date(moment: dt.datetime) -> str:
    """Return a moment (UTC without a zone) as HTTP writes it, to the second."""
    return format_datetime(moment.replace(tzinfo=dt.UTC), usegmt=True)


def _is_same(if_range: bytes | None, etag: str, last_modified: dt.datetime | None) -> bool:
    if if_range is None:
        return True
    text = if_range.decode("latin-1").strip()
    return text == etag or (last_modified is not None and _read_date(if_range) == last_modified)


def _read_date(value: bytes | None) -> dt.datetime | None:
    """Return the moment (UTC without a zone) that an HTTP date names; None for what is none."""
    if value is None:
        return None
    try:
        date = parsedate_to_datetime(value.decode("latin-1"))
        return date.astimezone(dt.UTC).replace(tzinfo=None) if date.tzinfo else date
    except (ValueError, OverflowError):
        return None
