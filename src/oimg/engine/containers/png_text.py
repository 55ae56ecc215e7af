"""Text chunks of PNG (third edition, 11.3.3) and the metadata programs hide in them.

ImageMagick and exiftool write EXIF, IPTC and XMP as hexadecimal text under "Raw profile type ...".
"""

from __future__ import annotations

import binascii
import zlib
from dataclasses import dataclass

from . import photoshop
from .png_chunks import chunk, inflate

XMP_KEYWORD = "XML:com.adobe.xmp"
_RAW = "Raw profile type "
_LONG = 1024  # characters; the standard recommends to compress longer texts (11.3.3.3)


@dataclass(frozen=True, slots=True)
class Text:
    """One text chunk: keyword and text, the latter always UTF-8."""

    keyword: str
    text: bytes

    @property
    def comment(self) -> bytes:
        """The text as `Metadata.comments` holds it."""
        return self.keyword.encode("utf-8") + b": " + self.text


def parse(name: str, data: bytes, limit: int) -> Text | None:
    """A tEXt, zTXt or iTXt chunk; None if it cannot be read or is longer than `limit`."""
    if limit <= 0:
        return None
    keyword, zero, rest = data.partition(b"\0")
    if not zero:
        return None
    packed = name == "zTXt"
    if name == "iTXt":
        # Compression flag and method, then language and translated keyword, each ended by a zero.
        body = rest[2:].split(b"\0", 2)
        if len(body) < 3:
            return None
        packed, text = rest[0] == 1, body[2]
    else:
        text = rest[1:] if packed else rest
    if packed:
        opened = inflate(text, limit)
        if opened is None:
            return None
        text = opened
    if name != "iTXt":
        text = text.decode("latin-1").encode("utf-8")
    return Text(keyword.decode("latin-1"), text)


def build(comment: bytes) -> bytes:
    """The chunk for one comment: tEXt where Latin-1 can say it, iTXt otherwise; zTXt where that saves much."""
    try:
        words = comment.decode("utf-8")
    except UnicodeDecodeError:
        words = comment.decode("latin-1")
    words = words.replace("\0", "")
    keyword, colon, text = words.partition(": ")
    if not colon or not _is_keyword(keyword):
        keyword, text = "Comment", words
    name = keyword.encode("latin-1")
    try:
        plain = text.encode("latin-1")
    except UnicodeEncodeError:
        return international(keyword, text.encode("utf-8"), packed=len(text) > _LONG)
    if len(plain) > _LONG:
        return chunk("zTXt", name + b"\0\0" + zlib.compress(plain, 9))
    return chunk("tEXt", name + b"\0" + plain)


def international(keyword: str, text: bytes, *, packed: bool = False) -> bytes:
    """An iTXt chunk without language."""
    how = b"\0\1\0\0\0" if packed else b"\0\0\0\0\0"
    return chunk("iTXt", keyword.encode("latin-1") + how + (zlib.compress(text, 9) if packed else text))


def _is_keyword(words: str) -> bool:
    """Printable Latin-1, 1 to 79 characters, no space at an end (11.3.3.2)."""
    printable = all(0x20 <= ord(c) < 0x7F or 0xA1 <= ord(c) <= 0xFF for c in words)
    return 0 < len(words) < 80 and printable and words == words.strip(" ") and not words.startswith(_RAW)


def raw_resources(iptc: bytes, others: bytes) -> bytes:
    """IPTC data and other image resources as a raw profile."""
    resource = photoshop.joined(iptc, others)
    digits = binascii.hexlify(resource)
    lines = b"\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = b"\niptc\n%8d\n%s\n" % (len(resource), lines)
    return chunk("zTXt", (_RAW + "iptc").encode("ascii") + b"\0\0" + zlib.compress(text))


def raw_profile(text: Text) -> tuple[str, bytes]:
    """Kind ("exif", "iptc", "xmp") and content of a raw profile; empty for any other text.

    The content of "iptc" are image resources, of which IPTC data is one.
    """
    kind = text.keyword.removeprefix(_RAW).lower()
    if kind == text.keyword.lower() or kind not in {"exif", "app1", "iptc", "8bim", "xmp"}:
        return "", b""
    # A name, a length and then hexadecimal digits, each on lines of their own.
    fields = text.text.split(None, 2)
    if len(fields) < 3:
        return "", b""
    try:
        # Some writers leave junk behind the digits; the length says how many bytes they stand for.
        data = binascii.unhexlify(_digits(fields[1], b"".join(fields[2].split())))
    except binascii.Error:
        return "", b""
    if kind in {"iptc", "8bim"}:
        return "iptc", photoshop.joined(data, b"") if data[:1] == b"\x1c" else data
    if data.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
        return "xmp", data.partition(b"\0")[2]
    return ("xmp" if kind == "xmp" else "exif"), data


def _digits(stated: bytes, found: bytes) -> bytes:
    """The digits of as many bytes as are stated; all of them where the statement is no number."""
    return found[: 2 * int(stated)] if stated.isdigit() and len(stated) < 12 else found
