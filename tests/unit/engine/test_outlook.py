"""What is foretold comes true: every finding said to be removed is gone from the result, every other one is there."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from pathlib import Path

import piexif
import pytest
from PIL import Image

from oimg.engine.codecs import detect
from oimg.engine.disclosure import disclose
from oimg.engine.outlook import Outlook, foresee
from oimg.engine.transform import Made, Request, transform
from oimg.words.errors import OimgError
from oimg.words.images import Header
from oimg.words.privacy import Fate, MetadataGroup, MetadataPolicy
from oimg.words.recipe import ColorPolicy, Fitting, Mode, Recipe, Resize, Target
from oimg.words.report import KeptCode

KEEP = MetadataPolicy.KEEP
RECIPES = {
    "private": Recipe(mode=Mode.QUALITY, quality=60, effort=0),
    "private with device": Recipe(mode=Mode.QUALITY, quality=60, effort=0, keep=frozenset({MetadataGroup.DEVICE})),
    "strip": Recipe(mode=Mode.QUALITY, quality=60, effort=0, metadata=MetadataPolicy.STRIP),
    "keep": Recipe(mode=Mode.QUALITY, quality=60, effort=0, metadata=KEEP),
    "keep, packed only": Recipe(mode=Mode.LOSSLESS, effort=0, metadata=KEEP),
    "keep, smaller": Recipe(
        mode=Mode.QUALITY, quality=60, effort=0, metadata=KEEP, resize=Resize(fitting=Fitting.LONG_EDGE, amount=60)
    ),
    "keep, sRGB": Recipe(mode=Mode.QUALITY, quality=60, effort=0, metadata=KEEP, color=ColorPolicy.SRGB),
    "keep, WebP": Recipe(mode=Mode.QUALITY, quality=60, effort=0, metadata=KEEP, format=Target.WEBP),
    "keep, PNG": Recipe(mode=Mode.LOSSLESS, effort=0, metadata=KEEP, format=Target.PNG),
    "keep, JXL": Recipe(mode=Mode.QUALITY, quality=60, effort=0, metadata=KEEP, format=Target.JXL),
    "private, AVIF": Recipe(mode=Mode.QUALITY, quality=50, effort=0, format=Target.AVIF),
    "keep, flat": Recipe(mode=Mode.QUALITY, quality=60, effort=0, metadata=KEEP, flatten_special=True),
}
LARGEST = 60_000  # bytes: small files are quick, and the truth does not depend on the number of pixels


def seen(data: bytes, recipe: Recipe) -> tuple[Header, Outlook]:
    header = detect(data[:64]).probe(BytesIO(data))
    return header, foresee(data, header, recipe)


def check(name: str, outlook: Outlook, made: Made) -> int:
    """Compare what was foretold with a result; gives the number of findings that were compared."""
    assert outlook.kept is None, name
    left = disclose(made.data, made.format)[2]
    present = Counter((finding.group, finding.name) for finding in left)
    values = {(finding.name, finding.value) for finding in left}
    said = {fate: Counter[tuple[MetadataGroup, str]]() for fate in Fate}
    for each in outlook.prospects:
        said[each.fate][each.finding.group, each.finding.name] += 1
        if each.fate is Fate.STAYS:
            possible = [one.value for one in each.left or (each.finding,)]
            assert any((each.finding.name, value) in values for value in possible), (name, each)
    for key, count in said[Fate.STAYS].items():
        assert present[key] >= count, (name, key)
    for key in said[Fate.REMOVED]:
        assert present[key] <= said[Fate.STAYS][key] + said[Fate.DEPENDS][key], (name, key)
    return len(outlook.prospects)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_real_pictures(corpus: Path, recipe: Recipe) -> None:
    compared = pictures = 0
    for folder in ("conformance/exif", "conformance/orientation", "conformance/icc", "conformance/gainmap-motion-mpo"):
        for path in sorted((corpus / folder).iterdir()):
            data = path.read_bytes()
            if len(data) > LARGEST:
                continue
            header, outlook = seen(data, recipe)
            try:
                made = transform(Request(data, header, recipe))
            except OimgError:  # cut short: no result, so nothing is removed
                assert {each.fate for each in outlook.prospects} == {Fate.STAYS}, path.name
                continue
            if isinstance(made, Made):
                compared += check(path.name, outlook, made)
                pictures += 1
    assert pictures >= 5
    assert compared >= 50


@pytest.fixture
def turned() -> bytes:
    """A JPEG stored on its side, with a thumbnail and an owner."""
    small, out = BytesIO(), BytesIO()
    Image.effect_noise((16, 12), 90).save(small, "JPEG")
    tables = {
        "0th": {0x0112: 6, piexif.ImageIFD.Artist: b"Ann", piexif.ImageIFD.Copyright: b"(c) Ann"},
        "1st": {0x0103: 6},
        "thumbnail": small.getvalue(),
    }
    Image.effect_noise((64, 48), 90).convert("RGB").save(out, "JPEG", quality=95, exif=piexif.dump(tables))
    return out.getvalue()


def fates(outlook: Outlook) -> dict[str, Fate]:
    return {each.finding.name: each.fate for each in outlook.prospects}


def test_what_depends_on_the_way_of_packing_is_said_to(turned: bytes) -> None:
    """A JPEG that is only packed anew keeps its tag and its thumbnail; one that is coded anew is turned for good."""
    found = fates(seen(turned, RECIPES["keep"])[1])
    assert found["Thumbnail"] is Fate.DEPENDS
    assert found["Artist"] is Fate.STAYS
    packed = fates(seen(turned, RECIPES["keep, packed only"])[1])
    assert packed["Thumbnail"] is packed["Orientation"] is Fate.STAYS
    smaller = fates(seen(turned, RECIPES["keep, smaller"])[1])
    assert smaller["Thumbnail"] is Fate.REMOVED
    private = fates(seen(turned, RECIPES["private"])[1])
    assert private["Thumbnail"] is private["Artist"] is Fate.REMOVED
    assert private["Copyright"] is Fate.STAYS


def test_another_value_that_stays_is_told() -> None:
    out = BytesIO()
    exif = piexif.dump({"Exif": {piexif.ExifIFD.PixelXDimension: 64, piexif.ExifIFD.PixelYDimension: 48}})
    Image.effect_noise((64, 48), 90).convert("RGB").save(out, "JPEG", exif=exif)
    outlook = seen(out.getvalue(), RECIPES["keep, smaller"])[1]
    left = {each.finding.name: (each.finding.value, *(one.value for one in each.left)) for each in outlook.prospects}
    assert left["PixelXDimension"] == ("64", "60")
    assert left["PixelYDimension"] == ("48", "45")


def test_what_is_kept_stays_as_it_is(corpus: Path) -> None:
    data = (corpus / "conformance/gainmap-motion-mpo/seine_sdr_gainmap_srgb.jpg").read_bytes()
    outlook = seen(data, RECIPES["private"])[1]
    assert outlook.kept == (KeptCode.GAIN_MAP, "")
    assert {each.fate for each in outlook.prospects} == {Fate.STAYS}
    assert outlook.removed == frozenset()
    flat = seen(data, Recipe(flatten_special=True))[1]
    assert flat.kept is None
    assert fates(flat)["TrailingData"] is Fate.REMOVED


def test_a_format_that_is_only_read_is_kept() -> None:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "BMP", dpi=(300, 300))
    assert seen(out.getvalue(), RECIPES["private"])[1].kept == (KeptCode.READ_ONLY_FORMAT, "bmp")
