"""Formats that are read only, and the two that are written by one library each: WebP and AVIF."""

from __future__ import annotations

import struct
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine_pictures import as_rgba, image, pixels, sample, saved
from oimg.engine.codecs import CODECS, ENCODERS, avif, heic, palette
from oimg.engine.transform import inspect_header
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import ColorModel, EncodeOptions, Format, Limits


@pytest.mark.corpus
@pytest.mark.parametrize("folder", ["bmp", "ico", "other-formats"])
def test_small_formats_are_read_as_pillow_reads_them(corpus: Path, folder: str) -> None:
    checked = 0
    for path in sorted((corpus / "conformance" / folder).iterdir()):
        data = path.read_bytes()
        codec = next((c for c in CODECS.values() if c.sniff(data[:64])), None)
        if codec is None or codec.format not in {Format.BMP, Format.ICO, Format.PPM, Format.QOI}:
            continue
        try:
            decoded = codec.decode(data, Limits())
        except OimgError as error:
            assert error.code in {ErrorCode.CORRUPT, ErrorCode.UNSUPPORTED, ErrorCode.TRUNCATED}  # noqa: PT017
            continue
        header = codec.probe(BytesIO(data))
        with Image.open(path) as picture:
            wanted = np.asarray(picture.convert("RGBA"))
        assert np.array_equal(as_rgba(decoded.pixels), wanted), path.name
        assert decoded.size == header.upright_size
        checked += 1
    assert checked >= {"bmp": 5, "ico": 2, "other-formats": 2}[folder]


@pytest.mark.parametrize(
    ("plugin", "kinds"), [("BMP", "gray rgb bilevel"), ("PPM", "gray rgb bilevel"), ("QOI", "rgb rgba")]
)
def test_kinds(plugin: str, kinds: str) -> None:
    for kind in kinds.split():
        array = pixels(kind, 19, 7)
        data = saved(array, plugin)
        header = inspect_header(data)
        decoded = CODECS[Format(plugin.lower())].decode(data, Limits())
        assert np.array_equal(as_rgba(decoded.pixels), as_rgba(array))
        assert decoded.color is (ColorModel.RGB if kind.startswith("rgb") else ColorModel.GRAY)
        assert header.has_alpha == decoded.has_alpha == (kind == "rgba")
        assert not header.lossy


def test_sixteen_bit_gray_of_pnm_is_told_and_refused() -> None:
    data = saved(pixels("gray16", 9, 5), "PPM")
    assert inspect_header(data).bit_depth == 16
    with pytest.raises(OimgError) as caught:  # Pillow gives 32-bit numbers
        CODECS[Format.PPM].decode(data, Limits())
    assert caught.value.code is ErrorCode.UNSUPPORTED


def test_an_icon_whose_picture_is_larger_than_it_may_be() -> None:
    png = saved(np.zeros((900, 700), np.uint8), "PNG")
    head = struct.pack("<HHHBBBBHHII", 0, 1, 1, 0, 0, 0, 0, 1, 32, len(png), 22)
    with pytest.raises(OimgError) as caught:
        CODECS[Format.ICO].decode(head + png, Limits(max_pixels=600_000))
    assert caught.value.code is ErrorCode.TOO_LARGE
    assert CODECS[Format.ICO].decode(sample(Format.ICO), Limits()).size[0] > 0


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "size", "depth", "alpha"),
    [
        ("RGB_8__128x128.heif", (128, 128), 8, False),
        ("RGBA_10__29x100.heif", (29, 100), 16, True),
        ("L_12__29x100.heif", (29, 100), 16, False),
        ("with-alpha-512x512.heic", (512, 512), 8, True),
        ("sample.heif", (123, 456), 8, False),
    ],
)
def test_heic(corpus: Path, name: str, size: tuple[int, int], depth: int, *, alpha: bool) -> None:
    import pillow_heif

    path = corpus / "conformance" / "heic" / name
    data = path.read_bytes()
    decoded = heic.CODEC.decode(data, Limits())
    header = inspect_header(data)
    assert decoded.size == size == header.upright_size
    assert decoded.bit_depth == depth
    assert decoded.has_alpha is alpha
    assert header.has_alpha is alpha
    assert (header.bit_depth > 8) == (depth == 16)
    if depth == 8:
        with pillow_heif.open_heif(path)[0].to_pillow() as picture:
            assert np.array_equal(as_rgba(decoded.pixels), np.asarray(picture.convert("RGBA")))


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["lossy_alpha.webp", "multi-color.webp", "lossless_indexed_2bit_palette.webp", "dark.webp"]
)
def test_webp_files(corpus: Path, name: str) -> None:
    path = corpus / "conformance" / "webp" / name
    data = path.read_bytes()
    decoded = CODECS[Format.WEBP].decode(data, Limits())
    with Image.open(path) as picture:
        assert np.array_equal(as_rgba(decoded.pixels), np.asarray(picture.convert("RGBA")))
    assert inspect_header(data).lossy == ("lossless" not in name and b"VP8L" not in data[:40])


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["fox.profile0.8bpc.yuv420.odd-width.odd-height.avif", "sofa_grid1x5_420.avif", "white_1x1.avif"]
)
def test_avif_files_by_the_plugin_and_by_pillow(corpus: Path, name: str) -> None:
    import pillow_avif

    data = (corpus / "conformance" / "avif" / name).read_bytes()
    decoded = avif.CODEC.decode(data, Limits())
    picture = pillow_avif.AvifImagePlugin.AvifImageFile(BytesIO(data))
    assert np.array_equal(decoded.pixels, np.asarray(picture))
    assert decoded.size == inspect_header(data).upright_size


def test_gray_avif_is_stored_as_gray() -> None:
    data = ENCODERS[Format.AVIF].encode(image("gray", 40, 30), EncodeOptions(quality=90, effort=1))
    assert inspect_header(data).color is ColorModel.GRAY
    assert ENCODERS[Format.AVIF].decode(data, Limits()).color is ColorModel.GRAY


def test_avif_at_its_highest_quality() -> None:
    for quality in (99, None):
        source = image("rgb", 64, 64)
        data = ENCODERS[Format.AVIF].encode(source, EncodeOptions(quality=quality, effort=1))
        off = np.abs(ENCODERS[Format.AVIF].decode(data, Limits()).pixels.astype(int) - source.pixels)
        assert off.max() <= 6


@pytest.mark.parametrize(
    ("target", "module"),
    [(Format.HEIC, "pillow_heif"), (Format.JXL, "pillow_jxl"), (Format.AVIF, "pillow_avif")],
)
def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch, target: Format, module: str) -> None:
    data = sample(target)
    monkeypatch.setitem(sys.modules, module, None)
    avif._load.cache_clear()
    with pytest.raises(OimgError) as caught:
        CODECS[target].library()
    assert caught.value.code is ErrorCode.CODEC_MISSING
    with pytest.raises(OimgError) as caught:
        CODECS[target].decode(data, Limits())
    assert caught.value.code is ErrorCode.CODEC_MISSING
    avif._load.cache_clear()


def test_counting_colors_gives_up_early() -> None:
    assert palette.count_colors(np.zeros((9, 9, 1), np.uint8)) == 1
    assert palette.count_colors(pixels("rgba", 20, 20)) == len(np.unique(pixels("rgba", 20, 20).reshape(-1, 4), axis=0))
    noisy = np.arange(300 * 300 * 4, dtype=np.uint32).view(np.uint8)[: 300 * 300 * 4].reshape(300, 300, 4)
    assert palette.count_colors(np.ascontiguousarray(noisy), 1000) > 1000


@pytest.mark.parametrize("kind", ["gray", "gray+alpha", "rgb", "rgba"])
def test_quantizing(kind: str) -> None:
    array = pixels(kind, 40, 30)
    indices, table = palette.quantize(array, 100)
    assert indices.shape == (30, 40)
    assert table.shape[1] == 4
    assert indices.max() < len(table) <= 256
    shown, wanted = table[indices].astype(float), as_rgba(array).astype(float)
    assert np.abs(shown[..., 3] - wanted[..., 3]).mean() < 6
    for laid in (shown, wanted):  # a colour counts as much as it can be seen
        laid[..., :3] *= laid[..., 3:] / 255
    assert np.abs(shown - wanted).mean() < 6


def test_only_dithering_gives_one_color_several_entries() -> None:
    """Undithered, the entry of a pixel is a function of its colour alone: the nearest, or next to it."""
    array = np.ascontiguousarray(np.repeat(np.arange(256, dtype=np.uint8)[np.newaxis, :, np.newaxis], 64, axis=0))
    mixed, plain = (palette.quantize(array, 40, dithering=chosen)[0] for chosen in (True, False))
    assert max(len(np.unique(column)) for column in mixed.T) > 1
    assert max(len(np.unique(column)) for column in plain.T) == 1
