"""JPEG XL: lossy or lossless, gray or RGB with alpha, and JPEG files packed so that they come back bit for bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, BinaryIO, Final

import numpy as np

from oimg.engine.codecs.base import Capabilities, Encoder, check_limits, foreign
from oimg.engine.codecs.jpeg import CODEC as JPEG
from oimg.engine.containers import jpeg as jpeg_container
from oimg.engine.containers import jxl as container
from oimg.engine.containers import jxl_profile
from oimg.engine.content import Kind, kind_of
from oimg.words.errors import ErrorCode, OimgError
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
)

# libjxl's effort by ours, for the coefficients of a JPEG and for photos without loss.
_EFFORTS: Final = (1, 2, 3, 4, 5, 5, 6, 7, 7, 8, 9)
# Drawings without loss: 7 takes 5 to 25 % off 5 where they have few colours, for a third more CPU time.
_DRAWN_EFFORTS: Final = (1, 2, 3, 4, 7, 7, 7, 7, 8, 9, 9)
# With loss, where libjxl's 2, 4 and 6 make no fewer bytes at equal score than the effort below (benchmarks/search/
# README.md): 7 takes up to 30 % off screenshots against 5, and nothing off photos; 8 takes 2 % off photos for seven
# times the CPU time, and adds to drawings.
_LOSSY_EFFORTS: Final = (1, 3, 3, 3, 5, 5, 5, 8, 8, 8, 8)
_DRAWN_LOSSY_EFFORTS: Final = (1, 3, 3, 3, 7, 7, 7, 7, 7, 7, 7)
# Below quality 20 libjxl codes the picture at half its size: scores fall by up to 20 points at once, and drawings often
# take more bytes than at 20.
_CAPABILITIES: Final = Capabilities(
    lossy=True,
    lossless=True,
    alpha=True,
    icc=True,
    max_side=1 << 30,
    qualities=(20, 99, 0.5),
    blocks=frozenset({Block.EXIF, Block.THUMBNAIL, Block.XMP}),
)
# From this quality on, a picture with a profile keeps its colour at full resolution.
_FULL_CHROMA_FROM: Final = 90


@dataclass(frozen=True, slots=True)
class JxlCodec:
    """libjxl through pillow-jxl-plugin, which takes every picture for sRGB: profiles are put in afterwards."""

    format: Format = Format.JXL
    capabilities: Capabilities = _CAPABILITIES

    def sniff(self, head: bytes) -> bool:
        """A bare codestream or the container's signature box."""
        return head.startswith((b"\xff\x0a", b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a"))

    def probe(self, stream: BinaryIO) -> Header:
        """Read the bits of the image header."""
        return container.header(stream)

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """Give metadata and profile without decoding a pixel; of a packed JPEG, what the JPEG file says."""
        return _read_metadata(untrusted)

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode the (first) picture upright, as libjxl gives it."""
        header = container.header(BytesIO(untrusted))
        check_limits(header, len(untrusted), limits)
        metadata, _ = _read_metadata(untrusted)
        library = _library()
        # Of a packed JPEG the plugin would give back the file, without the turn that the codestream asks for.
        packed = container.has_jpeg_reconstruction(untrusted)
        plain = container.rewrite(untrusted, Metadata()) if packed else untrusted
        with foreign(ErrorCode.CORRUPT):
            _, info, data, icc, _ = library.Decoder(num_threads=1)(plain)
        # libjxl makes a profile up for sRGB, too.
        profile = bytes(icc or b"") if header.has_icc else b""
        return DecodedImage((Frame(_array(info, data)),), _model(info), profile, metadata, loop=1)

    def encode(self, image: DecodedImage, options: EncodeOptions) -> bytes:
        """Write VarDCT at a quality, or modular without loss; with a profile, see `_with_profile`."""
        data = _with_profile(image, options) if image.icc else _coded(image, options, own_numbers=False)
        return container.rewrite(data, image.metadata)

    def carries(self, part: Part) -> bool:
        """Ask the container."""
        return container.carries(part)

    def finish(self, encoded: bytes, effort: int) -> bytes:
        """Nothing left to gain."""
        del effort
        return encoded

    def library(self) -> str:
        """Version of the plugin."""
        from importlib.metadata import version  # noqa: PLC0415

        _library()
        return f"pillow-jxl-plugin {version('pillow-jxl-plugin')}"


def _coded(image: DecodedImage, options: EncodeOptions, *, own_numbers: bool) -> bytes:
    """Code the picture as sRGB: in XYB, or in its own numbers, which are then those of any profile."""
    lossless = options.quality is None
    width, height = image.size
    encoder = _library().Encoder(
        mode={1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[image.pixels.shape[2]],
        lossless=lossless,
        quality=100.0 if options.quality is None else float(options.quality),
        decoding_speed=0,
        effort=_effort(image, options),
        use_container=False,
        use_original_profile=lossless or own_numbers,
        num_threads=1,
    )
    with foreign(ErrorCode.ENCODE):
        return bytes(encoder(image.pixels.tobytes(), width, height, jpeg_encode=False))
    raise AssertionError  # pragma: no cover


def _effort(image: DecodedImage, options: EncodeOptions) -> int:
    """Effort on libjxl's scale, by the kind of the picture."""
    is_photo, lossless = kind_of(image) is Kind.PHOTO, options.quality is None
    if lossless:
        return (_EFFORTS if is_photo else _DRAWN_EFFORTS)[options.effort]
    return (_LOSSY_EFFORTS if is_photo else _DRAWN_LOSSY_EFFORTS)[options.effort]


def _with_profile(image: DecodedImage, options: EncodeOptions) -> bytes:
    """Code a picture that is not sRGB, in its own numbers.

    libjxl's own lossy coding without XYB takes two to three times the bytes, as red, green and blue are coded apart.
    A JPEG packed without loss takes a tenth more at scores to 80, a third at 90 (docs/adr/0012-color-conversion.md).
    Alpha, which JPEG has not, and gray, where nothing is to be gained, go the other way.
    """
    if options.quality is None or image.color is ColorModel.GRAY or image.has_alpha:
        return jxl_profile.with_profile(_coded(image, options, own_numbers=True), image.icc)
    full = options.quality >= _FULL_CHROMA_FROM
    # libjxl refuses a JPEG whose profile it cannot follow itself, so it does not see any.
    coded = JPEG.encode(replace(image, icc=b"", metadata=Metadata()), replace(options, full_chroma=full))
    packed = container.rewrite(_packed(coded, image.size, options.effort), Metadata())
    return jxl_profile.with_profile(packed, image.icc)


def _packed(coded: bytes, size: tuple[int, int], effort: int) -> bytes:
    """Repack the coefficients of a JPEG file, with the data needed to reconstruct the file."""
    encoder = _library().Encoder(
        mode="RGB",
        lossless=True,
        quality=100.0,
        decoding_speed=0,
        effort=_EFFORTS[effort],
        use_container=True,
        use_original_profile=False,
        num_threads=1,
    )
    with foreign(ErrorCode.ENCODE):
        return bytes(encoder(coded, *size, jpeg_encode=True))
    raise AssertionError  # pragma: no cover


def from_jpeg(jpeg: bytes, size: tuple[int, int], effort: int) -> bytes:
    """Pack a JPEG file so that `to_jpeg` gives back every byte; proven here before it is trusted.

    Raises OimgError(VERIFY) when the way back is not exact (it is not for some odd JPEG files).
    """
    packed = _packed(jpeg, size, effort)
    # libjxl compresses the boxes beside the picture, which few readers can open.
    plain = container.opened_boxes(packed, jpeg_container.read_metadata(jpeg)[0])
    for made in (plain, packed):
        if _gives_back(made, jpeg):
            return made
    raise OimgError(ErrorCode.VERIFY, "the JPEG does not come back bit for bit")


def _gives_back(packed: bytes, jpeg: bytes) -> bool:
    try:
        return to_jpeg(packed) == jpeg
    except OimgError:
        return False


def _read_metadata(untrusted: bytes) -> tuple[Metadata, bytes]:
    """What the boxes say; of a packed JPEG, what the JPEG file says: the boxes hold only its EXIF and XMP."""
    metadata, icc = container.read_metadata(untrusted)
    try:
        jpeg = to_jpeg(untrusted)
    except OimgError:  # the picture can be read without
        return metadata, icc
    if jpeg is None:
        return metadata, icc
    inside = jpeg_container.read_metadata(jpeg)[0]
    return replace(inside, parts=(*inside.parts, *(part for part in metadata.parts if part.name != "brob"))), icc


def to_jpeg(packed: bytes) -> bytes | None:
    """Give back the JPEG file inside, or None where there is none."""
    if not container.has_jpeg_reconstruction(packed):
        return None
    with foreign(ErrorCode.CORRUPT):
        is_jpeg, _, data, _, _ = _library().Decoder(num_threads=1)(packed)
    return bytes(data) if is_jpeg else None


def _library() -> Any:
    with foreign(ErrorCode.CODEC_MISSING):
        import pillow_jxl  # noqa: PLC0415 - imported on first use

        return pillow_jxl


def _array(info: Any, data: bytes) -> Any:
    channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "I;16": 1}.get(info.mode)
    if channels is None:
        raise OimgError(ErrorCode.UNSUPPORTED, f"pixel mode {info.mode}")
    kind = np.uint16 if info.mode == "I;16" else np.uint8
    return np.frombuffer(bytes(data), kind).reshape(info.height, info.width, channels)


def _model(info: Any) -> ColorModel:
    return ColorModel.GRAY if info.mode in {"L", "LA", "I;16"} else ColorModel.RGB


CODEC: Final[Encoder] = JxlCodec()
