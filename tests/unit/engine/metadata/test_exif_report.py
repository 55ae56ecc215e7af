"""EXIF values in words: blocks written by piexif, expected words from the Exif standard."""

from __future__ import annotations

import struct
from typing import Any

import piexif
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.engine.metadata import exif_report, exif_words
from oimg.engine.metadata.exif import Entry, Exif, parse
from oimg.words.privacy import Finding
from oimg.words.sayings import contract

E, G, I = piexif.ExifIFD, piexif.GPSIFD, piexif.ImageIFD  # noqa: E741 - the library's own tables


def told(tables: dict[str, dict[int, Any]]) -> dict[str, Finding]:
    block = piexif.dump(tables).removeprefix(b"Exif\0\0")
    return {f.name: f for f in exif_report.findings(parse(block), structure=True)}


@pytest.mark.parametrize(
    ("tag", "stored", "words", "number"),
    [
        (E.ExposureTime, (1, 250), "1/250 s", 0.004),
        (E.ExposureTime, (10, 12500), "1/1250 s", 0.0008),
        (E.ExposureTime, (1, 2), "0.5 s", 0.5),
        (E.ExposureTime, (30, 1), "30 s", 30),
        (E.FNumber, (28, 10), "f/2.8", 2.8),
        (E.FNumber, (11, 1), "f/11", 11),
        # APEX (annex C): shutter speed value Tv = -log2(t), aperture value Av = 2 log2(F)
        (E.ShutterSpeedValue, (8, 1), "1/256 s", 8),
        (E.ShutterSpeedValue, (-2, 1), "4 s", -2),
        (E.ApertureValue, (4, 1), "f/4", 4),
        (E.MaxApertureValue, (3, 1), "f/2.8", 3),
        (E.ExposureBiasValue, (-1, 3), "-0.33 EV", -1 / 3),
        (E.ExposureBiasValue, (0, 1), "0 EV", 0),
        (E.FocalLength, (35, 1), "35 mm", 35),
        (E.FocalLengthIn35mmFilm, 52, "52 mm", 52),
        (E.FocalLengthIn35mmFilm, 0, "unknown", 0),
        (E.DigitalZoomRatio, (0, 1), "not used", 0),
        (E.ISOSpeedRatings, 400, "400", 400),
        (E.SubjectDistance, (15, 10), "1.5 m", 1.5),
        (E.SubjectDistance, (0xFFFFFFFF, 1), "infinity", 0xFFFFFFFF),
        (E.SubjectDistance, (0, 1), "unknown", 0),
        (E.ExposureProgram, 3, "Aperture priority", 3),
        (E.MeteringMode, 5, "Pattern", 5),
        (E.MeteringMode, 17, "17", 17),
        (E.LightSource, 21, "D65", 21),
        (E.ColorSpace, 0xFFFF, "Uncalibrated", 0xFFFF),
        (E.SceneCaptureType, 2, "Portrait", 2),
        (E.WhiteBalance, 1, "Manual", 1),
        (0x9400, (215, 10), "21.5 degrees C", 21.5),
        (0x9401, (450, 10), "45 %", 45),
        (0x9402, (10132, 10), "1013.2 hPa", 1013.2),
        (0x9405, (-125, 10), "-12.5 degrees", -12.5),
        (E.SensingMethod, 2, "One-chip color area", 2),
    ],
)
def test_numbers_in_words(tag: int, stored: Any, words: str, number: float) -> None:
    name = piexif.TAGS["Exif"][tag]["name"]
    finding = told({"Exif": {tag: stored}})[name]
    assert finding.value == words
    assert dict(finding.facts)["number"] == pytest.approx(number)


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (0x00, "Did not fire"),
        (0x01, "Fired"),
        (0x05, "Fired, return light not detected"),
        (0x07, "Fired, return light detected"),
        (0x09, "Fired, forced on"),
        (0x10, "Did not fire, forced off"),
        (0x18, "Did not fire, auto"),
        (0x19, "Fired, auto"),
        (0x20, "Did not fire, no flash function"),
        (0x5F, "Fired, auto, return light detected, red-eye reduction"),
    ],
)
def test_flash_bit_by_bit(bits: int, words: str) -> None:
    assert contract(exif_words.flash(bits)) == words


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (((24, 1), (70, 1), (28, 10), (28, 10)), "24-70 mm f/2.8"),
        (((18, 1), (55, 1), (35, 10), (56, 10)), "18-55 mm f/3.5-5.6"),
        (((50, 1), (50, 1), (18, 10), (18, 10)), "50 mm f/1.8"),
        (((24, 1), (24, 1), (0, 0), (0, 0)), "24 mm f/?"),  # 0/0 is "unknown" by the standard
    ],
)
def test_lenses(stored: Any, words: str) -> None:
    assert told({"Exif": {E.LensSpecification: stored}})["LensSpecification"].value == words


def test_dates_with_fractions_and_zones() -> None:
    found = told(
        {
            "0th": {I.DateTime: b"2024:05:31 17:30:00"},
            "Exif": {
                E.DateTimeOriginal: b"2024:05:30 08:09:10",
                E.SubSecTimeOriginal: b"123",
                E.OffsetTimeOriginal: b"+02:00",
                E.OffsetTime: b"-05:30",
                E.DateTimeDigitized: b"    :  :     :  :  ",
            },
        }
    )
    assert found["DateTimeOriginal"].value == "2024:05:30 08:09:10.123+02:00"
    assert dict(found["DateTimeOriginal"].facts) == {"iso": "2024-05-30T08:09:10.123+02:00"}
    assert dict(found["DateTime"].facts) == {"iso": "2024-05-31T17:30:00-05:30"}
    assert found["DateTimeDigitized"].facts == ()


def test_a_place_with_all_around_it() -> None:
    found = told(
        {
            "GPS": {
                G.GPSVersionID: (2, 3, 0, 0),
                G.GPSLatitudeRef: b"S",
                G.GPSLatitude: ((33, 1), (51, 1), (3150, 100)),
                G.GPSLongitudeRef: b"E",
                G.GPSLongitude: ((151, 1), (12, 1), (45, 1)),
                G.GPSAltitudeRef: 1,
                G.GPSAltitude: (425, 10),
                G.GPSTimeStamp: ((7, 1), (5, 1), (9500, 1000)),
                G.GPSDateStamp: b"2024:05:30",
                G.GPSImgDirectionRef: b"T",
                G.GPSImgDirection: (27150, 100),
                G.GPSSpeedRef: b"K",
                G.GPSSpeed: (54, 10),
                G.GPSProcessingMethod: b"ASCII\0\0\0GPS",
                G.GPSAreaInformation: b"UNICODE\0" + "Manly Beach".encode("utf-16-be"),
                G.GPSMeasureMode: b"3",
                G.GPSHPositioningError: (5, 1),
            }
        }
    )
    values = {name: finding.value for name, finding in found.items()}
    # 33 + 51/60 + 31.5/3600 and 151 + 12/60 + 45/3600
    assert values["position"] == "-33.858750, 151.212500"
    assert dict(found["position"].facts) == {"latitude": -33.85875, "longitude": 151.2125, "altitude": -42.5}
    assert values["GPSVersionID"] == "2.3.0.0"
    assert values["GPSLatitude"] == "33 deg 51' 31.50\" S"
    assert values["GPSLatitudeRef"] == "South"
    assert values["GPSAltitude"] == "42.5 m below sea level"
    assert values["GPSAltitudeRef"] == "Below sea level"
    assert values["GPSTimeStamp"] == "07:05:09.5 UTC"
    assert values["GPSDateStamp"] == "2024:05:30"
    assert values["GPSImgDirection"] == "271.5 degrees, true north"
    assert values["GPSSpeed"] == "5.4 km/h"
    assert values["GPSProcessingMethod"] == "GPS"
    assert values["GPSAreaInformation"] == "Manly Beach"
    assert values["GPSMeasureMode"] == "3-dimensional measurement"
    assert values["GPSHPositioningError"] == "5 m"


def test_texts_in_disguise() -> None:
    found = told(
        {
            "0th": {
                I.XPTitle: tuple("Strand\0".encode("utf-16-le")),
                I.Copyright: b"Ann Photographer\0Bob Editor\0",
            },
            "Exif": {
                E.ExifVersion: b"0232",
                E.ComponentsConfiguration: b"\1\2\3\0",
                E.CFAPattern: b"\0\2\0\2\0\1\1\2",
                E.FileSource: b"\3",
                E.SceneType: b"\1",
                # Without a mark, in the order that is not the block's: many programs write that.
                E.UserComment: b"UNICODE\0" + "hello".encode("utf-16-le"),
            },
            "Interop": {1: b"R98"},
        }
    )
    assert {name: finding.value for name, finding in found.items()} == {
        "XPTitle": "Strand",
        "Copyright": "Ann Photographer; Bob Editor",
        "ExifVersion": "0232",
        "ComponentsConfiguration": "Y, Cb, Cr, -",
        "CFAPattern": "[Red,Green][Green,Blue]",
        "FileSource": "Digital camera",
        "SceneType": "Directly photographed",
        "UserComment": "hello",
        "InteroperabilityIndex": "R98 (DCF basic file, sRGB)",
    }


def test_fields_of_the_interoperability_directory_have_names() -> None:
    # An EXIF block with nothing but a way down: IFD0 -> Exif (0x8769) -> interoperability (0xA005); piexif writes no
    # field but the first there.
    links = [struct.pack("<HHHLLL", 1, tag, 4, 1, after, 0) for tag, after in ((0x8769, 26), (0xA005, 44))]
    fields = [struct.pack("<HHL4s", 1, 2, 4, b"R98\0"), struct.pack("<HHL4s", 2, 7, 4, b"0100")]
    sizes = [struct.pack("<HHLL", tag, 4, 1, value) for tag, value in ((0x1001, 4000), (0x1002, 3000))]
    last = struct.pack("<H", 4) + b"".join((*fields, *sizes)) + bytes(4)
    block = b"II*\0" + struct.pack("<L", 8) + b"".join(links) + last
    found = {each.name: each.value for each in exif_report.findings(parse(block), structure=True)}
    assert found == {
        "InteroperabilityIndex": "R98 (DCF basic file, sRGB)",
        "InteroperabilityVersion": "0100",
        "RelatedImageWidth": "4000",
        "RelatedImageLength": "3000",
    }


def test_a_long_text_is_a_fact_in_full() -> None:
    words = "many words " * 50
    finding = told({"0th": {I.ImageDescription: words.encode()}})["ImageDescription"]
    assert len(finding.value) == 200
    assert dict(finding.facts)["text"] == words.strip()


@given(st.integers(0, 0xFFFF), st.sampled_from([1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 129]), st.binary(max_size=64))
def test_any_field_of_any_type_has_a_value(tag: int, kind: int, raw: bytes) -> None:
    size = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8, 11: 4, 12: 8, 129: 1}[kind]
    raw = raw[: len(raw) // size * size]
    entry = Entry(tag, kind, len(raw) // size, raw)
    for finding in exif_report.findings(Exif("big", ifd0=(entry,), exif=(entry,), gps=(entry,)), structure=True):
        assert finding.value.isprintable()
        assert "nan" not in str(finding.facts)
        assert "inf" not in str([value for _, value in finding.facts if isinstance(value, float)])
