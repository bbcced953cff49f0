"""What does a picture's axis leave out, and how is that said?

The last step before a picture of any kind is drawn: reports above a linear axis are counted in a note, and
what a logarithmic axis cannot show, zero, is left out and said. It must not know how anything is drawn.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from service.charts.picture import Corner, Panel, Picture, Stroke
from service.charts.text import Words


def within_axes(picture: Picture, words: Words) -> Picture:
    """Return the picture without what its axes cannot show, and with notes that say so."""
    dots = [
        (panel, dot)
        for panel in picture.panels
        for dot in panel.dots
        if dot.is_shown and picture.shows(dot.x)
    ]
    notes = words.beyond(sum(picture.is_beyond(dot, panel) for panel, dot in dots))
    if picture.is_log:
        notes += words.zeros(sum(dot.y <= 0 for _, dot in dots))
        panels = tuple(_above_zero(panel) for panel in picture.panels)
        picture = dataclasses.replace(picture, panels=panels)
    if not notes:
        return picture
    said = " ".join([picture.said, *notes])
    return dataclasses.replace(picture, notes=(*notes, *picture.notes), said=said)


def _above_zero(panel: Panel) -> Panel:
    return dataclasses.replace(
        panel,
        strokes=tuple(part for stroke in panel.strokes for part in _parts(stroke)),
        dots=tuple(dot for dot in panel.dots if dot.y > 0),
        signs=tuple(sign for sign in panel.signs if sign.y > 0),
        spots=tuple(spot for spot in panel.spots if spot.y > 0),
    )


def _parts(stroke: Stroke) -> Iterator[Stroke]:
    """The stretches of a line above zero; its label stays with the last corner."""
    for run in _runs(stroke.corners):
        is_last = run[-1] == stroke.corners[-1]
        yield dataclasses.replace(stroke, corners=tuple(run), label=stroke.label if is_last else "")


def _runs(corners: Iterable[Corner]) -> Iterator[list[Corner]]:
    run: list[Corner] = []
    for corner in corners:
        if corner[1] > 0:
            run.append(corner)
        elif run:
            yield run
            run = []
    if run:
        yield run
