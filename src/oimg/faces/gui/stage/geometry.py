"""Where a picture lies on the screen: plain numbers, in device pixels, so that 100 % is exact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

Size: TypeAlias = tuple[float, float]
Point: TypeAlias = tuple[float, float]

LARGEST: Final = 32.0
"""The largest zoom: so many pixels of the device for one of the picture."""
_STEPS: Final = (0.03, 0.06, 0.12, 0.25, 0.33, 0.5, 0.67, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, LARGEST)
_NEAR: Final = 0.01


@dataclass(frozen=True, slots=True)
class Viewport:
    """What is seen of a picture. `center` is the point of the picture in the middle of the room.

    `fitted` says that the whole picture is to be seen, in whatever room there is.
    """

    picture: Size
    room: Size
    scale: float
    center: Point
    fitted: bool = True

    @property
    def fit_scale(self) -> float:
        """The scale at which the whole picture is seen, and no larger than it is."""
        return min(1.0, self.room[0] / self.picture[0], self.room[1] / self.picture[1])

    @property
    def target(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the whole picture; it begins on a whole pixel of the device."""
        width, height = self.picture[0] * self.scale, self.picture[1] * self.scale
        left = round(self.room[0] / 2 - self.center[0] * self.scale)
        top = round(self.room[1] / 2 - self.center[1] * self.scale)
        return left, top, width, height

    @property
    def seen(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of what is seen, in pixels of the picture."""
        left, top = self.to_picture((0, 0))
        right, bottom = self.to_picture(self.room)
        left, top = max(0.0, left), max(0.0, top)
        return left, top, min(self.picture[0], right) - left, min(self.picture[1], bottom) - top

    @property
    def all_seen(self) -> bool:
        """Whether there is nothing to move."""
        _, _, width, height = self.target
        return width <= self.room[0] + _NEAR and height <= self.room[1] + _NEAR

    def to_picture(self, point: Point) -> Point:
        """Give the point of the picture under a point of the room."""
        left, top, _, _ = self.target
        return (point[0] - left) / self.scale, (point[1] - top) / self.scale

    def fit(self) -> Viewport:
        """See all of the picture."""
        middle = (self.picture[0] / 2, self.picture[1] / 2)
        return replace(self, scale=self.fit_scale, center=middle, fitted=True)

    def zoomed(self, scale: float, at: Point | None = None) -> Viewport:
        """Take another scale; the point of the picture under `at`, or in the middle, stays where it is."""
        at = at or (self.room[0] / 2, self.room[1] / 2)
        scale = min(max(scale, self.fit_scale), LARGEST)
        x, y = self.to_picture(at)
        center = (x - (at[0] - self.room[0] / 2) / scale, y - (at[1] - self.room[1] / 2) / scale)
        return replace(self, scale=scale, center=center, fitted=False).held()

    def moved(self, across: float, down: float) -> Viewport:
        """Draw the picture along, by pixels of the device."""
        center = (self.center[0] - across / self.scale, self.center[1] - down / self.scale)
        return replace(self, center=center).held()

    def centered(self, point: Point) -> Viewport:
        """Bring a point of the picture into the middle, as far as there is picture to show."""
        return replace(self, center=point).held()

    def in_room(self, room: Size) -> Viewport:
        """Take another room."""
        other = replace(self, room=room)
        if self.fitted:
            return other.fit()
        return replace(other, scale=max(self.scale, other.fit_scale)).held()

    def of_picture(self, picture: Size) -> Viewport:
        """Take another picture: at the same scale, at the same place of it."""
        part = (self.center[0] / self.picture[0], self.center[1] / self.picture[1])
        other = replace(self, picture=picture, center=(part[0] * picture[0], part[1] * picture[1]))
        return other.in_room(self.room)

    def step(self, up: int) -> float:
        """Give the next scale up (1) or down (-1)."""
        if up > 0:
            return next((each for each in _STEPS if each > self.scale * (1 + _NEAR)), LARGEST)
        return next((each for each in reversed(_STEPS) if each < self.scale * (1 - _NEAR)), _STEPS[0])

    def held(self) -> Viewport:
        """No empty room beside a picture that could fill it."""
        x, y = (
            size / 2
            if size * self.scale <= room
            else min(max(place, room / 2 / self.scale), size - room / 2 / self.scale)
            for place, size, room in zip(self.center, self.picture, self.room, strict=True)
        )
        return replace(self, center=(x, y))


def fitted(picture: Size, room: Size) -> Viewport:
    """See all of a picture."""
    return Viewport(picture, room, 1.0, (0.0, 0.0)).fit()


def toward(before: float, after: float) -> float:
    """Stop at 100 % on the way past it: it is the scale at which a picture is judged."""
    return 1.0 if min(before, after) < 1.0 < max(before, after) else after
