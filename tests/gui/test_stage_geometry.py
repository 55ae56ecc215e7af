"""Where a picture lies: what is under the pointer stays there, 100 % is 100 %, nothing is lost at the edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.faces.gui.stage.geometry import LARGEST, Viewport, fitted, toward
from oimg.faces.gui.stage.scene import GAP, Part, ViewMode, edge_at, panes, room_of_pane

sides = st.integers(1, 8000).map(float)
rooms = st.tuples(st.integers(50, 4000).map(float), st.integers(50, 3000).map(float))
pictures = st.tuples(sides, sides)
scales = st.floats(0.02, LARGEST)


@given(pictures, rooms, scales, scales, st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_the_pixel_under_the_pointer_stays(
    picture: tuple[float, float], room: tuple[float, float], first: float, then: float, part: tuple[float, float]
) -> None:
    there = fitted(picture, room).zoomed(max(first, 1.0))
    at = (part[0] * room[0], part[1] * room[1])
    after = there.zoomed(then, at)
    for axis in (0, 1):
        was, now = there.to_picture(at)[axis], after.to_picture(at)[axis]
        covers = picture[axis] * after.scale > room[axis]
        at_an_end = after.center[axis] * after.scale in (room[axis] / 2, picture[axis] * after.scale - room[axis] / 2)
        if covers and picture[axis] * there.scale > room[axis] and not at_an_end:
            off = abs(was - now) * after.scale
            assert off <= 0.5 * after.scale / there.scale + 1.01 or _held_at_edge(after, axis)


def _held_at_edge(viewport: Viewport, axis: int) -> bool:
    """Whether the picture cannot go further that way."""
    start, size = viewport.target[axis], viewport.target[axis + 2]
    return abs(start) <= 1 or abs(start + size - viewport.room[axis]) <= 1


@given(pictures, rooms, scales, st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)))
def test_there_is_no_empty_room_beside_a_picture_that_could_fill_it(
    picture: tuple[float, float], room: tuple[float, float], scale: float, by: tuple[float, float]
) -> None:
    seen = fitted(picture, room).zoomed(scale).moved(*by)
    left, top, width, height = seen.target
    for start, size, space in ((left, width, room[0]), (top, height, room[1])):
        if size > space:
            assert start <= 1
            assert start + size >= space - 1
        else:
            assert start == pytest.approx((space - size) / 2, abs=1)


@given(pictures, rooms)
def test_fitted_shows_all_and_no_larger_than_it_is(picture: tuple[float, float], room: tuple[float, float]) -> None:
    seen = fitted(picture, room)
    assert seen.all_seen
    assert seen.scale <= 1
    assert seen.scale == 1 or seen.target[2] == pytest.approx(room[0]) or seen.target[3] == pytest.approx(room[1])


def test_pictures_begin_on_a_whole_pixel() -> None:
    seen = fitted((1001.0, 777.0), (500.0, 333.0)).zoomed(1.0, (17.0, 23.0)).moved(0.4, 0.3)
    assert seen.scale == 1.0
    assert (seen.target[0] % 1, seen.target[1] % 1) == (0, 0)


def test_what_is_fitted_stays_so_in_another_room() -> None:
    seen = fitted((4000.0, 3000.0), (400.0, 400.0)).in_room((800.0, 800.0))
    assert (seen.scale, seen.fitted) == (0.2, True)
    near = seen.zoomed(1.0).in_room((300.0, 300.0))
    assert (near.scale, near.fitted) == (1.0, False)


def test_another_picture_is_seen_at_the_same_place_and_scale() -> None:
    seen = fitted((4000.0, 3000.0), (400.0, 300.0)).zoomed(1.0).centered((1000.0, 2250.0))
    other = seen.of_picture((2000.0, 1500.0))
    assert (other.scale, other.center) == (1.0, (500.0, 1125.0))


def test_steps_stop_at_the_scales_that_one_asks_for() -> None:
    seen = fitted((4000.0, 3000.0), (1000.0, 750.0))
    assert seen.step(1) == 0.33
    up = [seen := seen.zoomed(seen.step(1)) for _ in range(20)]
    assert {0.5, 1.0, 2.0, 4.0} <= {each.scale for each in up}
    assert up[-1].scale == LARGEST
    assert seen.zoomed(1.0).step(-1) == 0.67


@pytest.mark.parametrize(("before", "after", "stop"), [(0.9, 1.1, 1.0), (1.1, 0.9, 1.0), (1.0, 1.2, 1.2), (2, 3, 3)])
def test_a_wheel_stops_at_100_percent(before: float, after: float, stop: float) -> None:
    assert toward(before, after) == stop


def test_side_by_side_has_two_rooms_of_one_size() -> None:
    first, second = panes(ViewMode.SIDE, (901.0, 500.0), 0, mirrored=False)
    assert (first.part, second.part) == (Part.ORIGINAL, Part.RESULT)
    assert first.room.size() == second.room.size()
    assert second.room.left() - first.room.right() >= GAP
    assert room_of_pane(ViewMode.SIDE, (901.0, 500.0)) == (first.room.width(), 500.0)


@pytest.mark.parametrize("mode", [ViewMode.SIDE, ViewMode.SPLIT])
def test_the_original_is_where_reading_begins(mode: ViewMode) -> None:
    original, result = panes(mode, (900.0, 500.0), 300.0, mirrored=False)
    assert original.clip.left() < result.clip.left()
    original, result = panes(mode, (900.0, 500.0), 300.0, mirrored=True)
    assert original.clip.left() > result.clip.left()


def test_the_line_has_its_share_of_what_is_seen() -> None:
    assert edge_at((100.0, 500.0), 0.25, mirrored=False) == 200
    assert edge_at((100.0, 500.0), 0.25, mirrored=True) == 400
