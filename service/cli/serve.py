"""How is a ledger served over HTTP from the command line?

The only command that knows the web: the application and its server are imported where they are started.
"""

from __future__ import annotations

import json
import os
import signal
import socket
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import Session
from service.cli.session import leave_pandas_out, open_ledger
from service.cli.terminal import write
from service.errors import QueryError
from service.settings import Settings

if TYPE_CHECKING:
    from service.api import Ledger


def serve(
    session: Session,
    host: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Where to listen (default: CASUALTY_HOST, else 127.0.0.1).",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            min=0,
            max=65535,
            help="Which port; 0 takes a free one (default: CASUALTY_PORT, else 8000).",
            show_default=False,
        ),
    ] = None,
    published: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Serve what `casualty export --parquet DIR` wrote, read-only, and each later state of it.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Serve the page and the API until Ctrl-C."""
    from service.ledger import local_key
    from service.web import gc_tuning
    from service.web.app import create_app
    from service.web.server import Server, raise_file_limit

    os.umask(0o077)  # what the server writes is its user's own, DuckDB's files too
    settings = Settings()
    raise_file_limit()
    gc_tuning.share_memory()
    with closing(listen(host or settings.host, settings.port if port is None else port)) as listener:
        address, number = listener.getsockname()[:2]
        with _published_ledger(published) if published else open_ledger(session, begins=True) as ledger:
            settings = Settings(host=address, port=number)
            url = url_of(address, number)
            place = published or ledger.store.data_dir
            announce = partial(_announce, session, url, str(place.resolve()))
            server = Server(create_app(ledger, settings=settings), settings, announce=announce)
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            with (
                suppress(KeyboardInterrupt),
                local_key.publish(ledger.store.data_dir, url, clock=ledger.clock),
            ):
                # Ctrl-C, or being told to stop, is how a server is meant to end
                server.run(sockets=[listener])
        server.has_ended()


def _published_ledger(directory: Path) -> Ledger:
    """Return the ledger that is published in a directory. Raises StoreError."""
    leave_pandas_out()
    from service.api import Ledger, now
    from service.ledger import PublishedStore

    store = PublishedStore.open(directory)
    return Ledger(store, clock=now, cache_memory=Settings().cache_memory)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that a taken port is known before anything else is done."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
        # accepted connections inherit it; without it a small answer waits 40 ms for an acknowledgement
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise QueryError(
            f"Nothing can listen on {host}, port {port}: {str(error.strerror).partition(' (')[0]}.",
            fix="Choose another with --port (0 takes a free one) or --host, or stop what is there.",
        ) from error


def url_of(address: str, port: int) -> str:
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def _announce(session: Session, url: str, data_dir: str) -> None:
    """Print where the server is."""
    if session.as_json:
        write(json.dumps({"url": url, "data_dir": data_dir}) + "\n")
    elif not session.quiet:
        write(f"Casualty Ledger is at {url} (data in {data_dir}). Ctrl-C ends it.\n")
