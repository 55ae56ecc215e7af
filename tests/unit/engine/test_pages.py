"""TIFF files of several pages, against tifffile and Pillow: every page, every sample, every tag that tells of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from engine_fixtures import no_other_child, packer  # noqa: F401 - used by pytest
from engine_pictures import done, drawing, made, photo, pixels, refused
from oimg.engine.transform import Made, Refusal
from oimg.words.errors import OimgError
from oimg.words.privacy import MetadataGroup, MetadataPolicy
from oimg.words.recipe import ColorPolicy, Fitting, Mode, Recipe, Resize, Target
from oimg.words.report import KeptCode, Notice

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")
KEEP = Recipe(metadata=MetadataPolicy.KEEP)
# What tells how samples lie and what they mean; how they are coded, and where, may change.
MEANING = (254, 256, 257, 258, 262, 266, 277, 282, 283, 284, 296, 297, 320, 322, 323, 338, 339, 34675)


def scan(width: int = 240, height: int = 160) -> Image.Image:
    return Image.fromarray(pixels("bilevel", width, height)[..., 0]).convert("1", dither=Image.Dither.NONE)


def by_pillow(*images: Image.Image, **options: object) -> bytes:
    out = BytesIO()
    images[0].save(out, "TIFF", save_all=True, append_images=list(images[1:]), **options)
    return out.getvalue()


def by_tifffile(*arrays: tuple[np.ndarray, dict[str, object]], byteorder: str = "<", bigtiff: bool = False) -> bytes:
    out = BytesIO()
    with tifffile.TiffWriter(out, byteorder=byteorder, bigtiff=bigtiff) as writer:
        for array, options in arrays:
            writer.write(array, metadata=None, **options)
    return out.getvalue()


RGB = {"photometric": "rgb"}
GRAY16 = pixels("gray16", 90, 70)[..., 0]
FILES = {
    "photos of two sizes": by_pillow(
        Image.fromarray(photo(150, 90)), Image.fromarray(drawing(80, 120)), dpi=(300, 150)
    ),
    "LZW": by_pillow(*(Image.fromarray(drawing(150, 90, seed)) for seed in (1, 2)), compression="tiff_lzw"),
    "LZW with differences": by_pillow(
        *(Image.fromarray(photo(150, 90, seed)) for seed in (1, 2)), compression="tiff_lzw", tiffinfo={317: 2}
    ),
    "PackBits": by_pillow(*(Image.fromarray(drawing(150, 90, seed)) for seed in (1, 2)), compression="packbits"),
    "scans": by_pillow(scan(), scan(300, 100)),
    "fax pages": by_pillow(scan(), scan(300, 100), compression="group3"),
    "palette and gray": by_pillow(Image.fromarray(drawing()).quantize(16), Image.fromarray(drawing()).convert("L")),
    "CMYK": by_pillow(*(Image.fromarray(photo(99, 50, seed)).convert("CMYK") for seed in (1, 2))),
    "alpha": by_pillow(*(Image.fromarray(pixels("rgba", 99, 50, seed)) for seed in (1, 2))),
    "JPEG inside": by_pillow(Image.fromarray(drawing(200, 160)), Image.fromarray(photo(64, 64)), compression="jpeg"),
    "16 bits": by_tifffile((GRAY16, {}), (GRAY16[:50], {})),
    "16 bits, big endian": by_tifffile((GRAY16, {}), (GRAY16[:50], {}), byteorder=">"),
    "big endian": by_tifffile((photo(99, 50), RGB), (drawing(70, 90), RGB), byteorder=">"),
    "tiles": by_tifffile((photo(150, 90), RGB | {"tile": (64, 64)}), (drawing(90, 70), RGB | {"tile": (32, 48)})),
    "planes": by_tifffile(
        (np.moveaxis(drawing(64, 48), 2, 0), {"photometric": "rgb", "planarconfig": "separate"}),
        (np.moveaxis(drawing(64, 50), 2, 0), {"photometric": "rgb", "planarconfig": "separate", "rowsperstrip": 7}),
    ),
    "many small strips": by_tifffile((drawing(150, 90), RGB | {"rowsperstrip": 3}), (photo(99, 50), RGB)),
    "deflated": by_tifffile((drawing(150, 90), RGB | {"compression": "zlib"}), (drawing(), RGB)),
}


def shown(data: bytes) -> list[tuple[str, np.ndarray]]:
    with Image.open(BytesIO(data)) as image:
        found = []
        for number in range(image.n_frames):
            image.seek(number)
            found.append((image.mode, np.asarray(image.copy())))
        return found


def meaning(data: bytes) -> list[dict[int, object]]:
    with tifffile.TiffFile(BytesIO(data)) as file:
        found = [{code: page.tags[code].value for code in MEANING if code in page.tags} for page in file.pages]
    return [{code: np.asarray(value).tolist() for code, value in tags.items()} for tags in found]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("policy", [MetadataPolicy.KEEP, MetadataPolicy.PRIVATE])
def test_every_page_stays(name: str, policy: MetadataPolicy) -> None:
    data = FILES[name]
    result = done(data, Recipe(metadata=policy))
    if isinstance(result, Refusal):
        assert result.code is KeptCode.NOT_SMALLER
        assert name == "JPEG inside"
        return
    assert len(result.data) < len(data)
    assert (result.frames, result.score) == (len(shown(data)), 100)
    for (mode, before), (again, after) in zip(shown(data), shown(result.data), strict=True):
        assert mode == again
        assert np.array_equal(before, after)
    assert meaning(result.data) == meaning(data)
    with tifffile.TiffFile(BytesIO(result.data)) as file:
        assert file.byteorder == ("<" if data.startswith(b"II") else ">")
        for number, page in enumerate(file.pages):
            if page.compression == 8:  # tifffile opens Deflate and its differences by itself
                with tifffile.TiffFile(BytesIO(data)) as source:
                    if source.pages[number].compression in (1, 8):
                        assert np.array_equal(page.asarray(), source.pages[number].asarray())
    assert isinstance(done(result.data, Recipe(metadata=policy)), Refusal)


def test_scans_go_as_fax_and_fax_stays_fax() -> None:
    for name in ("scans", "fax pages"):
        result = made(FILES[name])
        with tifffile.TiffFile(BytesIO(result.data)) as file:
            assert {int(page.compression) for page in file.pages} <= {3, 4}


def test_white_is_zero_stays_so() -> None:
    """Scanners write either photometric interpretation (262): black on white stays that."""
    scans = by_pillow(scan(), scan(300, 100), compression="group4", tiffinfo={262: 0})
    array = np.asarray(scan())
    packed = by_tifffile(
        *((np.packbits(array, axis=1), {"photometric": "minisblack"}), (np.packbits(array, axis=1), {}))
    )
    for data in (scans, packed):
        result = done(data)
        after = result.data if isinstance(result, Made) else data
        for (_, one), (_, other) in zip(shown(data), shown(after), strict=True):
            assert np.array_equal(one, other)
        assert [tags[262] for tags in meaning(after)] == [tags[262] for tags in meaning(data)]


def numbered() -> bytes:
    first = TiffImagePlugin.ImageFileDirectory_v2()
    first[315], first[297], first[254], first[269] = "SECRET one", (0, 2), 2, "Title page"
    first[33432] = "Copyright holder"
    out = BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(out, new=True) as writer:
        for number, name in enumerate(("SECRET one", "SECRET two")):
            first[315], first[297] = name, (number, 2)
            first[700] = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{name}</x:xmpmeta>".encode()
            Image.fromarray(photo(90 + number, 60)).save(writer, "TIFF", tiffinfo=first, dpi=(300, 299))
            writer.newFrame()
    return out.getvalue()


@pytest.mark.parametrize("policy", list(MetadataPolicy))
def test_the_policy_holds_for_every_page(policy: MetadataPolicy) -> None:
    data = numbered()
    assert data.count(b"SECRET") == 4
    result = made(data, Recipe(metadata=policy))
    kept = policy is MetadataPolicy.KEEP
    assert result.data.count(b"SECRET") == (4 if kept else 0)
    assert result.data.count(b"Copyright holder") == (0 if policy is MetadataPolicy.STRIP else 2)
    assert (MetadataGroup.OWNER in result.removed) is not kept
    with tifffile.TiffFile(BytesIO(result.data)) as file:
        assert [page.tags[297].value for page in file.pages] == [(0, 2), (1, 2)]
        assert [int(page.tags[254].value) for page in file.pages] == [2, 2]
        if policy is not MetadataPolicy.STRIP:
            assert [page.tags[283].value for page in file.pages] == [(299, 1), (299, 1)]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_pages_stay_turned(orientation: int) -> None:
    data = by_pillow(Image.fromarray(photo(90, 60)), Image.fromarray(drawing(70, 99)), tiffinfo={274: orientation})
    for policy in MetadataPolicy:
        result = made(data, Recipe(metadata=policy))
        for (_, one), (_, other) in zip(shown(data), shown(result.data), strict=True):
            assert np.array_equal(one, other)


PAIR = FILES["photos of two sizes"]


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(format=Target.PNG),
        Recipe(format=Target.JPEG, flatten_special=True),
        Recipe(resize=Resize(fitting=Fitting.SCALE, amount=50)),
    ],
)
def test_what_would_lose_pages_is_refused(recipe: Recipe) -> None:
    assert refused(PAIR, recipe).code is KeptCode.MULTI_PAGE


def test_a_profile_that_would_have_to_be_converted() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = by_pillow(Image.fromarray(photo()), Image.fromarray(drawing()), icc_profile=profile)
    assert refused(data, Recipe(color=ColorPolicy.SRGB)).code is KeptCode.MULTI_PAGE
    with Image.open(BytesIO(made(data).data)) as image:
        assert image.info["icc_profile"] == profile


def test_what_cannot_be_joined_is_refused() -> None:
    big = by_tifffile((photo(), RGB), (photo(), RGB), bigtiff=True)
    below = by_tifffile((photo(), RGB | {"subifds": 1}), (photo(40, 30), RGB), (photo(), RGB))
    looped = bytearray(PAIR)
    with tifffile.TiffFile(BytesIO(PAIR)) as file:
        last = file.pages[1].offset + 2 + 12 * len(file.pages[1].tags)
    looped[last : last + 4] = PAIR[4:8]
    outside = bytearray(FILES["16 bits"])
    with tifffile.TiffFile(BytesIO(bytes(outside))) as file:
        place = file.pages[1].tags[273].valueoffset
    outside[place : place + 4] = b"\xff\xff\xff\x7f"
    for data in (big, below, bytes(outside), bytes(looped)):
        assert refused(data).code is KeptCode.MULTI_PAGE


def test_a_size_that_cannot_be_reached_is_told() -> None:
    assert refused(PAIR, Recipe(mode=Mode.SIZE, max_bytes=2000)).code is KeptCode.SIZE_UNREACHABLE


def test_a_signature_goes_only_when_asked() -> None:
    manifest = TiffImagePlugin.ImageFileDirectory_v2()
    manifest[52545] = b"planted claim"
    manifest.tagtype[52545] = 7
    for images in ((photo(), drawing()), (photo(),)):
        data = by_pillow(*map(Image.fromarray, images), tiffinfo=manifest)
        assert b"planted claim" in data
        assert refused(data).code is KeptCode.C2PA
        result = made(data, replace(KEEP, flatten_special=True))
        assert b"planted claim" not in result.data
        assert Notice.CREDENTIALS_DROPPED in result.notices


@pytest.mark.corpus
def test_real_files(corpus: Path) -> None:
    folder = corpus / "conformance" / "tiff"
    for name in ("multipage.tiff", "test_two_ifds.tif"):
        data = (folder / name).read_bytes()
        result = done(data, KEEP)
        if isinstance(result, Made):
            for (_, one), (_, other) in zip(shown(data), shown(result.data), strict=True):
                assert np.array_equal(one, other), name
        else:
            assert result.code is KeptCode.NOT_SMALLER
    assert refused((folder / "usda_naip_256_webp_z3.tif").read_bytes()).code is KeptCode.MULTI_PAGE


SEEDS = [FILES["tiles"], FILES["scans"], FILES["LZW"], numbered()]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_changed_bytes_never_surprise(data: st.DataObject) -> None:
    seed = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        seed[data.draw(st.integers(8, len(seed) - 1))] = data.draw(st.integers(0, 255))
    result = None
    with suppress(OimgError):
        result = done(bytes(seed))
    if isinstance(result, Made):
        for (_, one), (_, other) in zip(shown(bytes(seed)), shown(result.data), strict=True):
            assert np.array_equal(one, other)
