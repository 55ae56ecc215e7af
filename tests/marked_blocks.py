"""Metadata blocks full of secrets, made by piexif and by hand, for the marker tests."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import piexif
from PIL import Image

from oimg.words.privacy import MetadataGroup as G


@dataclass(frozen=True, slots=True)
class Mark:
    """One secret: the block it lies in, what it is about, and the bytes that give it away."""

    block: str
    group: G
    patterns: tuple[bytes, ...]


@dataclass(slots=True)
class Planter:
    """Makes secrets that are found nowhere else, and remembers them by name."""

    marks: dict[str, Mark] = field(default_factory=dict)

    def text(self, block: str, name: str, group: G) -> bytes:
        words = f"zQ{len(self.marks):03d}{''.join(c for c in name if c.isalnum())}Qz"
        wide = tuple(words.encode(code) for code in ("utf-16-le", "utf-16-be"))
        self.marks[f"{block}/{name}"] = Mark(block, group, (words.encode(), *wide, words.encode().hex().encode()))
        return words.encode()

    def number(self, block: str, name: str, group: G) -> int:
        """A number of four bytes that no coded picture holds by chance, in both byte orders."""
        value = 0x7A51_0000 + 257 * len(self.marks)
        self.marks[f"{block}/{name}"] = Mark(block, group, (struct.pack(">I", value), struct.pack("<I", value)))
        return value


def noise(size: tuple[int, int] = (40, 32), mode: str = "RGB", seed: int = 3) -> Image.Image:
    channels = len(Image.new(mode, (1, 1)).getbands())
    values = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], channels), dtype=np.uint8)
    return Image.fromarray(values[:, :, 0] if channels == 1 else values, mode)


def jpeg(picture: Image.Image, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", **options)
    return out.getvalue()


def thumbnail(plant: Planter, block: str, name: str) -> bytes:
    """A small JPEG picture that says a place and a device itself."""
    own = {
        "0th": {0x010F: plant.text(block, f"{name} make", G.DEVICE)},
        "GPS": {0x001C: plant.text(block, f"{name} place", G.LOCATION)},
    }
    return jpeg(noise((8, 8), seed=9), exif=piexif.dump(own), comment=plant.text(block, f"{name} comment", G.COMMENTS))


def exif(plant: Planter, block: str = "exif", *, with_thumbnail: bool = True) -> bytes:
    """A block by piexif, with a secret in each directory and bytes behind the end of all."""

    def text(name: str, group: G) -> bytes:
        return plant.text(block, name, group)

    def wide(name: str, group: G) -> bytes:
        return text(name, group).decode().encode("utf-16-le") + b"\0\0"

    first = {
        0x010E: text("description", G.DESCRIPTION),
        0x010F: text("make", G.DEVICE),
        0x0110: text("model", G.DEVICE),
        0x0131: text("software", G.SOFTWARE),
        0x0132: text("changed", G.DATES),
        0x013B: text("artist", G.OWNER),
        0x013C: text("computer", G.DEVICE),
        0x8298: text("copyright", G.COPYRIGHT),
        0x9C9B: wide("title", G.DESCRIPTION),
        0x9C9C: wide("xp comment", G.COMMENTS),
        0x9C9D: wide("xp author", G.OWNER),
        0x9C9E: wide("xp keywords", G.DESCRIPTION),
        0xC614: text("unique model", G.DEVICE),
        0x011A: (300, 1),
        0x011B: (300, 1),
        0x0128: 2,
    }
    shot = {
        0x9003: b"2021:03:04 05:06:07",
        0x9004: text("digitized", G.DATES),
        0x829A: (1, 250),
        0x927C: text("maker note", G.MAKER_NOTES),
        0x9286: b"ASCII\0\0\0" + text("user comment", G.COMMENTS),
        0xA420: text("image id", G.HISTORY),
        0xA430: text("owner", G.OWNER),
        0xA431: text("serial", G.DEVICE),
        0xA434: text("lens", G.DEVICE),
        0xA435: text("lens serial", G.DEVICE),
    }
    gps = {
        1: b"N",
        2: ((plant.number(block, "latitude", G.LOCATION), 1), (1, 1), (2, 1)),
        3: b"E",
        4: ((plant.number(block, "longitude", G.LOCATION), 1), (3, 1), (4, 1)),
        0x1B: b"ASCII\0\0\0" + text("method", G.LOCATION),
        0x1C: text("area", G.LOCATION),
    }
    tables: dict[str, object] = {"0th": first, "Exif": shot, "GPS": gps}
    if with_thumbnail:
        tables |= {"1st": {0x0103: 6, 0x010F: plant.text("inside the thumbnail", "small make", G.DEVICE)}}
        tables["thumbnail"] = jpeg(noise((8, 8)))
    data = piexif.dump(tables).removeprefix(b"Exif\0\0")
    if with_thumbnail:
        data = _with_thumbnail(data, thumbnail(plant, "inside the thumbnail", "thumbnail"))
    return data + plant.text("behind the block" if block == "exif" else block, "orphans", G.OTHER)


def _with_thumbnail(data: bytes, stream: bytes) -> bytes:
    """Put another thumbnail at the end of a block: piexif takes out what a thumbnail says of itself."""
    at = data.rindex(b"\xff\xd8\xff")
    said, now = (struct.pack(">HHII", 0x0202, 4, 1, size) for size in (len(data) - at, len(stream)))
    assert data.count(said) == 1
    return data[:at].replace(said, now) + stream


def xmp(plant: Planter, block: str = "xmp") -> bytes:
    """A packet with secrets as attribute, element, array, structure and thumbnail."""

    def text(name: str, group: G) -> str:
        return plant.text(block, name, group).decode()

    small = base64.b64encode(thumbnail(plant, "inside the XMP thumbnail", "XMP thumbnail")).decode()
    spaces = {
        "dc": "http://purl.org/dc/elements/1.1/",
        "exif": "http://ns.adobe.com/exif/1.0/",
        "aux": "http://ns.adobe.com/exif/1.0/aux/",
        "photoshop": "http://ns.adobe.com/photoshop/1.0/",
        "xmp": "http://ns.adobe.com/xap/1.0/",
        "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
        "xmpGImg": "http://ns.adobe.com/xap/1.0/g/img/",
        "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
        "own": "http://example.org/own/",
    }
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in spaces.items())
    return f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- {text("remark", G.OTHER)} -->
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" {declared}
 exif:GPSLatitude="{text("latitude", G.LOCATION)}" aux:SerialNumber="{text("serial", G.DEVICE)}"
 xmp:CreatorTool="{text("tool", G.SOFTWARE)}" photoshop:Credit="{text("credit", G.CREDIT)}"
 xmpMM:DocumentID="{text("document", G.HISTORY)}" own:thing="{text("thing", G.OTHER)}">
<dc:creator><rdf:Seq><rdf:li>{text("creator", G.OWNER)}</rdf:li></rdf:Seq></dc:creator>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{text("rights", G.COPYRIGHT)}</rdf:li></rdf:Alt></dc:rights>
<dc:subject><rdf:Bag><rdf:li>{text("keyword", G.DESCRIPTION)}</rdf:li></rdf:Bag></dc:subject>
<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li mwg-rs:Name="{text("face", G.PEOPLE)}"/>
</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"><xmpGImg:image>{small}</xmpGImg:image></rdf:li></rdf:Alt>
</xmp:Thumbnails></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()


def iptc(plant: Planter, block: str = "iptc") -> bytes:
    """IIM datasets (record, number, group) with a secret each."""
    datasets = (
        *((2, 5, G.DESCRIPTION), (2, 25, G.DESCRIPTION), (2, 80, G.OWNER), (2, 90, G.LOCATION), (2, 101, G.LOCATION)),
        *((2, 110, G.CREDIT), (2, 116, G.COPYRIGHT), (2, 120, G.DESCRIPTION), (2, 122, G.OWNER), (2, 65, G.SOFTWARE)),
        *((2, 231, G.HISTORY), (2, 232, G.DEVICE), (2, 30, G.DATES), (7, 7, G.OTHER)),
    )
    out = b"\x1c\x02\x00\x00\x02\x00\x04"
    for record, number, group in datasets:
        value = plant.text(block, f"{record}:{number}", group)
        out += struct.pack(">BBBH", 0x1C, record, number, len(value)) + value
    return out


def resource(number: int, data: bytes, name: bytes = b"") -> bytes:
    """One Photoshop image resource, name and data padded to even lengths."""
    named = bytes((len(name),)) + name
    named += b"\0" * (len(named) % 2)
    return b"8BIM" + struct.pack(">H", number) + named + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)


def resources(plant: Planter, block: str = "photoshop") -> bytes:
    """Image resources beside IPTC; two of them repeat blocks of other kinds."""
    small = thumbnail(plant, "inside Photoshop's thumbnail", "Photoshop thumbnail")
    head = struct.pack(">IIIIIIHH", 1, 8, 8, 24, 192, len(small), 24, 1)
    caption = plant.text(block, "caption", G.DESCRIPTION)
    return b"".join(
        (
            resource(0x03F0, bytes((len(caption),)) + caption, plant.text("resource names", "name", G.OTHER)),
            resource(0x040B, plant.text(block, "address", G.OWNER)),
            resource(0x040C, head + small),
            resource(0x041A, plant.text(block, "slices", G.HISTORY)),
            resource(0x0422, exif(plant, "copies in Photoshop", with_thumbnail=False)),
            resource(0x0FA0, plant.text(block, "plug-in", G.OTHER)),
        )
    )
