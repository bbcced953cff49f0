"""How does an assistant reach the ledger from the command line?

``casualty mcp`` speaks the Model Context Protocol on standard input and output, or over HTTP. The protocol's
SDK is an extra, and is imported where the command runs.
"""

from __future__ import annotations

import dataclasses
import json
import signal
from contextlib import AbstractContextManager, closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import Session
from service.cli.serve import listen, url_of
from service.cli.session import leave_pandas_out, reach_ledger
from service.cli.terminal import write
from service.errors import QueryError
from service.extras import explain_missing

if TYPE_CHECKING:
    from service.cli.session import AnyLedger

HTTP_PORT = 8001


def mcp(
    session: Session,
    address: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Ask the ledger at this address in place of the one in the data directory.",
            show_default=False,
        ),
    ] = None,
    http: Annotated[
        bool, typer.Option("--http", help="Over HTTP, at /mcp, in place of standard input and output.")
    ] = False,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="With --http: where to listen.")] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(metavar="PORT", min=0, max=65535, help="With --http: which port (0: a free one)."),
    ] = HTTP_PORT,
) -> None:
    """Answer assistants that speak the Model Context Protocol; nothing can be changed through it."""
    if address is not None and not address.startswith(("http://", "https://")):
        raise QueryError(f"{address!r} is no address.", fix="Write it as https://figures.example.org.")
    with explain_missing():
        from service.mcp import server
    leave_pandas_out()
    quiet = dataclasses.replace(session, quiet=True)
    tools = server.create_server(partial(_connect, address) if address else partial(reach_ledger, quiet))
    with suppress(KeyboardInterrupt):  # Ctrl-C, or being told to stop, is how it is meant to end
        if not http:
            server.serve_stdio(tools)
            return
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with closing(listen(host, port)) as listener:
            _announce(session, f"{url_of(*listener.getsockname()[:2])}/mcp")
            server.serve_http(tools, listener)


def _announce(session: Session, url: str) -> None:
    """Print where assistants reach the ledger."""
    if session.as_json:
        write(json.dumps({"url": url}) + "\n")
    elif not session.quiet:
        write(f"Assistants reach the ledger at {url}. Ctrl-C ends it.\n")


def _connect(address: str) -> AbstractContextManager[AnyLedger]:
    """Return the ledger at an address."""
    from service.client.sync import RemoteLedger

    return RemoteLedger(address)
