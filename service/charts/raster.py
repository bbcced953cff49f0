"""The picture as a PNG, on a server without a browser.

resvg draws our own SVG with fonts that are shipped beside this module, so that a PNG is the same on every
machine: no font of the system is read.
"""

from __future__ import annotations

from pathlib import Path

ZOOM = 2
"""Pixels of the PNG for one of the SVG: sharp on a slide and in print."""
FONTS = Path(__file__).parent / "fonts"
FAMILY = "DejaVu Sans"


def png(picture: str) -> bytes:
    """Return an SVG document of ``render.draw`` as PNG bytes."""
    import resvg_py

    files = [str(path) for path in sorted(FONTS.glob("*.ttf"))]
    drawn = resvg_py.svg_to_bytes(
        svg_string=picture, zoom=ZOOM, skip_system_fonts=True, font_files=files,
        font_family=FAMILY, sans_serif_family=FAMILY,
    )  # fmt: skip
    return bytes(drawn)
