"""TIFF: lossless, 8 bits a channel (16 for gray), one page; bilevel pages as fax group 4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Final, cast

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from oimg.engine.codecs.base import (
    Capabilities,
    Encoder,
    decode_pillow,
    foreign,
    open_pillow,
    save_pillow,
    to_pillow,
)
from oimg.engine.codecs.tiff_file import STRUCTURE, deflated, lifted, lifted_metadata, write
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import (
    Block,
    ColorModel,
    DecodedImage,
    EncodeOptions,
    Feature,
    Format,
    Header,
    Limits,
    Metadata,
    Part,
)

_XMP, _IPTC, _MANIFEST = 700, 33723, 52545  # the last one by C2PA 2.1, A.3.4
_MIDDLE: Final = 5  # the effort above which deflate takes its time
_LOSSY: Final = frozenset({6, 7, 34892, 33003, 33005, 34712, 50001, 50002})  # JPEG, JPEG 2000, WebP, JXL inside
_CAPABILITIES: Final = Capabilities(
    lossless=True,
    alpha=True,
    icc=True,
    colors=frozenset(ColorModel),
    depths=frozenset({8}),
    max_side=2**31 - 1,
    blocks=frozenset({Block.EXIF, Block.XMP, Block.IPTC, Block.PHOTOSHOP, Block.DENSITY}),
)


@dataclass(frozen=True, slots=True)
class TiffCodec:
    """libtiff through Pillow reads, and codes fax pages; the file is put together here."""

    format: Format = Format.TIFF
    capabilities: Capabilities = _CAPABILITIES

    def sniff(self, head: bytes) -> bool:
        """Classic and Big TIFF, both byte orders."""
        return head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"))

    def probe(self, stream: BinaryIO) -> Header:
        """Read the first directory, and count the others."""
        stream.seek(0)
        try:
            image = open_pillow(stream, "TIFF")
        except OimgError as error:  # its magic was right: a layout that Pillow does not know
            raise OimgError(ErrorCode.UNSUPPORTED, error.detail) from error
        with foreign(ErrorCode.CORRUPT):
            tags = image.tag_v2 if isinstance(image, TiffImageFile) else {}
            bits = tags.get(258, (1,))
            depth = max(bits) if isinstance(bits, tuple) else int(bits)
            inks = {5: ColorModel.CMYK, 0: ColorModel.GRAY, 1: ColorModel.GRAY}
            orientation = tags.get(274, 1)
            pages = getattr(image, "n_frames", 1)
            width, height = _stored_size(image, orientation)
            features = {Feature.MULTI_PAGE} if pages > 1 else set()
            features |= {Feature.C2PA} if _MANIFEST in tags else set()
            return Header(
                self.format,
                width,
                height,
                pages,
                image.mode in {"RGBA", "LA", "PA"},
                depth,
                inks.get(tags.get(262, 2), ColorModel.RGB),
                orientation if orientation in range(1, 9) else 1,
                "icc_profile" in image.info,
                tags.get(259, 1) in _LOSSY,
                frozenset(features),
            )
        raise AssertionError  # pragma: no cover

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """Give metadata and profile without decoding a pixel."""
        return _read_metadata(untrusted), _read_profile(untrusted)

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode every page. Pillow turns it upright by itself, so no orientation is left to apply."""
        metadata = _read_metadata(untrusted)
        return decode_pillow(untrusted, "TIFF", limits, metadata=metadata)

    def encode(self, image: DecodedImage, options: EncodeOptions) -> bytes:
        """Write one page: group 4 for black and white, deflate with a predictor for the rest."""
        if _bilevel(image):
            page = to_pillow(image.pixels, image.color).convert("1", dither=Image.Dither.NONE)
            coded = lifted(save_pillow(page, "TIFF", compression="group4"))
        else:
            pixels = cast("npt.NDArray[np.uint8]", image.pixels)
            coded = deflated(pixels, image.color, 9 if options.effort > _MIDDLE else 6)
        with foreign(ErrorCode.ENCODE):  # offsets end at 4 GiB
            return write(coded, image.metadata, image.icc, STRUCTURE)
        raise AssertionError  # pragma: no cover

    def carries(self, part: Part) -> bool:
        """What a TIFF file may hold lies in its EXIF block."""
        del part
        return False

    def finish(self, encoded: bytes, effort: int) -> bytes:
        """Nothing left to gain."""
        del effort
        return encoded

    def library(self) -> str:
        """Version of libtiff inside Pillow."""
        from PIL import features  # noqa: PLC0415

        return f"libtiff {features.version('libtiff')}"


def _stored_size(image: Image.Image, orientation: int) -> tuple[int, int]:
    # Pillow reports the upright size; a Header holds the stored one.
    return (image.height, image.width) if orientation in {5, 6, 7, 8} else (image.width, image.height)


def _bilevel(image: DecodedImage) -> bool:
    return image.pixels.shape[2] == 1 and bool(np.isin(image.pixels, (0, 255)).all())


def _read_profile(untrusted: bytes) -> bytes:
    with open_pillow(untrusted, "TIFF") as image:
        return image.info.get("icc_profile") or b""


def _read_metadata(untrusted: bytes) -> Metadata:
    """Lift the directories that are metadata out of the file; a broken one never fails the picture."""
    found = lifted_metadata(untrusted, STRUCTURE)
    return _read_with_pillow(untrusted) if found is None else found


def _read_with_pillow(untrusted: bytes) -> Metadata:
    """Read a Big TIFF, whose offsets our own reader does not know."""
    try:
        with open_pillow(untrusted, "TIFF") as image, foreign(ErrorCode.CORRUPT):
            exif = image.getexif()
            exif.bigtiff = False  # other files take an EXIF block in the classic layout only
            xmp, iptc = exif.get(_XMP, b""), exif.get(_IPTC, b"")
            for tag in STRUCTURE & set(exif):
                del exif[tag]
            block = exif.tobytes().removeprefix(b"Exif\x00\x00") if len(exif) else b""
            dpi = image.info.get("dpi")
            density = (float(dpi[0]), float(dpi[1])) if dpi and min(dpi) > 0 else None
            return Metadata(
                block,
                xmp if isinstance(xmp, bytes) else b"",
                iptc if isinstance(iptc, bytes) else b"",
                (),
                density,
            )
    except Exception:  # noqa: BLE001 - Pillow raises many kinds here, and none of them concerns the pixels
        return Metadata()
    raise AssertionError  # pragma: no cover


CODEC: Final[Encoder] = TiffCodec()
