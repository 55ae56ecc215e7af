"""Pictures that need no corpus: photo-like noise, windows with text, charts and icons, the same on every machine."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

_WORDS: Final = ("smallest", "file", "that", "still", "looks", "right", "is", "not", "always", "lowest", "colours")
_INKS: Final = ((38, 70, 83), (42, 157, 143), (233, 196, 106), (244, 162, 97), (231, 111, 81))


def photo(seed: int, size: tuple[int, int]) -> Image.Image:
    """Noise whose amplitudes fall with the frequency, as in photographs, with edges and grain; RGB."""
    width, height = size
    random = np.random.default_rng(seed)
    luma = _falling_noise(random, size, 1.3)
    for _ in range(12):  # things that hide each other, with sharp edges
        x, y, radius = random.uniform(0, width), random.uniform(0, height), random.uniform(0.03, 0.2) * width
        rows, columns = np.ogrid[:height, :width]
        inside = (columns - x) ** 2 + ((rows - y) * random.uniform(0.6, 1.6)) ** 2 < radius**2
        luma = np.where(inside, 0.5 * luma + random.uniform(-1, 1), luma)
    color = [_falling_noise(random, size, 1.8) for _ in range(2)]  # smoother than what is bright and dark
    grain = random.normal(0, 0.04, (height, width))
    bright = 118 + 46 * (luma + grain)
    planes = (bright + 16 * color[0], bright - 4 * color[0] - 6 * color[1], bright + 18 * color[1])
    return Image.fromarray(np.clip(np.stack(planes, axis=2), 0, 255).astype(np.uint8))


def screenshot(seed: int, size: tuple[int, int]) -> Image.Image:
    """A window with a side bar, lines of text and a small photo; RGB."""
    width, height = size
    random = np.random.default_rng(seed)
    dark = bool(seed % 2)
    ground, ink = ((30, 31, 36), (220, 220, 224)) if dark else ((250, 250, 250), (34, 34, 38))
    window = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(window)
    draw.rectangle((0, 0, width, 34), fill=(52, 101, 164))
    draw.rectangle((0, 34, width // 5, height), fill=(44, 46, 54) if dark else (233, 235, 240))
    font = ImageFont.load_default(13)
    for y in range(44, height - 18, 19):
        draw.text((10, y), _WORDS[int(random.integers(len(_WORDS)))], font=font, fill=ink)
        line = " ".join(_WORDS[int(index)] for index in random.integers(len(_WORDS), size=9))
        hue = _INKS[int(random.integers(len(_INKS)))] if random.random() < 0.2 else ink
        draw.text((width // 5 + 14, y), line, font=font, fill=hue)
    window.paste(photo(seed, (width // 4, height // 4)), (width - width // 4 - 12, height - height // 4 - 12))
    return window


def chart(seed: int, size: tuple[int, int]) -> Image.Image:
    """Axes, grid lines, curves and bars, drawn at four times the size and brought down, so with soft edges; RGB."""
    width, height = (4 * side for side in size)
    random = np.random.default_rng(seed)
    paper = Image.new("RGB", (width, height), (255, 255, 255))
    draw = ImageDraw.Draw(paper)
    left, foot = width // 10, height - height // 8
    for step in range(6):
        y = foot - step * (foot - height // 12) // 5
        draw.line((left, y, width - left, y), fill=(216, 216, 216), width=4)
        draw.text((left // 4, y - 20), f"{20 * step}", font=ImageFont.load_default(44), fill=(60, 60, 60))
    for index in range(7):
        x, top = left + 40 + index * (width - 2 * left) // 7, foot - int(random.uniform(0.1, 0.8) * foot)
        draw.rectangle((x, top, x + width // 18, foot), fill=_INKS[index % len(_INKS)])
    for index in range(3):
        phase, slope = random.uniform(0, 6), random.uniform(0.005, 0.02)
        points = [(x, foot * (0.5 + 0.3 * math.sin(phase + slope * x / 4))) for x in range(left, width - left, 8)]
        draw.line(points, fill=_INKS[-1 - index], width=10, joint="curve")
    return paper.resize(size, Image.Resampling.LANCZOS)


def icon(seed: int, size: tuple[int, int]) -> Image.Image:
    """A disc with a gradient and a sign on it, over transparency; RGBA."""
    side = 4 * min(size)
    rows, columns = np.mgrid[0:side, 0:side] / side
    start, end = (np.array(_INKS[(seed + step) % len(_INKS)], float) for step in (0, 2))
    shade = np.clip((rows + columns) / 2, 0, 1)[..., np.newaxis]
    alpha = ((columns - 0.5) ** 2 + (rows - 0.5) ** 2 < 0.23)[..., np.newaxis] * 255.0
    picture = Image.fromarray(np.concatenate((start * (1 - shade) + end * shade, alpha), axis=2).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    corners = [
        (side * (0.5 + 0.3 * math.cos(angle)), side * (0.5 + 0.3 * math.sin(angle)))
        for angle in (2 * math.pi * (corner * (2 + seed % 2) / 5 + 0.75) for corner in range(5))
    ]
    draw.polygon(corners, fill=(255, 255, 255, 235))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _falling_noise(random: np.random.Generator, size: tuple[int, int], fall: float) -> npt.NDArray[np.float64]:
    """Gaussian noise of mean 0 and deviation 1 with amplitudes that fall with a power of the frequency."""
    width, height = size
    spectrum = np.fft.rfft2(random.normal(size=(height, width)))
    frequency = np.hypot(np.fft.fftfreq(height)[:, np.newaxis], np.fft.rfftfreq(width))
    frequency[0, 0] = np.inf
    noise = np.fft.irfft2(spectrum / frequency**fall, s=(height, width))
    return np.asarray((noise - noise.mean()) / noise.std())


DRAWN: Final[dict[str, tuple[Callable[[int, tuple[int, int]], Image.Image], tuple[int, int]]]] = {
    "photo": (photo, (768, 512)),
    "screenshot": (screenshot, (1024, 640)),
    "line art": (chart, (800, 500)),
    "icon": (icon, (192, 192)),
}
