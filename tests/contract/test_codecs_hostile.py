"""Damaged files: only an OimgError comes out of a codec, and soon; and the content decides what a file is."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine_pictures import READ_FORMATS, sample
from oimg.engine.codecs import CODECS, RECOMPRESSORS, detect
from oimg.engine.transform import inspect_header
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format, Limits, Metadata

PATIENCE = 8.0
LIMITS = Limits(max_pixels=20_000_000)
READING = {ErrorCode.CORRUPT, ErrorCode.TRUNCATED, ErrorCode.UNSUPPORTED, ErrorCode.TOO_LARGE, ErrorCode.NOT_AN_IMAGE}
# Pillow tells of what it skips in a damaged file; our error says all there is to say.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def survives(read: Callable[[], Any], allowed: set[ErrorCode] = READING) -> bool:
    """Whether it could be read; anything but an allowed error, or a long wait, fails the test."""
    started = time.thread_time()
    try:
        read()
    except OimgError as error:
        assert error.code in allowed, error  # noqa: PT017
        return False
    finally:
        assert time.thread_time() - started < PATIENCE
    return True


def attempt(target: Format, data: bytes) -> bool:
    """Probe, decode, and where that went well recompress: the order of the work."""
    codec = CODECS[target]
    survives(lambda: codec.probe(BytesIO(data)))
    if not survives(lambda: codec.decode(data, LIMITS)):
        return False
    if target in RECOMPRESSORS:
        again = RECOMPRESSORS[target].recompress
        survives(lambda: again(data, Metadata(), b"", 1), READING | {ErrorCode.ENCODE, ErrorCode.CODEC_CRASHED})
    return True


@pytest.mark.parametrize("target", READ_FORMATS)
def test_whole_samples_are_read(target: Format) -> None:
    assert attempt(target, sample(target))


@pytest.mark.parametrize("target", READ_FORMATS)
def test_cut_short_anywhere(target: Format) -> None:
    whole = sample(target)
    step = max(1, len(whole) // 60)
    lengths = {*range(min(len(whole), 40)), *range(40, len(whole), step)}
    read = [length for length in sorted(lengths) if attempt(target, whole[:length])]
    # What is read from a cut file lacks nothing but padding or a trailer.
    assert all(length > 0.9 * len(whole) for length in read), read


@pytest.mark.parametrize("target", READ_FORMATS)
def test_changed_bytes(target: Format) -> None:
    whole = sample(target)
    # Damage near the start meets the structure, damage anywhere the coded pixels.
    places = st.one_of(st.integers(0, min(200, len(whole) - 1)), st.integers(0, len(whole) - 1))

    @settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=6))
    def change(changes: list[tuple[int, int]]) -> None:
        data = bytearray(whole)
        for at, value in changes:
            data[at] = value
        attempt(target, bytes(data))

    change()
    assert CODECS[target].sniff(whole[:64])


@pytest.mark.parametrize("target", READ_FORMATS)
def test_another_formats_file(target: Format) -> None:
    for other in READ_FORMATS:
        if other is not target:
            assert not CODECS[target].sniff(sample(other)[:64])
            survives(lambda other=other: CODECS[target].decode(sample(other), LIMITS))  # type: ignore[misc]


@pytest.mark.parametrize("data", [b"", b"\0", b"\0" * 100, b"GIF", b"hello, this is a text" * 9, b"%PDF-1.7\n"])
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(OimgError) as caught:
        detect(data[:64])
    assert caught.value.code is ErrorCode.NOT_AN_IMAGE


MISLABELLED = {
    "avif-content.jpg": Format.AVIF,
    "heic-content.jpg": Format.HEIC,
    "jpeg-content.png": Format.JPEG,
    "jpeg-no-extension": Format.JPEG,
    "jpg-size-6x6.jpg": Format.PNG,
    "png-content.jpg": Format.PNG,
    "tiff-content.jpg": Format.TIFF,
    "webp-content.jpg": Format.WEBP,
    "POC_phpinfo-metadata.gif": Format.GIF,
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", MISLABELLED)
def test_mislabelled_files_are_known_by_content(corpus: Path, name: str) -> None:
    data = (corpus / "hostile" / "mislabelled" / name).read_bytes()
    header = inspect_header(data)
    assert header.format is MISLABELLED[name]
    assert CODECS[header.format].decode(data, Limits()).size == header.upright_size


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["fixture-json.webp", "invalid_image.png", "text-content.png"])
def test_text_under_a_picture_name(corpus: Path, name: str) -> None:
    with pytest.raises(OimgError) as caught:
        inspect_header((corpus / "hostile" / "mislabelled" / name).read_bytes())
    assert caught.value.code is ErrorCode.NOT_AN_IMAGE


@pytest.mark.corpus
def test_no_hostile_file_surprises(corpus: Path) -> None:
    files = [path for path in sorted((corpus / "hostile").rglob("*")) if path.is_file()]
    assert len(files) > 70
    for path in files:
        data = path.read_bytes()
        for target, codec in CODECS.items():
            if codec.sniff(data[:64]):
                attempt(target, data)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["truncated.jpg", "truncated_jpeg.jpg", "truncated_image.png", "truncated.bmp"])
def test_truncation_has_its_own_code(corpus: Path, name: str) -> None:
    data = (corpus / "hostile" / "truncated" / name).read_bytes()
    with pytest.raises(OimgError) as caught:
        detect(data[:64]).decode(data, Limits())
    assert caught.value.code is ErrorCode.TRUNCATED
