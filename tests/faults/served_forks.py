"""A process that forks servers to be killed, so that no start waits for its imports.

``python -m tests.faults.served_forks DATA_DIR``: for each line on standard input it forks a server of the
ledger in DATA_DIR, which is the ordinary one from the opening of the ledger on, prints its process id and its
port, and at the next line (or at the end of its input) waits until that process has been killed.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from service.settings import Settings
from service.web.app import create_app
from service.web.server import Server

LATE = (
    "service.intake.pipeline", "pyarrow.acero", "pyarrow.dataset", "pyarrow.parquet", "uvloop",
    "uvicorn.lifespan.on", "uvicorn.loops.uvloop", "anyio._backends._asyncio",
)  # fmt: skip
"""What a server imports only once it is asked: here before it is forked."""


def main(data_dir: Path, orders: Iterable[str]) -> None:
    """Fork one server after the other, one for each line of ``orders``."""
    settings = Settings(data_dir=data_dir)
    app = create_app(settings=settings)
    for name in LATE:
        importlib.import_module(name)
    gc.freeze()  # the children share what is made by now
    child = 0
    try:
        for _ in orders:
            if child:
                os.waitpid(child, 0)
            listener = socket.create_server(("127.0.0.1", 0))
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            child = os.fork()
            if not child:
                Server(app, settings, lifespan="on").run(sockets=[listener])
                os._exit(1)
            sys.stdout.write(f"{child} {listener.getsockname()[1]}\n")
            sys.stdout.flush()
            listener.close()
    finally:
        if child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os._exit(0)  # in a forked process too, and without what libraries say at the end


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.stdin)
