"""Which figures moved, as a feed to subscribe to (Atom, RFC 4287)?

One entry per row of the series that changed: what it was, what it is, because of what, and the address of the
explanation. An entry keeps its id for as long as it says the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pyarrow as pa

from service.answers.changes import Change
from service.reference.labels import Labels

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
NAMESPACE = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 500
DAYS_BACK = 30
"""How many days a feed reaches back without ``since``."""


def write_feed(
    changes: pa.Table,
    *,
    address: str,
    query: str,
    head: str,
    recorded_at: Mapping[str, dt.datetime],
    updated_at: dt.datetime,
    labels: Labels,
) -> bytes:
    """Return the feed of CHANGE rows as XML, newest first, at most MOST_ENTRIES.

    ``address`` is that of the service, ``query`` the query string of the request; ``recorded_at`` tells by id
    when a report was recorded, ``updated_at`` when the ledger last grew, ``labels`` what things are called.
    """
    ET.register_namespace("", NAMESPACE)
    feed = ET.Element(_tag("feed"))
    here = f"{address}/v1/changes.atom{'?' if query else ''}{query}"
    _put(feed, "id", here)
    _put(feed, "title", "Casualty Ledger: figures that moved")
    _put(feed, "subtitle", f"Ledger head {head}")
    _put(feed, "updated", _moment(updated_at))
    _put(_put(feed, "author"), "name", "Casualty Ledger")
    _put(feed, "link", rel="self", type="application/atom+xml", href=here)
    entries = [(_time_of_change(row, recorded_at, updated_at), row) for row in changes.to_pylist()]
    entries.sort(key=lambda entry: (entry[0], entry[1]["date"]), reverse=True)
    for changed_at, row in entries[:MOST_ENTRIES]:
        _put_entry(feed, row, changed_at, address, labels)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}'.encode()


def _put_entry(
    feed: ET.Element, row: Mapping[str, Any], changed_at: dt.datetime, address: str, labels: Labels
) -> None:
    content = repr([(name, value) for name, value in row.items() if name not in ("as_of", "method")])
    subject = labels.subject(row["measure"], row["population"], row["attributed_to"])
    entry = _put(feed, "entry")
    _put(entry, "id", f"urn:sha256:{hashlib.sha256(content.encode()).hexdigest()}")
    _put(entry, "title", f"{row['area_name']}, {subject}, counted to {row['date']}: {_movement(row)}")
    _put(entry, "updated", _moment(changed_at))
    _put(entry, "summary", _sentence(row["cause"]))
    if row["change"] != Change.REMOVED:
        filters = {
            "crisis": row["crisis"], "area": row["area_code"], "measure": row["measure"],
            "population": row["population"], "attributed_to": row["attributed_to"], "date": row["date"],
        }  # fmt: skip
        filters = {name: value for name, value in filters.items() if value}
        _put(entry, "link", rel="alternate", href=f"{address}/v1/explain?{urlencode(filters)}")


def _movement(row: Mapping[str, Any]) -> str:
    """Return the figure before and after: ``658 (645–671) → 683 (658–701)``."""
    before = _figure(row["low_before"], row["best_before"], row["high_before"])
    now = _figure(row["low"], row["best"], row["high"])
    if row["change"] == Change.REMOVED:
        return f"{before}, taken back"
    return now if row["change"] == Change.ADDED else f"{before} → {now}"


def _figure(low: int | None, best: int | None, high: int | None) -> str:
    """Return ``683 (658–701)``; a range open above ends in +."""
    top = "+" if high is None else f"–{high}"
    bounds = "?" if low is None else str(low) if low == high else f"{low}{top}"
    return bounds if best is None or bounds == str(best) else f"{best} ({bounds})"


def _time_of_change(
    row: Mapping[str, Any], recorded_at: Mapping[str, dt.datetime], updated_at: dt.datetime
) -> dt.datetime:
    """Return when the last report behind a change was recorded; for a withdrawal, ``updated_at``."""
    if row["cause"].startswith("withdrawn"):
        return updated_at
    moments = [recorded_at[report] for report in row["report_ids"].split("|") if report in recorded_at]
    return max(moments, default=updated_at)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _moment(moment: dt.datetime) -> str:
    return f"{moment.isoformat(timespec='seconds')}Z"


def _put(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """Add an element to ``parent``; XML cannot hold control characters, so spaces take their place."""
    element = ET.SubElement(parent, _tag(name), attributes)
    if text:
        element.text = "".join(letter if letter.isprintable() else " " for letter in text)
    return element


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
