"""JPEG segments that are no picture: what is carried, and that nothing hides in the rest."""

from __future__ import annotations

import io
import struct

from PIL import Image

from oimg.engine.containers import jpeg
from oimg.words.images import Format, Metadata, Part


def picture(**options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((40, 32)).convert("RGB").save(out, "JPEG", **options)
    return out.getvalue()


def insert(data: bytes, marker: int, payload: bytes) -> bytes:
    """The file with a segment behind SOI."""
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload + data[2:]


def test_nothing_hides_in_segments_that_no_decoder_reads() -> None:
    source = picture()
    adobe = b"Adobe\0\x64\0\0\0\0\1SECRET"
    marked = insert(insert(insert(source, 0x02, b"SECRET"), 0xBF, b"SECRET"), 0xEE, adobe)
    bare = jpeg.rewrite(marked, Metadata(), b"")
    assert b"SECRET" not in bare
    assert b"\xff\xee\0\x0e" + adobe[:12] in bare
    assert jpeg.read_metadata(marked)[0].parts == ()


def test_the_shape_of_a_pixel_stays_without_a_density() -> None:
    data = bytearray(picture(dpi=(100, 200)))
    data[data.index(b"JFIF\0") + 7] = 0
    bare = jpeg.rewrite(bytes(data), Metadata(), b"")
    at = bare.index(b"JFIF\0")
    assert bare[at + 7 : at + 12] == b"\0\0\x64\0\xc8"


def test_segments_of_others_are_parts_and_go_back_in() -> None:
    source = insert(insert(insert(picture(), 0xE7, b"seven"), 0xE0, b"JFXX\0\x10thumb"), 0xEB, b"JP\0\1\0\0\0\1boxes")
    source = insert(source, 0xE2, b"MPF\0II*\0")
    metadata, _ = jpeg.read_metadata(source)
    assert set(metadata.parts) == {
        Part(Format.JPEG, "APP7", b"seven"),
        Part(Format.JPEG, "JFXX", b"JFXX\0\x10thumb"),
        Part(Format.JPEG, "APP11", b"JP\0\1\0\0\0\1boxes"),
    }
    again = jpeg.rewrite(source, metadata, b"")
    assert insert(b"\xff\xd8", 0xE7, b"seven")[2:] in again
    assert b"thumb" in again
    assert b"boxes" not in again
    assert b"MPF" not in again


def test_a_pointer_to_extended_xmp_that_is_not_there_goes() -> None:
    note = b'xmpNote:HasExtendedXMP="0123456789ABCDEF0123456789ABCDEF"'
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" %s '
        b'xmlns:p="http://p/" p:kept="1"/>'
        b"</rdf:RDF></x:xmpmeta>" % note
    )
    said = jpeg.read_metadata(insert(picture(), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))[0].xmp
    assert b"HasExtendedXMP" not in said
    assert b'p:kept="1"' in said
