"""Which files does a page need beside itself, and under which address?

Every file stands under an address that carries its version, so that a browser may keep it for ever:
``/static/<version>/<name>``. Plotly's script is the one inside the installed ``plotly`` package,
found without importing it; nothing is loaded from another host.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import importlib.util
from functools import cache
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.errors import NotFound

FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PLOTLY = "plotly.min.js"
FOREVER = "public, max-age=31536000, immutable"

router = APIRouter()


@dataclasses.dataclass(frozen=True)
class Asset:
    body: bytes
    packed: bytes
    media_type: str


@router.get("/static/{edition}/{name}", include_in_schema=False)
def static(edition: str, name: str, request: Request) -> Response:
    """A file of the page. Raises NotFound for a name or version this installation does not have."""
    if name not in _editions() or _editions()[name] != edition:
        raise NotFound(f"No file {name[:80]!r} of that version.", fix="Load the page again.")
    asset = _asset(name)
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            asset.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=asset.media_type
        )
    return Response(asset.body, headers=headers, media_type=asset.media_type)


def asset_url(name: str) -> str:
    """The address of a file of the page."""
    return f"/static/{_editions()[name]}/{name}"


@cache
def _editions() -> dict[str, str]:
    ours = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(FOLDER.iterdir())
        if path.suffix in MEDIA_TYPES
    }
    return {**ours, PLOTLY: version("plotly")}


@cache
def _asset(name: str) -> Asset:
    path = _plotly_script() if name == PLOTLY else FOLDER / name
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, compresslevel=6, mtime=0), MEDIA_TYPES[path.suffix])


def _plotly_script() -> Path:
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        raise FileNotFoundError("The plotly package is not installed.")
    return Path(found.origin).parent / "package_data" / PLOTLY
