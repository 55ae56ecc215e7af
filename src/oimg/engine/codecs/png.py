"""PNG: lossless, 8 or 16 bits a channel, alpha; a palette of 256 colours as a lossy candidate; APNG kept whole."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from typing import BinaryIO, Final, cast

import numpy as np
import numpy.typing as npt

from oimg.engine import child
from oimg.engine.codecs.base import (
    Capabilities,
    Encoder,
    Recompressor,
    check_limits,
    decode_pillow,
    foreign,
    open_pillow,
    save_pillow,
)
from oimg.engine.codecs.palette import quantize
from oimg.engine.containers import png as container
from oimg.engine.containers import png_color
from oimg.engine.containers.png_chunks import Chunk
from oimg.engine.icc import cicp
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
    Pixels,
)

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# oxipng's levels by effort: level 2 is the knee (0.63 CPU s/MP), 4 gains 0.7 % for five times the time.
_LEVELS: Final = (0, 1, 1, 2, 2, 2, 2, 3, 4, 5, 6)
_ROUNDS: Final = 4
_SMALL: Final = 50_000
_COLOR_TYPES: Final = {1: 0, 2: 4, 3: 2, 4: 6}  # channels to IHDR colour type
_CAPABILITIES: Final = Capabilities(
    lossless=True,
    alpha=True,
    icc=True,
    depths=frozenset({8, 16}),
    max_side=2**31 - 1,
    blocks=frozenset(Block),
)


@dataclass(frozen=True, slots=True)
class PngCodec:
    """Pillow reads, oxipng packs (in a child process: it never lets go of the GIL), libimagequant reduces."""

    format: Format = Format.PNG
    capabilities: Capabilities = _CAPABILITIES

    def sniff(self, head: bytes) -> bool:
        """The eight bytes of the signature."""
        return head.startswith(SIGNATURE)

    def probe(self, stream: BinaryIO) -> Header:
        """Walk the chunk headers."""
        return container.header(stream)

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """Give metadata and profile without decoding a pixel; cICP counts before iCCP (W3C PNG, 4.3)."""
        metadata, icc = container.read_metadata(untrusted)
        told = png_color.code_points(untrusted)
        if told is not None:
            icc = cicp.profile(*told, gray=container.header(BytesIO(untrusted)).color is ColorModel.GRAY)
        return metadata, icc

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode; 16-bit pictures in all their bits."""
        header = container.header(BytesIO(untrusted))
        check_limits(header, len(untrusted), limits)
        metadata, icc = self.read_metadata(untrusted)
        if header.bit_depth == 16 and header.frames == 1:
            frame = Frame(_decode_16(untrusted))
            color = ColorModel.GRAY if frame.pixels.shape[2] < 3 else ColorModel.RGB
            return DecodedImage((frame,), color, icc, metadata, header.orientation)
        return decode_pillow(untrusted, "PNG", limits, metadata=metadata, orientation=header.orientation, icc=icc)

    def encode(self, image: DecodedImage, options: EncodeOptions) -> bytes:
        """Write plain rows, or a palette of at most 256 colours; `finish` does the packing."""
        if options.palette:
            pixels = cast("npt.NDArray[np.uint8]", image.pixels)
            indices, palette = quantize(pixels, round(options.quality or 100), dithering=options.dithering)
            data = assemble(indices[:, :, np.newaxis], palette)
        else:
            data = assemble(image.pixels)
        return container.rewrite(data, image.metadata, image.icc)

    def carries(self, part: Part) -> bool:
        """Ask the container."""
        return container.carries(part)

    def finish(self, encoded: bytes, effort: int) -> bytes:
        """Search filters and reductions that keep every pixel."""
        if find_spec("oxipng") is None:
            return _pack_with_pillow(encoded) if effort else encoded
        for _ in range(_ROUNDS):
            packed = child.call("oxipng", {"level": _LEVELS[effort]}, encoded)
            if len(packed) >= len(encoded):
                break
            # After a change of colour type or depth oxipng finds more; a second pass must find nothing.
            settled = packed[24:26] == encoded[24:26] and len(packed) > _SMALL
            encoded = packed
            if settled:
                break
        return encoded

    def recompress(self, untrusted: bytes, metadata: Metadata, icc: bytes, effort: int) -> bytes:
        """Pack the file better, frames of an APNG too; colour chunks stay as they are."""
        del icc  # stays in the file with the other colour chunks
        packed = self.finish(container.rewrite(untrusted, metadata, None), effort)
        if _default_image(packed) != _default_image(untrusted):
            raise OimgError(ErrorCode.VERIFY, "default image")
        return packed

    def library(self) -> str:
        """Versions of what reads, packs and reduces."""
        from importlib.metadata import version  # noqa: PLC0415

        with foreign(ErrorCode.CODEC_MISSING):
            packer = f"pyoxipng {version('pyoxipng')}" if find_spec("oxipng") else "no pyoxipng: files stay larger"
            return f"Pillow {version('Pillow')}, {packer}, imagequant {version('imagequant')}"
        raise AssertionError  # pragma: no cover


def assemble(pixels: Pixels, palette: npt.NDArray[np.uint8] | None = None) -> bytes:
    """Write a PNG of unfiltered rows (W3C PNG, sections 7 to 11): fast to make, meant to be packed after.

    `pixels` is (h, w, 1 to 4), 8 or 16 bits; with a `palette` (n, 4) of RGBA it holds one index a pixel.
    """
    height, width, channels = pixels.shape
    depth = pixels.dtype.itemsize * 8
    rows = pixels.astype(">u2").view(np.uint8) if depth == 16 else pixels
    stride = width * channels * (depth // 8)
    lines = np.zeros((height, stride + 1), np.uint8)
    lines[:, 1:] = rows.reshape(height, stride)
    color_type = _COLOR_TYPES[channels] if palette is None else 3
    parts = [SIGNATURE, _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0))]
    if palette is not None:
        parts.append(_chunk(b"PLTE", palette[:, :3].tobytes()))
        if (palette[:, 3] < 255).any():
            parts.append(_chunk(b"tRNS", palette[:, 3].tobytes()))
    parts += [_chunk(b"IDAT", zlib.compress(lines.data, 1)), _chunk(b"IEND", b"")]
    return b"".join(parts)


def _pack_with_pillow(encoded: bytes) -> bytes:
    """Do without oxipng, where it has no wheel: Pillow's own filters and strongest deflate, for what they keep."""
    header = container.header(BytesIO(encoded))
    if header.bit_depth == 16 or header.frames > 1 or container.colour_chunks(encoded) - {"iCCP"}:
        return encoded
    metadata, icc = container.read_metadata(encoded)
    with open_pillow(encoded, "PNG") as image, foreign(ErrorCode.ENCODE):
        packed = container.rewrite(save_pillow(image, "PNG", optimize=True), metadata, icc)
    return packed if len(packed) < len(encoded) else encoded


def _default_image(untrusted: bytes) -> bytes:
    """Give the picture that an APNG has beside its frames, for programs that do not animate; empty without one.

    `decode` gives only what is shown, so nobody else looks whether it stays.
    """
    if b"fdAT" not in untrusted:
        return b""
    with foreign(ErrorCode.CORRUPT), open_pillow(untrusted, "PNG") as image:
        return image.convert("RGBA").tobytes() if getattr(image, "default_image", False) else b""
    raise AssertionError  # pragma: no cover


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def _decode_16(untrusted: bytes) -> npt.NDArray[np.uint16]:
    """Read 16-bit samples exactly: Pillow drops the low byte of colour, so oxipng lays the rows bare."""
    if find_spec("oxipng") is None:
        raise OimgError(ErrorCode.CODEC_MISSING, "pyoxipng, which reads 16-bit PNG")
    try:
        plain = child.call("oxipng", {"unfilter": True}, untrusted)
    except OimgError as error:
        code = ErrorCode.CORRUPT if error.code is ErrorCode.ENCODE else error.code
        raise OimgError(code, error.detail) from error
    found = container.chunks(plain)
    header = next(chunk.data for chunk in found if chunk.name == "IHDR")
    width, height, _, color_type = struct.unpack(">IIBB", header[:10])
    channels = {number: count for count, number in _COLOR_TYPES.items()}[color_type]
    stride = width * channels * 2
    with foreign(ErrorCode.CORRUPT):
        raw = zlib.decompress(b"".join(chunk.data for chunk in found if chunk.name == "IDAT"))
        lines = np.frombuffer(raw, np.uint8).reshape(height, stride + 1)
    if lines[:, 0].any():
        raise OimgError(ErrorCode.CORRUPT, "rows are still filtered")
    pixels = np.ascontiguousarray(lines[:, 1:]).view(">u2").reshape(height, width, channels).astype(np.uint16)
    return _with_color_key(pixels, found)


def _with_color_key(pixels: npt.NDArray[np.uint16], found: tuple[Chunk, ...]) -> npt.NDArray[np.uint16]:
    """Turn a transparent colour (tRNS of gray or RGB) into an alpha channel."""
    key = next((chunk.data for chunk in found if chunk.name == "tRNS"), b"")
    channels = pixels.shape[2]
    if channels not in (1, 3) or len(key) < 2 * channels:
        return pixels
    shade = np.frombuffer(key[: 2 * channels], ">u2").astype(np.uint16)
    opaque = (pixels != shade).any(axis=2, keepdims=True)
    return np.concatenate([pixels, opaque.astype(np.uint16) * 65535], axis=2)


_PNG: Final = PngCodec()
CODEC: Final[Encoder] = _PNG
RECOMPRESSOR: Final[Recompressor] = _PNG
