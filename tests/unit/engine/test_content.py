"""Photos, screenshots, line art and icons are told apart by what they are, in any channels and sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from oimg.engine.codecs import CODECS
from oimg.engine.content import Kind, Statistics, kind_of, measure
from oimg.engine.transform import inspect_header
from oimg.words.images import DecodedImage, Frame, Limits


def grain(height: int = 200, width: int = 300, channels: int = 3, deep: bool = False) -> np.ndarray:
    """A slow wave under noise, as a camera makes it."""
    random = np.random.default_rng(7)
    wave = 128 + 90 * np.sin(np.arange(width) / 40)[np.newaxis, :, np.newaxis]
    pixels = np.clip(wave + random.normal(0, 6, (height, width, channels)), 0, 255)
    return (pixels * 257).astype(np.uint16) if deep else pixels.astype(np.uint8)


def diagram(width: int = 300, height: int = 200) -> np.ndarray:
    """Black lines and boxes on white, without smoothing."""
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    for step in range(0, width, 20):
        pen.line((0, step, width, height - step), fill="black")
        pen.rectangle((step, step // 2, step + 9, step // 2 + 9), outline="navy", fill="gold")
    return np.asarray(picture)


def window(width: int = 300, height: int = 200) -> np.ndarray:
    """Plain areas, a soft shadow below each bar, and a gradient."""
    pixels = np.full((height, width, 3), 245, np.uint8)
    for top in range(10, height - 20, 24):
        pixels[top : top + 4, 20:-20] = (40, 90, 160)
        for step in range(6):
            pixels[top + 4 + step, 20:-20] = 200 + 7 * step
    pixels[:, 200:260] = np.linspace(120, 240, 60).astype(np.uint8)[np.newaxis, :, np.newaxis]
    return pixels


def kind(pixels: np.ndarray) -> Kind:
    return kind_of(DecodedImage((Frame(pixels),)))


@pytest.mark.parametrize("pixels", [grain(), grain(channels=4), grain(deep=True), grain(2000, 90), grain(90, 2000)])
def test_a_photo_is_one_in_any_channels_bits_and_shape(pixels: np.ndarray) -> None:
    assert kind(pixels) is Kind.PHOTO


def test_drawings_are_told_by_their_edges() -> None:
    assert kind(diagram()) is Kind.LINE_ART
    assert kind(window()) is Kind.SCREENSHOT
    assert kind(diagram(64, 40)) is kind(grain(64, 64)) is Kind.ICON
    assert kind(np.zeros((80, 120, 3), np.uint8)) is Kind.LINE_ART


def test_the_statistics_are_those_of_a_hand_made_picture() -> None:
    # Two equal rows: 0 0 200 200 205 0, so 5 pairs, of which 2 repeat; 2 of the other 3 jump by 40 or more.
    row = np.array([0, 0, 200, 200, 205, 0], np.uint8)
    pixels = np.stack([row, row])[..., np.newaxis]
    assert measure(pixels) == Statistics(3, 2 / 5, 2 / 3)
    assert measure(np.repeat(pixels, 3, axis=2)) == Statistics(3, 2 / 5, 2 / 3)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 500, 3), (500, 1, 4), (2, 70000, 3), (70000, 2, 1), (3, 3, 2)])
def test_no_shape_is_too_odd(shape: tuple[int, int, int]) -> None:
    seen = measure(np.full(shape, 9, np.uint8))
    assert (seen.colors, seen.repeated, seen.hard) == (1, 1.0, 0.0)


def test_real_pictures_are_what_their_folders_say(corpus: Path) -> None:
    def kinds(folder: str) -> list[Kind]:
        found = []
        for path in sorted((corpus / folder).glob("*.png")):
            untrusted = path.read_bytes()
            found.append(kind_of(CODECS[inspect_header(untrusted).format].decode(untrusted, Limits())))
        return found

    assert set(kinds("photos/lossless")) == {Kind.PHOTO}
    assert Kind.PHOTO not in kinds("graphics/lineart-charts")
    screens = kinds("graphics/screenshots")  # one of them shows a tablet's screen full of photos
    assert screens.count(Kind.PHOTO) <= 1
    assert set(kinds("graphics/pixelart")) <= {Kind.ICON, Kind.SCREENSHOT, Kind.LINE_ART}
