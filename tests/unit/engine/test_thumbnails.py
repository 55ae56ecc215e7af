"""Whether a thumbnail shows its picture: pictures and thumbnails made by Pillow, and those of real cameras."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import piexif
import pytest
from PIL import Image, ImageDraw, ImageOps

from oimg.engine.codecs import jpeg
from oimg.engine.metadata import exif
from oimg.engine.thumbnails import annotated, compared, decode, gray, likeness
from oimg.words.images import DecodedImage, Frame, Limits
from oimg.words.privacy import Finding, MetadataGroup


def scene(seed: int, size: tuple[int, int] = (480, 320)) -> Image.Image:
    """Something with large shapes, as photos have."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (6, 9, 3), dtype=np.uint8))
    return small.resize(size, Image.Resampling.BICUBIC)


def same(picture: Image.Image, small: Image.Image) -> bool:
    packed = BytesIO()
    small.save(packed, "JPEG", quality=60)
    decoded = decode(packed.getvalue())
    assert decoded is not None
    return likeness(gray(DecodedImage((Frame(np.asarray(picture)),))), gray(decoded)).same


def test_a_thumbnail_of_the_picture() -> None:
    picture = scene(1)
    small = picture.resize((160, 107), Image.Resampling.LANCZOS)
    assert same(picture, small)
    assert same(picture, ImageOps.pad(small, (160, 120)))  # with black bars, as cameras do
    assert same(picture, ImageOps.fit(picture, (120, 120)))  # cropped to a square
    assert same(picture, small.transpose(Image.Transpose.ROTATE_90))  # left behind when the picture was turned
    assert same(picture, small.point(lambda value: value * 3 // 4 + 30))  # darker, and less contrast
    assert same(picture.convert("L").convert("RGB"), small)  # made gray afterwards


def test_a_thumbnail_of_something_else() -> None:
    picture = scene(1)
    assert not same(picture, scene(2, (160, 107)))
    assert not same(picture, Image.new("RGB", (160, 107), "gray"))
    assert not same(picture, ImageOps.invert(picture.resize((160, 107))))
    assert not same(picture.crop((240, 160, 480, 320)), picture.resize((160, 107)))  # cropped afterwards


def test_what_was_painted_over_afterwards_shows() -> None:
    picture = scene(3)
    small = picture.resize((160, 107), Image.Resampling.LANCZOS)
    ImageDraw.Draw(picture).rectangle((200, 120, 260, 180), fill="black")
    assert not same(picture, small)


def test_flat_pictures() -> None:
    white = Image.new("RGB", (100, 100), "white")
    assert same(white, Image.new("RGB", (50, 50), "white"))
    assert not same(white, Image.new("RGB", (50, 50), "black"))


@pytest.mark.parametrize("junk", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0junk", b"GIF89a"])
def test_what_is_no_picture_is_not_decoded(junk: bytes) -> None:
    assert decode(junk) is None


def test_every_kind_of_thumbnail_is_compared() -> None:
    packed = BytesIO()
    scene(4).save(packed, "JPEG")
    small = BytesIO()
    scene(4, (160, 107)).save(small, "JPEG")
    block = piexif.dump({"0th": {}, "1st": {0x0103: 6}, "thumbnail": small.getvalue()})
    framed = BytesIO()
    scene(4).save(framed, "JPEG", exif=block)
    metadata = jpeg.CODEC.read_metadata(framed.getvalue())[0]
    header = jpeg.CODEC.probe(BytesIO(framed.getvalue()))
    assert compared(framed.getvalue(), header, metadata, Limits()) == {"Thumbnail": True}
    assert compared(framed.getvalue()[:300], header, metadata, Limits()) == {}
    other = BytesIO()
    scene(5).save(other, "JPEG", exif=block)
    assert compared(other.getvalue(), header, metadata, Limits()) == {"Thumbnail": False}
    finding = annotated(Finding(MetadataGroup.THUMBNAIL, "Thumbnail", "small"), {"Thumbnail": False})
    assert finding.value == "small, shows something else than the picture"
    assert dict(finding.facts) == {"shows_picture": False}


def test_thumbnails_of_real_cameras(corpus: Path) -> None:
    """Each shows its own picture, letterboxed ones too, and none that of another camera."""
    names = ("Kodak PIXPRO FZ201.jpg", "Nikon D5000.jpg", "Olympus PEN E-P3.jpg")
    pairs = []
    for name in names:
        data = (corpus / "photos/camera" / name).read_bytes()
        small = decode(exif.parse(jpeg.CODEC.read_metadata(data)[0].exif).thumbnail)
        assert small is not None
        pairs.append((gray(jpeg.CODEC.decode(data, Limits())), gray(small)))
    for row, (picture, _) in enumerate(pairs):
        for column, (_, small) in enumerate(pairs):
            assert likeness(picture, small).same == (row == column), (names[row], names[column])
