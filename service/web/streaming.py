"""How does a large body reach its client?

Piece by piece: a worker thread makes each once the one before has left, so that a slow client delays the work
and fills no memory, and no other reader waits. The work ends when the client goes away.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import anyio
from anyio import to_thread
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from service.web import gc_tuning

IS_HEAD = "casualty.is_head"
"""The key in the scope of a request for the headers alone (HEAD)."""


class StreamedResponse(Response):
    """A 200 whose body comes from a generator, which is closed whatever happens."""

    def __init__(
        self, pieces: Generator[bytes], raw_headers: list[tuple[bytes, bytes]], let_go: Callable[[], None]
    ) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self.raw_headers = raw_headers
        self._pieces = pieces
        self._let_go = let_go

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._send(scope, receive, send)
        finally:
            self._let_go()

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        if scope.get(IS_HEAD):
            self._pieces.close()
        else:
            async with anyio.create_task_group() as group:

                async def cancel_on_disconnect() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    group.cancel_scope.cancel()

                group.start_soon(cancel_on_disconnect)
                await self._send_pieces(send, scope["app"].state.stream_limiter)
                group.cancel_scope.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _send_pieces(self, send: Send, limiter: anyio.CapacityLimiter) -> None:
        """Send piece by piece; ``limiter`` says how many are made at a time, for all readers together."""
        try:
            while (piece := await to_thread.run_sync(self._next_piece, limiter=limiter)) is not None:
                if piece:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._pieces.close)

    def _next_piece(self) -> bytes | None:
        """Return the next piece, None behind the last, from a thread that lies behind those who answer."""
        gc_tuning.lower_thread_priority()
        return next(self._pieces, None)
