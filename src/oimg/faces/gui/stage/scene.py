"""What the canvas shows, as one value, and the positions of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QRectF

from oimg.faces.gui.stage.geometry import Size
from oimg.faces.gui.stage.picture import Picture

GAP: Final = 2.0
"""Between two pictures side by side, in pixels of the device."""


class ViewMode(StrEnum):
    """How original and result are shown."""

    SPLIT = "split"
    SIDE = "side"
    ORIGINAL = "original"
    RESULT = "result"
    DIFFERENCE = "difference"


class Part(StrEnum):
    """What is drawn in a place."""

    ORIGINAL = "original"
    RESULT = "result"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Glance:
    """Quick pixels of a part of the result; `place` is left, top, width, height in pixels of the result."""

    picture: Picture
    place: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that there is to see of one file. `text` stands in place of a picture.

    `old` marks a result of an earlier recipe; a `glance` lies over it, and shows the recipe of now. `alone` is an
    original that there will be no result of; `note` says why, or what else there is to say. Labels are given in
    several lengths, the longest first: the first that there is room for is shown.
    """

    text: str = ""
    base: Picture | None = None
    result: Picture | None = None
    glance: Glance | None = None
    heat: Picture | None = None
    old: bool = False
    alone: bool = False
    note: str = ""
    original_labels: tuple[str, ...] = ()
    result_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pane:
    """A part and its place: the room that it is laid out in, and what of it is drawn."""

    part: Part
    room: QRectF
    clip: QRectF


def panes(mode: ViewMode, room: Size, edge: float, *, mirrored: bool) -> list[Pane]:
    """Divide the room; the original comes first, which is at the right where one reads from right to left.

    `edge` is where the line of the split view is.
    """
    whole = QRectF(0, 0, *room)
    if mode is ViewMode.SIDE:
        width = max(1.0, (room[0] - GAP) // 2)
        halves = [QRectF(0, 0, width, room[1]), QRectF(room[0] - width, 0, width, room[1])]
        places = list(reversed(halves)) if mirrored else halves
        return [Pane(Part.ORIGINAL, places[0], places[0]), Pane(Part.RESULT, places[1], places[1])]
    if mode is ViewMode.SPLIT:
        left, right = QRectF(0, 0, edge, room[1]), QRectF(edge, 0, room[0] - edge, room[1])
        clips = [right, left] if mirrored else [left, right]
        return [Pane(Part.ORIGINAL, whole, clips[0]), Pane(Part.RESULT, whole, clips[1])]
    return [Pane(Part(mode.value), whole, whole)]


def room_of_pane(mode: ViewMode, room: Size) -> Size:
    """Give the room that a picture is laid out in."""
    pane = panes(mode, room, 0.0, mirrored=False)[0].room
    return pane.width(), pane.height()


def edge_at(span: tuple[float, float], share: float, *, mirrored: bool) -> float:
    """Where the line is, when the original has a share of what is seen of the picture between two ends."""
    left, right = span
    return float(round(right - share * (right - left) if mirrored else left + share * (right - left)))
