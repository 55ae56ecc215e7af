"""CIEDE2000 written plainly, and colour-managed Lab, to hold two pictures against each other.

Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", Color Research and Application 30 (2005).
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageCms


def delta_e_2000(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Difference of Lab colours; the last axis is L, a, b."""
    l1, a1, b1 = np.moveaxis(np.asarray(one, float), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(other, float), -1, 0)
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    gray = c1 * c2 == 0

    turn = h2 - h1
    turn = np.where(turn > 180, turn - 360, np.where(turn < -180, turn + 360, turn))
    turn = np.where(gray, 0, turn)
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))

    hue = (h1 + h2) / 2
    far = np.abs(h1 - h2) > 180
    hue = np.where(far, np.where(h1 + h2 < 360, hue + 180, hue - 180), hue)
    hue = np.where(gray, h1 + h2, hue)
    return _combined((l1 + l2) / 2, (c1 + c2) / 2, hue, (l2 - l1, c2 - c1, d_hue))


def _combined(light: np.ndarray, chroma: np.ndarray, hue: np.ndarray, parts: tuple[np.ndarray, ...]) -> np.ndarray:
    """Weigh the differences of lightness, chroma and hue, and turn them in the blue region."""
    t = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    spread = 30 * np.exp(-(((hue - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(2 * spread))
    d_light, d_chroma, d_hue = parts[0] / s_light, parts[1] / s_chroma, parts[2] / s_hue
    return np.sqrt(d_light**2 + d_chroma**2 + d_hue**2 + rotation * d_chroma * d_hue)


def lab(picture: Image.Image, icc: bytes | None = None) -> np.ndarray:
    """Colours of a picture as its own profile (or sRGB) says, in Lab, shape (h, w, 3)."""
    profile = icc if icc is not None else picture.info.get("icc_profile") or b""
    source = ImageCms.ImageCmsProfile(BytesIO(profile)) if profile else ImageCms.createProfile("sRGB")
    if not profile and picture.mode != "RGB":
        picture = picture.convert("RGB")
    shown = ImageCms.profileToProfile(
        picture,
        source,
        ImageCms.createProfile("LAB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="LAB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    stored = np.asarray(shown).astype(float)
    # Pillow's LAB holds L as 0 to 255 and a, b as signed bytes.
    signed = np.asarray(shown).astype(np.uint8).view(np.int8).astype(float)
    return np.stack([stored[..., 0] * 100 / 255, signed[..., 1], signed[..., 2]], axis=-1)


def mean_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean CIEDE2000 of two Lab pictures."""
    return float(delta_e_2000(one, other).mean())
