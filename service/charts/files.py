"""The bytes of a picture in each format that it can leave in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path
from xml.sax.saxutils import quoteattr

from service.charts.picture import Picture
from service.charts.raster import png
from service.charts.render import draw
from service.charts.style import DARK, DARK_PAPER, INK, dark_rules
from service.charts.text import Words

SCRIPT = Path(__file__).parent / "live.js"
"""What makes a picture in a page answer to pointer and keyboard."""
STYLE = (
    "body{margin:1rem;background:#fff;color:#1b1f24;font:1rem/1.5 system-ui,sans-serif}"
    "figure{margin:0;position:relative;max-inline-size:60rem}svg{inline-size:100%;block-size:auto}"
    ".tip{position:absolute;max-inline-size:22rem;padding:.35rem .6rem;background:#fff;"
    "border:1px solid #857f72;border-radius:4px;font-size:.85rem;pointer-events:none}"
    ".datum:focus{outline:2px solid #0b62a4}"
    "@media screen and (prefers-color-scheme:dark){"
    f".own{{background:{DARK_PAPER};color:{DARK[INK]};color-scheme:dark}}.own .tip{{background:{DARK_PAPER}}}"
    f"{dark_rules('.own svg')}}}"
)
OUTSIDE = 'target="_blank" rel="noopener"'
"""How a link opens beside the page it stands in."""


def write_picture(
    picture: Picture,
    fmt: str,
    words: Words,
    *,
    width: int = 720,
    address: str | None = None,
    source: str = "",
) -> bytes:
    """Return the picture as ``svg``, ``png``, ``json`` (a Plotly figure) or ``html`` (a page by itself; with
    a ``source``, the page that it leads to, one for a frame)."""
    if fmt == "svg":
        return draw(picture, words, width=width).encode()
    if fmt == "png":
        return png(draw(picture, words, width=width))
    if fmt == "html":
        return _page(picture, words, width, address, source).encode()
    from service.charts.interactive import figure

    return str(figure(picture, words).to_json()).encode()


@cache
def script() -> str:
    """Return the script of a page that holds a picture."""
    return SCRIPT.read_text(encoding="utf-8")


@cache
def page_policy(frames: str = "'none'") -> str:
    """Return the Content-Security-Policy that lets a picture's own page run, and nothing else; ``frames``:
    whose pages may frame it."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script(), STYLE)]
    return (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        f"base-uri 'none'; frame-ancestors {frames}"
    )


def _page(picture: Picture, words: Words, width: int, address: str | None, source: str) -> str:
    drawn = draw(picture, words, width=width, address=address or "")
    if address is None:  # a file by itself: there is no page for a report to lead to
        drawn = drawn.replace('<a class="datum" href="', '<a class="datum" data-report="')
    beyond = ""
    own = "" if source else ' class="own"'  # a frame stays light, as most pages around it are
    if source:  # nothing is opened inside the frame, where it could not be shown
        drawn = drawn.replace('<a class="datum" ', f'<a class="datum" {OUTSIDE} ')
        told = escape(words.say("The figures and the reports behind them"))
        beyond = f'<p><a href="{escape(source)}" {OUTSIDE}>{told}</a></p>'
    return (
        f'<!doctype html>\n<html lang="{words.locale.language}" dir="{words.language.direction}" '
        f"data-more={quoteattr(words.say('… and {} more'))}><head>"
        '<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(picture.heading)}</title><style>{STYLE}</style></head>\n"
        f'<body{own}><figure class="chart">{drawn}</figure>{beyond}\n'
        f"<script>{script()}</script></body></html>\n"
    )
