"""Whether a small picture inside a file shows what the file shows, or something that was meant to be gone.

Programs that crop, redact or replace a picture often leave the old thumbnail in its metadata. Both pictures are brought
to a grid of 32 by 32 brightnesses and compared there: as a whole by their correlation, and place by place by what is
left after the best fit of contrast and brightness.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from PIL import Image

from oimg.engine import guarded
from oimg.engine.codecs import jpeg
from oimg.engine.codecs.base import check_limits
from oimg.engine.containers import photoshop
from oimg.engine.metadata import exif, iptc, xmp
from oimg.engine.metadata.parts_report import THUMBNAIL_AT
from oimg.engine.search import shown
from oimg.engine.steps.geometry import orient
from oimg.words.errors import OimgError
from oimg.words.i18n import N_
from oimg.words.images import DecodedImage, Header, Limits, Metadata
from oimg.words.privacy import Finding, readable
from oimg.words.sayings import Joined, Phrase

_GRID: Final = 32
_IPTC_PREVIEW: Final = (2, 202)
_PHOTOSHOP_THUMBNAIL: Final = 0x040C
_LIMITS: Final = Limits(max_pixels=16_000_000, max_file_bytes=64 << 20)
# Measured over the pictures of the corpus that have a thumbnail, and over as many pairs that do not belong together
# (benchmarks/thumbnails.py): true ones correlate by 0.97 or more and differ by 30 at most in any place, of 810 false
# ones none correlates by more than 0.83.
SAME_CORRELATION: Final = 0.85
SAME_PLACE: Final = 40.0
_FLAT: Final = 4.0  # a standard deviation below which a picture shows nothing to correlate
_SAME_SHAPE: Final = 0.02  # relative difference of aspect ratios
_LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
_Gray: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two pictures are: correlation from -1 to 1, and the largest difference of a place in 8-bit steps."""

    correlation: float
    worst: float

    @property
    def same(self) -> bool:
        """Whether both show the same."""
        return self.correlation >= SAME_CORRELATION and self.worst <= SAME_PLACE


def compared(untrusted: bytes, header: Header, metadata: Metadata, limits: Limits) -> dict[str, bool]:
    """Tell of every picture in the metadata, by the name of its finding, whether it shows what the file shows.

    One that cannot be decoded is not in the answer, and none is where the file cannot be decoded.
    """
    small = dict(pictures(metadata))
    if not small:
        return {}
    try:
        whole = guarded.decode(untrusted, header, limits)
        picture = gray(whole)
        return {name: likeness(picture, gray(image)).same for name, image in small.items()}
    except (OimgError, ValueError):
        return {}


def annotated(finding: Finding, shows: dict[str, bool]) -> Finding:
    """Add to the finding of a thumbnail whether it shows the picture, in words and as the fact "shows_picture"."""
    if finding.name not in shows:
        return finding
    same = shows[finding.name]
    words = N_("shows the picture") if same else N_("shows something else than the picture")
    value = readable(f"{finding.value}, {words}")
    said = Joined((finding.said or finding.value, Phrase(words)))
    return replace(finding, value=value, facts=(*finding.facts, ("shows_picture", same)), said=said)


def pictures(metadata: Metadata) -> Iterator[tuple[str, DecodedImage]]:
    """Give the pictures that metadata hold and that can be decoded, by the name of their finding."""
    for name, stream in _streams(metadata):
        if (image := decode(stream)) is not None:
            yield name, image


def turned_like(small: DecodedImage, header: Header) -> DecodedImage:
    """Turn a small picture as the whole one is shown, where it lies as that is stored.

    Cameras store both the same way round; programs that made the small one upright are told by its other shape.
    """
    width, height = small.size
    lies_the_same = (width > height) == (header.width > header.height)
    orientation = header.orientation if small.orientation == 1 and lies_the_same else small.orientation
    return orient(DecodedImage(small.frames[:1], small.color, small.icc, small.metadata, orientation))


def _streams(metadata: Metadata) -> Iterator[tuple[str, bytes]]:
    """Name and JPEG stream of the pictures that metadata may hold; the first of each kind."""
    with suppress(exif.BadExif):
        yield "Thumbnail", exif.parse(metadata.exif).thumbnail
    for dataset in iptc.parse(metadata.iptc):
        if (dataset.record, dataset.number) == _IPTC_PREVIEW:
            yield "ObjectPreviewData", dataset.value
            break
    for each in photoshop.resources(metadata.photoshop):
        if each.number == _PHOTOSHOP_THUMBNAIL:
            yield "Photoshop:PhotoshopThumbnail", each.data[THUMBNAIL_AT:]
            break
    for item in xmp.parse(metadata.xmp) or () if metadata.xmp else ():
        if item.qualified == "xmp:Thumbnails":
            texts = [text for label, text in item.leaves if label == "image"]
            with suppress(ValueError):
                yield item.qualified, b64decode("".join(texts[:1]).encode("ascii", errors="ignore"))
            break


def gray(image: DecodedImage) -> _Gray:
    """The first frame as it is shown, upright, as brightness 0 to 255 on white, in about 1024 pixels a side."""
    image = orient(DecodedImage(image.frames[:1], image.color, image.icc, image.metadata, image.orientation))
    step = max(1, max(image.size) // 1024)
    # Every n-th pixel is enough for a grid as coarse as this one, and spares converting the colours of all.
    pixels = shown(image, cast("npt.NDArray[np.uint8]", np.ascontiguousarray(image.pixels[::step, ::step])))
    channels = pixels.shape[2]
    values = pixels.astype(np.float32)
    brightness = values[..., :3] @ _LUMA if channels >= 3 else values[..., 0]
    if channels in (2, 4):
        alpha = values[..., -1] / 255
        brightness = brightness * alpha + 255 * (1 - alpha)
    return brightness.astype(np.float32)


def decode(stream: bytes) -> DecodedImage | None:
    """Decode an embedded JPEG of at most 16 megapixels; None where it is none, or cannot be read."""
    if not stream.startswith(b"\xff\xd8"):
        return None
    try:
        header = jpeg.CODEC.probe(BytesIO(stream))
        check_limits(header, len(stream), _LIMITS)
        return jpeg.CODEC.decode(stream, _LIMITS)
    except OimgError:
        return None


def likeness(picture: _Gray, small: _Gray) -> Likeness:
    """Compare a picture with a small one that may be letterboxed, cropped to its shape, or turned."""
    tried = []
    for turns in range(4):
        turned = np.rot90(small, turns)
        tried += [_compare(whole, part) for whole, part in _framings(picture, turned)]
    return max(tried, key=lambda each: (each.same, each.correlation))


def _framings(picture: _Gray, small: _Gray) -> list[tuple[_Gray, _Gray]]:
    """The ways in which the small picture may have been framed: as it is, with bars, or cropped."""
    ratio = (picture.shape[1] / picture.shape[0]) / (small.shape[1] / small.shape[0])
    framings = [(picture, small)]
    if abs(ratio - 1) > _SAME_SHAPE:
        framings += [(picture, _cropped(small, ratio)), (_cropped(picture, 1 / ratio), small)]
    return framings


def _cropped(pixels: _Gray, ratio: float) -> _Gray:
    """The middle of a picture, its shape (width by height) changed by `ratio`."""
    height, width = pixels.shape
    high = max(1, round(height / ratio)) if ratio > 1 else height
    wide = max(1, round(width * ratio)) if ratio < 1 else width
    top, left = (height - high) // 2, (width - wide) // 2
    return pixels[top : top + high, left : left + wide]


def _compare(picture: _Gray, small: _Gray) -> Likeness:
    one, other = (_grid(pixels) for pixels in (picture, small))
    spread = float(one.std()), float(other.std())
    if max(spread) < _FLAT:
        return Likeness(1.0, abs(float(one.mean() - other.mean())))
    if min(spread) < _FLAT / 4:
        return Likeness(0.0, abs(float((one - other).max())))
    centered = one - one.mean(), other - other.mean()
    covariance = float((centered[0] * centered[1]).mean())
    slope = max(0.0, covariance / float(other.var()))
    rest = np.abs(centered[0] - slope * centered[1])
    return Likeness(covariance / (spread[0] * spread[1]), float(_box3(rest).max()))


def _grid(pixels: _Gray) -> _Gray:
    picture = Image.fromarray(np.ascontiguousarray(pixels, dtype=np.float32))
    return np.asarray(picture.resize((_GRID, _GRID), Image.Resampling.BOX), dtype=np.float32)


def _box3(values: _Gray) -> _Gray:
    """Means over 3 by 3 cells, so that an edge a pixel off counts for little."""
    cells = [values[top : top + _GRID - 2, left : left + _GRID - 2] for top in range(3) for left in range(3)]
    return np.mean(cells, axis=0, dtype=np.float32)  # type: ignore[no-any-return]
