"""Maker notes laid out by hand as the makers lay them out; what is read was compared with exiftool once."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.engine.metadata import maker_notes
from oimg.engine.metadata.exif import Entry, Exif, parse
from oimg.engine.metadata.privacy import reveal
from oimg.words.images import Metadata
from oimg.words.privacy import MetadataGroup as G

Order = Literal["little", "big"]
Field = tuple[int, int, int, bytes]  # tag, type, count, value
ASCII, SHORT, LONG, UNDEFINED = 2, 3, 4, 7
AT = 8  # where `serialize` puts a maker note that was read from there


def text(tag: int, words: str) -> Field:
    return tag, ASCII, len(words) + 1, words.encode() + b"\0"


def directory(fields: list[Field], order: Order, base: int) -> bytes:
    """A directory with its values behind it; `base` is where it lies, counted from where its offsets count."""
    records, values = b"", b""
    start = base + 2 + 12 * len(fields) + 4
    for tag, kind, count, raw in fields:
        value = raw.ljust(4, b"\0") if len(raw) <= 4 else (start + len(values)).to_bytes(4, order)
        values += raw + b"\0" * (len(raw) % 2) if len(raw) > 4 else b""
        records += tag.to_bytes(2, order) + kind.to_bytes(2, order) + count.to_bytes(4, order) + value
    return len(fields).to_bytes(2, order) + records + bytes(4) + values


def block(make: str, note: bytes, order: Order, model: str = "Model") -> bytes:
    ifd0 = (
        Entry(0x010F, ASCII, len(make) + 1, make.encode() + b"\0"),
        Entry(0x0110, ASCII, len(model) + 1, model.encode() + b"\0"),
    )
    return Exif(order, ifd0=ifd0, exif=(Entry(0x927C, UNDEFINED, len(note), note, at=AT),)).serialize()


def said(make: str, note: bytes, order: Order, model: str = "Model") -> dict[str, str]:
    data = block(make, note, order, model)
    return {f.name: f.value for f in maker_notes.findings(data, parse(data)) if f.name != "MakerNote"}


def tiff(fields: list[Field], order: Order) -> bytes:
    mark = b"II*\0" if order == "little" else b"MM\0*"
    return mark + (8).to_bytes(4, order) + directory(fields, order, 8)


@pytest.mark.parametrize("order", ["little", "big"])
def test_canon_notes_are_a_directory_of_the_block(order: Order) -> None:
    fields: list[Field] = [
        text(0x07, "Firmware Version 1.1.0"),
        text(0x09, "Ann Owner"),
        (0x0C, LONG, 1, (123456789).to_bytes(4, order)),
        (0x28, UNDEFINED, 16, bytes(range(16))),
        text(0x95, "EF50mm f/1.8 STM"),
        (0x4019, UNDEFINED, 30, bytes.fromhex("0a1b2c3d4e") + bytes(25)),
    ]
    note = directory(fields, order, AT)
    assert said("Canon", note, order, "Canon EOS 80D") == {
        "Canon:FirmwareVersion": "Firmware Version 1.1.0",
        "Canon:OwnerName": "Ann Owner",
        "Canon:SerialNumber": "0123456789",
        "Canon:ImageUniqueID": "000102030405060708090a0b0c0d0e0f",
        "Canon:LensModel": "EF50mm f/1.8 STM",
        "Canon:LensSerialNumber": "0a1b2c3d4e",
    }


@pytest.mark.parametrize(
    ("model", "number", "shown"),
    [("Canon EOS D30", 0x0BEE_1A2B, "0bee06699"), ("Canon EOS-1D", 4711, "004711"), ("Canon EOS 5D", 7, "0000000007")],
)
def test_canon_writes_serial_numbers_in_three_ways(model: str, number: int, shown: str) -> None:
    note = directory([(0x0C, LONG, 1, number.to_bytes(4, "little"))], "little", AT)
    assert said("Canon", note, "little", model) == {"Canon:SerialNumber": shown}


@pytest.mark.parametrize("order", ["little", "big"])
def test_nikon_notes_are_a_block_of_their_own(order: Order) -> None:
    fields: list[Field] = [text(0x1D, "6754846"), (0xA7, LONG, 1, (20049).to_bytes(4, order))]
    note = b"Nikon\0\2\x10\0\0" + tiff(fields, order)
    assert said("NIKON CORPORATION", note, "big") == {"Nikon:SerialNumber": "6754846", "Nikon:ShutterCount": "20049"}


@pytest.mark.parametrize(("mark", "start"), [(b"OLYMPUS\0II\3\0", 12), (b"OM SYSTEM\0\0\0II\4\0", 16)])
def test_olympus_notes_count_from_their_own_start(mark: bytes, start: int) -> None:
    equipment_at = start + 2 + 12 + 4
    equipment: list[Field] = [text(0x101, "BHP204212"), text(0x102, "4112345678900"), text(0x202, "201402417")]
    link: Field = (0x2010, 13, 1, equipment_at.to_bytes(4, "little"))
    note = mark + directory([link], "little", start) + directory(equipment, "little", equipment_at)
    assert said("OLYMPUS CORPORATION", note, "big") == {
        "Olympus:SerialNumber": "BHP204212",
        "Olympus:InternalSerialNumber": "4112345678900",
        "Olympus:LensSerialNumber": "201402417",
    }


def test_apple_fujifilm_panasonic_and_pentax() -> None:
    apple: list[Field] = [
        text(0x0B, "A27A4B8F-2E3C-4A17-9B53-1A3F6C2D7E90"),
        text(0x11, "B3C1D2E4-0000-4000-8000-ABCDEFABCDEF"),
    ]
    note = b"Apple iOS\0\0\1MM" + directory(apple, "big", 14)
    assert said("Apple", note, "little") == {
        "Apple:BurstUUID": "A27A4B8F-2E3C-4A17-9B53-1A3F6C2D7E90",
        "Apple:ContentIdentifier": "B3C1D2E4-0000-4000-8000-ABCDEFABCDEF",
    }
    serial = "FPX20953184     592D3235313033120423403011D2E7"
    note = b"FUJIFILM" + (12).to_bytes(4, "little") + directory([text(0x10, serial)], "little", 12)
    assert said("FUJIFILM", note, "big") == {"Fujifilm:InternalSerialNumber": serial}
    panasonic: list[Field] = [(0x25, UNDEFINED, 16, b"F520811160066\0\0\0"), text(0x66, "Lina"), text(0x6D, "Porto")]
    note = b"Panasonic\0\0\0" + directory(panasonic, "little", AT + 12)
    found = said("Panasonic", note, "little")
    assert found == {
        "Panasonic:InternalSerialNumber": "F520811160066",
        "Panasonic:BabyName": "Lina",
        "Panasonic:City": "Porto",
    }
    note = b"AOC\0MM" + directory([text(0x229, "8123456"), text(0x22E, "Ann")], "big", AT + 6)
    assert said("PENTAX", note, "little") == {"Pentax:SerialNumber": "8123456", "Pentax:Artist": "Ann"}


def test_samsung_counts_from_the_note_or_from_the_block() -> None:
    fields: list[Field] = [(1, UNDEFINED, 4, b"0100"), text(0xA001, "NX1_01"), text(0xA002, "SER12345")]
    expected = {"Samsung:FirmwareName": "NX1_01", "Samsung:SerialNumber": "SER12345"}
    for base in (0, AT):
        assert said("SAMSUNG", directory(fields, "little", base), "little") == expected


def test_sony_writes_its_serial_number_backwards_in_pairs() -> None:
    note = b"SONY DSC \0\0\0" + directory([text(0x2031, "12345678")], "little", AT + 12)
    assert said("SONY", note, "little") == {"Sony:SerialNumber": "78563412"}


def test_each_says_what_it_is_about() -> None:
    note = b"Panasonic\0\0\0" + directory([text(0x66, "Lina"), text(0x67, "Porto")], "little", AT + 12)
    found = {f.name: f for f in reveal(Metadata(exif=block("Panasonic", note, "little")))}
    assert found["Panasonic:BabyName"].group is G.PEOPLE
    assert found["Panasonic:Location"].group is G.LOCATION
    assert found["MakerNote"].group is G.MAKER_NOTES
    assert found["MakerNote"].value == f"{len(note)} bytes of maker notes of Panasonic"
    assert dict(found["MakerNote"].facts) == {"vendor": "Panasonic", "bytes": len(note)}


@pytest.mark.parametrize(
    ("note", "make", "vendor"),
    [
        (b"DJI stuff", "DJI", "DJI"),
        (b"\1\2\3", "samsung", "Samsung"),
        (b"LEICA\0\0\0", "", "Leica"),
        (b"Nikon\0\1\0", "somebody", "Nikon"),
        (b"junk", "Nobody Ltd", "Nobody Ltd"),
        (b"junk", "", ""),
    ],
)
def test_what_cannot_be_read_is_told_by_maker_and_size(note: bytes, make: str, vendor: str) -> None:
    assert maker_notes.vendor(note, make) == vendor
    data = block(make or " ", note, "little")
    found = list(maker_notes.findings(data, parse(data)))
    assert [f.name for f in found] == ["MakerNote"]
    assert found[0].value == f"{len(note)} bytes" + (f" of maker notes of {vendor}" if vendor else "")


@given(
    st.sampled_from(
        [b"Nikon\0\2\0\0\0II*\0", b"OLYMPUS\0II", b"FUJIFILM", b"Apple iOS\0\0\1MM", b"AOC\0", b"PENTAX \0MM", b""]
    ),
    st.binary(max_size=300),
    st.sampled_from(["Canon", "NIKON", "SONY", "SAMSUNG", "X"]),
)
def test_random_notes_never_raise(mark: bytes, junk: bytes, make: str) -> None:
    data = block(make, mark + junk or b"\0", "big")
    for finding in maker_notes.findings(data, parse(data)):
        assert finding.value.isprintable()


def test_real_notes(real) -> None:
    """Values as exiftool 12.57 tells them."""
    found = {name: {f.name: f.value for f in reveal(metadata)} for name, metadata in real.items()}
    assert found["exif/nikon_D3100_TypeError.jpg"]["Nikon:SerialNumber"] == "6754846"
    assert found["exif/nikon_D3100_TypeError.jpg"]["Nikon:ShutterCount"] == "20049"
    assert found["exif/32-lens_data.jpeg"]["Nikon:ShutterCount"] == "241575"
    assert found["camera/012mp-bus.jpg"]["Apple:PhotoIdentifier"] == "656CB690-65AC-4CC9-97C5-1D105702CFFD"
