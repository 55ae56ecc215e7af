"""PNG chunks that are metadata: what is carried, what is packed, and that nothing hides in the rest."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image

from oimg.engine.containers import png
from oimg.engine.containers.png_chunks import chunk
from oimg.words.images import Metadata


def picture(mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).convert(mode).save(out, "PNG")
    return out.getvalue()


def insert(data: bytes, *chunks: bytes) -> bytes:
    """The file with chunks behind IHDR."""
    return data[:33] + b"".join(chunks) + data[33:]


def assert_same_pixels(one: bytes, other: bytes) -> None:
    with Image.open(io.BytesIO(one)) as first, Image.open(io.BytesIO(other)) as second:
        assert np.array_equal(np.asarray(first.convert("RGBA")), np.asarray(second.convert("RGBA")))


def test_chunks_of_others_are_parts_and_those_that_may_be_copied_go_back_in():
    time = chunk("tIME", struct.pack(">H5B", 2020, 1, 2, 3, 4, 5))
    source = insert(picture(), time, chunk("prVt", b"safe"), chunk("prVT", b"not safe"), chunk("caBX", b"signed"))
    metadata, _ = png.read_metadata(source)
    assert [(part.name, part.data) for part in metadata.parts[1:]] == [("prVt", b"safe"), ("prVT", b"not safe")]
    again = png.rewrite(picture("L"), metadata, None)
    assert time in again
    assert chunk("prVt", b"safe") in again
    assert b"not safe" not in again
    assert b"signed" not in again
    assert_same_pixels(again, picture("L"))


def test_long_texts_are_packed_and_read_back():
    comments = (b"Comment: " + b"long " * 500, ("Title: " + "漢字" * 600).encode())
    result = png.rewrite(picture(), Metadata(comments=comments), None)
    assert len(result) - len(picture()) < 400
    assert png.read_metadata(result)[0].comments == comments
    with Image.open(io.BytesIO(result)) as image:
        image.load()
        assert image.info["Comment"] == "long " * 500
        assert image.info["Title"] == "漢字" * 600


def test_what_is_longer_than_it_can_be_holds_something_else():
    long = [chunk(name, b"\1" * 9 + b"SECRET" * 60) for name in ("bKGD", "sBIT", "pHYs", "gAMA", "tRNS")]
    bare = png.rewrite(insert(picture(), *long), Metadata(), None)
    assert b"SECRET" not in bare
    assert png.rewrite(picture()[:-12] + chunk("IEND", b"SECRET"), Metadata(), None) == png.rewrite(
        picture(), Metadata(), None
    )
    named = chunk("iCCP", b"SECRET name\0\0" + zlib.compress(b"profile") + b"SECRET")
    result = png.rewrite(insert(picture(), named), Metadata(), None)
    assert b"SECRET" not in result
    assert png.read_metadata(result)[1] == b"profile"
    shape = struct.pack(">IIB", 2, 3, 0)
    assert chunk("pHYs", shape) in png.rewrite(insert(picture(), chunk("pHYs", shape)), Metadata(), None)
