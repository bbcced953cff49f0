"""A real server for a ledger, in a thread of this process, on a free port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import uvicorn

from service.connection import Ledger
from service.settings import Settings
from service.web.app import create_app


@contextmanager
def serving(ledger: Ledger) -> Iterator[str]:
    """The address at which ``ledger`` is served; the server has stopped when the context ends."""
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = door.getsockname()[1]
        app = create_app(ledger, settings=Settings(port=port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
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
