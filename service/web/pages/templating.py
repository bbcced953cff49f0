"""How do values become words on a page?

One Jinja environment, which escapes everything, with the filters that write numbers, days and gaps the same
way on every page. Sentences that a reader sees stand in the templates, not here.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined

from service.answers.sentences import tell_range
from service.vocabulary import Term, spell_out
from service.web.assets import asset_url

UNKNOWN = "—"
API_PREFIXES = ("/v1", "/healthz", "/readyz", "/openapi.json", "/static")


def render(template: str, **values: object) -> str:
    """Return the page that ``template`` makes of ``values``. Raises UndefinedError for a value it lacks."""
    return _environment().get_template(template).render(**values)


def wants_page(request: Request) -> bool:
    """Whether a browser asks, at an address where a page stands: ``Accept`` names HTML."""
    if request.url.path.startswith(API_PREFIXES):
        return False
    return "text/html" in request.headers.get("accept", "")


def number(value: int | None) -> str:
    """Return 1383 as ``1,383``; an unknown number is a dash, never 0."""
    return UNKNOWN if value is None else f"{value:,}"


def day(value: dt.date | str | None) -> str:
    """Return a day in words, ``12 March 2025``; an unknown day is a dash."""
    if value is None or value == "":
        return UNKNOWN
    date = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return f"{date.day} {date:%B %Y}"


def spelled(word: str) -> tuple[str, str]:
    """Return a word of a closed list with what it is called: an option of a control."""
    return word, spell_out(word)


def meaning_of(terms: type[Term], word: str) -> str:
    """Return what ``word`` means, or "" for a word that is not among ``terms``.

    Sources come in with whatever their document says of them, or with nothing.
    """
    return next((term.meaning for term in terms if term == word), "")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, day=day, spell_out=spell_out, range_words=tell_range)
    environment.filters.update(spelled=spelled)
    environment.globals.update(asset=asset_url)
    return environment
