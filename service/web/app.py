"""How does a ledger become a web service?

``create_app`` wires the modules of ``service.web`` around one Ledger. Without one, it opens the ledger in the
data directory when the server starts, and closes it when the server stops.

>>> # uvicorn service.web.app:create_app --factory
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from service.api import Ledger
from service.effort import Workshop, run_here
from service.errors import CasualtyError
from service.ledger.api_keys import Keyring
from service.ledger.state import EVERY_CRISIS
from service.settings import Settings
from service.web import (
    access_log,
    assets,
    embedding,
    errors,
    gc_tuning,
    head,
    health,
    held_rows,
    llms_txt,
    metrics,
    openapi,
    openapi_desk,
    openapi_writes,
    redactions,
    registrations,
    security_txt,
    writes,
)
from service.web.access import check_write_routes
from service.web.api import api_router
from service.web.charts import charts_router
from service.web.head import Heads
from service.web.idempotency import WriteAnswers
from service.web.metrics import Metrics
from service.web.middleware import OuterLayer
from service.web.pages import (
    api_reference,
    changes,
    conflict,
    conflicts,
    discovery,
    findings,
    front,
    guide,
    guide_search,
    home,
    place,
    report,
    source,
    why,
)
from service.web.pages.desk import held, mend, register, submit
from service.web.response_cache import Answers
from service.web.workshops import PLACES, THREADS, answer_workshop, background_workshop
from service.worker import WorkerPool

POLL_INTERVAL = 0.02
"""Seconds between two looks at whether the ledger has moved."""

INDEX_CHECK_DELAY, INDEX_CHECK_INTERVAL = 10.0, 600.0
"""Seconds from the start to the first comparison of the index with the journal, and from each to the next."""
LONGEST_REST = 1.0
"""Seconds of rest after a long preparation."""
REST_AFTER_FAILURE = 5.0
"""Seconds from a preparation that failed to the next."""

PAGES = (
    front, home, why, place, report, source, conflict, conflicts, findings, changes, guide_search, guide,
    discovery, api_reference, submit, held, register, mend,
)  # fmt: skip
"""The pages that a person reads or writes on."""

log = logging.getLogger(__name__)


class Service(FastAPI):
    """FastAPI with a layer around all of it, its own error handling included."""

    outer_layer: OuterLayer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        await self.outer_layer(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the routes answer."""
        await super().__call__(scope, receive, send)


def create_app(ledger: Ledger | None = None, *, settings: Settings | None = None) -> FastAPI:
    """Return the ASGI application for ``ledger``, or for the one in the settings' data directory.

    Raises RuntimeError if a route could write and asks for no key.
    """
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: Service) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        own = ledger if ledger is not None else await run_in_threadpool(Ledger.open, settings.data_dir)
        _attach_ledger(app, own)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        own.store.announce(f"http://{host}:{settings.port}")
        is_ending = threading.Event()
        app.state.preparing = health.IN_TURN
        background, workers = background_workshop(settings), WorkerPool(PLACES + 1)
        preparing = threading.Thread(
            target=_prepare, args=(app, own, is_ending, background), name="prepare", daemon=True
        )
        own.answers.work_by(workers.run)
        preparing.start()
        checking = threading.Thread(target=_check_index, args=(own, is_ending), name="check index")
        checking.start()
        async with gc_tuning.tune_interpreter():
            with access_log.log_to_stderr(settings.access_log):
                log.info("started at head %s of %s", own.head, own.store.data_dir)
                yield
                is_ending.set()
                background.close()
                app.state.answers.workshop.close()
                await run_in_threadpool(preparing.join)
                await run_in_threadpool(checking.join)
                log.info("ended at head %s", own.head)
        own.answers.work_by(run_here)
        workers.close()
        if ledger is None:
            own.close()

    app = Service(
        title="Casualty Ledger",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.outer_layer = OuterLayer(app.answer, settings)
    health.attach(app)
    if ledger is not None:
        _attach_ledger(app, ledger)
    _include_routes(app)
    return app


def _include_routes(app: Service) -> None:
    """Give the application its routes and their description. Raises RuntimeError if one could write and asks
    for no key."""
    written = (writes, redactions, registrations, held_rows)
    modules = (*written, *PAGES, embedding, head, health, llms_txt, metrics, security_txt, assets)
    for router in (api_router(), charts_router(), *(module.router for module in modules)):
        app.include_router(router)
    check_write_routes(app)
    openapi.install(app, api_reference.ABOUT, openapi_writes.SCHEMAS | openapi_desk.SCHEMAS)
    errors.install(app)


def _prepare(app: Service, ledger: Ledger, is_ending: threading.Event, background: Workshop) -> None:
    """Do in the background what readers would otherwise wait for, until the server stops.

    That is figures of one crisis, after which the server is ready; the first page; and the figures of every
    crisis, again whenever they have changed.
    """
    gc_tuning.lower_thread_priority()
    gc_tuning.lower_library_threads()
    try:
        with background.work():
            _work_out_first_figures(ledger)
            app.state.preparing = health.IN_TURN[1:]
            front.warm_up(ledger)
            app.state.preparing = health.IN_TURN[2:]
        with background.work(), ledger.answers.read_state.preparing():
            _prepare_figures(ledger, is_ending)
            if not is_ending.is_set():
                app.state.preparing = ()
                gc_tuning.exempt_living_objects()
                gc_tuning.lower_library_threads()
            _prepare_on_change(ledger, is_ending)
    finally:
        app.state.preparing = ()


def _prepare_figures(ledger: Ledger, is_ending: threading.Event) -> None:
    """Work out the figures of every crisis that has changed. What keeps them from being worked out (no
    memory, no process, no index) does so for a while only: they are tried again until they are."""
    while not is_ending.is_set():
        try:
            ledger.prepare(lambda: not is_ending.is_set())
            return
        except Exception as error:
            if not is_ending.is_set():
                trace = None if isinstance(error, CasualtyError) else error
                log.warning("Figures could not be prepared: %s", error, exc_info=trace)
        is_ending.wait(REST_AFTER_FAILURE)


def _work_out_first_figures(ledger: Ledger) -> None:
    """Work out the figures of the crisis that an entry changed last, and load all that figures need."""
    entries = ledger.store.state.crisis_entries
    crises = [crisis for crisis in entries if crisis != EVERY_CRISIS]
    if crises:
        try:
            ledger.ask("figures", crisis=max(crises, key=lambda crisis: entries[crisis].head.seq))
        except CasualtyError as error:
            log.info("No first figures: %s", error)


def _prepare_on_change(ledger: Ledger, is_ending: threading.Event) -> None:
    """Prepare again whenever the ledger or the day has changed, and leave half of a processor to others."""
    while not is_ending.is_set():
        today, before, began = ledger.clock().date(), ledger.store.head, time.monotonic()
        _prepare_figures(ledger, is_ending)
        is_ending.wait(min(time.monotonic() - began, LONGEST_REST))
        while before == ledger.store.head and today == ledger.clock().date():
            if is_ending.wait(POLL_INTERVAL):
                return


def _check_index(ledger: Ledger, is_ending: threading.Event) -> None:
    """Compare the index with the journal in the background, until the server stops."""
    gc_tuning.lower_thread_priority()
    if not is_ending.wait(INDEX_CHECK_DELAY):
        ledger.store.watch_index(is_ending, INDEX_CHECK_INTERVAL)


def _attach_ledger(app: Service, ledger: Ledger) -> None:
    app.state.ledger = ledger
    workshop = answer_workshop(app.state.settings)
    app.state.answers = app.outer_layer.answers = Answers(
        ledger, workshop, kept_bytes=app.state.settings.cache_memory
    )
    app.state.keyring = Keyring(ledger.store.data_dir)
    app.state.write_answers = WriteAnswers(ledger.store.data_dir, lambda: ledger.store.state.redaction)
    app.state.heads = Heads(ledger)
    app.state.metrics = app.outer_layer.metrics = Metrics(lambda: ledger.head.seq)
