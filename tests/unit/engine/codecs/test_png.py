"""What is special to PNG: palettes, 16 bits, colour keys, reductions, APNG."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine_pictures import (
    HAS_PACKER,
    WITHOUT_PACKER,
    as_rgba,
    cut_out,
    done,
    drawing,
    image,
    independent,
    made,
    photo,
    pixels,
    refused,
    saved,
)
from metric_pictures import posterize, random_bytes
from oimg.engine import child
from oimg.engine.candidates import PALETTE_FLOOR
from oimg.engine.codecs import png
from oimg.engine.transform import Made
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import EncodeOptions, Format, Limits, Metadata
from oimg.words.recipe import Mode, Recipe, Target
from oimg.words.report import KeptCode


def has_palette(data: bytes) -> bool:
    return data[25] == 3


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def exact(result: Made, array: np.ndarray) -> bool:
    return np.array_equal(as_rgba(independent(result.data, Format.PNG)), as_rgba(array))


@pytest.mark.parametrize("target", [10.0, 60.0, 80.0, 95.0])
@pytest.mark.parametrize("picture", [photo, drawing, cut_out])
def test_a_palette_only_above_its_floor(target: float, picture) -> None:  # type: ignore[no-untyped-def]
    array = picture()
    result = made(saved(array, "PNG", compress_level=1), Recipe(target=target, effort=2))
    if exact(result, array):
        assert result.score == 100
        return
    assert has_palette(result.data)
    assert result.score is not None
    assert result.score >= max(PALETTE_FLOOR, target)


def test_a_palette_is_taken_where_it_looks_right() -> None:
    """Soft colours in few shades: the case palettes are for."""
    array = pixels("rgb", 256, 192)
    result = made(saved(array, "PNG"), Recipe(target=60, effort=2))
    lossless = made(saved(array, "PNG", compress_level=1), Recipe(mode=Mode.LOSSLESS, effort=2))
    assert len(result.data) <= len(lossless.data)


@pytest.mark.parametrize("mode", [Mode.VISUAL, Mode.QUALITY, Mode.LOSSLESS])
@pytest.mark.parametrize("colors", [2, 16, 200, 256])
def test_never_a_loss_where_a_palette_holds_all_colors(mode: Mode, colors: int) -> None:
    shades = random_bytes(5, colors, 3).astype(np.uint8)
    array = shades[np.arange(64 * 64).reshape(64, 64) * 7 % colors]
    result = made(saved(array, "PNG", compress_level=0), Recipe(mode=mode, quality=30, target=20))
    assert exact(result, array)


def test_quality_hundred_is_lossless() -> None:
    array = photo()
    assert exact(made(saved(array, "PNG", compress_level=0), Recipe(mode=Mode.QUALITY, quality=100)), array)


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name",
    [
        "interlaced_rgb_8_should_be_rgb_8.png",
        "palette_8_should_be_palette_4.png",
        "rgb_8_should_be_grayscale_8.png",
        "rgba_8_should_be_palette_8.png",
    ],
)
def test_reducible_files(corpus: Path, name: str) -> None:
    data = (corpus / "graphics" / "webassets" / name).read_bytes()
    result = made(data, Recipe(mode=Mode.LOSSLESS, effort=2))
    assert exact(result, independent(data, Format.PNG))
    assert result.data[28] == 0  # not interlaced
    assert len(result.data) < len(data)
    assert refused(result.data, Recipe(mode=Mode.LOSSLESS, effort=2)).code is KeptCode.NOT_SMALLER


@pytest.mark.corpus
def test_png_suite_is_kept_to_the_pixel(corpus: Path) -> None:
    files = sorted((corpus / "conformance" / "png").glob("*.png"))
    checked = 0
    for path in files:
        data = path.read_bytes()
        if data[24] == 16:
            continue  # in test_eligibility.py
        result = done(data, Recipe(effort=1))
        if isinstance(result, Made) and result.score == 100:
            checked += 1
            with Image.open(path) as before, Image.open(BytesIO(result.data)) as after:
                turned = before.getexif().get(0x0112, 1) != 1
                assert turned or np.array_equal(np.asarray(before.convert("RGBA")), np.asarray(after.convert("RGBA")))
    assert checked > 15


@pytest.mark.parametrize("depth", [8, *([16] if HAS_PACKER else [])])
@pytest.mark.parametrize("kind", ["gray", "rgb"])
def test_a_color_key_becomes_alpha(depth: int, kind: str) -> None:
    array = pixels(kind + ("16" if depth == 16 else ""), 12, 9)
    key = array[4, 5]
    plain = png.assemble(array)
    at = plain.index(b"IDAT") - 4
    data = plain[:at] + chunk(b"tRNS", b"".join(struct.pack(">H", int(v)) for v in key)) + plain[at:]
    decoded = png.CODEC.decode(data, Limits()).pixels
    clear = (array == key).all(axis=2)
    top = np.iinfo(array.dtype).max
    assert np.array_equal(as_rgba(decoded)[..., 3], np.where(clear, 0, top))
    assert clear[4, 5]
    assert np.array_equal(as_rgba(decoded)[..., :3][~clear], as_rgba(array)[..., :3][~clear])


@pytest.mark.parametrize("kind", ["gray16", "gray+alpha16", "rgb16", "rgba16"])
@pytest.mark.parametrize("size", [(1, 1), (1, 17), (17, 1), (3, 5), (16, 16)])
@pytest.mark.skipif(not HAS_PACKER, reason=WITHOUT_PACKER)
def test_sixteen_bits_in_all_their_bits(kind: str, size: tuple[int, int]) -> None:
    array = random_bytes(3, size[1], size[0], image(kind, 1, 1).pixels.shape[2] * 2).astype(np.uint8)
    deep = np.ascontiguousarray(array).view(">u2").astype(np.uint16)
    data = png.CODEC.finish(png.assemble(deep), 4)
    read = independent(data, Format.PNG)
    read = read.astype(np.uint16) * 257 if read.dtype == np.uint8 else read
    assert np.array_equal(as_rgba(read), as_rgba(deep))
    own = png.CODEC.decode(png.assemble(deep), Limits()).pixels
    assert np.array_equal(own, deep)


@pytest.mark.corpus
def test_interlaced_and_truncated_sixteen_bits(corpus: Path) -> None:
    data = (corpus / "conformance" / "png" / "basn6a16.png").read_bytes()
    whole = png.CODEC.decode(data, Limits()).pixels
    assert np.array_equal(whole, independent(data, Format.PNG))
    for end in range(60, len(data), 400):
        with pytest.raises(OimgError) as caught:
            png.CODEC.decode(data[:end], Limits())
        assert caught.value.code in {ErrorCode.CORRUPT, ErrorCode.TRUNCATED}


def test_sixteen_bits_are_limited_too() -> None:
    data = png.assemble(pixels("rgb16", 40, 30))
    with pytest.raises(OimgError) as caught:
        png.CODEC.decode(data, Limits(max_pixels=1199))
    assert caught.value.code is ErrorCode.TOO_LARGE


@pytest.mark.skipif(not HAS_PACKER, reason=WITHOUT_PACKER)
def test_apng_is_packed_without_touching_frames() -> None:
    frames = [Image.fromarray(posterize(photo(60, 40, seed), 32)) for seed in range(3)]
    stream = BytesIO()
    options = {"save_all": True, "append_images": frames[1:], "compress_level": 0}
    frames[0].save(stream, "PNG", duration=[40, 500, 120], loop=2, **options)
    result = made(stream.getvalue())
    assert result.frames == 3
    with Image.open(BytesIO(result.data)) as after:
        assert after.info["loop"] == 2
        for index, frame in enumerate(frames):
            after.seek(index)
            assert np.array_equal(np.asarray(after.convert("RGB")), np.asarray(frame))
            assert after.info["duration"] == [40, 500, 120][index]


@pytest.mark.skipif(not HAS_PACKER, reason=WITHOUT_PACKER)
def test_a_default_image_beside_the_animation_stays() -> None:
    pictures = [Image.fromarray(posterize(photo(60, 40, seed), 32)) for seed in range(4)]
    stream = BytesIO()
    pictures[0].save(
        stream, "PNG", save_all=True, append_images=pictures[1:], default_image=True, duration=100, compress_level=0
    )
    result = made(stream.getvalue())
    with Image.open(BytesIO(result.data)) as after:
        assert after.default_image
        assert after.n_frames == 4
        for index, picture in enumerate(pictures):
            after.seek(index)
            assert np.array_equal(np.asarray(after.convert("RGB")), np.asarray(picture))


def with_default_image(*colors: str, level: int = 6) -> bytes:
    """An APNG of these colours; the first is for programs that do not animate, and no frame (W3C PNG, 4.9)."""
    first, *others = (Image.new("RGB", (60, 40), color) for color in colors)
    stream = BytesIO()
    first.save(
        stream, "PNG", save_all=True, append_images=others, default_image=True, duration=100, compress_level=level
    )
    return stream.getvalue()


def test_a_default_image_is_no_frame_of_the_animation() -> None:
    untrusted = with_default_image("red", "lime", "blue")
    frames = png.CODEC.decode(untrusted, Limits()).frames
    assert len(frames) == png.CODEC.probe(BytesIO(untrusted)).frames == 2
    assert [tuple(frame.pixels[0, 0, :3]) for frame in frames] == [(0, 255, 0), (0, 0, 255)]
    assert [frame.duration for frame in frames] == [100, 100]


@pytest.mark.parametrize("target", [Target.WEBP, Target.GIF, Target.AVIF])
def test_one_frame_beside_a_default_image_is_what_is_shown(target: Target) -> None:
    result = made(with_default_image("red", "lime"), Recipe(format=target))
    with Image.open(BytesIO(result.data)) as after:
        assert getattr(after, "n_frames", 1) == 1
        shown = np.asarray(after.convert("RGB"), np.int16)
        assert np.abs(shown - (0, 255, 0)).max() < 40


@pytest.mark.skipif(not HAS_PACKER, reason=WITHOUT_PACKER)
def test_a_default_image_that_the_packer_spoils_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled = with_default_image("white", "lime", "blue")
    monkeypatch.setattr(child, "call", lambda *_: spoiled)
    with pytest.raises(OimgError) as caught:
        png.RECOMPRESSOR.recompress(with_default_image("red", "lime", "blue", level=0), Metadata(), b"", 2)
    assert caught.value.code is ErrorCode.VERIFY


def test_hidden_colors_are_kept() -> None:
    array = cut_out()
    array[:40, :, 3] = 0
    result = made(saved(array, "PNG", compress_level=0), Recipe(mode=Mode.LOSSLESS))
    assert np.array_equal(independent(result.data, Format.PNG), array)


@pytest.mark.skipif(not HAS_PACKER, reason=WITHOUT_PACKER)
def test_a_packer_that_fails_leaves_the_plain_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> bytes:
        raise OimgError(ErrorCode.CODEC_CRASHED, "oxipng: -9")

    source = saved(drawing(), "PNG", compress_level=0)
    monkeypatch.setattr(child, "call", crash)
    with pytest.raises(OimgError) as caught:
        png.CODEC.finish(source, 3)
    assert caught.value.code is ErrorCode.CODEC_CRASHED


def test_palette_of_a_trial() -> None:
    data = png.CODEC.encode(image("rgba", 60, 60), EncodeOptions(quality=100, palette=True))
    assert has_palette(data)
    with Image.open(BytesIO(data)) as picture:
        assert len(picture.getpalette() or ()) // 3 <= 256
        assert "transparency" in picture.info
