"""Colour management with LittleCMS, matting, and fitting a picture to what a format can carry."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from oimg.engine.codecs.base import Capabilities, from_pillow, to_pillow
from oimg.engine.icc import matrix
from oimg.words.images import ColorModel, DecodedImage, Frame, Pixels
from oimg.words.report import KeptCode, Notice

_INTENT: Final = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS: Final = ImageCms.Flags.BLACKPOINTCOMPENSATION
_MODES: Final = {ColorModel.GRAY: "L", ColorModel.RGB: "RGB", ColorModel.CMYK: "CMYK"}
_SPACES: Final = {ColorModel.GRAY: "GRAY", ColorModel.RGB: "RGB ", ColorModel.CMYK: "CMYK"}
# A profile that moves no probed colour by more 8-bit steps than this counts as sRGB.
_SAME: Final = 3
# Rows examined at a time: a coloured picture is mostly recognised in the first ones.
_BAND: Final = 64
_lock = threading.RLock()  # building profiles is rare and LittleCMS's error handler is not thread-safe


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture that a format can carry, and what the user should know; or the reason why it cannot."""

    image: DecodedImage
    notices: tuple[Notice, ...] = ()
    refused: KeptCode | None = None


def profile_fits(icc: bytes, color: ColorModel) -> bool:
    """Whether a profile is for this colour model (ICC.1:2022, 7.2.8) and leads from it to sRGB."""
    fits = len(icc) > 128 and icc[16:20] == _SPACES[color].encode() and _open(icc) is not None
    return fits and _transform(icc, _MODES[color]) is not None


def profile_name(icc: bytes) -> str:
    """The profile's own description, or an empty text."""
    profile = _open(icc)
    try:
        return (ImageCms.getProfileDescription(profile) or "").strip() if profile is not None else ""
    except ImageCms.PyCMSError:
        return ""


@lru_cache(maxsize=32)
def is_srgb(icc: bytes) -> bool:
    """Whether an RGB profile shows colours as sRGB does, measured on a grid of colours."""
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    shown = _convert(grid, ColorModel.RGB, icc)
    return shown is not None and int(np.abs(shown.astype(int) - grid.astype(int)).max()) <= _SAME


def as_srgb(pixels: npt.NDArray[np.uint8], color: ColorModel, icc: bytes) -> npt.NDArray[np.uint8]:
    """Show 8-bit pixels as sRGB: gray stays one channel, alpha is carried over.

    CMYK without a usable profile is converted by Pillow's plain formula, as browsers do.
    """
    count = color.channels
    colors, alpha = pixels[..., :count], pixels[..., count:]
    usable = profile_fits(icc, color) and not (color is ColorModel.RGB and is_srgb(icc))
    if usable and (shown := _convert(np.ascontiguousarray(colors), color, icc)) is not None:
        colors = shown
    elif color is ColorModel.CMYK:
        colors = np.asarray(to_pillow(np.ascontiguousarray(colors), color).convert("RGB"))
    return np.concatenate([colors, alpha], axis=2) if alpha.shape[2] else colors


def to_srgb(image: DecodedImage) -> tuple[DecodedImage, tuple[Notice, ...]]:
    """Convert to sRGB (relative colorimetric, black-point compensation) and drop the profile.

    Colours outside sRGB are clipped. A picture without profile stays as it is. 8 bits per channel are converted by
    LittleCMS, 16 bits by `icc.matrix`; there, a profile made of tables is kept, with a notice.
    """
    if not image.icc and image.color is not ColorModel.CMYK:
        return image, ()
    if image.bit_depth == 16:
        return _deep_to_srgb(image)
    notices: tuple[Notice, ...] = ()
    if not profile_fits(image.icc, image.color):
        notices = (Notice.CMYK_GUESSED if image.color is ColorModel.CMYK else Notice.BAD_PROFILE,)
    frames = tuple(
        Frame(as_srgb(cast("npt.NDArray[np.uint8]", f.pixels), image.color, image.icc), f.duration)
        for f in image.frames
    )
    has_alpha = image.has_alpha
    color = ColorModel.GRAY if frames[0].pixels.shape[2] - has_alpha == 1 else ColorModel.RGB
    return replace(image, frames=frames, color=color, icc=b""), notices


def _deep_to_srgb(image: DecodedImage) -> tuple[DecodedImage, tuple[Notice, ...]]:
    if not profile_fits(image.icc, image.color):
        return replace(image, icc=b""), (Notice.BAD_PROFILE,)
    if image.color is ColorModel.RGB and is_srgb(image.icc):
        return replace(image, icc=b""), ()
    profile = matrix.parse(image.icc)
    if profile is None:
        return image, (Notice.NOT_CONVERTED,)
    count = image.color.channels
    frames = []
    for frame in image.frames:
        shown = matrix.to_srgb(cast("npt.NDArray[np.uint16]", frame.pixels[..., :count]), profile)
        frames.append(Frame(np.concatenate([shown, frame.pixels[..., count:]], axis=2), frame.duration))
    return replace(image, frames=tuple(frames), icc=b""), ()


def matte(image: DecodedImage, background: tuple[int, int, int]) -> DecodedImage:
    """Blend the picture with a plain sRGB colour, which removes alpha.

    It is blended in the picture's own encoding, as every viewer does. Gray on a colour becomes RGB, and a gray
    profile is converted first.
    """
    if not image.has_alpha:
        return image
    colored = image.color is ColorModel.GRAY and len(set(background)) > 1
    if colored:
        image, _ = to_srgb(image)
    color = ColorModel.RGB if colored else image.color
    paint = _paint(image.icc, image.color, background)[: color.channels]
    frames = tuple(Frame(_flatten(f.pixels, paint), f.duration) for f in image.frames)
    return replace(image, frames=frames, color=color)


def _flatten(pixels: Pixels, paint: tuple[int, ...]) -> Pixels:
    top = np.iinfo(pixels.dtype).max
    alpha = pixels[..., -1:].astype(np.float32) / top
    laid = pixels[..., :-1] * alpha + np.array(paint, np.float32) * (top / 255) * (1 - alpha)
    return cast("Pixels", np.rint(laid).astype(pixels.dtype))


@lru_cache(maxsize=32)
def _paint(icc: bytes, color: ColorModel, background: tuple[int, int, int]) -> tuple[int, ...]:
    """The numbers that a profile has for an sRGB colour; the colour's own where there is no way back."""
    if not icc or not profile_fits(icc, color) or (color is ColorModel.RGB and is_srgb(icc)):
        return background
    try:
        with _lock:
            srgb = ImageCms.createProfile("sRGB")
            back = ImageCms.buildTransform(srgb, _open(icc), "RGB", _MODES[color], _INTENT, _FLAGS)
        shown = ImageCms.applyTransform(Image.new("RGB", (1, 1), background), back)
    except (OSError, ImageCms.PyCMSError, ValueError):  # profiles of scanners and cameras lead one way only
        return background
    return tuple(int(value) for value in np.asarray(shown).ravel())


def drop_opaque_alpha(image: DecodedImage) -> DecodedImage:
    """Remove an alpha channel that is opaque everywhere."""
    if not image.has_alpha:
        return image
    top = np.iinfo(image.pixels.dtype).max
    if any((frame.pixels[..., -1] != top).any() for frame in image.frames):
        return image
    frames = tuple(Frame(cast("Pixels", np.ascontiguousarray(f.pixels[..., :-1])), f.duration) for f in image.frames)
    return replace(image, frames=frames)


def drop_empty_chroma(image: DecodedImage) -> DecodedImage:
    """Convert RGB with three equal channels, without alpha and profile, to gray."""
    if image.color is not ColorModel.RGB or image.has_alpha or image.icc:
        return image
    for frame in image.frames:
        bands = (frame.pixels[top : top + _BAND] for top in range(0, len(frame.pixels), _BAND))
        if any((band[..., :2] != band[..., 1:]).any() for band in bands):
            return image
    frames = tuple(Frame(cast("Pixels", np.ascontiguousarray(f.pixels[..., :1])), f.duration) for f in image.frames)
    return replace(image, frames=frames, color=ColorModel.GRAY)


def fit_to(image: DecodedImage, capabilities: Capabilities, background: tuple[int, int, int]) -> Fitted:
    """Convert a picture to what a format can carry without silent loss, or say why that is impossible."""
    notices: list[Notice] = []
    if image.bit_depth not in capabilities.depths:
        return Fitted(image, refused=KeptCode.BIT_DEPTH)
    if len(image.frames) > 1 and not capabilities.animation:
        return Fitted(image, refused=KeptCode.ANIMATION)
    if max(image.size) > capabilities.max_side:
        return Fitted(image, refused=KeptCode.DIMENSIONS)
    image = drop_opaque_alpha(image)
    if image.icc and not profile_fits(image.icc, image.color):
        image = replace(image, icc=b"")
        notices.append(Notice.BAD_PROFILE)
    partial = image.has_alpha and not capabilities.partial_alpha and not _all_or_nothing(image)
    if partial or (image.has_alpha and not capabilities.alpha):
        image = matte(image, background)
        notices.append(Notice.ALPHA_FLATTENED)
    gray_alpha = image.color is ColorModel.GRAY and image.has_alpha
    if image.color not in capabilities.colors or (gray_alpha and not capabilities.gray_alpha):
        image, more = _change_model(image)
        notices += more
    if image.icc and not capabilities.icc:
        if image.bit_depth == 16 or not (image.color is ColorModel.RGB and is_srgb(image.icc)):
            return Fitted(image, refused=KeptCode.COLOR)
        image = replace(image, icc=b"")
    return Fitted(image, tuple(dict.fromkeys(notices)))


def _all_or_nothing(image: DecodedImage) -> bool:
    top = np.iinfo(image.pixels.dtype).max
    return all(bool(np.isin(frame.pixels[..., -1], (0, top)).all()) for frame in image.frames)


def _change_model(image: DecodedImage) -> tuple[DecodedImage, tuple[Notice, ...]]:
    """Turn CMYK, or gray where a format has none, into RGB; a gray or CMYK profile cannot go along."""
    image, notices = to_srgb(image)
    if image.color is ColorModel.GRAY:
        frames = tuple(Frame(_widen(f.pixels), f.duration) for f in image.frames)
        image = replace(image, frames=frames, color=ColorModel.RGB)
    return image, notices


def _widen(pixels: Pixels) -> Pixels:
    return cast("Pixels", np.concatenate([np.repeat(pixels[..., :1], 3, axis=2), pixels[..., 1:]], axis=2))


@lru_cache(maxsize=32)
def _open(icc: bytes) -> Any:
    try:
        with _lock:
            return ImageCms.ImageCmsProfile(BytesIO(icc))
    except (OSError, ImageCms.PyCMSError, ValueError):
        return None


@lru_cache(maxsize=16)
def _transform(icc: bytes, mode: str) -> Any:
    try:
        with _lock:
            return ImageCms.buildTransform(_open(icc), ImageCms.createProfile("sRGB"), mode, "RGB", _INTENT, _FLAGS)
    except (OSError, ImageCms.PyCMSError, ValueError):
        return None


def _convert(colors: npt.NDArray[np.uint8], color: ColorModel, icc: bytes) -> npt.NDArray[np.uint8] | None:
    """Convert 8-bit colours from a profile to sRGB; None if the profile cannot be used.

    A gray picture comes back gray when its profile only bends the tone curve, which is what gray profiles do.
    """
    transform = _transform(icc, _MODES[color])
    if transform is None:
        return None
    try:
        shown = ImageCms.applyTransform(to_pillow(colors, color), transform)
    except (OSError, ImageCms.PyCMSError, ValueError):
        return None
    if not isinstance(shown, Image.Image):
        return None
    pixels = cast("npt.NDArray[np.uint8]", from_pillow(shown)[0])
    return pixels[..., 1:2].copy() if color is ColorModel.GRAY else pixels
