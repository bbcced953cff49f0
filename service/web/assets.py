"""Which files does a page need beside itself, and under which address?

Each address carries the version of its file, ``/static/VERSION/NAME``, so that a browser may keep it for
ever. Plotly's script is the one inside the installed ``plotly`` package, which is located without importing
it; nothing is loaded from another host.
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
    """A file as it is sent."""

    body: bytes
    gzip_body: bytes
    media_type: str


@router.get("/static/{edition}/{name}", include_in_schema=False)
def send_asset(edition: str, name: str, request: Request) -> Response:
    """Raises NotFound for a name or version that this installation does not have."""
    if _editions().get(name) != edition:
        raise NotFound(f"No file {name[:80]!r} of that version.", fix="Load the page again.")
    asset = _asset(name)
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            asset.gzip_body, headers={**headers, "Content-Encoding": "gzip"}, media_type=asset.media_type
        )
    return Response(asset.body, headers=headers, media_type=asset.media_type)


def asset_url(name: str) -> str:
    """Return the address of a file. Raises KeyError for one that is not there."""
    return f"/static/{_editions()[name]}/{name}"


@cache
def _editions() -> dict[str, str]:
    """Return the version of every file: a hash of ours, the version of the package for Plotly's."""
    own_files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(FOLDER.iterdir())
        if path.suffix in MEDIA_TYPES
    }
    return {**own_files, PLOTLY: version("plotly")}


@cache
def _asset(name: str) -> Asset:
    path = _plotly_script() if name == PLOTLY else FOLDER / name
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, compresslevel=6, mtime=0), MEDIA_TYPES[path.suffix])


def _plotly_script() -> Path:
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The plotly package is not installed.")
    return Path(spec.origin).parent / "package_data" / PLOTLY
