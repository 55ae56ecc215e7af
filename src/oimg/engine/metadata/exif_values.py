"""The value of one EXIF field as a person and as a program reads it.

Source: CIPA DC-008 (Exif 2.32 and 3.0) section 4.6 and annex C (APEX units). A field whose type is not the one of
the standard is told as what it is: a text, or plain numbers. Nothing here raises.
"""

from __future__ import annotations

import math
import struct
from typing import TypeAlias

from oimg.engine.metadata import exif_measures, exif_words
from oimg.engine.metadata.exif import Directory, Entry, Exif
from oimg.engine.metadata.tiff import ByteOrder
from oimg.words.i18n import N_
from oimg.words.privacy import Fact
from oimg.words.sayings import Joined, Number, Phrase, Saying, Size, joined, phrase

Facts: TypeAlias = tuple[tuple[str, Fact], ...]

_ASCII, _UNDEFINED, _FLOAT, _DOUBLE, _UTF8 = 2, 7, 11, 12, 129
_USER_COMMENT, _CFA_PATTERN, _COMPONENTS = 0x9286, 0xA302, 0x9101
_XP_FIELDS = range(0x9C9B, 0x9CA0)
# GPSProcessingMethod and GPSAreaInformation carry the same eight-byte character code as UserComment.
_CODED_GPS = (0x1B, 0x1C)
_MOST_SHOWN, _MOST_FACTS = 16, 64
_LENS = 0xA432
MEASURED = (
    *(*exif_measures.WITH_UNITS, 0x829A, 0x829D, 0x9201, 0x9202, 0x9204, 0x9205, 0x9206, 0x9209, 0xA404, _LENS),
)
"""Fields whose numbers have a unit or bits with a meaning."""


def value(exif: Exif, directory: Directory, entry: Entry) -> tuple[Saying, Facts]:
    """Return what a field says in words, and its numbers: "number" where it is one, "numbers" where there are more."""
    text = _text(exif, directory, entry)
    if text is not None:
        return text, ()
    found = numbers(exif, entry)
    if not found:
        return Size(len(entry.raw)), (("bytes", len(entry.raw)),)
    words: Saying = _gps_words(entry.tag, found) if directory is Directory.GPS else ""
    if directory not in (Directory.GPS, Directory.INTEROP):
        words = in_words(entry.tag, found)
    return words or _plain_list(found, entry.count), _facts(found)


def numbers(exif: Exif, entry: Entry | None) -> tuple[float, ...]:
    """Return the numbers of a field; n/0 is infinite, 0/0 not a number, and texts and bytes have none."""
    if entry is None:
        return ()
    pairs = exif.rationals(entry)
    if pairs:
        return tuple(
            top / bottom if bottom else math.copysign(math.inf, top) if top else math.nan for top, bottom in pairs
        )
    if entry.type in (_FLOAT, _DOUBLE):
        order = "<" if exif.byte_order == "little" else ">"
        code, size = ("f", 4) if entry.type == _FLOAT else ("d", 8)
        count = min(len(entry.raw) // size, _MOST_FACTS)
        return struct.unpack_from(f"{order}{count}{code}", entry.raw)
    if entry.type == _UNDEFINED and 0 < len(entry.raw) <= 4:
        return tuple(entry.raw)
    return exif.ints(entry)


def coded_text(raw: bytes, *, little: bool) -> str:
    """Return a text that names its character code in its first eight bytes (Exif 2.32, table 9)."""
    code, text = raw[:8], raw[8:]
    match code.rstrip(b"\0 "):
        case b"UNICODE" | b"Unicode":
            shown = _utf16(text, little=little)
        case b"JIS":
            shown = text.decode("iso2022_jp", errors="replace")
        case b"ASCII" | b"":
            shown = _western(text)
        case _:
            shown = _western(raw)
    return shown.strip("\0 ")


def _utf16(text: bytes, *, little: bool) -> str:
    """Read UTF-16: by its mark, else in the order in which more of the characters are ones of one Latin page.

    By the book the order is that of the block, but many programs write the other one.
    """
    marks = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
    if text[:2] in marks:
        return text[2:].decode(marks[text[:2]], errors="replace")
    upper, lower = text[0:2000:2].count(0), text[1:2000:2].count(0)
    if upper != lower:
        little = lower > upper
    return text.decode("utf-16-le" if little else "utf-16-be", errors="replace")


def _western(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _text(exif: Exif, directory: Directory, entry: Entry) -> Saying | None:
    """Return what a field of text says, one in disguise included; None where it holds numbers or other bytes."""
    raw, tag, gps = entry.raw, entry.tag, directory is Directory.GPS
    if (not gps and tag == _USER_COMMENT and entry.type != _UTF8) or (gps and tag in _CODED_GPS):
        return coded_text(raw, little=exif.byte_order == "little")
    if entry.type in (_ASCII, _UTF8):
        return _plain_text(exif, directory, entry)
    if directory in (Directory.IFD0, Directory.IFD1) and tag in _XP_FIELDS:
        return raw.decode("utf-16-le", errors="replace").split("\0", 1)[0].strip()
    if gps and tag == 0 and len(raw) == 4:
        return ".".join(map(str, raw))
    return _undefined(tag, raw) if entry.type == _UNDEFINED else None


def _plain_text(exif: Exif, directory: Directory, entry: Entry) -> Saying:
    said = exif.text(entry)
    words: str | None = None
    if directory is Directory.INTEROP and entry.tag == 1:
        words = exif_words.INTEROP_INDEX.get(said)
    elif directory is Directory.GPS:
        words = exif_words.GPS_TEXTS.get(entry.tag, {}).get(said.upper())
    elif directory is not Directory.INTEROP:
        said = _two_part(entry.raw) or said
    return said if words is None else Phrase(words)


def _undefined(tag: int, raw: bytes) -> Saying | None:
    if tag == _COMPONENTS and len(raw) == 4 and max(raw) < len(exif_words.COMPONENTS):
        return ", ".join(exif_words.COMPONENTS[byte] for byte in raw)
    if tag == _CFA_PATTERN:
        return _filter_pattern(raw)
    shown = raw.rstrip(b"\0 ")
    return shown.decode("ascii") if shown and all(0x20 <= byte < 0x7F for byte in shown) else None


def _two_part(raw: bytes) -> str:
    """Return both parts of a copyright notice: photographer, NUL, editor (Exif 2.32, 4.6.4); empty for other texts."""
    first, _, rest = raw.partition(b"\0")
    second = rest.split(b"\0", 1)[0].strip()
    return f"{_western(first).strip()}; {_western(second)}" if first.strip() and second else ""


def _filter_pattern(raw: bytes) -> Saying | None:
    """Return rows of filters: [Red,Green][Green,Blue]; the byte order of the counts differs from camera to camera."""
    orders: tuple[ByteOrder, ByteOrder] = ("big", "little")
    for order in orders:
        across, down = (int.from_bytes(raw[at : at + 2], order) for at in (0, 2))
        cells = raw[4:]
        if 0 < across * down == len(cells) <= 64 and max(cells) < len(exif_words.FILTERS):
            colors = [Phrase(exif_words.FILTERS[cell]) for cell in cells]
            rows = [Joined(tuple(colors[at : at + across]), ",") for at in range(0, len(cells), across)]
            return Joined(tuple(phrase("[{row}]", row=row) for row in rows), "")
    return None


def in_words(tag: int, found: tuple[float, ...]) -> Saying:
    """Return what the numbers of a field outside GPS mean; empty where they stand for themselves."""
    if tag == _LENS and len(found) == 4:
        return exif_measures.lens(found)
    if tag in exif_words.NUMBERS:
        words = exif_words.NUMBERS[tag]
        said = (words.get(_whole(number)) for number in found[:_MOST_SHOWN])
        items = [Phrase(word) if word else Number(number) for word, number in zip(said, found, strict=False)]
        return joined([*items], "; ")
    return _measure(tag, found[0]) if len(found) == 1 and math.isfinite(found[0]) else ""


def _gps_words(tag: int, found: tuple[float, ...]) -> Saying:
    word = exif_words.GPS_NUMBERS.get(tag, {}).get(_whole(found[0])) if len(found) == 1 else None
    return Phrase(word) if word else ""


def _measure(tag: int, number: float) -> Saying:
    """Return one number with its unit; empty for a field without one."""
    apex = abs(number) < 100
    match tag:
        case exif_words.FLASH:
            said: Saying = exif_words.flash(_whole(number))
        case 0x829A:  # ExposureTime
            said = exif_measures.exposure_time(number)
        case 0x9201 if apex:  # ShutterSpeedValue
            said = exif_measures.exposure_time(2**-number)
        case 0x829D:  # FNumber
            said = exif_measures.f_number(number)
        case 0x9202 | 0x9205 if apex:  # ApertureValue, MaxApertureValue
            said = exif_measures.f_number(2 ** (number / 2))
        case 0x9206:  # SubjectDistance
            said = exif_measures.subject_distance(number)
        case 0x9204:  # ExposureBiasValue
            said = exif_measures.exposure_bias(number)
        case 0xA404 | 0xA405 if not number:  # DigitalZoomRatio, FocalLengthIn35mmFilm
            said = Phrase(N_("not used") if tag == 0xA404 else N_("unknown"))
        case _:
            said = exif_measures.with_unit(tag, number)
    return said


def _whole(number: float) -> int:
    return int(number) if math.isfinite(number) else -1


def _plain_list(found: tuple[float, ...], count: int) -> Saying:
    shown = joined([Number(number) for number in found[:_MOST_SHOWN]], " ")
    if count <= _MOST_SHOWN:
        return shown
    return phrase(N_("{numbers} ... ({count} numbers)"), numbers=shown, count=str(count))


def _facts(found: tuple[float, ...]) -> Facts:
    if not all(math.isfinite(number) for number in found[:_MOST_FACTS]):
        return ()
    return (("number", found[0]),) if len(found) == 1 else (("numbers", tuple(found[:_MOST_FACTS])),)
