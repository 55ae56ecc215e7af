"""Values that describe pictures: formats, headers, pixels, metadata, limits. All immutable."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # a run in which all was done before handles formats and headers, and no pixels
    import numpy as np
    import numpy.typing as npt

Pixels: TypeAlias = "npt.NDArray[np.uint8] | npt.NDArray[np.uint16]"


class Format(StrEnum):
    """A file format, known by its content and never by its suffix."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    JXL = "jxl"
    GIF = "gif"
    TIFF = "tiff"
    HEIC = "heic"
    BMP = "bmp"
    ICO = "ico"
    PPM = "ppm"
    QOI = "qoi"


class ColorModel(StrEnum):
    """The meaning of a picture's colour channels (alpha not counted)."""

    GRAY = "gray"
    RGB = "rgb"
    CMYK = "cmyk"

    @property
    def channels(self) -> int:
        """Number of colour channels."""
        return {ColorModel.GRAY: 1, ColorModel.RGB: 3, ColorModel.CMYK: 4}[self]


class Feature(StrEnum):
    """Something a file holds besides one plain picture; it decides what may be done with the file."""

    ANIMATION = "animation"
    MULTI_PAGE = "multi-page"
    MULTI_PICTURE = "multi-picture"
    GAIN_MAP = "gain-map"
    MOTION_PHOTO = "motion-photo"
    DEPTH_MAP = "depth-map"
    HDR = "hdr"
    C2PA = "c2pa"
    PREVIEW = "embedded-preview"
    TRAILING_DATA = "trailing-data"


@dataclass(frozen=True, slots=True)
class Header:
    """What can be read from a file without decoding a pixel.

    `width` and `height` are stored pixels, before `orientation` (EXIF 1 to 8) is applied.
    `bit_depth` is bits per channel. `lossy` is True unless the coding is known to be exact.
    """

    format: Format
    width: int
    height: int
    frames: int = 1
    has_alpha: bool = False
    bit_depth: int = 8
    color: ColorModel = ColorModel.RGB
    orientation: int = 1
    has_icc: bool = False
    lossy: bool = True
    features: frozenset[Feature] = frozenset()

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height in pixels as the picture is shown, with `orientation` applied."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)

    @property
    def pixels(self) -> int:
        """Number of pixels of all frames together."""
        return self.width * self.height * max(1, self.frames)


@dataclass(frozen=True, slots=True)
class Part:
    """Something besides the picture that only its own container can hold.

    `format` is that container's. `name` is the part's name there: "APP3", "JFXX", "tIME", "brob", a chunk's four
    letters. `data` is its content.
    """

    format: Format
    name: str
    data: bytes


class Block(StrEnum):
    """The blocks of `Metadata` that a format may be able to carry."""

    EXIF = "exif"
    THUMBNAIL = "thumbnail"
    """The small picture in the EXIF block."""
    XMP = "xmp"
    IPTC = "iptc"
    PHOTOSHOP = "photoshop"
    COMMENTS = "comments"
    DENSITY = "density"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Metadata as plain blocks, independent of the container they came from.

    `exif` is a TIFF block (starts with II or MM, no "Exif" prefix). `xmp` is the packet, extended XMP
    joined in. `iptc` is the IIM data of Photoshop resource 0x0404. `comments` are free texts (JPEG COM,
    PNG text as "keyword: text", GIF comments). `density` is pixels per inch, horizontal and vertical.
    `photoshop` are the other image resources, one after the other. `parts` is everything that fits none of these.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    comments: tuple[bytes, ...] = ()
    density: tuple[float, float] | None = None
    photoshop: bytes = b""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One full canvas of a picture, with its duration in milliseconds (0 for stills)."""

    pixels: Pixels
    duration: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """A picture in memory.

    Every frame is an array of shape (height, width, channels), uint8 or uint16, C-contiguous, with
    1 (gray), 2 (gray+alpha), 3 (rgb), 4 (rgb+alpha, or cmyk) channels; alpha is straight, not premultiplied.
    `orientation` (EXIF 1 to 8) is still to be applied. `loop` is how often an animation plays; 0 means for ever.
    """

    frames: tuple[Frame, ...]
    color: ColorModel = ColorModel.RGB
    icc: bytes = b""
    metadata: Metadata = field(default_factory=Metadata)
    orientation: int = 1
    loop: int = 0

    @property
    def pixels(self) -> Pixels:
        """The pixels of the first frame."""
        return self.frames[0].pixels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])

    @property
    def has_alpha(self) -> bool:
        """Whether a frame carries an alpha channel."""
        return int(self.pixels.shape[2]) > self.color.channels

    @property
    def bit_depth(self) -> int:
        """Bits per channel in memory, 8 or 16."""
        return int(self.pixels.dtype.itemsize) * 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What an untrusted file may cost; checked before anything is decoded."""

    max_file_bytes: int = 1 << 30
    max_pixels: int = 240_000_000
    max_frames: int = 10_000
    # A picture with more pixels than the floor, and more pixels per byte than this, is a decompression bomb: an
    # all-white scan stays below it, and a bilevel one, which costs little, below four times that. Lossy pictures are
    # searched, which takes far longer than decoding, so huge ones must have as many bytes per pixel as photos have.
    max_pixels_per_byte: int = 400
    bomb_floor: int = 30_000_000
    max_lossy_pixels_per_byte: int = 80
    lossy_bomb_floor: int = 64_000_000

    def without_ratio(self) -> Limits:
        """The same without the ratio, for files that OIMG wrote: they may pack a flat picture as densely as a bomb."""
        return replace(self, max_pixels_per_byte=1 << 40, max_lossy_pixels_per_byte=1 << 40)


@dataclass(frozen=True, slots=True)
class EncodeOptions:
    """How to write one candidate.

    `quality` is on the encoder's own scale, 1 to 100; None means lossless. `effort` is 0 (fast) to 10 (small).
    `full_chroma` keeps colour at full resolution (4:4:4). `palette` reduces to at most 256 colours (PNG and GIF), with
    or without `dithering`. `threads` is how many the encoder may use; the bytes do not depend on it.
    """

    quality: float | None = None
    effort: int = 5
    full_chroma: bool = False
    palette: bool = False
    dithering: bool = True
    threads: int = 1
