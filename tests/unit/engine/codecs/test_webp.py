"""What is special to WebP: how much of libwebp's effort the default takes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

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
