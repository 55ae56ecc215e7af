"""Files that hold more than one plain picture, put together byte by byte from the specifications they cite."""

from __future__ import annotations

import hashlib
import struct
import zlib
from io import BytesIO

import numpy as np
import pillow_heif
from PIL import Image

from metric_pictures import clouds, texture

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
HDRGM = 'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"'
CONTAINER = (
    'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    'xmlns:Item="http://ns.google.com/photos/1.0/container/item/"'
)
CAMERA = 'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"'
DEPTH = 'xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/"'
APPLE = 'xmlns:apdi="http://ns.apple.com/pixeldatainfo/1.0/"'
# C2PA 2.1, 11.1.4.2.
STORE = bytes.fromhex("6332706100110010800000AA00389B71")


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 255, marker, len(payload) + 2) + payload


def jpeg(width: int = 160, height: int = 120, seed: int = 3, *, gray: bool = False, quality: int = 92) -> bytes:
    pixels = clouds(seed, height, width, 1, cell=16)[..., 0] if gray else texture(seed, height, width)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return out.getvalue()


def insert(data: bytes, *segments: bytes) -> bytes:
    """Put segments behind SOI and, where there is one, JFIF's APP0."""
    at = 4 + int.from_bytes(data[4:6], "big") if data[2:4] == b"\xff\xe0" else 2
    return data[:at] + b"".join(segments) + data[at:]


def packet(spaces: str, attributes: str = "", body: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="' + RDF + '">'
        f'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" {spaces} {attributes}>'
        f"<dc:format>image/jpeg</dc:format>{body}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def xmp(spaces: str, attributes: str = "", body: str = "") -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet(spaces, attributes, body))


def directory(*items: tuple[str, str, int]) -> str:
    """Ultra HDR 1.1 and Motion Photo 1.0: mime, semantic and length of each part of the file."""
    rows = "".join(
        f'<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="{mime}" Item:Semantic="{semantic}" '
        f'Item:Length="{length}"/></rdf:li>'
        for mime, semantic, length in items
    )
    return f"<Container:Directory><rdf:Seq>{rows}</rdf:Seq></Container:Directory>"


def mpf(first: int, others: list[tuple[int, int, int]], header_at: int) -> bytes:
    """An MP index (CIPA DC-007, 5.2): version, number of pictures, one entry of 16 bytes for each.

    `others` are type code, length and offset in the file; offsets are stored from the byte order mark at `header_at`.
    """
    entries = struct.pack("<IIIHH", 0x030000, first, 0, 0, 0)
    for kind, length, offset in others:
        entries += struct.pack("<IIIHH", kind, length, offset - header_at, 0, 0)
    count = len(others) + 1
    index = struct.pack("<HHHI4s", 3, 0xB000, 7, 4, b"0100")
    index += struct.pack("<HHII", 0xB001, 4, 1, count) + struct.pack("<HHII", 0xB002, 7, len(entries), 50)
    return b"MPF\0" + struct.pack("<2sHI", b"II", 42, 8) + index + struct.pack("<I", 0) + entries


def multi_picture(first: bytes, others: list[tuple[int, bytes]], gap: bytes = b"") -> bytes:
    """A first picture with an index of the others (type code and file), which follow, each behind `gap`."""
    size = len(segment(0xE2, mpf(0, [(kind, len(data), 9**9) for kind, data in others], 0)))
    at = 4 + int.from_bytes(first[4:6], "big")
    end = len(first) + size
    places, offset = [], end
    for kind, data in others:
        places.append((kind, len(data), offset + len(gap)))
        offset += len(gap) + len(data)
    index = segment(0xE2, mpf(end, places, at + 8))
    return insert(first, index) + b"".join(gap + data for _, data in others)


def ultra_hdr(*, hdr_base: bool = False, plain: bytes = b"") -> bytes:
    """Android Ultra HDR 1.1: the index, the directory, and a second JPEG with the gain map's own XMP."""
    base = "True" if hdr_base else "False"
    own = 'hdrgm:Version="1.0" hdrgm:GainMapMax="2.5" hdrgm:HDRCapacityMax="2.5"'
    second = insert(jpeg(40, 30, gray=True), xmp(HDRGM, f'{own} hdrgm:BaseRenditionIsHDR="{base}"'))
    parts = directory(("image/jpeg", "Primary", 0), ("image/jpeg", "GainMap", len(second)))
    first = insert(plain or jpeg(), xmp(f"{HDRGM} {CONTAINER}", 'hdrgm:Version="1.0"', parts))
    return multi_picture(first, [(0, second)])


def iso_metadata(base: tuple[int, int], alternate: tuple[int, int], *, common: bool = False) -> bytes:
    """ISO 21496-1, C.2.2: versions, flags, headroom of the base and of the alternate picture, one channel."""
    if common:
        head = struct.pack(">HHBIII", 0, 0, 0x08, base[1], base[0], alternate[0])
    else:
        head = struct.pack(">HHBIIII", 0, 0, 0, *base, *alternate)
    return head + struct.pack(">10I", 0, 1, 2, 1, 1, 1, 1, 64, 1, 64)


def iso_gain_map(
    base: tuple[int, int] = (0, 1), alternate: tuple[int, int] = (13, 10), *, common: bool = False
) -> bytes:
    name = b"urn:iso:std:iso:ts:21496:-1\0"
    data = name + iso_metadata(base, alternate, common=common)
    second = insert(jpeg(40, 30, gray=True), segment(0xE2, data))
    return multi_picture(insert(jpeg(), segment(0xE2, name + b"\0\0\0\0")), [(0, second)])


def apple_gain_map() -> bytes:
    """As iPhones write it: nothing in the first picture, the type of the second one in its XMP."""
    own = 'apdi:AuxiliaryImageType="urn:com:apple:photo:2020:aux:hdrgainmap" HDRGainMap:HDRGainMapVersion="65536"'
    spaces = f'{APPLE} xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/"'
    return multi_picture(jpeg(), [(0, insert(jpeg(80, 60, gray=True), xmp(spaces, own)))])


def apple_portrait() -> bytes:
    spaces = f'{APPLE} xmlns:depthData="http://ns.apple.com/depthData/1.0/"'
    own = 'apdi:AuxiliaryImageType="urn:mpeg:hevc:2015:auxid:2" depthData:Quality="high"'
    return multi_picture(jpeg(), [(0, insert(jpeg(80, 60, gray=True), xmp(spaces, own)))])


def film(size: int = 3000) -> bytes:
    """The boxes that an MP4 file starts with (ISO/IEC 14496-12)."""
    return box(b"ftyp", b"mp42\0\0\0\0mp42isom") + box(b"mdat", bytes(range(1, 251)) * (size // 250))


def motion_photo() -> bytes:
    video = film()
    parts = directory(("image/jpeg", "Primary", 0), ("video/mp4", "MotionPhoto", len(video)))
    own = 'GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1" GCamera:MotionPhotoPresentationTimestampUs="9"'
    return insert(jpeg(), xmp(f"{CAMERA} {CONTAINER}", own, parts)) + video


def micro_video() -> bytes:
    video = film()
    own = f'GCamera:MicroVideo="1" GCamera:MicroVideoVersion="1" GCamera:MicroVideoOffset="{len(video)}"'
    return insert(jpeg(), xmp(CAMERA, own)) + video


def samsung(*blocks: tuple[int, bytes, bytes]) -> bytes:
    """A JPEG with named blocks behind it, and their directory at the very end (ExifTool, Samsung.pm)."""
    body, rows = b"", []
    for kind, name, data in blocks:
        rows.append((kind, len(body)))
        body += struct.pack("<HHI", 0, kind, len(name)) + name + data
    table = struct.pack("<4sII", b"SEFH", 106, len(rows))
    for (kind, at), (_, name, data) in zip(rows, blocks, strict=True):
        table += struct.pack("<HHII", 0, kind, len(body) - at, 8 + len(name) + len(data))
    return jpeg() + body + table + struct.pack("<I4s", len(table), b"SEFT")


def _extended(spaces: str, own: str, data: str) -> bytes:
    """Properties in the main packet, and one in the extended packet (XMP part 3, 1.1.3.1)."""
    extension = packet(spaces, data)
    guid = hashlib.md5(extension, usedforsecurity=False).hexdigest().upper()
    note = f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{guid}"'
    chunk = guid.encode() + struct.pack(">II", len(extension), 0) + extension
    return insert(jpeg(), xmp(f"{spaces} {note}", own), segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + chunk))


def google_depth() -> bytes:
    """Depthmap Metadata: the map as text, in extended XMP."""
    own = 'GDepth:Format="RangeInverse" GDepth:Near="1" GDepth:Far="9" GDepth:Mime="image/jpeg"'
    return _extended(DEPTH, own, f'GDepth:Data="{"QUJD" * 900}"')


def cardboard() -> bytes:
    """A Cardboard photo: the right eye's view as text, in extended XMP."""
    spaces = 'xmlns:GImage="http://ns.google.com/photos/1.0/image/"'
    return _extended(spaces, 'GImage:Mime="image/jpeg"', f'GImage:Data="{"QUJD" * 900}"')


def dynamic_depth() -> bytes:
    """Dynamic Depth 1.0: the camera's elements in XMP, the map as a file behind the picture."""
    second = jpeg(80, 60, gray=True)
    spaces = (
        'xmlns:Device="http://ns.google.com/photos/dd/1.0/device/" '
        'xmlns:Container="http://ns.google.com/photos/dd/1.0/container/" '
        'xmlns:Item="http://ns.google.com/photos/dd/1.0/item/"'
    )
    rows = "".join(
        f'<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" Item:Length="{length}" '
        f'Item:DataURI="{uri}"/></rdf:li>'
        for length, uri in ((0, "primary_image"), (len(second), "android/depthmap"))
    )
    body = (
        '<Device:Cameras><rdf:Seq><rdf:li rdf:parseType="Resource"/></rdf:Seq></Device:Cameras>'
        f"<Device:Container><Container:Directory><rdf:Seq>{rows}</rdf:Seq></Container:Directory></Device:Container>"
    )
    return insert(jpeg(), xmp(spaces, "", body)) + second


def stereo() -> bytes:
    """An MPO of two views (DC-007 table 4: disparity is 0x020002)."""
    return multi_picture(jpeg(), [(0x020002, jpeg(seed=4))])


def with_preview(kind: int = 0x010001, *, size: tuple[int, int] = (64, 48)) -> bytes:
    return multi_picture(jpeg(), [(kind, jpeg(*size))], gap=b"\0" * 300)


def manifest(label: bytes = b"c2pa\0", uuid: bytes = STORE) -> bytes:
    """A JUMBF superbox (ISO/IEC 19566-5, A.3) with its description box and some content."""
    return box(b"jumb", box(b"jumd", uuid, b"\3", label), box(b"cbor", b"planted claim " * 20))


def signed_jpeg(content: bytes = b"") -> bytes:
    """C2PA 2.1, A.3.2 and ISO/IEC 18477-3, B.2: APP11, "JP", instance 1, packet 1, then the box."""
    return insert(jpeg(), segment(0xEB, b"JP\0\1\0\0\0\1" + (content or manifest())))


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def signed_png() -> bytes:
    """C2PA 2.1, A.3.3: a caBX chunk before the picture data."""
    out = BytesIO()
    Image.fromarray(texture(3, 90, 120)).save(out, "PNG")
    data = out.getvalue()
    at = data.index(b"IDAT") - 4
    return data[:at] + png_chunk(b"caBX", manifest()) + data[at:]


def signed_webp(*, lossless: bool = True) -> bytes:
    """C2PA 2.1, A.3.6: a chunk of the name C2PA."""
    out = BytesIO()
    Image.fromarray(texture(3, 90, 120)).save(
        out, "WEBP", lossless=lossless, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"
    )
    store = manifest()
    body = out.getvalue()[12:] + b"C2PA" + struct.pack("<I", len(store)) + store + b"\0" * (len(store) & 1)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def signed_gif() -> bytes:
    """C2PA 2.1, A.3.5: an application extension before the first image."""
    out = BytesIO()
    Image.fromarray(texture(3, 40, 50)).convert("P", palette=Image.Palette.ADAPTIVE).save(out, "GIF")
    data, store = out.getvalue(), manifest()
    at = 13 + 3 * (2 << (data[10] & 7))
    rows = b"".join(bytes((len(part),)) + part for part in (store[i : i + 255] for i in range(0, len(store), 255)))
    return data[:at] + b"\x21\xff\x0bC2PA_GIF\x01\0\0" + rows + b"\0" + data[at:]


def _coded(plugin: str, seed: int, size: tuple[int, int]) -> tuple[bytes, dict[bytes, bytes]]:
    """The one coded picture in a file of libavif's or libheif's making, and its properties."""
    picture = Image.fromarray(texture(seed, size[1], size[0]))
    out = BytesIO()
    if plugin == "AVIF":
        picture.save(out, "AVIF", quality=80, speed=10)
    else:
        pillow_heif.from_pillow(picture).save(out, quality=80)
    data = out.getvalue()
    found = {}
    for kind in (b"av1C", b"hvcC", b"ispe", b"pixi", b"colr", b"clap"):
        at = data.find(kind) - 4
        if at >= 0:
            found[kind] = data[at : at + int.from_bytes(data[at : at + 4], "big")]
    at = data.index(b"mdat") + 4
    return data[at:], found


def heif(
    plugin: str = "AVIF",
    *,
    auxiliary: bytes = b"",
    tone_map: bytes = b"",
    second: bool = False,
    hidden: bool = False,
    group: bytes = b"",
    behind: bytes = b"",
) -> bytes:
    """An image file (ISO/IEC 23008-12) of a primary picture and, where asked for, another one.

    The other one is auxiliary of a type, the gain map of a tone-map item with this metadata, or a picture of its own,
    which may be hidden and form an entity group with the first one.
    """
    coding = b"av01" if plugin == "AVIF" else b"hvc1"
    one, properties = _coded(plugin, 3, (160, 120))
    other, smaller = _coded(plugin, 4, (80, 60))
    stored = [*properties.values(), *smaller.values()]
    links = {1: list(range(1, len(properties) + 1)), 2: list(range(len(properties) + 1, len(stored) + 1))}
    kinds, payloads, references = {1: coding}, {1: one}, b""
    if auxiliary or tone_map or second:
        kinds[2], payloads[2] = coding, other
    if auxiliary:
        stored.append(box(b"auxC", b"\0\0\0\0" + auxiliary + b"\0"))
        links[2].append(len(stored))
        references += box(b"auxl", struct.pack(">HHH", 2, 1, 1))
    if tone_map:
        kinds[3], payloads[3] = b"tmap", b"\0" + tone_map
        references += box(b"dimg", struct.pack(">HHHH", 3, 2, 1, 2))
    entries = b"".join(
        box(
            b"infe", struct.pack(">BBHHH4sB", 2, 0, int(number == 2 and (hidden or bool(tone_map))), number, 0, kind, 0)
        )
        for number, kind in kinds.items()
    )
    shown = {number: numbers for number, numbers in links.items() if number in kinds}
    associations = b"".join(struct.pack(">HB", number, len(each)) + bytes(each) for number, each in shown.items())
    tables = [
        box(b"hdlr", b"\0" * 8 + b"pict" + b"\0" * 13),
        box(b"pitm", b"\0" * 4 + struct.pack(">H", 1)),
        box(b"iinf", b"\0" * 4 + struct.pack(">H", len(kinds)), entries),
        box(b"iprp", box(b"ipco", *stored), box(b"ipma", b"\0" * 4 + struct.pack(">I", len(shown)) + associations)),
    ]
    tables += [box(b"iref", b"\0" * 4, references)] if references else []
    tables += [box(b"grpl", box(group, struct.pack(">IIIII", 0, 9, 2, 1, 2)))] if group else []
    brand = b"avif" if plugin == "AVIF" else b"heic"
    start = box(b"ftyp", brand + b"\0\0\0\0" + b"mif1miaf" + brand)
    size = 8 + 4 + sum(map(len, tables)) + 16 + 14 * len(payloads)
    at, rows = len(start) + size + 8, b""
    for number, data in payloads.items():
        rows += struct.pack(">HHHII", number, 0, 1, at, len(data))
        at += len(data)
    tables.append(box(b"iloc", b"\0" * 4 + struct.pack(">BBH", 0x44, 0, len(payloads)) + rows))
    meta = box(b"meta", b"\0" * 4, *tables)
    assert len(meta) == size
    return start + meta + box(b"mdat", *payloads.values()) + behind


def pages(*shades: int) -> bytes:
    """A TIFF of several pages."""
    first, *others = [Image.fromarray(np.full((30, 40), shade, np.uint8)) for shade in shades]
    out = BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=others)
    return out.getvalue()
