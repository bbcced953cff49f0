"""What is served under measurement: the service on a ledger, or one route that gives the same bytes.

``python -m bench.serve.served ours DIRECTORY PORT`` or ``… bare FILE PORT``: both under the same uvicorn with
the same settings, one process each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bench.serve.ledger import TODAY
from service.api import Ledger
from service.settings import Settings
from service.web.app import create_app


def ours(directory: Path, port: int) -> ASGIApp:
    return create_app(Ledger.open(directory, clock=lambda: TODAY), settings=Settings(port=port))


def bare(file: Path) -> ASGIApp:
    """``/body`` gives the bytes of ``file``; ``/same`` with the headers as well that ``file``.json names."""
    body = file.read_bytes()
    headers = json.loads(file.with_suffix(".json").read_text())

    async def plain(_: Request) -> Response:
        return Response(body, media_type="application/json")

    async def same(_: Request) -> Response:
        return Response(body, headers=headers, media_type="application/json")

    return Starlette(routes=[Route("/body", plain), Route("/same", same)])


def main() -> None:
    kind, place, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    app = ours(place, port) if kind == "ours" else bare(place)
    uvicorn.run(app, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
