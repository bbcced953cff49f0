"""Is a text the address of a page that may be shown as a link?

Only http and https are: whatever else a browser would open (``javascript:``, ``data:``, ``file:`` …) runs a
script, reads the reader's own files or starts a program. This module must not know where the text stands.

>>> unsafe_scheme(" JavaScript:alert(1)"), unsafe_scheme("https://example.org"), unsafe_scheme("host:80/x")
('javascript', '', '')
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from service.ingest.cells import HIDDEN

_SAFE = frozenset(("http", "https"))
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)
_IGNORED = re.compile(r"[\s\x00-\x20]+")


def lacks_host(text: str) -> bool:
    """Return whether an http or https address names no place on the web: ``http:///x``."""
    address = _IGNORED.sub("", HIDDEN.sub("", text))
    match = _SCHEME.match(address)
    if not match or match[1].lower() not in _SAFE:
        return False
    try:
        return not urlsplit(address).hostname
    except ValueError:
        return True


def unsafe_scheme(text: str) -> str:
    """Return the scheme of an address, in lower case, if it is none of a web page; else "".

    Spaces and characters that cannot be seen are left out first, as browsers leave them out.
    """
    match = _SCHEME.match(_IGNORED.sub("", HIDDEN.sub("", text)))
    scheme = match[1].lower() if match else ""
    return "" if scheme in _SAFE else scheme[:40]
