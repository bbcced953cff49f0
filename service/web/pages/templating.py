"""How do values become words on a page?

One Jinja environment, escaping everything; the few filters that write numbers, days and gaps the same way on
every page. Strings a reader sees stand in the templates, not here.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined

from service.web.assets import asset_url

UNKNOWN = "—"
API_PREFIXES = ("/v1", "/healthz", "/readyz", "/openapi.json", "/static", "/chart.json")


def render(template: str, **values: object) -> str:
    """The page as text."""
    return _environment().get_template(template).render(**values)


def wants_page(request: Request) -> bool:
    """Whether the one who asks is a browser that expects a page."""
    if request.url.path.startswith(API_PREFIXES):
        return False
    return "text/html" in request.headers.get("accept", "")


def number(value: int | None) -> str:
    """1383 as ``1,383``; unknown as a dash, never as 0."""
    return UNKNOWN if value is None else f"{value:,}"


def day(value: dt.date | str | None) -> str:
    """A day in words, ``12 March 2025``."""
    if value is None or value == "":
        return UNKNOWN
    day_of = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day_of.day} {day_of:%B %Y}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, day=day)
    environment.globals.update(asset=asset_url)
    return environment
