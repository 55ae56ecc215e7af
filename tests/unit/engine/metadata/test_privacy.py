from __future__ import annotations

import time

import pytest

from oimg.engine.metadata.exif import Entry, Exif
from oimg.engine.metadata.privacy import MAX_FINDINGS, ORDER, reveal
from oimg.words.images import Metadata
from oimg.words.privacy import Finding
from oimg.words.privacy import MetadataGroup as G


def numbers(*pairs: tuple[int, int]) -> bytes:
    return b"".join(top.to_bytes(4, "big") + bottom.to_bytes(4, "big") for top, bottom in pairs)


def gps(latitude: bytes, longitude: bytes, sides: tuple[bytes, bytes] = (b"N", b"E")) -> Metadata:
    entries = (
        Entry(1, 2, 2, sides[0] + b"\0"),
        Entry(2, 5, len(latitude) // 8, latitude),
        Entry(3, 2, 2, sides[1] + b"\0"),
        Entry(4, 5, len(longitude) // 8, longitude),
    )
    return Metadata(exif=Exif("big", gps=entries).serialize())


@pytest.mark.parametrize(
    ("latitude", "longitude", "sides", "place"),
    [
        (((51, 1), (30, 1), (0, 1)), ((0, 1), (7, 1), (3000, 100)), (b"N", b"W"), "51.500000, -0.125000"),
        (
            ((33, 1), (51900, 1000), (0, 0)),
            ((151, 1), (0, 0), (0, 0)),
            (b"S", b"E"),
            "-33.865000, 151.000000",
        ),
        (((52520008, 1000000),), ((13404954, 1000000),), (b"N", b"E"), "52.520008, 13.404954"),
        (((0, 0), (0, 0), (0, 0)), ((0, 0), (0, 0), (0, 0)), (b"N", b"E"), None),
        (((91, 1),), ((0, 1),), (b"N", b"E"), None),
        (((1, 1),), ((181, 1),), (b"N", b"E"), None),
    ],
)
def test_the_place_comes_first(latitude, longitude, sides, place) -> None:
    found = reveal(gps(numbers(*latitude), numbers(*longitude), sides))
    assert [f.value for f in found if f.name == "position"] == ([place] if place else [])
    if place:
        assert found[0] == Finding(G.LOCATION, "position", place)


def test_every_group_has_a_place_in_the_order() -> None:
    assert set(ORDER) == set(G)
    assert len(ORDER) == len(G)


def test_every_marker_is_told(planted) -> None:
    found = reveal(Metadata(exif=planted(), comments=(b"a\x1b[31mb", b"\xff\xfe"), density=(72.0, 72.0)))
    ranks = [ORDER.index(f.group) for f in found]
    assert ranks == sorted(ranks)
    told = {f.name: f for f in found}
    for name, group in (
        ("Make", G.DEVICE),
        ("BodySerialNumber", G.DEVICE),
        ("LensSerialNumber", G.DEVICE),
        ("CameraOwnerName", G.OWNER),
        ("Artist", G.OWNER),
        ("Software", G.SOFTWARE),
        ("ImageDescription", G.DESCRIPTION),
        ("UserComment", G.COMMENTS),
        ("Copyright", G.COPYRIGHT),
        ("GPSMapDatum", G.LOCATION),
        ("DateTimeOriginal", G.CAPTURE_DATE),
        ("OffsetTime", G.DATES),
        ("ImageUniqueID", G.HISTORY),
    ):
        assert told[name].group is group, name
        assert told[name].value.startswith("MARK-"), name
    assert told["Thumbnail"].value.startswith("160 x 120, ")
    assert told["MakerNote"].value.startswith("15 bytes of maker notes of MARK-Image-010F-")
    assert Finding(G.COMMENTS, "Comment", "a\\x1b[31mb") in found
    assert Finding(G.DENSITY, "Density", "72 x 72 per inch") in found


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"ASCII\0\0\0hello\0\0", "hello"),
        (b"UNICODE\0" + "hällo".encode("utf-16-be"), "hällo"),
        (b"UNICODE\0\xff\xfe" + "hällo".encode("utf-16-le"), "hällo"),
        (b"JIS\0\0\0\0\0" + "日本".encode("iso2022_jp"), "日本"),
        (b"\0" * 8 + b"plain", "plain"),
        (b"no code at all", "no code at all"),
    ],
)
def test_user_comments_are_read_by_their_code(raw: bytes, value: str) -> None:
    block = Exif("big", exif=(Entry(0x9286, 7, len(raw), raw),)).serialize()
    assert reveal(Metadata(exif=block)) == (Finding(G.COMMENTS, "UserComment", value),)


@pytest.mark.parametrize("raw", [b"ASCII\0\0\0      ", b"\0" * 40, b"UNICODE\0\0\0"])
def test_blank_fields_say_nothing(raw: bytes) -> None:
    block = Exif("big", exif=(Entry(0x9286, 7, len(raw), raw),)).serialize()
    assert reveal(Metadata(exif=block)) == ()


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"\3", "Digital camera"),
        (b"0232", "0232"),
        (b"\x81\2\3\0", "129; Reflection print scanner; Digital camera; Other"),
        (b"\1" * 5, "5 bytes"),
    ],
)
def test_short_undefined_values_are_shown(raw: bytes, value: str) -> None:
    block = Exif("big", exif=(Entry(0xA300, 7, len(raw), raw),)).serialize()
    assert reveal(Metadata(exif=block)) == (Finding(G.EXPOSURE, "FileSource", value),)


def test_windows_fields_and_later_names() -> None:
    title = "Ä title\0".encode("utf-16-le")
    block = Exif(
        ifd0=(Entry(0x9C9B, 1, len(title), title), Entry(0x9999, 3, 20, bytes(40))),
        exif=(Entry(0xA437, 129, 4, b"Ann\0"),),
    )
    found = reveal(Metadata(exif=block.serialize()))
    assert found == (
        Finding(G.OWNER, "Photographer", "Ann"),
        Finding(G.DESCRIPTION, "XPTitle", "Ä title"),
        Finding(G.OTHER, "0x9999", " ".join(["0"] * 16) + " ... (20 numbers)"),
    )


def test_what_cannot_be_read_is_said() -> None:
    found = reveal(Metadata(exif=b"junk", xmp=b"<!DOCTYPE a><a/>", iptc=b"junk"))
    assert [(f.group, f.name) for f in found] == [(G.OTHER, "EXIF"), (G.OTHER, "XMP"), (G.OTHER, "IPTC")]


def test_a_report_is_bounded_and_safe_to_print(real) -> None:
    flood = b"".join(b"\x1c\2\x19\0\2\n\xe2" for _ in range(9000))
    began = time.thread_time()
    found = reveal(Metadata(iptc=flood))
    assert time.thread_time() - began < 2
    assert len(found) == MAX_FINDINGS
    assert found[-1].name == "more"
    for metadata in (
        *real.values(),
        Metadata(iptc=flood, comments=("\u202ex\u0000\x07" * 200,) and (b"\xe2\x80\xae" * 300,)),
    ):
        for finding in reveal(metadata):
            assert len(finding.value) <= 200
            assert finding.value.isprintable()
            assert finding.name.isprintable()


def test_known_places_of_real_pictures(real) -> None:
    places = {name: f.value for name, metadata in real.items() for f in reveal(metadata) if f.name == "position"}
    latitude, longitude = map(float, places["gps/DSCN0010.jpg"].split(", "))
    # Arezzo, Tuscany
    assert (latitude, longitude) == pytest.approx((43.467, 11.885), abs=0.01)
    assert len(places) >= 5
