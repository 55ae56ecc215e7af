"""Secrets are planted in every place that can hold one; what survives is read from the bytes of the result.

The files are written by Pillow, piexif and by hand, and searched without the code that is tested: opened where
something is compressed, in base64 or in hexadecimal digits, and as the JPEG file that a JPEG XL file gives back.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO

import pytest
from PIL import Image

from marked_blocks import Mark, Planter, exif, iptc, jpeg, noise, resource, xmp
from marked_files import FILES, jxl_file, saved, segment
from oimg.engine.transform import Made, Request, inspect_header, transform
from oimg.words.images import Format
from oimg.words.privacy import MetadataGroup as G
from oimg.words.privacy import MetadataPolicy as P
from oimg.words.recipe import Fitting, Mode, Recipe, Resize, Target
from oimg.words.report import Notice

F = Format
WRITTEN = (F.JPEG, F.PNG, F.WEBP, F.AVIF, F.JXL, F.TIFF, F.GIF)
PAIRS = [(source, target) for source in FILES for target in WRITTEN]
QUICK = {"mode": Mode.QUALITY, "quality": 60, "effort": 1}

# Which blocks each format has a place for, by its specification and by what our writers do.
_EXIF = {"exif", "inside the thumbnail", "behind the block"}
_XMP = {"xmp", "inside the XMP thumbnail"}
_PHOTOSHOP = {"iptc", "photoshop", "inside Photoshop's thumbnail", "copies in Photoshop", "resource names"}
CARRIED = {
    F.JPEG: _EXIF | _XMP | _PHOTOSHOP | {"comments"},
    F.PNG: _EXIF | _XMP | _PHOTOSHOP | {"comments"},
    F.WEBP: _EXIF | _XMP,
    F.AVIF: _EXIF | _XMP,
    F.JXL: _EXIF | _XMP,
    F.TIFF: {"exif"} | _XMP | _PHOTOSHOP,
    F.GIF: _XMP | {"comments"},
}
PARTS = {F.JPEG: "jpeg parts", F.PNG: "png parts", F.WEBP: "webp parts", F.JXL: "jxl parts", F.GIF: "gif parts"}
# Nobody's metadata: leftovers, padding, names of profiles, and what is no part of the format at all.
NOT_METADATA = {"behind the block", "behind the end", "thrown away", "resource names"}
PRIVATE_TEXTS = {
    *("exif/copyright", "xmp/rights", "xmp/credit", "iptc/2:110", "iptc/2:116", "comments/Copyright"),
}


@cache
def planted(source: Format) -> tuple[bytes, dict[str, Mark]]:
    plant = Planter()
    return FILES[source](plant), plant.marks


def run(data: bytes, target: Format, policy: P, keep: frozenset[G] = frozenset(), **more: object) -> Made:
    recipe = Recipe(**{"format": Target(target.value), "metadata": policy, "keep": keep, **QUICK, **more})
    result = transform(Request(data, inspect_header(data), recipe))
    assert isinstance(result, Made), result
    return result


def views(data: bytes) -> Iterator[bytes]:
    """The file, and everything in it that is coded another way."""
    yield data
    for found in re.findall(rb"/9j/[A-Za-z0-9+/=]+", data):
        yield base64.b64decode(found)
    if data.startswith(b"\x89PNG"):
        for text in _png_texts(data):
            yield from views(text)
    if data[4:12] == b"JXL \r\n\x87\n":
        from pillow_jxl import Decoder

        is_jpeg, _, inside, _, _ = Decoder(num_threads=1)(data)
        if is_jpeg:
            yield from views(bytes(inside))


def _png_texts(data: bytes) -> Iterator[bytes]:
    """What is deflated in a PNG file, and the bytes that such a text writes in hexadecimal digits."""
    at = 8
    while at < len(data):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        at += length + 12
        starts = [found.start() for found in re.finditer(b"\x78", body)] if name in {b"zTXt", b"iTXt", b"iCCP"} else []
        for start in starts:
            opened = _inflated(body[start:])
            yield opened
            digits = b"".join(opened.split()[2:])
            if re.fullmatch(rb"(?:[0-9a-f]{2})+", digits):
                yield bytes.fromhex(digits.decode())


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data)
    except zlib.error:
        return b""


def survivors(data: bytes, marks: dict[str, Mark]) -> set[str]:
    seen = list(views(data))
    return {name for name, mark in marks.items() if any(p in view for p in mark.patterns for view in seen)}


def test_the_search_finds_every_secret_in_the_sources() -> None:
    for source in FILES:
        data, marks = planted(source)
        assert survivors(data, marks) == set(marks), source
        assert len(marks) >= 15


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_private_lets_no_secret_through(source: Format, target: Format) -> None:
    data, marks = planted(source)
    made = run(data, target, P.PRIVATE)
    allowed = {name for name in PRIVATE_TEXTS & marks.keys() if marks[name].block in CARRIED[target]}
    assert survivors(made.data, marks) == allowed
    assert b"brob" not in made.data
    gone = {mark.group for mark in marks.values() if mark.block not in NOT_METADATA} - {G.COPYRIGHT, G.CREDIT}
    assert set(made.removed) >= gone
    lost = {name for name in PRIVATE_TEXTS & marks.keys() if marks[name].block not in CARRIED[target]}
    assert (Notice.METADATA_DROPPED in made.notices) == bool(lost or (target is F.GIF and _has_exif(marks)))


def _has_exif(marks: dict[str, Mark]) -> bool:
    return any(mark.block == "exif" for mark in marks.values())


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_strip_lets_no_secret_through(source: Format, target: Format) -> None:
    data, marks = planted(source)
    made = run(data, target, P.STRIP)
    assert survivors(made.data, marks) == set()
    assert Notice.METADATA_DROPPED not in made.notices


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_keep_keeps_what_the_target_can_carry_and_tells_the_rest(source: Format, target: Format) -> None:
    data, marks = planted(source)
    made = run(data, target, P.KEEP)
    carried = CARRIED[target] | ({PARTS.get(target, "")} if source is target else set())
    blocks = {mark.block for mark in marks.values()}
    wanted = {name for name, mark in marks.items() if mark.block in carried}
    assert survivors(made.data, marks) == wanted
    assert (Notice.METADATA_DROPPED in made.notices) == bool(blocks - carried - NOT_METADATA)


@pytest.mark.parametrize("policy", list(P))
@pytest.mark.parametrize(("source", "target"), [(F.JPEG, F.JPEG), (F.JPEG, F.JXL), (F.PNG, F.PNG), (F.GIF, F.GIF)])
def test_packing_without_loss_is_no_way_round(source: Format, target: Format, policy: P) -> None:
    data, marks = planted(source)
    made = run(data, target, policy, mode=Mode.LOSSLESS)
    assert made.score == 100
    if policy is P.KEEP:
        packed = target is F.JXL  # the whole JPEG file comes back
        wanted = CARRIED[source] | {PARTS[source]}
        assert survivors(made.data, marks) == {name for name, mark in marks.items() if mark.block in wanted}
        assert Notice.METADATA_DROPPED not in made.notices or not packed
    else:
        allowed = PRIVATE_TEXTS & marks.keys() if policy is P.PRIVATE else set()
        assert survivors(made.data, marks) == {n for n in allowed if marks[n].block in CARRIED[source]}


@pytest.mark.parametrize("policy", list(P))
@pytest.mark.parametrize("target", WRITTEN)
def test_compressed_boxes_of_jpeg_xl_are_opened(target: Format, policy: P) -> None:
    plant = Planter()
    data = jxl_file(plant, packed_boxes=True)
    assert b"brobExif" in data
    assert b"brobxml " in data
    made = run(data, target, policy)
    assert b"brob" not in made.data
    carried = CARRIED[target] | ({PARTS[target]} if target is F.JXL else set())
    wanted = {name for name, mark in plant.marks.items() if mark.block in carried}
    allowed = {P.KEEP: wanted, P.PRIVATE: wanted & PRIVATE_TEXTS, P.STRIP: set()}
    assert survivors(made.data, plant.marks) == allowed[policy]


@pytest.mark.parametrize("group", list(G))
@pytest.mark.parametrize(("source", "target"), [(F.JPEG, F.JPEG), (F.PNG, F.PNG), (F.JPEG, F.PNG), (F.TIFF, F.TIFF)])
def test_a_group_that_is_kept_comes_alone(source: Format, target: Format, group: G) -> None:
    data, marks = planted(source)
    made = run(data, target, P.STRIP, frozenset({group}))
    wrapped = {"xmp/remark", "resource names/name", "behind the block/orphans"}
    own = PARTS.get(target, "") if source is target else ""
    carried = (CARRIED[target] | {own}) - {b for b in CARRIED[target] if b.startswith(("inside", "copies"))}
    wanted = {n for n, m in marks.items() if m.group is group and m.block in carried and n not in wrapped}
    assert survivors(made.data, marks) == wanted


def test_a_kept_thumbnail_says_nothing_of_itself() -> None:
    data, marks = planted(F.JPEG)
    made = run(data, F.JPEG, P.STRIP, frozenset({G.THUMBNAIL, G.LOCATION, G.DEVICE}))
    assert made.data.count(b"\xff\xd8\xff") >= 3  # the picture, and those in EXIF and in the image resources
    assert not {name for name in survivors(made.data, marks) if marks[name].block.startswith("inside")}
    assert {"exif/place", "exif/make"} & marks.keys() <= survivors(made.data, marks)


@pytest.mark.parametrize("source", [F.JPEG, F.PNG, F.WEBP, F.AVIF, F.JXL, F.TIFF])
def test_no_old_picture_survives_a_resize(source: Format) -> None:
    data, marks = planted(source)
    made = run(data, source, P.KEEP, resize=Resize(fitting=Fitting.LONG_EDGE, amount=20))
    left = survivors(made.data, marks)
    assert not {name for name in left if marks[name].block.startswith("inside")}
    assert "jpeg parts/JFXX thumbnail" not in left
    assert G.THUMBNAIL in made.removed
    assert {n for n, m in marks.items() if m.block in {"exif", "xmp", "iptc", "comments"}} <= left


@pytest.mark.filterwarnings("ignore:Truncated File Read:UserWarning")  # Pillow's, about the broken one
@pytest.mark.parametrize("target", [F.JPEG, F.PNG, F.WEBP, F.AVIF, F.JXL])
def test_a_kept_exif_block_is_the_same_to_the_byte(target: Format) -> None:
    block = exif(Planter())
    broken = block[:200] + b"\xff" * 40 + block[240:]
    for said in (block, broken):
        data = jpeg(noise(), quality=99)
        made = run(data[:2] + segment(0xE1, b"Exif\0\0" + said) + data[2:], target, P.KEEP)
        assert said in made.data


ONE_BLOCK = {
    "nothing": lambda _: b"",
    "exif": lambda plant: segment(0xE1, b"Exif\0\0" + exif(plant)),
    "xmp": lambda plant: segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(plant)),
    "iptc": lambda plant: segment(0xED, b"Photoshop 3.0\0" + resource(0x0404, iptc(plant))),
    "comments": lambda plant: segment(0xFE, plant.text("comments", "comment", G.COMMENTS)),
    "jpeg parts": lambda plant: segment(0xE7, plant.text("jpeg parts", "APP7", G.OTHER)),
}


@pytest.mark.parametrize("target", WRITTEN)
@pytest.mark.parametrize("block", ONE_BLOCK)
def test_the_notice_is_there_exactly_when_a_block_is_lost(block: str, target: Format) -> None:
    plant = Planter()
    coded = jpeg(noise(), quality=99)
    data = coded[:2] + ONE_BLOCK[block](plant) + coded[2:]
    made = run(data, target, P.KEEP)
    carried = CARRIED[target] | ({"jpeg parts"} if target is F.JPEG else set())
    lost = {mark.block for mark in plant.marks.values()} - carried - NOT_METADATA
    assert (Notice.METADATA_DROPPED in made.notices) == bool(lost)


@pytest.mark.parametrize("target", WRITTEN)
def test_a_density_stays_where_the_format_has_a_place_for_it(target: Format) -> None:
    data = saved(noise(), "JPEG", quality=99, dpi=(240, 120))
    made = run(data, target, P.PRIVATE)
    if target is F.GIF:
        assert Notice.METADATA_DROPPED in made.notices
        return
    assert Notice.METADATA_DROPPED not in made.notices
    if target is F.JXL:
        import pillow_jxl  # noqa: F401 - registers itself with Pillow
    with Image.open(BytesIO(made.data)) as picture:
        block = picture.getexif()
        said = picture.info.get("dpi") or (block.get(0x011A), block.get(0x011B))
        assert tuple(round(float(value)) for value in said) == (240, 120)
    assert b"EXIF" not in run(saved(noise(), "JPEG", quality=99, dpi=(72, 72)), F.WEBP, P.PRIVATE).data
