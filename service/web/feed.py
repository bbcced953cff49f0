"""What moved, as a feed to subscribe to (Atom, RFC 4287)?

One entry per row of the series that changed: what it was, what it is, because of what, and where the
explanation stands. Entries keep their id for as long as they say the same.
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
"""How far a feed reaches that is asked for without ``since``."""


def atom(
    changes: pa.Table,
    *,
    address: str,
    query: str,
    head: str,
    recorded_at: Mapping[str, dt.datetime],
    updated_at: dt.datetime,
    labels: Labels,
) -> bytes:
    """The feed of CHANGE rows, newest first, at most MOST_ENTRIES.

    ``address`` is that of the service and ``query`` what was asked of it; ``recorded_at`` tells when a
    report was recorded, ``updated_at`` when the ledger last grew, ``labels`` what people are called.
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
    dated = [(_recorded(row, recorded_at, updated_at), row) for row in changes.to_pylist()]
    dated.sort(key=lambda each: (each[0], each[1]["date"]), reverse=True)
    for moment, row in dated[:MOST_ENTRIES]:
        _entry(feed, row, moment, address, labels)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}'.encode()


def _entry(
    feed: ET.Element, row: Mapping[str, Any], moment: dt.datetime, address: str, labels: Labels
) -> None:
    told = repr([(name, value) for name, value in row.items() if name not in ("as_of", "method")])
    what = labels.subject(row["measure"], row["population"], row["attributed_to"])
    entry = _put(feed, "entry")
    _put(entry, "id", f"urn:sha256:{hashlib.sha256(told.encode()).hexdigest()}")
    _put(entry, "title", f"{row['area_name']}, {what}, counted to {row['date']}: {_moved(row)}")
    _put(entry, "updated", _moment(moment))
    _put(entry, "summary", _sentence(row["cause"]))
    if row["change"] != Change.REMOVED:
        asked = {
            "crisis": row["crisis"], "area": row["area_code"], "measure": row["measure"],
            "population": row["population"], "attributed_to": row["attributed_to"], "date": row["date"],
        }  # fmt: skip
        asked = {name: value for name, value in asked.items() if value}
        _put(entry, "link", rel="alternate", href=f"{address}/v1/explain?{urlencode(asked)}")


def _moved(row: Mapping[str, Any]) -> str:
    before = _figure(row["low_before"], row["best_before"], row["high_before"])
    now = _figure(row["low"], row["best"], row["high"])
    if row["change"] == Change.REMOVED:
        return f"{before}, taken back"
    return now if row["change"] == Change.ADDED else f"{before} → {now}"


def _figure(low: int | None, best: int | None, high: int | None) -> str:
    """``683 (658–701)``; a range open above ends in +."""
    top = "+" if high is None else f"–{high}"
    bounds = "?" if low is None else str(low) if low == high else f"{low}{top}"
    return bounds if best is None or bounds == str(best) else f"{best} ({bounds})"


def _recorded(
    row: Mapping[str, Any], recorded_at: Mapping[str, dt.datetime], otherwise: dt.datetime
) -> dt.datetime:
    """When the last of the reports behind a change was recorded; a withdrawal is as young as the ledger."""
    if row["cause"].startswith("withdrawn"):
        return otherwise
    moments = [recorded_at[each] for each in row["report_ids"].split("|") if each in recorded_at]
    return max(moments, default=otherwise)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _moment(moment: dt.datetime) -> str:
    return f"{moment.isoformat(timespec='seconds')}Z"


def _put(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, _tag(name), attributes)
    if text:
        element.text = "".join(letter if letter.isprintable() else " " for letter in text)
    return element


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
