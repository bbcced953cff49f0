"""A real server for a ledger, in a thread of this process, on a free port."""

from __future__ import annotations

import dataclasses
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from fastapi import FastAPI

from service.api import Ledger
from service.settings import Settings
from service.web.app import create_app
from service.web.health import FRONT_PAGE
from service.web.server import Server

PATIENCE = 600.0
"""Seconds that an answer may take here, and a server to start: no test fails because a machine is busy."""


@contextmanager
def serving(
    ledger: Ledger, *, prepares: bool = True, public_notes: bool = False, settings: Settings | None = None
) -> Iterator[str]:
    """The address at which ``ledger`` is served; the server has stopped when the context ends.

    A server also draws its first page and reckons beforehand, each time that the ledger moves. Tests of many
    small ledgers do without it (``prepares=False``): each answer is then made when it is asked for.
    """
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = door.getsockname()[1]
        settings = dataclasses.replace(settings or patient(public_notes=public_notes), port=port)
        app = create_app(ledger, settings=settings)
        server = Server(app, settings, lifespan="on" if prepares else "off")
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            _wait_until_started(server, app, thread)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(timeout=PATIENCE)
        assert not thread.is_alive(), "the server did not stop"


def patient(*, public_notes: bool = False) -> Settings:
    """The settings of a server that gives every answer, however long the machine takes over it."""
    return Settings(public_notes=public_notes, answer_time=PATIENCE, client_time=PATIENCE)


def _wait_until_started(server: Server, app: FastAPI, thread: threading.Thread) -> None:
    """Wait until the server can be asked, and its first figures and its front page are at hand."""
    deadline = time.monotonic() + PATIENCE
    while not server.started or FRONT_PAGE in app.state.preparing:
        assert thread.is_alive(), "the server ended while starting"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
