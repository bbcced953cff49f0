"""How do values become words on a page?

One Jinja environment for each language, which escapes everything, with the filters that write numbers, days
and gaps the same way on every page. Sentences that a reader sees stand in the templates, in English; the
catalogue of a language says them in it.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, partial

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from service.answers.sentences import tell_headline, tell_range
from service.charts.text import Words
from service.language.catalogue import catalogue
from service.vocabulary import Term, is_stock
from service.web.assets import asset_url
from service.web.locale import localised
from service.web.pages.page import Reader, words_of
from service.web.pages.unbroken_days import keep_days_whole

_ADDRESS = re.compile(
    r"(?<![\w/.])(/(?:register|held|submit|docs|guide|conflict|findings|report/r[0-9a-f]{20}"
    r"|v1/(?:areas|sources|crises|populations|mappings)))(?![\w/])"
)
"""Addresses that a sentence names for somebody to go to."""
_LINK = Markup('<a href="{0}">{0}</a>')
API_PREFIXES = ("/v1", "/healthz", "/readyz", "/openapi.json", "/static")


def render(template: str, reader: Reader, **values: object) -> str:
    """Return the page that ``template`` makes of ``values`` for ``reader``.

    Raises UndefinedError for a value it lacks.
    """
    page = _environment(reader.code).get_template(template).render(reader=reader, **values)
    return localised(keep_days_whole(page), reader.code, reader.prefix)


def wants_page(request: Request) -> bool:
    """Whether a browser asks, at an address where a page stands: ``Accept`` names HTML."""
    if request.url.path.startswith(API_PREFIXES):
        return False
    return "text/html" in request.headers.get("accept", "")


def meaning_of(terms: type[Term], word: str) -> str:
    """Return what ``word`` means, or "" for a word that is not among ``terms``.

    Sources come in with whatever their document says of them, or with nothing.
    """
    return next((term.meaning for term in terms if term == word), "")


@cache
def _environment(code: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("service.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = words_of(code)
    environment.policies["ext.i18n.trimmed"] = True
    gettext = words.say, catalogue(code).ngettext
    vars(environment)["install_gettext_callables"](*gettext, newstyle=True)  # the extension adds it
    environment.filters.update(
        number=words.number,
        day=words.day,
        plain_day=words.plain_day,
        public_by=partial(_public_by, words),
        said=words.say,
        told=words.tell,
        with_links=_with_links,
        isolated=words.isolated,
        spell_out=words.term,
        range_words=partial(tell_range, words=words),
        headline_words=partial(tell_headline, words=words),
    )
    environment.tests["stock"] = is_stock
    environment.globals.update(asset=asset_url, many=partial(_many, words))
    return environment


def _with_links(text: str) -> Markup:
    """Return a text with the addresses of this service in it as links: on a page one goes there."""
    parts = _ADDRESS.split(text)
    return Markup("").join(_LINK.format(part) if at % 2 else part for at, part in enumerate(parts))


def _public_by(words: Words, day: dt.date) -> str:
    """Return by which day a report without a date was public."""
    return words.say("public by %(day)s at the latest", day=words.plain_day(day))


def _many(words: Words, one: str, many: str, number: int, **values: object) -> str:
    """Return a message about a number of things, with the number as the language writes it."""
    return words.say_many(one, many, number, **values)
