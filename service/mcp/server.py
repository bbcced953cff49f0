"""How do the tools speak the Model Context Protocol? By the protocol's official SDK, over stdio or HTTP.

Each call reaches the ledger anew (``reach``), so that an assistant that waits for hours keeps nobody from the
data directory. A refusal is a result that says what to mend, as the protocol asks. It must not know how an
answer comes about.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import anyio
import mcp_types as types
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from service import deadline, effort
from service.errors import CasualtyError
from service.mcp import tools
from service.settings import Settings

if TYPE_CHECKING:
    from service.mcp.tools import AnyLedger

NAME = "casualty-ledger"
PLACES, WAITING = 1, 20
"""Calls that are answered at a time, and that wait for their turn; more are refused."""
CALL_TIME = 30.0
"""Seconds in which a call is answered, with the wait for its turn and for a busy server."""
MOST_CONNECTIONS = 100
NO_LIMIT = float("inf")

Reach = Callable[[], AbstractContextManager["AnyLedger"]]


def create_server(reach: Reach, *, call_time: float = CALL_TIME) -> Server[dict[str, Any]]:
    """Return the server of the tools; ``reach`` gives a ledger for one call, which is answered within
    ``call_time`` seconds whatever happens."""
    settings = Settings()
    allowed = effort.Allowed(PLACES, WAITING, WAITING, NO_LIMIT, settings.answer_memory, NO_LIMIT)
    workshop = effort.Workshop(allowed)
    turns = anyio.CapacityLimiter(PLACES)

    def answer(tool: str, arguments: dict[str, Any]) -> types.CallToolResult:
        try:
            with reach() as ledger, deadline.limit(settings.answer_time), workshop.work():
                return _result(tools.call(ledger, tool, arguments))
        except CasualtyError as error:
            return _refusal(error)

    async def call_tool(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:  # noqa: ANN401 - the SDK's context
        if turns.statistics().tasks_waiting >= WAITING:
            return _refusal(workshop.busy())
        given = params.name, params.arguments or {}
        with anyio.move_on_after(call_time):  # what goes on is ended by its own limit
            return await anyio.to_thread.run_sync(answer, *given, limiter=turns, abandon_on_cancel=True)
        return _refusal(deadline.busy(call_time))

    async def list_tools(_: Any, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:  # noqa: ANN401 - likewise
        return types.ListToolsResult(tools=[_tool(name) for name in tools.TOOLS])

    return Server(
        NAME,
        title="Casualty Ledger",
        version=version(NAME),
        instructions=tools.INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def serve_stdio(server: Server[dict[str, Any]]) -> None:
    """Answer whoever started this process, until its input ends."""

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)


def serve_http(server: Server[dict[str, Any]], listener: socket.socket) -> None:
    """Answer at ``/mcp`` where ``listener`` listens, until Ctrl-C; each request stands by itself.

    On an address of this machine alone, requests that name another host or page are refused.
    """
    host = str(listener.getsockname()[0])
    app = server.streamable_http_app(host=host, json_response=True, stateless_http=True)
    config = uvicorn.Config(app, log_level="warning", limit_concurrency=MOST_CONNECTIONS)
    uvicorn.Server(config).run(sockets=[listener])


def _tool(name: str) -> types.Tool:
    return types.Tool(
        name=name,
        description=tools.summary(name),
        input_schema=tools.input_schema(name),
        annotations=types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )


def _result(said: dict[str, Any]) -> types.CallToolResult:
    text = json.dumps(said, ensure_ascii=False)
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=said)


def _refusal(error: CasualtyError) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=str(error))], is_error=True)
