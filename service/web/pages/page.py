"""How does a request become a page that is kept as ready bytes?

What all pages share: who reads it (the language, the address), reading the filters of the address, and
answering from the response cache. It must not know what any page shows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response

from service.answers import filters
from service.answers.parameters import key_of, read_filters
from service.answers.translation import Translation
from service.api import Ledger
from service.charts.text import Words
from service.language import ENGLISH, LANGUAGES, Language
from service.reference.labels import Labels
from service.schema.records import Reference
from service.settings import Settings
from service.web import locale
from service.web.response_cache import Answers, Made

HTML = "text/html; charset=utf-8"


@dataclasses.dataclass(frozen=True)
class Reader:
    """Who reads a page: in which language, at which host, and the page's address without a prefix."""

    code: str = ENGLISH
    host: str = ""
    address: str = locale.FRONT

    @classmethod
    def of(cls, request: Request) -> Reader:
        """Return the reader who sent ``request``."""
        query = request.url.query
        address = f"{request.scope['path']}{'?' if query else ''}{query}"
        return cls(locale.language_of(request.scope), base_address(request), address)

    @property
    def prefix(self) -> str:
        """The path under which readers reach the service; "" where it has a host of its own."""
        return urlsplit(self.host).path

    @property
    def language(self) -> Language:
        return LANGUAGES[self.code]

    @property
    def words(self) -> Words:
        return words_of(self.code)

    @cached_property
    def is_translated(self) -> bool:
        """Whether the page is there in every language."""
        return locale.is_translated(self.address.partition("?")[0])

    def labels(self, reference: Reference) -> Labels:
        """Return the names of things in the language."""
        return Labels.of(reference, self.code)

    def translation(self, reference: Reference) -> Translation:
        """Return what gives answers in the language."""
        return Translation(reference, self.words)

    def here(self, address: str) -> str:
        """Return an address of a page as it stands in the language."""
        return self.in_language(self.language, address)

    def in_language(self, language: Language, address: str | None = None) -> str:
        """Return the address of a page, by default of this one, in a language; of one that is in English
        alone, the front."""
        wanted = self.address if address is None else address
        if not locale.is_translated(wanted.partition("?")[0]):
            wanted = locale.FRONT
        return wanted if language.is_english else f"/{language.code}{wanted}"

    @property
    def others(self) -> list[tuple[Language, str]]:
        """Every other language, with the address of this page in it."""
        return [(each, self.in_language(each)) for each in LANGUAGES.values() if each.code != self.code]


@cache
def words_of(code: str) -> Words:
    """Return the words of a language."""
    return Words(code)


def read_question(request: Request, allowed: tuple[filters.Filter, ...]) -> tuple[Ledger, dict[str, Any]]:
    """Return the ledger and the filters of the address.

    Raises UnknownName for a filter that is not ``allowed``, QueryError for a value that none can have.
    """
    return request.app.state.ledger, read_filters(request.query_params.multi_items(), allowed)


def page_response(
    request: Request,
    question: dict[str, Any],
    write: Callable[[], str],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the page that ``write`` makes for ``question``, kept until what it rests on changes."""
    answers: Answers = request.app.state.answers
    reader = Reader.of(request)
    key = (reader.code, request.url.path, key_of(question), reader.host)
    return answers.respond(request, key, HTML, lambda: Made(write().encode(), headers or {}))


def prefix_of(request: Request) -> str:
    """Return the path under which readers reach this service; "" where it has a host of its own."""
    settings: Settings = request.app.state.settings
    return settings.path_prefix


def base_address(request: Request) -> str:
    """Return the address by which readers reach this service, for links that are copied elsewhere: as it is
    set, else as the request names it."""
    settings: Settings = request.app.state.settings
    return settings.public_url or str(request.base_url).rstrip("/")
