"""sRGB bytes to linear light, and linear light to the XYB planes that SSIMULACRA2 compares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from oimg.engine.metrics.ssimulacra2_constants import OFFSETS, OPSIN, OPSIN_BIAS, X_GAIN, Channel, FloatArray

# 8-bit sRGB (h, w, 1 to 4): gray, gray and alpha, RGB, RGB and alpha; alpha is straight.
Pixels8: TypeAlias = npt.NDArray[np.uint8]

BIAS_ROOT: Final = float(np.cbrt(OPSIN_BIAS))


def has_alpha(pixels: Pixels8) -> bool:
    """Whether the last channel is alpha."""
    return pixels.shape[2] in (2, 4)


def _decode_gamma(encoded: npt.NDArray[np.float64]) -> FloatArray:
    """Undo the sRGB transfer curve (IEC 61966-2-1), 0..1 to 0..1."""
    low = encoded / 12.92
    high = ((encoded + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, low, high).astype(np.float32)


@cache
def _opaque_table() -> FloatArray:
    """Linear light of each byte."""
    return _decode_gamma(np.arange(256) / 255)


@cache
def _blended_table(background: float) -> FloatArray:
    """Linear light of each byte laid over a gray, at index alpha * 256 + byte.

    The blend happens before the gamma is undone because the reference tool does it so.
    """
    alpha = np.arange(256)[:, None] / 255
    byte = np.arange(256)[None, :] / 255
    return _decode_gamma((byte * alpha + background * (1 - alpha)).ravel())


def light_table(pixels: Pixels8, background: float | None) -> FloatArray:
    """Linear light, 0..1, of each byte (256), or with alpha of each alpha * 256 + byte (65,536)."""
    if has_alpha(pixels) and background is not None:
        return _blended_table(background)
    return _opaque_table()


def linear_light(pixels: Pixels8, background: float | None) -> FloatArray:
    """Linear light, 0..1, shape (3, h, w), of sRGB bytes of shape (h, w, 1 to 4).

    An even number of channels means the last one is straight alpha; it is laid over `background`, a gamma
    encoded gray 0..1. Without an alpha channel the background does not matter. The result is read-only.
    """
    height, width, channels = pixels.shape
    colors = channels - 1 + channels % 2
    light = np.empty((colors, height, width), np.float32)
    table = light_table(pixels, background)
    if has_alpha(pixels) and background is not None:
        alpha = pixels[..., -1].astype(np.uint16) << 8
        for color in range(colors):
            np.take(table, alpha | pixels[..., color], out=light[color], mode="clip")
    else:
        for color in range(colors):
            np.take(table, pixels[..., color], out=light[color], mode="clip")
    return np.broadcast_to(light, (3, height, width))


def halve(light: FloatArray) -> FloatArray:
    """Half the size of (3, h, w), each pixel the mean of 2 by 2; an odd last row or column counts twice."""
    rows = _pair_sums(light.swapaxes(1, 2)).swapaxes(1, 2)
    half = _pair_sums(rows)
    half *= np.float32(0.25)
    return half


def _pair_sums(values: FloatArray) -> FloatArray:
    """Sums of neighbors along the last axis; an odd last one is doubled."""
    even, odd = values[..., ::2], values[..., 1::2]
    pairs = odd.shape[-1]
    sums = np.empty_like(even)
    np.add(even[..., :pairs], odd, out=sums[..., :pairs])
    np.add(even[..., pairs:], even[..., pairs:], out=sums[..., pairs:])
    return sums


def _cube_root(values: FloatArray) -> FloatArray:
    """Cube root in place of values above zero; np.cbrt is five times slower on most processors."""
    np.log(values, out=values)
    values *= np.float32(1 / 3)
    np.exp(values, out=values)
    return values


def _cone(light: FloatArray, row: tuple[float, float, float]) -> FloatArray:
    """Cube root of one cone's response to linear light, without the subtraction of the bias's root."""
    red, green, blue = (np.float32(weight) for weight in row)
    response: FloatArray = light[0] * red
    response += light[1] * green
    response += light[2] * blue
    response += np.float32(OPSIN_BIAS)
    return _cube_root(response)


def write_xyb(light: FloatArray, planes: Mapping[Channel, FloatArray]) -> None:
    """Fill `planes`, each (h, w), with the positive XYB of linear light (3, h, w); only those asked for."""
    long = _cone(light, OPSIN[0])
    medium = _cone(light, OPSIN[1])
    if Channel.X in planes:
        x = planes[Channel.X]
        np.subtract(long, medium, out=x)
        x *= np.float32(X_GAIN / 2)
        x += np.float32(OFFSETS[Channel.X])
    luma = np.add(long, medium, out=long)
    luma *= np.float32(0.5)
    luma -= np.float32(BIAS_ROOT)
    if Channel.B in planes:
        b = planes[Channel.B]
        np.subtract(_cone(light, OPSIN[2]), luma, out=b)
        b += np.float32(OFFSETS[Channel.B] - BIAS_ROOT)
    if Channel.Y in planes:
        np.add(luma, np.float32(OFFSETS[Channel.Y]), out=planes[Channel.Y])
