"""A real server for a ledger, in a thread of this process, on a free port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Literal

import uvicorn

from service.api import Ledger
from service.settings import Settings
from service.web.app import create_app


@contextmanager
def serving(ledger: Ledger, *, prepares: bool = True, public_notes: bool = False) -> Iterator[str]:
    """The address at which ``ledger`` is served; the server has stopped when the context ends.

    A server also draws its first page and reckons beforehand, each time that the ledger moves. Tests of many
    small ledgers do without it (``prepares=False``): each answer is then made when it is asked for.
    """
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = door.getsockname()[1]
        app = create_app(ledger, settings=Settings(port=port, public_notes=public_notes))
        lifespan: Literal["on", "off"] = "on" if prepares else "off"
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan=lifespan))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)
        assert not thread.is_alive(), "the server did not stop"


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server ended while starting"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
