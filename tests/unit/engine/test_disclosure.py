"""What a file reveals beside its metadata: bytes behind the picture, content credentials, colour profiles."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from oimg.engine.containers.png_chunks import chunk
from oimg.engine.containers.trailing import Stretch, end_of_picture, stretches
from oimg.engine.disclosure import disclose, manifest_store
from oimg.engine.metadata import content_credentials, icc_report
from oimg.engine.metadata.content_credentials import Credentials
from oimg.words.images import Format
from oimg.words.privacy import Finding
from oimg.words.privacy import MetadataGroup as G
from oimg.words.sayings import Coded, Phrase


def packed(format_: str, **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, format_, **options)
    return out.getvalue()


def told(data: bytes, format_: Format) -> dict[str, Finding]:
    return {finding.name: finding for finding in disclose(data, format_)[2]}


ARCHIVE = BytesIO()
with zipfile.ZipFile(ARCHIVE, "w") as archive:
    archive.writestr("secret.txt", "hello")
VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08free"


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("JPEG", Format.JPEG),
        ("PNG", Format.PNG),
        ("WEBP", Format.WEBP),
        ("GIF", Format.GIF),
        ("AVIF", Format.AVIF),
    ],
)
@pytest.mark.parametrize(
    ("behind", "kinds"),
    [
        (b"dear diary", ["text"]),
        (bytes(100), ["zeros"]),
        (ARCHIVE.getvalue(), ["ZIP archive"]),
        (packed("JPEG"), ["JPEG picture"]),
        (bytes(64) + packed("JPEG") + VIDEO, ["zeros", "JPEG picture", "MP4 video"]),
        (b"\x80\x81\x82\x83", ["data"]),
    ],
)
def test_what_follows_a_picture(name: str, format_: Format, behind: bytes, kinds: list[str]) -> None:
    whole = packed(name)
    assert end_of_picture(whole, format_) == len(whole)
    assert "TrailingData" not in told(whole, format_)
    found = stretches(whole + behind, len(whole))
    assert [part.kind for part in found] == kinds
    assert sum(part.size for part in found) == len(behind)
    finding = told(whole + behind, format_)["TrailingData"]
    assert finding.value.startswith(f"{len(behind)} bytes: {kinds[0]}")
    assert dict(finding.facts)["bytes"] == len(behind)


def test_a_video_behind_padding_starts_with_its_box() -> None:
    found = stretches(bytes(32) + VIDEO, 0)
    assert found == (Stretch(0, 32, "zeros"), Stretch(32, len(VIDEO), "MP4 video"))


@given(st.binary(max_size=400))
def test_any_bytes_are_told_in_full(junk: bytes) -> None:
    assert sum(part.size for part in stretches(junk, 0)) == len(junk)


# CBOR by hand (RFC 8949): 0x60 + n texts, 0x40 + n bytes, 0x80 + n arrays, 0xA0 + n maps.
def cbor_text(words: str) -> bytes:
    raw = words.encode()
    return (bytes((0x60 + len(raw),)) if len(raw) < 24 else bytes((0x78, len(raw)))) + raw


def cbor_bytes(raw: bytes) -> bytes:
    return b"\x59" + len(raw).to_bytes(2, "big") + raw


def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def superbox(uuid: str, label: str, *inside: bytes) -> bytes:
    about = bytes.fromhex(uuid) + b"\x03" + label.encode() + b"\0"
    return box(b"jumb", box(b"jumd", about) + b"".join(inside))


def der(tag: int, body: bytes) -> bytes:
    return (
        bytes((tag, len(body))) + body if len(body) < 128 else bytes((tag, 0x82)) + len(body).to_bytes(2, "big") + body
    )


def certificate() -> bytes:
    """The parts of an X.509 certificate up to its subject (RFC 5280, 4.1): issuer first, subject after the dates."""

    def name(organization: str, common: str) -> bytes:
        pairs = ((b"\x55\x04\x0a", organization), (b"\x55\x04\x03", common))
        return der(0x30, b"".join(der(0x31, der(0x30, der(6, oid) + der(0x0C, t.encode()))) for oid, t in pairs))

    dates = der(0x30, der(0x17, b"240101000000Z") + der(0x17, b"340101000000Z"))
    body = der(0xA0, der(2, b"\2")) + der(2, b"\5") + der(0x30, der(6, b"\x2b\x65\x70"))
    body += name("Root Ltd", "Root CA") + dates + name("Example Camera Inc.", "Camera 0815") + der(0x30, b"")
    return der(0x30, der(0x30, body) + der(0x30, b"") + der(3, b"\0"))


def store() -> bytes:
    claim = b"\xa3" + cbor_text("claim_generator") + cbor_text("old name/1.0")
    claim += cbor_text("claim_generator_info") + b"\x81\xa2" + cbor_text("name") + cbor_text("Photo Maker")
    claim += cbor_text("version") + cbor_text("7.1") + cbor_text("dc:title") + cbor_text("beach.jpg")
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    action = (
        b"\xa2" + cbor_text("action") + cbor_text("c2pa.created") + cbor_text("digitalSourceType") + cbor_text(source)
    )
    actions = b"\xa1" + cbor_text("actions") + b"\x81" + action
    # COSE_Sign1 (RFC 9052, 4.2) with the chain under label 33 of the unprotected headers.
    signature = b"\xd2\x84" + cbor_bytes(b"\xa1\x01\x26") + b"\xa1\x18\x21" + b"\x81" + cbor_bytes(certificate())
    signature += b"\xf6" + cbor_bytes(bytes(64))
    leaf = "63626f7200110010800000aa00389b71"
    manifest = superbox(
        "63326d6100110010800000aa00389b71",
        "urn:uuid:1",
        superbox(
            "6332617300110010800000aa00389b71", "c2pa.assertions", superbox(leaf, "c2pa.actions", box(b"cbor", actions))
        ),
        superbox("6332636c00110010800000aa00389b71", "c2pa.claim", box(b"cbor", claim)),
        superbox("6332637300110010800000aa00389b71", "c2pa.signature", box(b"cbor", signature)),
    )
    return superbox("6332706100110010800000aa00389b71", "c2pa", manifest)


SAID = Credentials(
    "Photo Maker 7.1",
    "beach.jpg",
    "Example Camera Inc., Camera 0815",
    ("c2pa.created",),
    ("trainedAlgorithmicMedia",),
    1,
)


def test_content_credentials_name_program_and_signer() -> None:
    assert content_credentials.read(store()) == SAID


def test_content_credentials_in_segments_and_chunks() -> None:
    whole = store()
    first, rest = whole[:400], whole[400:]
    packets = [b"JP\0\1" + (1).to_bytes(4, "big") + first, b"JP\0\1" + (2).to_bytes(4, "big") + whole[:8] + rest]
    segments = b"".join(b"\xff\xeb" + (len(p) + 2).to_bytes(2, "big") + p for p in packets)
    plain = packed("JPEG")
    signed = plain[:2] + segments + plain[2:]
    assert manifest_store(signed, Format.JPEG) == whole
    png = packed("PNG")
    assert manifest_store(png[:33] + chunk("caBX", whole) + png[33:], Format.PNG) == whole
    found = told(signed, Format.JPEG)
    assert found["C2PA"].value == f"content credentials, {len(whole)} bytes"
    assert found["C2PA:Signer"] == Finding(G.OWNER, "C2PA:Signer", "Example Camera Inc., Camera 0815")
    assert found["C2PA:ClaimGenerator"].value == "Photo Maker 7.1"
    assert found["C2PA:DigitalSourceType"].value == "trainedAlgorithmicMedia"
    assert found["C2PA:DigitalSourceType"].said == Coded("trainedAlgorithmicMedia", Phrase("created by generative AI"))
    assert manifest_store(plain, Format.JPEG) == b""


@given(st.binary(max_size=300), st.integers(0, 900), st.integers(0, 255))
def test_broken_credentials_never_raise(junk: bytes, at: int, value: int) -> None:
    whole = bytearray(store())
    whole[at % len(whole)] = value
    content_credentials.read(bytes(whole))
    content_credentials.read(bytes(whole[:at]))
    content_credentials.read(junk)
    content_credentials.read(
        superbox("6332706100110010800000aa00389b71", "c2pa", superbox("00" * 16, "c2pa.claim", junk))
    )


def test_profiles_name_themselves() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    found = {finding.name: finding.value for finding in icc_report.findings(profile)}
    assert found["ICC:ProfileDescription"] == ImageCms.getProfileDescription(BytesIO(profile)).strip()
    assert found["ICC:ProfileCopyright"] == ImageCms.getProfileCopyright(BytesIO(profile)).strip()
    for end in range(0, len(profile), 7):
        list(icc_report.findings(profile[:end]))


def test_old_profiles_name_their_device() -> None:
    words = b"DELL U2720Q #ABC1234"
    text = b"desc" + bytes(4) + (len(words) + 1).to_bytes(4, "big") + words + b"\0"
    head = bytearray(128)
    head[24:36] = b"".join(part.to_bytes(2, "big") for part in (2024, 5, 31, 17, 30, 0))
    head[36:40] = b"acsp"
    profile = (
        bytes(head) + (1).to_bytes(4, "big") + b"dmdd" + (144).to_bytes(4, "big") + len(text).to_bytes(4, "big") + text
    )
    assert list(icc_report.findings(profile)) == [
        Finding(G.DEVICE, "ICC:DeviceModelDesc", "DELL U2720Q #ABC1234"),
        Finding(G.RENDERING, "ICC:ProfileDateTime", "2024:05:31 17:30:00"),
    ]


def test_real_files(corpus: Path) -> None:
    """Sizes behind the picture as they follow from the place of its EOI marker."""
    data = (corpus / "photos/hdr-gainmap/Ultra_HDR_Samples_Originals_05.jpg").read_bytes()
    behind = told(data, Format.JPEG)["TrailingData"]
    assert data[-int(str(dict(behind.facts)["bytes"])) - 2 :][:4] == b"\xff\xd9\xff\xd8"
    assert "JPEG picture" in behind.value
