"""How does the service listen, and when does it stop listening to somebody?

Uvicorn's server with a protocol that gives every connection its time: for the header, for the body, and to
take in what was sent. Where there are as many connections as the process may hold, the one that has waited
longest for a request makes room for the next. Told to stop, the server ends within ``LONGEST_END`` seconds,
whatever readers and senders do: what was acknowledged is on disk by then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from service.settings import Settings

HEADER_TIME = 10.0
"""Seconds from the beginning of a connection, or from the last answer, to the end of a request's header."""
IDLE_TIME = 5
"""Seconds for which a connection is kept open after an answer."""
BODY_PAUSE = 10.0
"""Seconds between two pieces of a body."""
BODY_GRACE, BODY_RATE = 30.0, 1_000
"""A body that takes longer than so many seconds comes with at least so many bytes a second."""
WRITE_TIME = 20.0
"""Seconds in which a client takes in some of what waits for it."""
LONGEST_HEADER = 1 << 16
"""Bytes of a request's header: its address and all its lines, however they arrive."""
LINE_BYTES = len(": \r\n")
"""Bytes of a line of a header besides its name and its value."""
HEADER_TOO_LONG = b"431 Request Header Fields Too Large"
SWEEP_INTERVAL = 1.0
"""Seconds between two looks at all connections."""
BACKLOG = 128
"""Connections that wait to be accepted, and at most so many are accepted in one go."""
OTHER_FILES = 256
"""Files that are left to the ledger, to the readers of uploads and to connections on their way."""
GRACE = 3.0
"""Seconds for which answers go on once the server has been told to stop."""
LONGEST_END = 8.0
"""Seconds after which a server that was told to stop ends, come what may."""

log = logging.getLogger(__name__)


class HeaderTooLong(Exception):
    """The header of a request is longer than LONGEST_HEADER; the parser ends with it."""


class Connections(ServerState):
    """The connections of one server: at most so ``many``; ``waiting`` are those without a request, in order.

    Used from the event loop only.
    """

    def __init__(self, many: int) -> None:
        super().__init__()
        self.many = many
        self.waiting: dict[Connection, None] = {}

    def make_room(self, newcomer: Connection) -> bool:
        """Return whether a new connection may stay: where there are too many, one that waits is ended."""
        if len(self.connections) <= self.many:
            return True
        oldest = next(iter(self.waiting))
        if oldest is newcomer:
            return False
        oldest.abort()
        return True

    def sweep(self, now: float) -> None:
        """End the connections whose time is up."""
        for connection in list(self.connections):
            connection.end_if_overdue(now)  # type: ignore[union-attr]


class Connection(HttpToolsProtocol):
    """One connection, which ends when its client takes too long."""

    server_state: Connections

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - whatever uvicorn gives
        super().__init__(*arguments, **named)
        self._since = time.monotonic()
        self._header_bytes = self._parsed_bytes = self._body_bytes = 0
        self._is_body_coming = False
        """Also after an answer: who is refused may send the rest of what he was refused for."""
        self._body_began = self._body_moved = 0.0
        self._stalled_since: float | None = None
        self._cycles: list[RequestResponseCycle] = []
        """The requests that are not answered yet: a client may send some in a row."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.server_state.waiting[self] = None
        if not self.server_state.make_room(self):
            self._refuse(b"503 Service Unavailable", b"retry-after: 2\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self.server_state.waiting.pop(self, None)
        self._disconnect()
        super().connection_lost(exc)

    def abort(self) -> None:
        """End the connection at once, whatever waits to be sent."""
        self.server_state.waiting.pop(self, None)
        self.server_state.connections.discard(self)
        self._disconnect()
        self.transport.abort()

    # --- what comes in -----------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self in self.server_state.waiting and not self._is_body_coming:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._header_bytes > LONGEST_HEADER and self in self.server_state.waiting:
            self._refuse(HEADER_TOO_LONG)  # also where a line never ends, which the parser keeps to itself

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._parsed_bytes = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count_header(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count_header(len(name) + len(value) + LINE_BYTES)

    def _count_header(self, size: int) -> None:
        """Count what has been parsed of a header, which may come in one piece with what follows it."""
        self._parsed_bytes += size
        if self._parsed_bytes > LONGEST_HEADER:
            raise HeaderTooLong

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser does not take."""
        if self._parsed_bytes > LONGEST_HEADER:
            self._refuse(HEADER_TOO_LONG)
        else:
            super().send_400_response(msg)

    def on_headers_complete(self) -> None:
        self.server_state.waiting.pop(self, None)
        self._header_bytes = self._body_bytes = 0
        self._is_body_coming = True
        self._body_began = self._body_moved = time.monotonic()
        super().on_headers_complete()
        self._cycles = [cycle for cycle in self._cycles if not cycle.response_complete]
        self._cycles.append(self.cycle)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self._body_moved = time.monotonic()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_body_coming = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline:
            self._since = time.monotonic()
            self.server_state.waiting[self] = None

    # --- what goes out -----------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        self._stalled_since = time.monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled_since = None
        super().resume_writing()

    # --- when time is up ---------------------------------------------------------------------------------

    def end_if_overdue(self, now: float) -> None:
        """End the connection if its client has had its time."""
        if self.transport.is_closing() or self._stalled_since is not None:
            self._stalled_since = self._stalled_since or now
            if now - self._stalled_since > WRITE_TIME:
                self.abort()
        elif self in self.server_state.waiting:
            if now - self._since > HEADER_TIME:
                self._refuse(b"408 Request Timeout") if self._header_bytes else self.abort()
        elif self._is_body_overdue(now):
            self._refuse(b"408 Request Timeout")

    def _is_body_overdue(self, now: float) -> bool:
        """Whether a body that the application waits for comes too slowly."""
        if self.cycle is None or not self.cycle.more_body or self.flow.read_paused:
            return False
        taken = now - self._body_began
        is_slow = taken > BODY_GRACE and self._body_bytes < BODY_RATE * taken
        return is_slow or now - self._body_moved > BODY_PAUSE

    def _refuse(self, status: bytes, headers: bytes = b"") -> None:
        """Say why, unless an answer is on its way, and end the connection."""
        self.server_state.waiting.pop(self, None)
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(
                b"HTTP/1.1 %b\r\n%bcontent-length: 0\r\nconnection: close\r\n\r\n" % (status, headers)
            )
        self._disconnect()
        self.transport.close()

    def _disconnect(self) -> None:
        """Tell the application, where it works on an answer, that nobody waits for it; no other begins."""
        self.pipeline.clear()
        for cycle in self._cycles:
            if not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()


class Server(uvicorn.Server):
    """A server for ``app``; ``announce`` is called once it can be asked."""

    server_state: Connections

    def __init__(
        self,
        app: FastAPI,
        settings: Settings,
        *,
        lifespan: str = "auto",
        announce: Callable[[], None] | None = None,
    ) -> None:
        config = uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            lifespan=lifespan,  # type: ignore[arg-type]
            log_level="warning",
            access_log=False,
            backlog=BACKLOG,
            timeout_keep_alive=IDLE_TIME,
            timeout_graceful_shutdown=1,
            proxy_headers=settings.trusted_proxies != "off",
            forwarded_allow_ips=settings.trusted_proxies,
        )
        super().__init__(config)
        self.server_state = Connections(most_connections(settings.connections))
        self._app = app
        self._announce = announce
        self._sweeping: asyncio.Task[None] | None = None
        self._watchdog: threading.Timer | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._sweeping = asyncio.create_task(self._sweep())
            if self._announce is not None:
                self._announce()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_INTERVAL)
            self.server_state.sweep(time.monotonic())

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._watchdog is None:
            self._watchdog = threading.Timer(LONGEST_END, _end_now)
            self._watchdog.daemon = True
            self._watchdog.start()
        super().handle_exit(sig, frame)

    def has_ended(self) -> None:
        """Nothing is left that could keep the process: not even the look whether it ends in time."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            self._watchdog.join()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, let answers go on for a moment, then end whatever is left."""
        for server in self.servers:
            server.close()
        connections = self.server_state.connections
        for connection in list(connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                while connections:
                    await asyncio.sleep(0.02)
        for connection in list(connections):
            connection.abort()  # type: ignore[union-attr]
        self._app.state.answers.workshop.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        await super().shutdown(sockets)


def _end_now() -> None:
    """End the process: what was acknowledged is on disk, and the next start finds it."""
    log.warning("An answer would not end; the process ends without it.")
    os._exit(0)


def most_connections(wanted: int) -> int:
    """Return how many connections may be open at once: as many as wanted, and as files are left for."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    return max(16, min(wanted, soft - min(OTHER_FILES, soft // 2)))


def raise_file_limit() -> None:
    """Let this process have as many files open as it is allowed to ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
