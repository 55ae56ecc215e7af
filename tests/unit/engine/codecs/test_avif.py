"""AVIF: what the encoder is told about threads changes no byte."""

from __future__ import annotations

from engine_pictures import image
from oimg.engine.codecs import ENCODERS
from oimg.words.images import EncodeOptions, Format


def test_the_number_of_threads_changes_no_byte() -> None:
    """A file must not depend on what else a batch was doing."""
    picture = image("rgb", 512, 384)
    codec = ENCODERS[Format.AVIF]
    files = {codec.encode(picture, EncodeOptions(quality=60, effort=4, threads=each)) for each in (1, 2, 3, 8)}
    assert len(files) == 1
