"""The memory that work takes is reckoned from what is decoded and what is encoded."""

from __future__ import annotations

import subprocess
import sys

import pytest

from oimg.engine.footprint import BYTES_PER_PIXEL, peak_bytes
from oimg.words.images import Format, Header
from oimg.words.recipe import Fitting, Recipe, Resize, Target

PHOTO = Header(Format.JPEG, 4000, 3000)

# A process of its own: peaks of memory never go down.
PEAK = """
import resource, sys
from io import BytesIO
import numpy as np
from PIL import Image
from oimg.engine.transform import Request, inspect_header, transform
from oimg.engine import child
from oimg.words.recipe import Fitting, Recipe, Resize
side = int(sys.argv[1])
wave = np.add.outer(np.arange(side), np.arange(side)) % 251
stream = BytesIO()
Image.fromarray(wave.astype(np.uint8)).convert("RGB").save(stream, "JPEG", quality=85)
data = stream.getvalue()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
recipe = Recipe(resize=Resize(fitting=Fitting.LONG_EDGE, amount=int(sys.argv[2])))
transform(Request(data, inspect_header(data), recipe))
child.close_all()
print(1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))
"""


def test_a_format_costs_what_was_measured_of_it() -> None:
    for target, name in ((Target.KEEP, Format.JPEG), (Target.AVIF, Format.AVIF), (Target.PNG, Format.PNG)):
        assert peak_bytes(PHOTO, Recipe(format=target)) == 12_000_000 * BYTES_PER_PIXEL[name]


def test_auto_costs_what_the_costliest_of_its_formats_does() -> None:
    assert peak_bytes(PHOTO, Recipe(format=Target.AUTO)) == 12_000_000 * BYTES_PER_PIXEL[Format.PNG]


def test_made_smaller_it_costs_what_is_decoded_and_what_is_made() -> None:
    small = Recipe(resize=Resize(fitting=Fitting.LONG_EDGE, amount=1000))
    made = 1000 * 750 * BYTES_PER_PIXEL[Format.JPEG]
    assert peak_bytes(PHOTO, small) == 2000 * 1500 * 12 + made  # decoded at half of the sides
    png = Header(Format.PNG, 4000, 3000)
    assert peak_bytes(png, small) == 4000 * 3000 * 12 + 1000 * 750 * BYTES_PER_PIXEL[Format.PNG]


def test_frames_and_deep_pixels_count() -> None:
    frames = Header(Format.WEBP, 100, 100, frames=10)
    assert peak_bytes(frames, Recipe()) >= 10 * peak_bytes(Header(Format.WEBP, 100, 100), Recipe())
    deep = Header(Format.PNG, 100, 100, bit_depth=16)
    assert peak_bytes(deep, Recipe()) == 2 * peak_bytes(Header(Format.PNG, 100, 100), Recipe())


def test_what_cannot_be_written_costs_its_decoding() -> None:
    assert 0 < peak_bytes(Header(Format.HEIC, 100, 100), Recipe()) < 100 * 100 * 30


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has another unit elsewhere")
@pytest.mark.parametrize(("side", "edge"), [(2400, 2400), (2400, 600)])
def test_a_jpeg_stays_within_what_is_reckoned(side: int, edge: int) -> None:
    done = subprocess.run([sys.executable, "-c", PEAK, str(side), str(edge)], check=True, capture_output=True)
    reckoned = peak_bytes(
        Header(Format.JPEG, side, side), Recipe(resize=Resize(fitting=Fitting.LONG_EDGE, amount=edge))
    )
    libraries = 40 << 20  # encoders and tables that are loaded with the first picture
    assert int(done.stdout) < reckoned + libraries
