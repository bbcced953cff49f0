"""How does a ledger become a web service?

``create_app`` wires the rooms of ``service.web`` around one Ledger. Without one, the ledger in the data
directory is opened when the server starts and closed when it stops.

>>> # uvicorn service.web.app:create_app --factory
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from service.connection import Ledger, connect
from service.settings import Settings
from service.web import assets, health, manual, pages, problems, sources
from service.web.answers import Answers
from service.web.api import api_router
from service.web.security import Guard


def create_app(ledger: Ledger | None = None, *, settings: Settings | None = None) -> FastAPI:
    """The ASGI application for ``ledger``, or for the one in the settings' data directory."""
    chosen = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = ledger if ledger is not None else await run_in_threadpool(connect, chosen.data_dir)
        _serve(app, opened)
        host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
        opened.store.announce(f"http://{host}:{chosen.port}")
        preparing = threading.Thread(target=pages.warm, args=(opened,), name="prepare the first page")
        preparing.start()
        yield
        await run_in_threadpool(preparing.join)
        if ledger is None:
            opened.close()

    app = FastAPI(
        title="Casualty Ledger",
        description=manual.ABOUT,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    if ledger is not None:
        _serve(app, ledger)
    for router in (api_router(), pages.router, sources.router, health.router, manual.router, assets.router):
        app.include_router(router)
    problems.install(app)
    app.add_middleware(Guard)
    return app


def _serve(app: FastAPI, ledger: Ledger) -> None:
    app.state.ledger = ledger
    app.state.answers = Answers(ledger)
