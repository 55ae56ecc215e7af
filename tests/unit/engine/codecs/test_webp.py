"""What is special to WebP: how much of libwebp's effort the default takes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine_pictures import image, pixels
from oimg.engine.codecs import webp
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.words.images import DecodedImage, EncodeOptions, Frame


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["kodim13.png", "kodim19.png"])
def test_fewer_bytes_at_equal_score_than_what_pillow_writes_by_default(corpus: Path, name: str) -> None:
    with Image.open(corpus / "photos/lossless" / name) as opened:
        pixels = np.asarray(opened.convert("RGB"))[:448, :448]
    pixels = np.ascontiguousarray(pixels)
    reference = Reference(pixels)

    def score(data: bytes) -> float:
        with Image.open(BytesIO(data)) as read:
            return reference.score(np.asarray(read.convert("RGB")))

    usual = []
    for quality in (60, 70, 80, 90):
        stream = BytesIO()
        Image.fromarray(pixels).save(stream, "WEBP", quality=quality)
        usual.append((score(stream.getvalue()), np.log(len(stream.getvalue()))))
    data = webp.CODEC.encode(DecodedImage((Frame(pixels),), loop=1), EncodeOptions(quality=75))
    reached = score(data)
    assert usual[0][0] < reached < usual[-1][0]
    assert len(data) < np.exp(np.interp(reached, *zip(*usual, strict=True)))


@pytest.mark.parametrize(("kind", "method"), [("rgb", 6), ("rgba", 4)])
def test_the_method_of_the_default_effort(kind: str, method: int) -> None:
    """The mask of a transparent picture takes seconds with method 6."""
    array = pixels(kind, 96, 80)
    sizes = {}
    for tried in (4, 6):
        stream = BytesIO()
        Image.fromarray(array).save(stream, "WEBP", quality=70, method=tried)
        sizes[tried] = len(stream.getvalue())
    assert sizes[4] != sizes[6]
    assert len(webp.CODEC.encode(image(kind, 96, 80), EncodeOptions(quality=70))) == sizes[method]
