"""What would cost too much is refused by the header alone."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from engine_pictures import READ_FORMATS, sample, saved
from oimg.engine.codecs import CODECS, ENCODERS
from oimg.engine.codecs.base import check_limits
from oimg.engine.transform import Request, inspect_header, transform
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import DecodedImage, EncodeOptions, Format, Frame, Header, Limits
from oimg.words.recipe import Recipe

SIDE = 60_000


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def _jxl(width: int, height: int) -> bytes:
    """A bare codestream: size by 30-bit numbers, default metadata (ISO/IEC 18181-1, annex D)."""
    bits = "0" + "11" + f"{height - 1:030b}"[::-1] + "000" + "11" + f"{width - 1:030b}"[::-1] + "1"
    bits += "0" * (-len(bits) % 8)
    packed = bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))
    return b"\xff\x0a" + packed + b"\0" * 50


def _patched_ispe(data: bytes) -> bytes:
    """Every size told anew; what crops it away."""
    at = data.find(b"ispe")
    while at >= 0:
        data = data[: at + 8] + struct.pack(">II", SIDE, SIDE) + data[at + 16 :]
        at = data.find(b"ispe", at + 1)
    return data.replace(b"clap", b"free")


def _tiff() -> bytes:
    """One uncompressed strip; every number is of type LONG."""
    tags = {256: SIDE, 257: SIDE, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: SIDE, 279: 4}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<I", 12) + b"abcd" + struct.pack("<H", len(tags)) + entries + b"\0" * 4


def _ico() -> bytes:
    png = _png(SIDE, SIDE)
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 0, 0, 0, 0, 1, 32, len(png), 22) + png


def _jpeg() -> bytes:
    data = sample(Format.JPEG)
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: at + 5] + struct.pack(">HH", SIDE, SIDE) + data[at + 9 :]


def _webp() -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\0" * 4 + b"\xff\x3f\0" * 2 + b"VP8L" + struct.pack("<I", 8)
    body += b"\x2f" + struct.pack("<I", 0x3FFF | 0x3FFF << 14) + b"\0" * 3
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


HUGE = {
    Format.PNG: lambda: _png(SIDE, SIDE),
    Format.JPEG: _jpeg,
    Format.WEBP: _webp,
    Format.AVIF: lambda: _patched_ispe(sample(Format.AVIF)),
    Format.HEIC: lambda: _patched_ispe(sample(Format.HEIC)),
    Format.JXL: lambda: _jxl(SIDE, SIDE),
    Format.GIF: lambda: b"GIF89a" + struct.pack("<HH", SIDE, SIDE) + sample(Format.GIF)[10:],
    Format.TIFF: _tiff,
    Format.BMP: lambda: sample(Format.BMP)[:18] + struct.pack("<ii", SIDE, SIDE) + sample(Format.BMP)[26:],
    Format.ICO: _ico,
    Format.PPM: lambda: f"P6 {SIDE} {SIDE} 255\n".encode() + b"abc" * 20,
    Format.QOI: lambda: b"qoif" + struct.pack(">II", SIDE, SIDE) + sample(Format.QOI)[12:],
}


def test_every_format_has_a_huge_file() -> None:
    assert set(HUGE) == set(READ_FORMATS)


@pytest.mark.parametrize("target", READ_FORMATS)
def test_huge_dimensions_are_refused_before_decoding(target: Format) -> None:
    data = HUGE[target]()
    assert CODECS[target].sniff(data[:64])
    tracemalloc.start()
    started = time.thread_time()
    try:
        with pytest.raises(OimgError) as caught:
            CODECS[target].decode(data, Limits())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.code is ErrorCode.TOO_LARGE
    assert time.thread_time() - started < 1
    assert peak < 5_000_000


@pytest.mark.parametrize("target", sorted(set(READ_FORMATS) - {Format.ICO}))  # an icon tells 256 at most
def test_the_header_tells_the_huge_size(target: Format) -> None:
    header = CODECS[target].probe(BytesIO(HUGE[target]()))
    assert header.pixels > Limits().max_pixels


@pytest.mark.parametrize("target", READ_FORMATS)
def test_more_pixels_than_allowed(target: Format) -> None:
    data = sample(target)
    size = CODECS[target].decode(data, Limits()).size
    assert CODECS[target].decode(data, Limits(max_pixels=size[0] * size[1])).size == size
    with pytest.raises(OimgError) as caught:
        CODECS[target].decode(data, Limits(max_pixels=size[0] * size[1] - 1))
    assert caught.value.code is ErrorCode.TOO_LARGE


def _animation(target: Format) -> bytes:
    frames = tuple(Frame(np.full((8, 8, 4), 60 * i, np.uint8), 100) for i in range(4))
    if target is Format.GIF:
        from PIL import Image

        stream, pictures = BytesIO(), [Image.fromarray(frame.pixels[..., 0]) for frame in frames]
        pictures[0].save(stream, "GIF", save_all=True, append_images=pictures[1:], duration=100)
        return stream.getvalue()
    return ENCODERS[target].encode(DecodedImage(frames), EncodeOptions(quality=80, effort=1))


@pytest.mark.parametrize("target", [Format.GIF, Format.WEBP, Format.AVIF])
def test_more_frames_than_allowed(target: Format) -> None:
    data = _animation(target)
    assert inspect_header(data).frames == 4
    assert len(CODECS[target].decode(data, Limits(max_frames=4)).frames) == 4
    for limits in (Limits(max_frames=3), Limits(max_pixels=8 * 8 * 4 - 1)):
        with pytest.raises(OimgError) as caught:
            CODECS[target].decode(data, limits)
        assert caught.value.code is ErrorCode.TOO_LARGE


def test_a_bomb_is_told_by_pixels_per_byte() -> None:
    data = saved(np.zeros((3000, 3000), np.uint8), "PNG")
    header = inspect_header(data)
    check_limits(header, len(data), Limits())  # nine megapixels are no bomb, however few the bytes
    with pytest.raises(OimgError) as caught:
        check_limits(header, len(data), Limits(bomb_floor=8_000_000))
    assert caught.value.code is ErrorCode.TOO_LARGE
    with pytest.raises(OimgError):
        transform(Request(data, header, Recipe(), Limits(bomb_floor=8_000_000)))
    check_limits(header, len(data), Limits(bomb_floor=8_000_000, max_pixels_per_byte=10_000))


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5)])
def test_no_size_is_no_picture(size: tuple[int, int]) -> None:
    with pytest.raises(OimgError) as caught:
        check_limits(Header(Format.PNG, *size), 100, Limits())
    assert caught.value.code is ErrorCode.CORRUPT


@pytest.mark.corpus
def test_real_bombs_are_refused(corpus: Path) -> None:
    files = sorted((corpus / "hostile" / "bombs").iterdir())
    assert len(files) == 6
    for path in files:
        data = path.read_bytes()
        with pytest.raises(OimgError) as caught:
            transform(Request(data, inspect_header(data), Recipe()))
        assert caught.value.code in {ErrorCode.TOO_LARGE, ErrorCode.CORRUPT}, path.name


@pytest.mark.parametrize(
    ("megapixels", "kilobytes", "lossy", "bits", "refused"),
    [
        (33, 220, True, 8, False),  # an easy photo of 33 MP, as OIMG itself writes it
        (225, 2600, True, 8, True),  # a flat gray JPEG
        (200, 20_000, True, 8, False),  # a photo of the largest phone sensors
        (144, 450, False, 8, False),  # one colour as PNG
        (100, 4, False, 8, True),
        (70, 60, False, 1, False),  # a white sheet of paper, A1 at 300 dpi, bilevel
        (70, 60, False, 8, True),
    ],
)
def test_what_counts_as_a_bomb(megapixels: int, kilobytes: int, lossy: bool, bits: int, refused: bool) -> None:
    header = Header(Format.PNG, megapixels * 1000, 1000, lossy=lossy, bit_depth=bits)
    if not refused:
        check_limits(header, kilobytes * 1000, Limits())
        return
    with pytest.raises(OimgError) as caught:
        check_limits(header, kilobytes * 1000, Limits())
    assert caught.value.code is ErrorCode.TOO_LARGE
    check_limits(header, kilobytes * 1000, Limits().without_ratio())
