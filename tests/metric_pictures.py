"""Pictures and distortions for testing the metric, made of integer arithmetic alone.

Every machine and every numpy version makes the same bytes: random numbers are raw bits of PCG64, which numpy
promises to keep, and nothing is rounded from floats.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np


def random_bytes(seed: int, *shape: int) -> np.ndarray:
    """Evenly spread numbers 0 to 255."""
    raw = np.random.PCG64(seed).random_raw(int(np.prod(shape)))
    return (raw >> np.uint64(56)).astype(np.int64).reshape(shape)


def clouds(seed: int, height: int, width: int, channels: int = 3, cell: int = 16) -> np.ndarray:
    """Soft blobs: random values on a grid, linearly interpolated."""
    grid = random_bytes(seed, height // cell + 2, width // cell + 2, channels)
    for axis, length in ((0, height), (1, width)):
        index, part = np.divmod(np.arange(length), cell)
        part = part.reshape([-1 if i == axis else 1 for i in range(3)])
        grid = grid.take(index, axis) * (cell - part) + grid.take(index + 1, axis) * part
        grid //= cell
    return grid.astype(np.uint8)


def boxes(seed: int, height: int, width: int, channels: int = 3, count: int = 60) -> np.ndarray:
    """Flat rectangles with sharp edges over a soft ground, like a screenshot."""
    picture = clouds(seed, height, width, channels, cell=64)
    for top, left, tall, wide, *color in random_bytes(seed + 1, count, 4 + channels):
        y, x = top * height // 256, left * width // 256
        picture[y : y + 2 + tall * height // 1024, x : x + 2 + wide * width // 1024] = color
    return picture


def texture(seed: int, height: int, width: int, channels: int = 3) -> np.ndarray:
    """Blobs of three sizes with grain, like foliage."""
    layers = [clouds(seed + i, height, width, channels, cell).astype(int) for i, cell in enumerate((32, 8, 3))]
    grain = random_bytes(seed + 9, height, width, 1)
    return ((4 * layers[0] + 2 * layers[1] + layers[2] + grain) // 8).astype(np.uint8)


def cutout(seed: int, height: int, width: int) -> np.ndarray:
    """Texture with a soft transparent part (RGBA)."""
    alpha = np.clip(clouds(seed + 20, height, width, 1, cell=48).astype(int) * 2 - 128, 0, 255)
    return np.concatenate([texture(seed, height, width), alpha.astype(np.uint8)], axis=2)


def posterize(picture: np.ndarray, step: int) -> np.ndarray:
    return np.clip(picture.astype(int) // step * step + step // 2, 0, 255).astype(np.uint8)


def noise(picture: np.ndarray, amplitude: int) -> np.ndarray:
    grain = random_bytes(7, *picture.shape) * (2 * amplitude + 1) // 256 - amplitude
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def box_blur(picture: np.ndarray, radius: int) -> np.ndarray:
    size = 2 * radius + 1
    padded = np.pad(picture.astype(int), ((radius, radius), (radius, radius), (0, 0)), mode="edge")
    height, width = picture.shape[:2]
    down = sum(padded[i : i + height] for i in range(size))
    across = sum(down[:, i : i + width] for i in range(size))
    return ((across + size * size // 2) // (size * size)).astype(np.uint8)


def blocks(picture: np.ndarray, part: int) -> np.ndarray:
    """Pull every 8 by 8 block `part` eighths of the way to its mean."""
    result = picture.astype(int)
    for top in range(0, picture.shape[0], 8):
        for left in range(0, picture.shape[1], 8):
            block = result[top : top + 8, left : left + 8]
            mean = block.sum(axis=(0, 1)) // (block.shape[0] * block.shape[1])
            block[:] = (block * (8 - part) + mean * part) // 8
    return result.astype(np.uint8)


def dull_color(picture: np.ndarray, radius: int) -> np.ndarray:
    """Blur how red and blue differ from green, as chroma subsampling does."""
    green = picture[..., 1:2].astype(int)
    difference = (picture[..., :3].astype(int) - green + 256) // 2
    blurred = box_blur(difference.astype(np.uint8), radius).astype(int) * 2 - 256
    return np.clip(green + blurred, 0, 255).astype(np.uint8)


def brighten(picture: np.ndarray, amount: int) -> np.ndarray:
    return np.clip(picture.astype(int) + amount, 0, 255).astype(np.uint8)


def shift(picture: np.ndarray, pixels: int) -> np.ndarray:
    return np.roll(picture, pixels, axis=1)


ORIGINALS: dict[str, Callable[..., np.ndarray]] = {
    function.__name__: function for function in (clouds, boxes, texture, cutout)
}
DISTORTIONS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    function.__name__: function for function in (posterize, noise, box_blur, blocks, dull_color, brighten, shift)
}


def distort(picture: np.ndarray, name: str, strength: int) -> np.ndarray:
    """Apply a distortion to the colors and leave alpha alone."""
    colors = picture.shape[2] - (picture.shape[2] in (2, 4))
    distorted = DISTORTIONS[name](picture[..., :colors], strength)
    return np.concatenate([distorted, picture[..., colors:]], axis=2)


def digest(picture: np.ndarray) -> str:
    """SHA-256 of the shape and the bytes."""
    return hashlib.sha256(repr(picture.shape).encode() + np.ascontiguousarray(picture).tobytes()).hexdigest()
