"""Which ink and paper do the charts use?

A picture is drawn in light colours, as files and print have it. Where it stands in a page whose reader
wants a dark one, ``dark_rules`` puts the dark colour in the place of each: of the same hue, so that an origin
is known by its colour in both.
"""

from __future__ import annotations

PAPER = "#ffffff"
INK = "#1b1f24"
MUTED = "#57606a"
RULE = "#b8bfc7"
GRID = "#e8eaed"
LINE = "#2f3b4a"
BAND = "rgba(86,101,122,0.20)"
TAIL_BAND = "rgba(86,101,122,0.09)"
EXPECTED_BAND = "rgba(0,114,178,0.09)"
EXPECTED_EDGE = "#3b6f92"
GREY = "#4D4D4D"
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", GREY)
"""Okabe and Ito's palette, which colour-blind readers can tell apart; their yellow is too pale on white."""
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans Arabic', Arial, sans-serif"

DARK_PAPER = "#1b2125"
DARK = {
    PAPER: DARK_PAPER,
    INK: "#e6e9eb",
    MUTED: "#a5b0b8",
    RULE: "#56626b",
    GRID: "#2f383e",
    LINE: "#dbe4ea",
    EXPECTED_EDGE: "#7fb2d3",
    "#0072B2": "#3d9bd8",
    "#E69F00": "#efae2b",
    "#009E73": "#12b488",
    "#CC79A7": "#d990b8",
    "#56B4E9": "#9ad4f5",
    "#D55E00": "#ee7a2b",
    GREY: "#b9b9b9",
}
"""The dark colour of each light one; contrast with the dark paper is at least 3 : 1, of words 4.5 : 1."""


def tint(colour: str, share: str) -> str:
    """Return a colour that covers ``share`` of what lies below it.

    >>> tint("#0072B2", "0.16")
    'rgba(0,114,178,0.16)'
    """
    return f"rgba({_numbers(colour)},{share})"


def dark_rules(scope: str) -> str:
    """Return the style rules by which a picture inside ``scope`` (a selector) is drawn in dark colours."""
    return "".join(
        f':where({scope}) [{paint}="{name}"]{{{paint}:{dark}}}'
        for light, dark in (*DARK.items(), (_GREY_BAND, DARK[MUTED]))
        for paint, name in (("fill", light), ("stroke", light), ("fill", f"rgb({_numbers(light)})"))
    )


def _numbers(colour: str) -> str:
    return ",".join(str(int(colour[n : n + 2], 16)) for n in (1, 3, 5))


_GREY_BAND = "#56657a"
"""The colour of ``BAND`` and ``TAIL_BAND``."""
