"""Native calls let other threads run: a thread pool is only then a pool (design, section 5)."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from engine_pictures import pixels, saved
from metric_pictures import clouds, random_bytes
from oimg.engine.codecs import CODECS, ENCODERS, RECOMPRESSORS
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Format, Frame, Limits, Metadata

WANTED = 0.3  # seconds a call must last to be judged
SHARE = 0.5
TRIES = 3
WIDTHS = (512, 1024, 1536, 2048, 3072)
LIMITS = Limits(bomb_floor=1 << 40)


def starved(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of a call, and the longest time in it for which another thread did not come to run."""
    stop, longest = threading.Event(), [0.0]

    def tick() -> None:
        last = time.perf_counter()
        while not stop.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            longest[0], last = max(longest[0], now - last), now

    thread = threading.Thread(target=tick)
    thread.start()
    time.sleep(0.01)
    longest[0] = 0.0
    started = time.perf_counter()
    try:
        call()
    finally:
        seconds = time.perf_counter() - started
        stop.set()
        thread.join()
    return seconds, longest[0]


def lets_others_run(call_for: Callable[[int], Callable[[], object]]) -> None:
    """Find a picture that keeps the call busy for long enough, then judge the best of some tries."""
    first, _ = starved(call_for(WIDTHS[0]))
    enough = [width for width in WIDTHS if first * (width / WIDTHS[0]) ** 2 >= WANTED]
    call = call_for(enough[0] if enough else WIDTHS[-1])
    shares, seconds = [1.0], 0.0
    while shares[-1] >= SHARE and len(shares) <= TRIES:
        seconds, longest = starved(call)
        shares.append(longest / seconds)
    assert min(shares) < SHARE, f"others waited for {min(shares):.0%} of {seconds:.2f} s"


@cache
def picture(width: int) -> DecodedImage:
    """Soft colours with a little noise: real work for every coder, in few bytes of memory."""
    tile = clouds(3, 512, 512) // 2 + random_bytes(4, 512, 512, 3).astype(np.uint8) // 8
    times = width // 512
    return DecodedImage((Frame(np.ascontiguousarray(np.tile(tile, (times, times, 1)))),), ColorModel.RGB, loop=1)


def written(target: Format, width: int) -> bytes:
    if target is Format.GIF:
        return saved(picture(width).pixels[..., 0], "GIF")
    if target in ENCODERS:
        quality = None if target is Format.PNG else 90
        return ENCODERS[target].encode(picture(width), EncodeOptions(quality=quality, effort=0))
    plugin = {Format.BMP: "BMP", Format.PPM: "PPM", Format.QOI: "QOI"}[target]
    return saved(picture(width).pixels, plugin)


@pytest.mark.parametrize("target", ENCODERS)
def test_encoding(target: Format) -> None:
    quality = None if target is Format.PNG else 80
    lets_others_run(lambda width: lambda: ENCODERS[target].encode(picture(width), EncodeOptions(quality=quality)))


@pytest.mark.parametrize("target", [Format.WEBP, Format.JXL])
def test_lossless_encoding(target: Format) -> None:
    lets_others_run(lambda width: lambda: ENCODERS[target].encode(picture(width), EncodeOptions(effort=2)))


def test_plain_jpeg_of_gray() -> None:
    gray = {w: DecodedImage((Frame(picture(w).pixels[..., :1].copy()),), ColorModel.GRAY) for w in WIDTHS}
    lets_others_run(lambda width: lambda: ENCODERS[Format.JPEG].encode(gray[width], EncodeOptions(quality=80)))


def test_palette_reduction() -> None:
    options = EncodeOptions(quality=90, palette=True)
    lets_others_run(lambda width: lambda: ENCODERS[Format.PNG].encode(picture(width), options))


@pytest.mark.parametrize("target", [Format.PNG, Format.JPEG])
def test_finishing(target: Format) -> None:
    def call_for(width: int) -> Callable[[], object]:
        data = written(target, width)
        return lambda: ENCODERS[target].finish(data, 4)

    lets_others_run(call_for)


@pytest.mark.parametrize("target", [f for f in CODECS if f not in (Format.HEIC, Format.ICO)])
def test_decoding(target: Format) -> None:
    def call_for(width: int) -> Callable[[], object]:
        data = written(target, width)
        return lambda: CODECS[target].decode(data, LIMITS)

    lets_others_run(call_for)


def test_decoding_heic() -> None:
    import pillow_heif
    from PIL import Image

    def call_for(width: int) -> Callable[[], object]:
        from io import BytesIO

        stream = BytesIO()
        pillow_heif.from_pillow(Image.fromarray(picture(width).pixels)).save(
            stream, quality=60, enc_params={"preset": "ultrafast"}
        )
        return lambda: CODECS[Format.HEIC].decode(stream.getvalue(), LIMITS)

    lets_others_run(call_for)


def test_decoding_16_bits() -> None:
    def call_for(width: int) -> Callable[[], object]:
        deep = DecodedImage((Frame(pixels("rgb16", width, width)),), ColorModel.RGB)
        data = ENCODERS[Format.PNG].encode(deep, EncodeOptions())
        return lambda: CODECS[Format.PNG].decode(data, LIMITS)

    lets_others_run(call_for)


def test_recompressing_gif() -> None:
    def call_for(width: int) -> Callable[[], object]:
        data = written(Format.GIF, width)
        return lambda: RECOMPRESSORS[Format.GIF].recompress(data, Metadata(), b"", 5)

    lets_others_run(call_for)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a C function that sleeps")
def test_the_measure_tells_a_call_that_holds_the_lock() -> None:
    hold = ctypes.PyDLL(None).usleep  # PyDLL keeps the lock during the call
    assert min(longest / seconds for seconds, longest in (starved(lambda: hold(300_000)) for _ in range(3))) > 0.9
    assert min(longest / seconds for seconds, longest in (starved(lambda: time.sleep(0.3)) for _ in range(3))) < SHARE
