"""Every encoder is asked the same questions; other decoders read the answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from engine_pictures import HAS_PACKER, WITHOUT_PACKER, WRITE_FORMATS, as_rgba, fits, image, independent, lossless
from oimg.engine.codecs import CODECS, ENCODERS, RECOMPRESSORS, detect
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.words.file_types import SUFFIXES, USUAL_SUFFIXES
from oimg.words.images import EncodeOptions, Format, Limits

KINDS = ("gray", "gray+alpha", "rgb", "rgba", "cmyk", "bilevel", "gray16", "gray+alpha16", "rgb16", "rgba16")
SIDES = (1, 2, 3, 5, 7, 8, 9, 13, 16, 17)
LOSSLESS = [(f, kind) for f in WRITE_FORMATS for kind in KINDS if lossless(f) and fits(kind, f)]
LOSSY = [
    (f, kind)
    for f in WRITE_FORMATS
    for kind in ("gray", "gray+alpha", "rgb", "rgba", "cmyk")
    if ENCODERS[f].capabilities.lossy and fits(kind, f)
]


def test_every_kind_is_asked_of_someone() -> None:
    assert {kind for _, kind in LOSSLESS} == set(KINDS)
    assert {f for f, _ in LOSSLESS} | {f for f, _ in LOSSY} == set(ENCODERS)


@pytest.mark.parametrize(("target", "kind"), LOSSLESS)
def test_lossless_gives_every_pixel_back(target: Format, kind: str) -> None:
    if target is Format.PNG and kind.endswith("16") and not HAS_PACKER:
        pytest.skip(WITHOUT_PACKER)
    source = image(kind, 61, 43)
    codec = ENCODERS[target]
    data = codec.finish(codec.encode(source, EncodeOptions(effort=2)), 2)
    wanted = as_rgba(source.pixels, kind)
    own = codec.decode(data, Limits())
    read = as_rgba(independent(data, target), kind)
    if kind.endswith("16") and read.dtype == np.uint8:  # the packer may drop low bytes only where they repeat
        read = read.astype(np.uint16) * 257
    assert np.array_equal(read, wanted)
    assert np.array_equal(as_rgba(own.pixels, kind), wanted)
    assert own.orientation == 1


@pytest.mark.parametrize(("target", "kind"), LOSSY)
def test_lossy_looks_alike(target: Format, kind: str) -> None:
    source = image(kind, 131, 127)
    codec = ENCODERS[target]
    data = codec.finish(codec.encode(source, EncodeOptions(quality=90, effort=2)), 2)
    read = independent(data, target)
    assert read.shape[:2] == (127, 131)
    before, after = as_rgba(source.pixels, kind), as_rgba(read, kind)
    if kind == "cmyk":
        assert np.abs(before.astype(int) - after.astype(int)).mean() < 3
        return
    opaque = "a" not in kind.removeprefix("gra")
    channels = 3 if opaque else 4
    assert Reference(before[..., :channels]).score(after[..., :channels]) > (60 if target is Format.GIF else 75)
    assert np.abs(after[..., 3].astype(int) - before[..., 3].astype(int)).max() <= 12


@pytest.mark.parametrize("target", WRITE_FORMATS)
def test_every_small_size(target: Format) -> None:
    codec = ENCODERS[target]
    exact = codec.capabilities.lossless
    options = EncodeOptions(effort=1) if exact else EncodeOptions(quality=90, effort=1)
    for width in SIDES:
        for height in SIDES:
            source = image("rgb", width, height)
            read = as_rgba(independent(codec.encode(source, options), target))
            off = np.abs(read.astype(int) - as_rgba(source.pixels).astype(int))
            assert read.shape[:2] == (height, width)
            assert off.max() == 0 if exact else off.mean() < 6, (width, height)


@pytest.mark.parametrize("target", WRITE_FORMATS)
def test_the_same_picture_gives_the_same_bytes(target: Format) -> None:
    codec = ENCODERS[target]
    for options in (*lossless(target), EncodeOptions(quality=70, effort=5)):
        once, twice = (codec.finish(codec.encode(image("rgb", 97, 83), options), 5) for _ in range(2))
        assert once == twice


@pytest.mark.parametrize("target", WRITE_FORMATS)
def test_content_decides_the_format(target: Format) -> None:
    data = ENCODERS[target].encode(image("rgb", 20, 20), EncodeOptions(quality=80, effort=1))
    assert detect(data[:64]).format is target
    assert [codec.format for codec in CODECS.values() if codec.sniff(data[:64])] == [target]


@pytest.mark.parametrize("target", WRITE_FORMATS)
def test_the_header_tells_what_the_decoder_finds(target: Format) -> None:
    from oimg.engine.transform import inspect_header

    data = ENCODERS[target].encode(image("rgb", 33, 21), EncodeOptions(quality=80, effort=1))
    header = inspect_header(data)
    decoded = ENCODERS[target].decode(data, Limits())
    assert (header.width, header.height, header.frames) == (33, 21, len(decoded.frames))
    assert header.format is target
    assert header.color is decoded.color
    assert header.has_alpha == decoded.has_alpha
    assert header.orientation == decoded.orientation == 1


@pytest.mark.parametrize("target", CODECS)
def test_a_codec_names_its_library(target: Format) -> None:
    assert any(letter.isdigit() for letter in CODECS[target].library())
    assert CODECS[target].format is target


@pytest.mark.parametrize("registry", [CODECS, ENCODERS, RECOMPRESSORS])
def test_a_registry_says_what_it_has_before_it_loads_it(registry: Mapping[Format, object]) -> None:
    told = {format_ for format_ in Format if format_ in registry}
    assert set(registry) == told
    assert len(registry) == len(told)
    assert {codec.format for codec in registry.values()} == told  # type: ignore[attr-defined]
    for missing in set(Format) - told:
        with pytest.raises(KeyError):
            registry[missing]


def test_suffixes_stand_for_one_format_each() -> None:
    assert set(SUFFIXES.values()) == set(USUAL_SUFFIXES) == set(CODECS)
    assert all(SUFFIXES[usual] is format_ for format_, usual in USUAL_SUFFIXES.items())
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in SUFFIXES)
    assert (SUFFIXES[".jpg"], SUFFIXES[".tif"], SUFFIXES[".heic"]) == (Format.JPEG, Format.TIFF, Format.HEIC)
