"""Turning upright, cropping and resizing. Pure functions; every frame of an animation is treated alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, cast

import numpy as np
import numpy.typing as npt
from PIL import Image

from oimg.engine.codecs.base import to_pillow
from oimg.engine.steps.sizes import plan_size
from oimg.words.images import ColorModel, DecodedImage, Frame, Pixels
from oimg.words.recipe import Gravity, Resize

Box = tuple[int, int, int, int]
Floats = npt.NDArray[np.float32]

# EXIF orientation 1 to 8 (CIPA DC-008, tag 0x0112) to the view that shows the picture upright.
_UPRIGHT: Final[dict[int, Callable[[Pixels], Pixels]]] = {
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: p[::-1].transpose(1, 0, 2),
    7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
    8: lambda p: p[:, ::-1].transpose(1, 0, 2),
}


def _each(image: DecodedImage, change: Callable[[Pixels], Pixels]) -> DecodedImage:
    frames = tuple(
        Frame(cast("Pixels", np.ascontiguousarray(change(frame.pixels))), frame.duration) for frame in image.frames
    )
    return replace(image, frames=frames)


def orient(image: DecodedImage) -> DecodedImage:
    """Apply the remaining EXIF orientation, so that the picture is upright."""
    turn = _UPRIGHT.get(image.orientation)
    return image if turn is None else replace(_each(image, lambda p: _turned(p, turn)), orientation=1)


def _turned(pixels: Pixels, turn: Callable[[Pixels], Pixels]) -> Pixels:
    """View each pixel as one item: NumPy then copies two to four times as fast as channel by channel."""
    whole = pixels.view(f"V{pixels.shape[2] * pixels.dtype.itemsize}")
    turned = np.ascontiguousarray(turn(cast("Pixels", whole)))
    return turned.view(pixels.dtype)


def resize(image: DecodedImage, spec: Resize, reduced: int = 1) -> DecodedImage:
    """Crop and resize an upright picture as the recipe asks; the same picture when nothing changes.

    For a picture that was decoded with sides `reduced` times shorter, sizes are computed from the full one.
    """
    if reduced > 1:
        width, height = image.size
        return scale_to(image, plan_size((width * reduced, height * reduced), spec)[1])
    crop, final = plan_size(image.size, spec)
    if final == image.size:
        return image
    if crop != image.size:
        left, top = _corner(image, crop, spec.gravity)
        image = _each(image, lambda p: p[top : top + crop[1], left : left + crop[0]])
    if final == image.size:
        return image
    color, linear = image.color, spec.linear
    return _each(image, lambda p: _resample(p, final, color, linear=linear))


def scale_to(image: DecodedImage, size: tuple[int, int]) -> DecodedImage:
    """Resize to exactly this width and height."""
    color = image.color
    return image if size == image.size else _each(image, lambda p: _resample(p, size, color, linear=False))


def _corner(image: DecodedImage, crop: tuple[int, int], gravity: Gravity) -> tuple[int, int]:
    spare_x, spare_y = image.size[0] - crop[0], image.size[1] - crop[1]
    if gravity is Gravity.SMART:
        return _busiest(image, crop)
    # The names of the corners hold those of both sides.
    left = 0 if "left" in gravity else spare_x if "right" in gravity else spare_x // 2
    top = 0 if "top" in gravity else spare_y if "bottom" in gravity else spare_y // 2
    return left, top


def _busiest(image: DecodedImage, crop: tuple[int, int]) -> tuple[int, int]:
    """Find the crop with the most edges, since a photo's subject is rarely its flattest part."""
    colors = image.pixels[..., : image.color.channels].astype(np.float32)
    gray = colors.mean(axis=2)
    edges = np.zeros(gray.shape, np.float64)
    edges[:, 1:] += np.abs(np.diff(gray, axis=1))
    edges[1:, :] += np.abs(np.diff(gray, axis=0))
    across = np.concatenate([[0.0], edges.sum(axis=0).cumsum()])
    down = np.concatenate([[0.0], edges.sum(axis=1).cumsum()])
    # Fill crops one direction only; the other one has a single window.
    return int(np.argmax(across[crop[0] :] - across[: -crop[0]])), int(np.argmax(down[crop[1] :] - down[: -crop[1]]))


def _resample(pixels: Pixels, size: tuple[int, int], color: ColorModel, *, linear: bool) -> Pixels:
    """Resize by Lanczos with three lobes; colours are weighted by alpha, so that no fringes appear."""
    channels = pixels.shape[2]
    if pixels.dtype == np.uint8 and not linear:
        # Pillow premultiplies and divides for LA and RGBA by itself.
        resized = np.asarray(to_pillow(pixels, color).resize(size, Image.Resampling.LANCZOS))
        return resized.reshape(size[1], size[0], channels)
    top = float(np.iinfo(pixels.dtype).max)
    planes = pixels.astype(np.float32) / np.float32(top)
    has_alpha = channels > color.channels
    colors = planes[..., : color.channels]
    if linear and color is not ColorModel.CMYK:
        colors = _to_linear(colors)
    alpha = planes[..., color.channels :]
    done = _resample_planes(np.concatenate([colors * alpha, alpha], axis=2) if has_alpha else colors, size)
    if has_alpha:
        weight = np.clip(done[..., -1:], 0, 1)
        done = np.concatenate(
            [
                np.divide(done[..., :-1], weight, out=np.zeros_like(done[..., :-1]), where=weight > 1e-6),
                weight,
            ],
            axis=2,
        )
    if linear and color is not ColorModel.CMYK:
        done[..., : color.channels] = _from_linear(np.clip(done[..., : color.channels], 0, 1))
    return cast("Pixels", np.rint(np.clip(done, 0, 1) * top).astype(pixels.dtype))


def _resample_planes(planes: Floats, size: tuple[int, int]) -> Floats:
    filtered = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(planes[..., channel]), "F").resize(size, Image.Resampling.LANCZOS)
        )
        for channel in range(planes.shape[2])
    ]
    return np.stack(filtered, axis=2)


def _to_linear(values: Floats) -> Floats:
    """Undo the sRGB curve (IEC 61966-2-1)."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _from_linear(values: Floats) -> Floats:
    """Apply the sRGB curve (IEC 61966-2-1)."""
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055).astype(np.float32)
