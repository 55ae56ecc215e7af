"""The interface of codecs, and the calls to Pillow that they share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, BinaryIO, Final, Protocol, cast

import numpy as np
from PIL import Image, ImageFile, UnidentifiedImageError

from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.images import (
    Block,
    ColorModel,
    DecodedImage,
    EncodeOptions,
    Format,
    Frame,
    Header,
    Limits,
    Metadata,
    Part,
    Pixels,
)

# Our own `Limits` replace it: they are checked for every format before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None

_BAND: Final = 64
GRAY_RGB: Final = frozenset({ColorModel.GRAY, ColorModel.RGB})


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a format can carry, as far as our libraries can write it."""

    lossy: bool = False
    lossless: bool = False
    alpha: bool = False
    animation: bool = False
    icc: bool = False
    colors: frozenset[ColorModel] = field(default=GRAY_RGB)
    depths: frozenset[int] = frozenset({8})
    max_side: int = 65535
    qualities: tuple[float, float, float] = (1, 100, 1)  # lowest, highest, step
    blocks: frozenset[Block] = frozenset()
    gray_alpha: bool = True
    partial_alpha: bool = True


class Codec(Protocol):
    """One image format: recognise and decode it. Bytes in, values out."""

    @property
    def format(self) -> Format:
        """The format this codec is for."""

    @property
    def capabilities(self) -> Capabilities:
        """What can be written."""

    def sniff(self, head: bytes) -> bool:
        """Whether the first bytes (at least 64 if the file has them) are of this format."""

    def probe(self, stream: BinaryIO) -> Header:
        """Read the header only; raises OimgError."""

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """Give metadata and colour profile without decoding a pixel; raises OimgError."""

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode all frames; raises OimgError."""

    def library(self) -> str:
        """Name and version of the library. Raises OimgError(CODEC_MISSING)."""


class Encoder(Codec, Protocol):
    """A codec that writes, too."""

    def encode(self, image: DecodedImage, options: EncodeOptions) -> bytes:
        """Write a whole file, metadata and profile included; the image fits the capabilities."""

    def carries(self, part: Part) -> bool:
        """Whether a metadata part can be written into a file with other pixel data."""

    def finish(self, encoded: bytes, effort: int) -> bytes:
        """Spend effort on the winner alone, without changing a pixel."""


class Recompressor(Protocol):
    """A codec that can make a file smaller without touching its pixels."""

    def recompress(self, untrusted: bytes, metadata: Metadata, icc: bytes, effort: int) -> bytes:
        """Give the same coded pictures with this metadata and profile, in fewer bytes where possible."""


@contextmanager
def foreign(code: ErrorCode) -> Iterator[None]:
    """Convert whatever a library raises to our error; truncated files get a code of their own."""
    try:
        yield
    except (OimgError, Cancelled):
        raise
    except MemoryError as error:
        raise OimgError(ErrorCode.TOO_LARGE, "not enough memory") from error
    except Exception as error:
        words = str(error) or type(error).__name__
        if isinstance(error, UnidentifiedImageError):  # its message contains an object's address
            words = "unreadable header"
        if code is ErrorCode.CORRUPT and words.lower().startswith("unsupported"):
            raise OimgError(ErrorCode.UNSUPPORTED, words) from error
        if code is ErrorCode.CORRUPT and ("truncated" in words.lower() or isinstance(error, EOFError)):
            raise OimgError(ErrorCode.TRUNCATED, words) from error
        raise OimgError(code, words) from error


def check_limits(header: Header, byte_size: int, limits: Limits) -> None:
    """Raise OimgError for a picture that would cost too much, before anything is decoded."""
    if header.width < 1 or header.height < 1:
        raise OimgError(ErrorCode.CORRUPT, f"{header.width}x{header.height}")
    if header.frames > limits.max_frames:
        raise OimgError(ErrorCode.TOO_LARGE, f"{header.frames} frames")
    if header.pixels > limits.max_pixels:
        raise OimgError(ErrorCode.TOO_LARGE, f"{header.width}x{header.height}, {header.frames} frames")
    ratio = limits.max_pixels_per_byte * (4 if header.bit_depth == 1 else 1)
    is_bomb = header.pixels > max(limits.bomb_floor, ratio * byte_size)
    if header.lossy:
        is_bomb |= header.pixels > max(limits.lossy_bomb_floor, limits.max_lossy_pixels_per_byte * byte_size)
    if is_bomb:
        raise OimgError(ErrorCode.TOO_LARGE, f"{header.width}x{header.height} in {byte_size} bytes")


def open_pillow(untrusted: bytes | BinaryIO, plugin: str) -> ImageFile.ImageFile:
    """Open with exactly one Pillow plugin; reads the header only."""
    stream = BytesIO(untrusted) if isinstance(untrusted, bytes) else untrusted
    with foreign(ErrorCode.CORRUPT):
        return Image.open(stream, formats=(plugin,))
    raise AssertionError  # pragma: no cover - `foreign` never swallows


def from_pillow(image: Image.Image) -> tuple[Pixels, ColorModel]:
    """Give a loaded Pillow image as an array, expanding palettes and colour-key transparency exactly."""
    mode = image.mode
    if "transparency" in image.info and mode in {"1", "L", "RGB", "P"}:
        image, mode = image.convert("RGBA"), "RGBA"
    if mode == "P":
        target = "RGBA" if image.palette is not None and image.palette.mode.startswith("RGBA") else "RGB"
        image, mode = image.convert(target), target
    simple = {"1": "L", "PA": "RGBA", "RGBa": "RGBA", "La": "LA", "RGBX": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
    if mode in simple:
        image, mode = image.convert(simple[mode]), simple[mode]
    if mode in {"I;16", "I;16B", "I;16L", "I;16N"}:
        wide = np.ascontiguousarray(np.asarray(image), dtype=np.uint16)
        return wide[:, :, np.newaxis], ColorModel.GRAY
    models = {
        "L": ColorModel.GRAY,
        "LA": ColorModel.GRAY,
        "RGB": ColorModel.RGB,
        "RGBA": ColorModel.RGB,
        "CMYK": ColorModel.CMYK,
    }
    if mode not in models:
        raise OimgError(ErrorCode.UNSUPPORTED, f"pixel mode {mode}")
    return _copied(image), models[mode]


def _copied(image: Image.Image) -> Pixels:
    """Copy 8-bit pixels in bands of rows: a quarter of the time of one copy of a photo, and half of the memory.

    Pillow hands out an image as pieces that it joins, which for 12 megapixels leaves every cache.
    """
    channels = len(image.getbands())
    pixels = np.empty((image.height, image.width, channels), np.uint8)
    for top in range(0, image.height, _BAND):
        bottom = min(image.height, top + _BAND)
        band = np.asarray(image.crop((0, top, image.width, bottom)))
        pixels[top:bottom] = band.reshape(bottom - top, image.width, channels)
    return pixels


def to_pillow(pixels: Pixels, color: ColorModel) -> Image.Image:
    """Give an 8-bit array (or 16-bit gray) as a Pillow image."""
    channels = pixels.shape[2]
    if pixels.dtype == np.uint16:
        return Image.fromarray(pixels[:, :, 0])
    if channels == 1:
        return Image.fromarray(pixels[:, :, 0], "L")
    if channels == 2:
        return Image.fromarray(np.ascontiguousarray(pixels), "LA")
    mode = "CMYK" if color is ColorModel.CMYK else {3: "RGB", 4: "RGBA"}[channels]
    return Image.fromarray(np.ascontiguousarray(pixels), mode)


def decode_pillow(
    untrusted: bytes,
    plugin: str,
    limits: Limits,
    *,
    metadata: Metadata | None = None,
    orientation: int = 1,
    icc: bytes | None = None,
    first_only: bool = False,
    reduction: int = 1,
) -> DecodedImage:
    """Decode every frame (or the first one) with one Pillow plugin; a frame is the whole canvas as it is shown.

    A `reduction` of 2, 4 or 8 is only for JPEG: sides so much shorter, rounded up, straight from the coefficients.
    """
    with foreign(ErrorCode.CORRUPT), open_pillow(untrusted, plugin) as image:
        count = 1 if first_only else getattr(image, "n_frames", 1)
        header = Header(Format.PNG, image.width, image.height, count, lossy=False)
        check_limits(header, len(untrusted), limits)
        if reduction > 1:
            image.draft(None, (image.width // reduction, image.height // reduction))
        hidden = 1 if count > 1 and getattr(image, "default_image", False) else 0
        frames, color = _frames(image, range(hidden, count))
        profile = image.info.get("icc_profile") or b"" if icc is None else icc
        return DecodedImage(
            frames,
            color,
            profile,
            metadata or Metadata(),
            orientation,
            int(image.info.get("loop", 1 if len(frames) == 1 else 0)),
        )
    raise AssertionError  # pragma: no cover


def _frames(image: ImageFile.ImageFile, shown: range) -> tuple[tuple[Frame, ...], ColorModel]:
    """Decode frames; the default image of an APNG that is not one of them is no part of what is shown."""
    if shown == range(1):
        image.load()
        pixels, color = from_pillow(image)
        return (Frame(pixels),), color
    frames = []
    for index in shown:
        image.seek(index)
        image.load()
        # Frames of one animation come in changing modes (GIF turns from P to RGB): one mode for all.
        frames.append(Frame(_copied(image.convert("RGBA")), round(image.info.get("duration", 0) or 0)))
    return tuple(frames), ColorModel.RGB


@contextmanager
def descriptor() -> Iterator[BinaryIO]:
    """Open an anonymous file with a real descriptor, in memory where the system can.

    Pillow's JPEG encoder lets go of the GIL only when it writes to a descriptor (its encode.c).
    """
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("oimg"), "w+b") as stream:
            yield stream
    else:
        with tempfile.TemporaryFile("w+b") as stream:
            yield cast("BinaryIO", stream)


def save_pillow(image: Image.Image, plugin: str, **options: Any) -> bytes:
    """Encode with one Pillow plugin through a descriptor."""
    with foreign(ErrorCode.ENCODE), descriptor() as stream:
        image.save(stream, plugin, **options)
        stream.seek(0)
        return stream.read()
    raise AssertionError  # pragma: no cover


@dataclass(frozen=True, slots=True)
class PillowReader:
    """A format that is read with one Pillow plugin and not written."""

    format: Format
    plugin: str
    prefixes: tuple[bytes, ...]

    @property
    def capabilities(self) -> Capabilities:
        """Nothing can be written."""
        return Capabilities()

    def sniff(self, head: bytes) -> bool:
        """Compare the first bytes."""
        return head.startswith(self.prefixes)

    def probe(self, stream: BinaryIO) -> Header:
        """Let Pillow read the header."""
        stream.seek(0)
        image = open_pillow(stream, self.plugin)
        alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
        color = {
            "L": ColorModel.GRAY,
            "1": ColorModel.GRAY,
            "LA": ColorModel.GRAY,
            "I;16": ColorModel.GRAY,
            "I": ColorModel.GRAY,
            "CMYK": ColorModel.CMYK,
        }.get(image.mode, ColorModel.RGB)
        depth = {"1": 1, "I;16": 16, "I": 16, "F": 32}.get(image.mode, 8)
        return Header(
            self.format,
            image.width,
            image.height,
            has_alpha=alpha,
            color=color,
            bit_depth=depth,
            has_icc="icc_profile" in image.info,
            lossy=False,
        )

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """No metadata is read of these formats, only a profile."""
        with open_pillow(untrusted, self.plugin) as image:
            return Metadata(), image.info.get("icc_profile") or b""

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode the one picture."""
        return decode_pillow(untrusted, self.plugin, limits)

    def library(self) -> str:
        """Pillow itself."""
        from PIL import __version__  # noqa: PLC0415

        return f"Pillow {__version__}"
