"""The values of XMP properties that mirror EXIF fields, as a person and as a program reads them.

Source: CIPA DC-010 (2017, Exif in XMP) and Adobe XMP specification part 2 (2016) section 3.3.
"""

from __future__ import annotations

import math
import re
from functools import cache

from oimg.engine.metadata.exif import Directory
from oimg.engine.metadata.exif_measures import altitude, metres, subject_distance
from oimg.engine.metadata.exif_tags import tag_name
from oimg.engine.metadata.exif_values import MEASURED, Facts, in_words
from oimg.engine.metadata.exif_words import GPS_NUMBERS, GPS_TEXTS, NUMBERS
from oimg.words.privacy import Fact
from oimg.words.sayings import Angle, Coded, Number, Phrase, Saying, joined, plain_number

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{0,15})?")
_FRACTION = re.compile(r"([+-]?\d{1,12})/(\d{1,12})")
_ANGLE = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,20})?)(?:,(\d{1,2}(?:\.\d{1,20})?))?([NSEW])")
_MIRRORS = ("exif", "tiff", "exifEX", "aux")
_LENS_INFO = 0xA432
_SIDES = {"0": 0, "1": 1}
_FOCUS = "ApproximateFocusDistance"  # metres, as SubjectDistance of EXIF


@cache
def _tags() -> dict[str, int]:
    """Tags of the fields whose numbers have words or units, by name."""
    return {tag_name(Directory.EXIF, tag): tag for tag in (*NUMBERS, *MEASURED)}


def mirrored(qualified: str, texts: tuple[str, ...], altitude_ref: str = "") -> tuple[Saying, Facts] | None:
    """Return words and facts of a property that mirrors an EXIF field; None where the text says it best.

    `texts` are the items of its value, `altitude_ref` is exif:GPSAltitudeRef.
    """
    prefix, _, name = qualified.partition(":")
    if prefix not in _MIRRORS or not 1 <= len(texts) <= 8:
        return None
    if name.startswith("GPS"):
        return _gps(name, texts[0], altitude_ref) if len(texts) == 1 else None
    if len(texts) == 1 and "/" in texts[0] and name not in _tags() and (plain := number(texts[0])) is not None:
        said = subject_distance(plain) if name == _FOCUS else Number(plain)
        return Coded(plain_number(plain), said), _facts((plain,))
    numbers = tuple(number(text) for text in (texts[0].split() if name == "LensInfo" else texts))
    tag = _LENS_INFO if name == "LensInfo" else _tags().get(name)
    if tag is None or not numbers or any(each is None for each in numbers):
        return None
    found = tuple(each for each in numbers if each is not None)
    words = in_words(tag, found)
    if not words and "/" not in texts[0]:
        return None
    return words or joined([Number(each) for each in found], " "), _facts(found)


def number(text: str) -> float | None:
    """Read a number or a fraction; n/0 is infinite, 0/0 not a number, and None is what is neither."""
    text = text.strip()
    fraction = _FRACTION.fullmatch(text)
    if fraction is not None:
        top, bottom = int(fraction[1]), int(fraction[2])
        return top / bottom if bottom else math.copysign(math.inf, top) if top else math.nan
    return float(text) if _NUMBER.fullmatch(text) else None


def degrees(text: str) -> float | None:
    """Read "DDD,MM.mmk" or "DDD,MM,SSk" (XMP part 2, GPSCoordinate) as degrees, south and west negative."""
    match = _ANGLE.fullmatch(text.strip())
    if match is None:
        return None
    whole, minutes, seconds, side = match.groups()
    angle = int(whole) + float(minutes) / 60 + float(seconds or 0) / 3600
    return -angle if side in "SW" else angle


def _gps(name: str, text: str, altitude_ref: str) -> tuple[Saying, Facts] | None:
    angle = degrees(text)
    if angle is not None:
        return Coded(text, Angle(abs(angle), text.strip()[-1])), (("number", round(angle, 8)),)
    words = _letters(name).get(text)
    if words is not None:
        return Phrase(words), ()
    value = number(text)
    if value is None or not math.isfinite(value) or "/" not in text:
        return None
    said: Saying = Number(value)
    if name == "GPSAltitude":
        said = altitude(value, _SIDES.get(altitude_ref))
    elif name == "GPSHPositioningError":
        said = metres(value)
    return said, (("number", value),)


def _letters(name: str) -> dict[str, str]:
    """Words for the letters of a GPS property, as EXIF has them; numbers are texts in XMP."""
    for tag in (*GPS_TEXTS, *GPS_NUMBERS):
        if tag_name(Directory.GPS, tag) == name:
            return GPS_TEXTS.get(tag) or {str(key): words for key, words in GPS_NUMBERS[tag].items()}
    return {}


def _facts(found: tuple[float, ...]) -> Facts:
    if not all(math.isfinite(each) for each in found):
        return ()
    fact: tuple[str, Fact] = ("number", found[0]) if len(found) == 1 else ("numbers", found)
    return (fact,)
