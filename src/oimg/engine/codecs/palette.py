"""Reducing a picture to 256 colours or fewer; used by the formats that have a palette."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oimg.engine.codecs.base import foreign
from oimg.words.errors import ErrorCode


def to_rgba(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Widen gray, gray+alpha or RGB to RGBA, shape (h, w, 4)."""
    height, width, channels = pixels.shape
    rgba = np.empty((height, width, 4), np.uint8)
    rgba[..., :3] = pixels[..., :3] if channels >= 3 else pixels[..., :1]
    rgba[..., 3] = pixels[..., channels - 1] if channels in (2, 4) else 255
    return rgba


def quantize(
    pixels: npt.NDArray[np.uint8], quality: int, *, dithering: bool = True
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Choose at most 256 colours with libimagequant, and mix them by dithering or give each pixel the nearest.

    Takes 8-bit pixels of shape (h, w, 1 to 4) and a quality of 1 to 100; gives indices (h, w) and a palette
    (n, 4) of RGBA. Raises OimgError when the library cannot.
    """
    import imagequant  # noqa: PLC0415 - imported on first use

    rgba = to_rgba(pixels)
    height, width = rgba.shape[:2]
    with foreign(ErrorCode.ENCODE):
        indices, palette = imagequant.quantize_raw_rgba_bytes(
            rgba.tobytes(), width, height, dithering_level=float(dithering), max_quality=quality
        )
    table = np.array(palette, np.uint8).reshape(-1, 4)
    used = np.frombuffer(indices, np.uint8).reshape(height, width)
    return used, table[: int(used.max()) + 1]


def count_colors(pixels: npt.NDArray[np.uint8], ceiling: int = 256) -> int:
    """Count distinct colours (hidden ones included), giving up just above `ceiling`."""
    seen: npt.NDArray[np.uint32] = np.empty(0, np.uint32)
    rows = max(1, 65536 // max(1, pixels.shape[1]))
    for top in range(0, pixels.shape[0], rows):
        seen = np.union1d(seen, to_rgba(pixels[top : top + rows]).view(np.uint32))
        if seen.size > ceiling:
            break
    return int(seen.size)
