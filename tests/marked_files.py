"""Files of every format with a secret in every place that can hold one, written by Pillow and by hand."""

from __future__ import annotations

import binascii
import hashlib
import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

from marked_blocks import Planter, exif, iptc, jpeg, noise, resource, resources, xmp
from oimg.words.images import Format
from oimg.words.privacy import MetadataGroup as G

ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
Builder = Callable[[Planter], bytes]


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def trailing(plant: Planter) -> bytes:
    return plant.text("behind the end", "trailing data", G.OTHER) * 40


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def extended_xmp(plant: Planter) -> tuple[bytes, bytes]:
    """A property for the main packet that points at the extended one, and the segment with that."""
    secret = plant.text("xmp", "extended", G.HISTORY).decode()
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/">'
        f"<crs:Look>{secret}</crs:Look></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    name = hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode()
    note = b'<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="'
    head = b"http://ns.adobe.com/xmp/extension/\0" + name + struct.pack(">II", len(packet), 0)
    return note + name + b'"/></rdf:RDF>', segment(0xE1, head + packet)


def mpf(secret: bytes) -> bytes:
    """A Multi-Picture index (CIPA DC-007) of one picture, whose unique ID is the secret."""
    fields = [(0xB000, 7, 4, b"0100"), (0xB001, 4, 1, struct.pack("<I", 1))]
    fields += [(0xB002, 7, 16, struct.pack("<I", 62)), (0xB003, 7, 33, struct.pack("<I", 78))]
    rows = b"".join(struct.pack("<HHI", *row[:3]) + row[3] for row in fields)
    entry = struct.pack("<IIIHH", 0x00030000, 5000, 0, 0, 0)
    return b"II*\0" + struct.pack("<IH", 8, len(fields)) + rows + bytes(4) + entry + secret.ljust(33, b"\0")


def jpeg_file(plant: Planter) -> bytes:
    """All kinds of segments that may stand before the frame."""
    coded = jpeg(noise(), quality=99, icc_profile=ICC)
    note, extension = extended_xmp(plant)
    image_resources = resource(0x0404, iptc(plant)) + resources(plant)
    jfif = struct.pack(">5sBBBHHBB", b"JFIF", 1, 1, 1, 240, 240, 3, 3)
    jfif += plant.text("thrown away", "JFIF thumbnail", G.THUMBNAIL).ljust(27, b".")[:27]
    segments = [
        segment(0xE0, jfif),
        segment(0xE0, b"JFXX\0\x10" + plant.text("jpeg parts", "JFXX thumbnail", G.THUMBNAIL)),
        segment(0xE1, b"Exif\0\0" + exif(plant)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(plant).replace(b"</rdf:RDF>", note)),
        extension,
        segment(0xE1, plant.text("jpeg parts", "unknown APP1", G.OTHER)),
        segment(0xE2, b"FPXR\0" + plant.text("jpeg parts", "FlashPix", G.OTHER)),
        segment(0xE2, b"MPF\0" + mpf(plant.text("thrown away", "MPF", G.OTHER))),
        segment(0xEC, b"Ducky\0\1\0\4\0\0\0\x50\0\2" + plant.text("jpeg parts", "Ducky", G.OTHER)),
        segment(0xED, b"Photoshop 3.0\0" + image_resources),
        segment(0xED, b"Adobe_CM\0" + plant.text("jpeg parts", "colour management", G.OTHER)),
        segment(0xFE, plant.text("comments", "comment", G.COMMENTS)),
    ]
    segments += [segment(m, plant.text("jpeg parts", f"APP{m - 0xE0}", G.OTHER)) for m in (0xE3, 0xE8, 0xEA, 0xEF)]
    start = coded.index(b"\xff\xe2")  # behind the JFIF segment that Pillow wrote
    return b"\xff\xd8" + b"".join(segments) + coded[start:] + trailing(plant)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def raw_profile(kind: bytes, data: bytes) -> bytes:
    """A profile in hexadecimal digits, as ImageMagick writes them."""
    digits = binascii.hexlify(data)
    lines = b"\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = b"\n%s\n%8d\n%s\n" % (kind, len(data), lines)
    return chunk(b"zTXt", b"Raw profile type " + kind + b"\0\0" + zlib.compress(text))


def png_file(plant: Planter) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", plant.text("comments", "Author", G.OWNER).decode())
    info.add_text("Copyright", plant.text("comments", "Copyright", G.COPYRIGHT).decode())
    info.add_text("Software", plant.text("comments", "Software", G.SOFTWARE).decode(), zip=True)
    info.add_itxt("Description", plant.text("comments", "Description", G.DESCRIPTION).decode(), zip=True)
    info.add_text("Creation Time", plant.text("comments", "Creation Time", G.DATES).decode())
    info.add_text("Source", plant.text("comments", "Source", G.DEVICE).decode())
    info.add_itxt("Title", plant.text("comments", "Title", G.DESCRIPTION).decode() + "漢字", zip=True)
    info.add_text("Comment", plant.text("comments", "Comment", G.COMMENTS).decode())
    info.add_text("anything", plant.text("comments", "anything", G.COMMENTS).decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", xmp(plant).decode(), zip=True)
    soft = Image.linear_gradient("L").resize((96, 64)).convert("RGB")  # packs well, so that the result is smaller
    data = saved(soft, "PNG", pnginfo=info, compress_level=0, exif=b"Exif\0\0" + exif(plant), dpi=(240, 240))
    named = plant.text("thrown away", "profile name", G.OTHER) + b"\0\0" + zlib.compress(ICC)
    extra = (
        chunk(b"iCCP", named),
        chunk(b"tIME", struct.pack(">HBBBBB", 2019, 8, 7, 6, 5, 4)),
        raw_profile(b"8bim", resource(0x0404, iptc(plant)) + resources(plant)),
        chunk(b"prVt", plant.text("png parts", "safe to copy", G.OTHER)),
        chunk(b"prVT", plant.text("png parts that hang on the pixels", "not safe to copy", G.OTHER)),
        chunk(b"sPLT", plant.text("png parts that hang on the pixels", "palette name", G.OTHER) + b"\0\x08"),
    )
    head = 8 + 25
    end = chunk(b"IEND", plant.text("thrown away", "end chunk", G.OTHER))
    return data[:head] + b"".join(extra) + data[head:-12] + end + trailing(plant)


def webp_file(plant: Planter) -> bytes:
    data = saved(noise(), "WEBP", lossless=True, exif=exif(plant), xmp=xmp(plant), icc_profile=ICC)
    secret = plant.text("webp parts", "unknown chunk", G.OTHER)
    data += b"seCR" + struct.pack("<I", len(secret)) + secret + b"\0" * (len(secret) % 2)
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:] + trailing(plant)


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def avif_file(plant: Planter) -> bytes:
    data = saved(noise(), "AVIF", quality=100, exif=exif(plant), xmp=xmp(plant), icc_profile=ICC)
    secret = box(b"uuid", bytes(range(16)) + plant.text("avif parts", "uuid box", G.OTHER))
    return data + secret + box(b"free", plant.text("thrown away", "free box", G.OTHER))


def heic_file(plant: Planter) -> bytes:
    import pillow_heif

    out = BytesIO()
    file = pillow_heif.from_pillow(noise((64, 64)))
    file.save(out, quality=90, exif=exif(plant), xmp=xmp(plant))
    return out.getvalue() + box(b"uuid", bytes(range(16)) + plant.text("heic parts", "uuid box", G.OTHER))


def jxl_file(plant: Planter, *, packed_boxes: bool = False) -> bytes:
    import pillow_jxl  # noqa: F401 - registers itself with Pillow

    data = saved(
        noise(), "JXL", lossless=True, exif=exif(plant), xmp=xmp(plant), compress_metadata=packed_boxes, effort=1
    )
    return data + box(b"seCR", plant.text("jxl parts", "unknown box", G.OTHER) * 30)


def tiff_file(plant: Planter) -> bytes:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    texts = {
        0x010E: ("description", G.DESCRIPTION),
        0x010F: ("make", G.DEVICE),
        0x0131: ("software", G.SOFTWARE),
        0x0132: ("changed", G.DATES),
        0x013B: ("artist", G.OWNER),
        0x8298: ("copyright", G.COPYRIGHT),
        0x010D: ("document", G.DESCRIPTION),
        65100: ("private tag", G.OTHER),
    }
    for tag, (name, group) in texts.items():
        tags[tag] = plant.text("exif", name, group).decode()
        tags.tagtype[tag] = 2
    blobs = {700: xmp(plant), 33723: iptc(plant), 34377: resources(plant)}
    for tag, data in blobs.items():
        tags[tag] = data
        tags.tagtype[tag] = 7 if tag == 33723 else 1
    tags[34665] = {
        0xA431: plant.text("exif", "serial", G.DEVICE).decode(),
        0xA430: plant.text("exif", "owner", G.OWNER).decode(),
        0x9003: "2021:03:04 05:06:07",
    }
    tags[34853] = {0x1D: plant.text("exif", "place", G.LOCATION).decode()}
    data = saved(noise(), "TIFF", tiffinfo=tags, icc_profile=ICC, dpi=(240, 240))
    return data + trailing(plant)


def gif_file(plant: Planter) -> bytes:
    secret = plant.text("comments", "comment", G.COMMENTS)
    data = saved(noise().convert("P"), "GIF", comment=secret)
    tail = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    application = plant.text("gif parts", "application data", G.OTHER)
    drawn = plant.text("gif text", "plain text", G.COMMENTS)
    unknown = plant.text("gif parts", "unknown extension", G.OTHER)
    extra = (
        b"!\xff\x0bXMP DataXMP" + xmp(plant) + tail,
        b"!\xff\x0bSECRETS_1.0" + bytes((len(application),)) + application + b"\0",
        b"!\x01\x0c" + bytes(12) + bytes((len(drawn),)) + drawn + b"\0",
        b"!\x42" + bytes((len(unknown),)) + unknown + b"\0",
    )
    return data[:-1] + b"".join(extra) + b";" + trailing(plant)


FILES: dict[Format, Builder] = {
    Format.JPEG: jpeg_file,
    Format.PNG: png_file,
    Format.WEBP: webp_file,
    Format.AVIF: avif_file,
    Format.JXL: jxl_file,
    Format.TIFF: tiff_file,
    Format.GIF: gif_file,
    Format.HEIC: heic_file,
}
