"""How does a large body reach its client?

Piece by piece: each is made in a worker thread once the one before has left, so that a slow client holds back
the making and not the memory, and no other reader waits. Where the client goes away, the making ends.
"""

from __future__ import annotations

from collections.abc import Generator

import anyio
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

IS_HEAD = "casualty.is_head"
"""In the scope of a request whose answer is asked for without its body."""


class Streamed(Response):
    """A 200 whose body comes from a generator; it is closed whatever happens."""

    def __init__(self, pieces: Generator[bytes], raw_headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self.raw_headers = raw_headers
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        if scope.get(IS_HEAD):
            self._pieces.close()
        else:
            async with anyio.create_task_group() as group:

                async def leave_with_the_client() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    group.cancel_scope.cancel()

                group.start_soon(leave_with_the_client)
                await self._send_on(send)
                group.cancel_scope.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _send_on(self, send: Send) -> None:
        try:
            while (piece := await run_in_threadpool(next, self._pieces, None)) is not None:
                if piece:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._pieces.close)
