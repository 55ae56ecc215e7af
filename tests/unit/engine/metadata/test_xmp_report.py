"""XMP and IPTC values in words; expected words follow the standards, packets and datasets are written by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.engine.metadata import iptc_report, xmp, xmp_report
from oimg.engine.metadata.iptc import DataSet
from oimg.engine.metadata.xmp_names import NAMESPACES
from oimg.engine.metadata.xmp_values import degrees, mirrored, number
from oimg.words.privacy import Finding
from oimg.words.sayings import Coded, contract

SPACES = "".join(
    f' xmlns:{prefix}="{uri}"' for uri, (prefix, _) in NAMESPACES.items() if prefix not in ("xml", "rdf", "x")
).replace(' xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0"', "")
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def told(body: str) -> dict[str, Finding]:
    data = f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""{SPACES}>{body}</rdf:Description></rdf:RDF>'
    properties = xmp.parse(data.encode())
    assert properties is not None
    return {finding.name: finding for finding in xmp_report.findings(properties)}


@pytest.mark.parametrize(
    ("name", "text", "words", "value"),
    [
        ("exif:ExposureTime", "1/250", "1/250 s", 0.004),
        ("exif:FNumber", "28/10", "f/2.8", 2.8),
        ("exif:ApertureValue", "4/1", "f/4", 4),
        ("exif:FocalLength", "105/1", "105 mm", 105),
        ("exif:ExposureProgram", "3", "Aperture priority", 3),
        ("exif:ColorSpace", "65535", "Uncalibrated", 65535),
        ("tiff:Orientation", "6", "To be turned 90 degrees clockwise", 6),
        ("aux:ApproximateFocusDistance", "66/100", "0.66", 0.66),
        ("exif:GPSAltitude", "425/10", "42.5 m below sea level", 42.5),
        ("exif:GPSHPositioningError", "15/2", "7.5 m", 7.5),
        ("exif:GPSLatitude", "33,51.5S", "33,51.5S", -33.85833333),
    ],
)
def test_mirrored_numbers_have_words_and_units(name: str, text: str, words: str, value: float) -> None:
    found = told(f"<exif:GPSAltitudeRef>1</exif:GPSAltitudeRef><{name}>{text}</{name}>")[name]
    assert found.value == words
    assert dict(found.facts)["number"] == pytest.approx(value)


def test_letters_and_lenses() -> None:
    found = told(
        "<exif:GPSImgDirectionRef>M</exif:GPSImgDirectionRef><exif:GPSAltitudeRef>0</exif:GPSAltitudeRef>"
        "<aux:LensInfo>240/10 700/10 28/10 28/10</aux:LensInfo><dc:title>M</dc:title>"
    )
    assert found["exif:GPSImgDirectionRef"].value == "Magnetic north"
    assert found["exif:GPSAltitudeRef"].value == "Above sea level"
    assert found["aux:LensInfo"].value == "24-70 mm f/2.8"
    assert found["dc:title"].value == "M"


def test_a_history_is_told_entry_by_entry() -> None:
    entry = '<rdf:li stEvt:action="saved" stEvt:softwareAgent="Editor {0}" stEvt:when="2024-05-3{0}T00:00:00"/>'
    entries = "".join(entry.format(number) for number in (0, 1))
    found = told(
        f"<xmpMM:History><rdf:Seq>{entries}</rdf:Seq></xmpMM:History>"
        "<photoshop:DocumentAncestors><rdf:Bag><rdf:li>uuid:1</rdf:li></rdf:Bag></photoshop:DocumentAncestors>"
    )
    assert found["xmpMM:History"].value == (
        "2 entries: saved, Editor 0, 2024-05-30T00:00:00; saved, Editor 1, 2024-05-31T00:00:00"
    )
    assert dict(found["xmpMM:History"].facts) == {"entries": 2}
    assert found["photoshop:DocumentAncestors"].value == "1 document: uuid:1"


def test_structures_name_their_fields_and_data_its_size() -> None:
    found = told(
        '<Iptc4xmpExt:LocationCreated rdf:parseType="Resource"><Iptc4xmpExt:City>Rom</Iptc4xmpExt:City>'
        f"</Iptc4xmpExt:LocationCreated><GImage:Data>{'QUJD' * 200}</GImage:Data>"
        '<dc:rights><rdf:Alt><rdf:li xml:lang="de-DE">Ja</rdf:li></rdf:Alt></dc:rights>'
    )
    assert found["Iptc4xmpExt:LocationCreated"].value == "City: Rom"
    assert found["GImage:Data"].value == "800 characters of data"
    assert found["dc:rights"].value == "Ja"


@pytest.mark.parametrize(
    ("dataset", "name", "value"),
    [
        (DataSet(2, 55, b"20240531"), "DateCreated", "2024:05:31"),
        (DataSet(2, 60, b"173000+0200"), "TimeCreated", "17:30:00+02:00"),
        (DataSet(2, 62, b"2024"), "DigitalCreationDate", "2024"),
        (DataSet(1, 20, b"\0\x0b"), "FileFormat", "11"),
        (DataSet(1, 30, b"REUTERS"), "ServiceIdentifier", "REUTERS"),
        (DataSet(2, 135, b"en"), "LanguageIdentifier", "en"),
        (DataSet(7, 95, b"\0\0\1\0"), "MaximumObjectSize", "256"),
        (DataSet(8, 10, b"123"), "Subfile", "3 bytes"),
    ],
)
def test_datasets_in_words(dataset: DataSet, name: str, value: str) -> None:
    (found,) = iptc_report.findings([dataset])
    assert (found.name, found.value) == (name, value)


def test_what_xmp_says_in_codes_is_said_in_words_to_people() -> None:
    # IPTC NewsCodes: trainedAlgorithmicMedia is a picture made by generative AI; CIPA DC-010: Mode 2 is "forced off".
    ai = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    found = told(
        f"<Iptc4xmpExt:DigitalSourceType>{ai}</Iptc4xmpExt:DigitalSourceType>"
        '<exif:Flash rdf:parseType="Resource"><exif:Fired>False</exif:Fired><exif:Mode>2</exif:Mode></exif:Flash>'
        "<xmpRights:Marked>True</xmpRights:Marked><dc:title>True</dc:title>"
    )
    shown = {
        name: (finding.value, contract(finding.said.saying) if isinstance(finding.said, Coded) else "")
        for name, finding in found.items()
    }
    assert shown == {
        "Iptc4xmpExt:DigitalSourceType": (ai, "created by generative AI"),
        "exif:Flash": ("Fired: False, Mode: 2", "Did not fire, forced off"),
        "xmpRights:Marked": ("True", "yes"),
        "dc:title": ("True", ""),
    }


@pytest.mark.parametrize("value", ["99999", "one", "-3", ""])
def test_a_flash_that_makes_no_sense_is_told_as_it_is_written(value: str) -> None:
    found = told(f'<exif:Flash rdf:parseType="Resource"><exif:Fired>{value}x</exif:Fired></exif:Flash>')
    assert found["exif:Flash"].value == f"Fired: {value}x"
    assert found["exif:Flash"].said == ""


def test_how_a_block_is_written_is_told_on_demand() -> None:
    datasets = [DataSet(1, 90, b"\x1b%G"), DataSet(2, 0, b"\0\4")]
    assert list(iptc_report.findings(datasets)) == []
    assert [f.value for f in iptc_report.findings(datasets, structure=True)] == ["UTF-8", "4"]


@given(st.text(max_size=30), st.sampled_from(["exif:FNumber", "exif:GPSAltitude", "aux:LensInfo", "tiff:Orientation"]))
def test_any_text_is_read_or_left(text: str, name: str) -> None:
    number(text)
    degrees(text)
    mirrored(name, (text,))
