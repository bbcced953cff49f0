"""How does a ledger become a web service?

``create_app`` wires the rooms of ``service.web`` around one Ledger. Without one, the ledger in the data
directory is opened when the server starts and closed when it stops.

>>> # uvicorn service.web.app:create_app --factory
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from service.api import Ledger, connect
from service.errors import CasualtyError
from service.ledger.api_keys import Keyring
from service.settings import Settings
from service.web import (
    access_log,
    assets,
    errors,
    gc_tuning,
    health,
    metrics,
    openapi,
    openapi_writes,
    writes,
)
from service.web.access import check_doors
from service.web.api import api_router
from service.web.idempotency import Answered
from service.web.metrics import Metrics
from service.web.middleware import Front
from service.web.pages import (
    api_reference,
    chart,
    conflicts,
    findings,
    home,
    place,
    report,
    source,
    why,
)
from service.web.response_cache import Answers

PAUSE = 0.02
"""Seconds between two looks at whether the ledger has moved."""

LONGEST_REST = 1.0
"""Seconds without preparing after a long preparation."""

log = logging.getLogger(__name__)


class Service(FastAPI):
    """FastAPI with a layer around all of it, its own included."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        await self.front(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the routes answer."""
        await super().__call__(scope, receive, send)


def create_app(ledger: Ledger | None = None, *, settings: Settings | None = None) -> FastAPI:
    """The ASGI application for ``ledger``, or for the one in the settings' data directory."""
    chosen = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: Service) -> AsyncIterator[None]:
        opened = ledger if ledger is not None else await run_in_threadpool(connect, chosen.data_dir)
        _serve(app, opened)
        host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
        opened.store.announce(f"http://{host}:{chosen.port}")
        ending = threading.Event()
        preparing = threading.Thread(target=_prepare, args=(opened, ending), name="prepare")
        preparing.start()
        async with gc_tuning.shared():
            with access_log.writing(chosen.access_log):
                yield
                ending.set()
                await run_in_threadpool(preparing.join)
        if ledger is None:
            opened.close()

    app = Service(
        title="Casualty Ledger",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = chosen
    app.front = Front(app.answer, chosen)
    if ledger is not None:
        _serve(app, ledger)
    pages = (home, why, chart, place, report, source, conflicts, findings, api_reference)
    rooms = (writes, *pages, health, metrics, assets)
    for router in (api_router(), *(room.router for room in rooms)):
        app.include_router(router)
    check_doors(app)
    openapi.install(app, api_reference.ABOUT, openapi_writes.SCHEMAS)
    errors.install(app)
    return app


def _prepare(ledger: Ledger, ending: threading.Event) -> None:
    """Do what readers would otherwise wait for: the first page, and every crisis anew when it has changed."""
    gc_tuning.step_back()
    try:
        home.warm_up(ledger)
        with ledger.preparing():
            ledger.prepare(lambda: not ending.is_set())
            if not ending.is_set():
                gc_tuning.keep_what_stands()
            _follow(ledger, ending)
    except CasualtyError as error:
        log.info("Not all is prepared: %s", error)


def _follow(ledger: Ledger, ending: threading.Event) -> None:
    """Prepare again whenever the ledger or the day has moved; half of a processor is left to others."""
    while not ending.is_set():
        today, stands, began = ledger.clock().date(), ledger.store.head, time.monotonic()
        ledger.prepare(lambda: not ending.is_set())
        ending.wait(min(time.monotonic() - began, LONGEST_REST))
        while stands == ledger.store.head and ledger.clock().date() == today and not ending.wait(PAUSE):
            pass


def _serve(app: Service, ledger: Ledger) -> None:
    app.state.ledger = ledger
    app.state.answers = app.front.answers = Answers(ledger)
    app.state.keyring = Keyring(ledger.store.data_dir)
    app.state.answered = Answered(ledger.store.data_dir)
    app.state.metrics = app.front.metrics = Metrics(lambda: ledger.head.seq)
