"""A decoder that crashes or hangs costs one file, not the program."""

from __future__ import annotations

import os
import signal
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oimg.engine import child, guarded
from oimg.engine.codecs import detect
from oimg.engine.transform import Refusal, Request, transform
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Header, Limits
from oimg.words.recipe import Recipe
from oimg.words.report import KeptCode

SABOTAGE = """
import os, signal, sys, time
from oimg.engine.child import __main__ as server
def crash(payload, options): os.kill(os.getpid(), signal.SIGSEGV)
def hang(payload, options): time.sleep(60)
server.CALLS["decode"] = {"crash": crash, "hang": hang}[sys.argv[1]]
server.main()
"""


@pytest.fixture(autouse=True)
def _no_child_stays() -> object:
    child.close_all()
    yield
    child.close_all()


def picture(kind: str) -> tuple[bytes, Header]:
    stream = BytesIO()
    Image.fromarray(np.arange(48 * 32 * 3, dtype=np.uint8).reshape(32, 48, 3)).save(stream, kind)
    data = stream.getvalue()
    return data, detect(data[:64]).probe(BytesIO(data))


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "PPM", "JPEG", "PNG"])
def test_gives_the_picture(kind: str) -> None:
    data, header = picture(kind)
    decoded = guarded.decode(data, header, Limits())
    wanted = np.asarray(Image.open(BytesIO(data)).convert("RGB"))
    assert np.array_equal(decoded.pixels, wanted)


def test_a_crash_is_an_error_of_this_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_command", lambda: [sys.executable, "-c", SABOTAGE, "crash"])
    data, header = picture("TIFF")
    with pytest.raises(OimgError) as caught:
        guarded.decode(data, header, Limits())
    assert caught.value.code is ErrorCode.CODEC_CRASHED
    assert str(-signal.SIGSEGV) in caught.value.detail


def test_a_hang_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_command", lambda: [sys.executable, "-c", SABOTAGE, "hang"])
    monkeypatch.setattr(guarded, "_SECONDS", 1.0)
    data, header = picture("BMP")
    with pytest.raises(OimgError) as caught:
        guarded.decode(data, header, Limits())
    assert caught.value.code is ErrorCode.CODEC_CRASHED


def test_the_next_file_gets_a_new_child(monkeypatch: pytest.MonkeyPatch) -> None:
    data, header = picture("TIFF")
    with monkeypatch.context() as patched:
        patched.setattr(child, "_command", lambda: [sys.executable, "-c", SABOTAGE, "crash"])
        with pytest.raises(OimgError):
            guarded.decode(data, header, Limits())
    assert guarded.decode(data, header, Limits()).size == (48, 32)


def test_a_damaged_file_says_so_in_our_codes() -> None:
    data, header = picture("BMP")
    with pytest.raises(OimgError) as caught:
        guarded.decode(data[:-200], header, Limits())
    assert caught.value.code in {ErrorCode.TRUNCATED, ErrorCode.CORRUPT}


def test_jpeg_needs_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_command", lambda: [str(Path(os.devnull))])
    data, header = picture("JPEG")
    assert guarded.decode(data, header, Limits()).size == (48, 32)


def jpeg_of(pixels: np.ndarray) -> bytes:
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=80)
    return stream.getvalue()


def test_a_whole_jpeg_is_not_damaged() -> None:
    data, header = picture("JPEG")
    assert guarded.damage(data, header) == ""


@pytest.mark.parametrize("harm", ["taller", "shorter"])
def test_damage_that_decoders_hide_is_found(harm: str) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    data = bytearray(jpeg_of(noise))
    if harm == "taller":  # the frame header claims ten times the rows that are there
        start = data.index(b"\xff\xc0")
        data[start + 5 : start + 7] = (960).to_bytes(2, "big")
    else:  # the end is there, what comes before it is not
        del data[len(data) * 2 // 3 : -2]
    Image.open(BytesIO(bytes(data))).load()  # Pillow shows it without a word
    header = detect(bytes(data[:64])).probe(BytesIO(bytes(data)))
    assert "corrupt" in guarded.damage(bytes(data), header)
    result = transform(Request(bytes(data), header, Recipe()))
    assert isinstance(result, Refusal)
    assert result.code is KeptCode.DAMAGED


def test_kinds_that_the_checker_does_not_read_are_left_to_others() -> None:
    cmyk = BytesIO()
    Image.new("CMYK", (32, 32), (10, 20, 30, 40)).save(cmyk, "JPEG")
    header = detect(cmyk.getvalue()[:64]).probe(BytesIO(cmyk.getvalue()))
    assert guarded.damage(cmyk.getvalue(), header) == ""


def test_real_photos_are_not_taken_for_damaged(corpus: Path) -> None:
    photos = sorted((corpus / "photos" / "camera").glob("*.jpg"))
    assert len(photos) >= 10
    for path in photos:
        data = path.read_bytes()
        assert guarded.damage(data, detect(data[:64]).probe(BytesIO(data))) == "", path.name
