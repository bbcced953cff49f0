"""Which files does a page need beside itself, and under which address?

Each address carries the version of its file, ``/static/VERSION/NAME``, so that a browser may keep it for
ever; nothing is loaded from another host.
"""

from __future__ import annotations

import dataclasses
import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.charts.files import SCRIPT
from service.charts.style import dark_rules
from service.errors import NotFound
from service.sentence import sentence
from service.web.compression import Coding, coding_for, pack

FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
CHART_SCRIPT = "chart.js"
CHART_STYLE = f"@media screen and (prefers-color-scheme:dark){{{dark_rules('.chart svg')}}}"
"""By which a picture in a page follows its reader's scheme: the light colours are in the picture itself."""
STYLE_SHEET = "ledger.css"
FOREVER = "public, max-age=31536000, immutable"

router = APIRouter()


@dataclasses.dataclass(frozen=True)
class Asset:
    """A file as it is sent."""

    bodies: dict[Coding, bytes]
    """The file in each coding, packed once."""
    media_type: str


@router.get("/static/{edition}/{name}", include_in_schema=False)
def send_asset(edition: str, name: str, request: Request) -> Response:
    """Raises NotFound for a name or version that this installation does not have."""
    if _editions().get(name) != edition:
        raise NotFound(
            sentence("No file %(name)s of that version.", name=repr(name[:80])), fix="Load the page again."
        )
    asset = _asset(name)
    coding = coding_for(request.headers.get("accept-encoding"), asset.media_type)
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if coding is not Coding.IDENTITY:
        headers["Content-Encoding"] = coding
    return Response(asset.bodies[coding], headers=headers, media_type=asset.media_type)


def asset_url(name: str) -> str:
    """Return the address of a file. Raises KeyError for one that is not there."""
    return f"/static/{_editions()[name]}/{name}"


@cache
def _editions() -> dict[str, str]:
    """Return the version of every file: a hash of it."""
    return {name: hashlib.sha256(_content(name)).hexdigest()[:12] for name in _files()}


@cache
def _files() -> dict[str, Path]:
    """Where each file lies; the script of a picture belongs to the charts, which put it into files too."""
    paths = [path for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA_TYPES]
    return {**{path.name: path for path in paths}, CHART_SCRIPT: SCRIPT}


@cache
def _asset(name: str) -> Asset:
    body = _content(name)
    return Asset({coding: pack(body, coding) for coding in Coding}, MEDIA_TYPES[_files()[name].suffix])


def _content(name: str) -> bytes:
    content = _files()[name].read_bytes()
    return content + CHART_STYLE.encode() if name == STYLE_SHEET else content
