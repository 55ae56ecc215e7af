"""EXIF fields: which group each belongs to, what it is called, and what a plain one may look like.

Source: CIPA DC-008 (Exif 2.32 and 3.0) tables 4 to 18, TIFF 6.0, TIFF/EP (ISO 12234-2), DNG 1.6, and the
Windows XP fields as Microsoft documents them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from oimg.engine.metadata.exif import Directory, Entry, Exif
from oimg.words.privacy import MetadataGroup

COPYRIGHT = 0x8298
DATE_TIME_ORIGINAL, SUBSEC_ORIGINAL = 0x9003, 0x9291
EXIF_VERSION = 0x9000
COLOR_SPACE = 0xA001

XMP_TAG, IPTC_TAG, PHOTOSHOP_TAG = 0x02BC, 0x83BB, 0x8649
"""Fields of the first directory that hold whole blocks of other kinds (XMP part 3, 1.1.5; TIFF/EP; Photoshop)."""

SUBJECT_PLACES = frozenset({0x9214, 0xA214})
"""SubjectArea and SubjectLocation: pixels of the picture as it was."""

STATE = frozenset({0x0100, 0x0101, 0x0112, 0xA002, 0xA003})
"""Sizes and orientation: they follow the pixels, so losing or changing them takes nothing away."""

# How the block itself is written: versions, component order, where things lie. They say nothing.
STRUCTURE = frozenset({0x9000, 0x9101, 0xA000, 0x0213, 0x014A, 0x0111, 0x0117, 0x0144, 0x0145, 0xC612, 0xC613, 0xC635})
_TEXT_TYPES = (2, 129)  # ASCII, UTF-8
_LONGEST_STRUCTURE = 16  # bytes; whatever is longer is no version number

_G = MetadataGroup
_GROUPS: dict[MetadataGroup, tuple[int, ...]] = {
    # ModelPixelScale ModelTiepoint ModelTransformation GeoKeyDirectory GeoDoubleParams GeoAsciiParams (GeoTIFF 1.1)
    _G.LOCATION: (0x830E, 0x8482, 0x85D8, 0x87AF, 0x87B0, 0x87B1),
    # Make Model HostComputer BatteryLevel ImageNumber DeviceSettingDescription, serials and lens, firmware,
    # DNG model names and serial, LensInfo, Camera Raw serial and lens
    _G.DEVICE: (
        *(0x010F, 0x0110, 0x013C, 0x828F, 0x9211, 0xA40B, 0xA431, 0xA432, 0xA433, 0xA434, 0xA435, 0xA439),
        *(0xC614, 0xC615, 0xC62F, 0xC630, 0xFDE9, 0xFDEA),
    ),
    # Artist XPAuthor CameraOwnerName Photographer ImageEditor, Camera Raw owner
    _G.OWNER: (0x013B, 0x9C9D, 0xA430, 0xA437, 0xA438, 0xFDE8),
    _G.CAPTURE_DATE: (DATE_TIME_ORIGINAL, SUBSEC_ORIGINAL),
    # DateTime DateTimeDigitized, their fractions, the three OffsetTime, TimeZoneOffset, PreviewDateTime
    _G.DATES: (0x0132, 0x9004, 0x9290, 0x9292, 0x9010, 0x9011, 0x9012, 0x882A, 0xC71B),
    _G.COPYRIGHT: (COPYRIGHT,),
    # ProcessingSoftware Software, developing and editing software, PreviewApplication and its settings
    _G.SOFTWARE: (0x000B, 0x0131, 0xA43A, 0xA43B, 0xA43C, 0xC716, 0xC717, 0xC718, 0xC719),
    # ImageID ImageHistory ImageUniqueID RawDataUniqueID OriginalRawFileName OriginalRawFileData, digests
    _G.HISTORY: (0x800D, 0x9213, 0xA420, 0xC65D, 0xC68B, 0xC68C, 0xC71C, 0xC71D),
    # DocumentName ImageDescription PageName InkNames TargetPrinter Rating RatingPercent
    # SecurityClassification XPTitle XPKeywords XPSubject ImageTitle
    _G.DESCRIPTION: (
        *(0x010D, 0x010E, 0x011D, 0x014D, 0x0151, 0x4746, 0x4749, 0x9212, 0x9C9B, 0x9C9E, 0x9C9F, 0xA436),
    ),
    _G.COMMENTS: (0x9286, 0x9C9C),
    _G.MAKER_NOTES: (0x927C, 0xC634),
    _G.DENSITY: (0x011A, 0x011B, 0x0128),
    # ExposureTime to ISOSpeedLatitudezzz, ShutterSpeedValue to FocalLength, SubjectArea, TIFF/EP twins,
    # FlashEnergy to SceneType, CustomRendered to SubjectDistanceRange, CompositeImage
    _G.EXPOSURE: (
        *(0x829A, 0x829D, 0x8822, 0x8824, 0x8827, 0x8828, 0x882B, *range(0x8830, 0x8836), 0x9102),
        *(*range(0x9201, 0x9211), 0x9214, 0x9215, 0x9217, *range(0xA20B, 0xA218), 0xA300, 0xA301),
        *(*range(0xA401, 0xA40B), 0xA40C, 0xA460, 0xA461, 0xA462),
    ),
    # Sizes, bit depths, colour, CFA, colour space, gamma
    _G.RENDERING: (
        *(0x00FE, 0x00FF, *range(0x0100, 0x010D), 0x0112, 0x0115, 0x0116, 0x011C, 0x0122, 0x0123, 0x012D),
        *(0x013D, 0x013E, 0x013F, 0x0140, 0x0152, 0x0153, 0x0211, 0x0212, 0x0214, 0x828D, 0x828E, 0x8773),
        *(COLOR_SPACE, 0xA002, 0xA003, 0xA302, 0xA500),
    ),
}
_GROUP_OF = {tag: group for group, tags in _GROUPS.items() for tag in tags}

# Fields of Exif 3.0, Camera Raw and Windows that piexif does not know.
_LATER_NAMES = {
    0xA436: "ImageTitle",
    0xA437: "Photographer",
    0xA438: "ImageEditor",
    0xA439: "CameraFirmware",
    0xA43A: "RAWDevelopingSoftware",
    0xA43B: "ImageEditingSoftware",
    0xA43C: "MetadataEditingSoftware",
    0xA460: "CompositeImage",
    0xA461: "SourceImageNumberOfCompositeImage",
    0xA462: "SourceExposureTimesOfCompositeImage",
    0xFDE8: "OwnerName",
    0xFDE9: "SerialNumber",
    0xFDEA: "Lens",
    0x830E: "ModelPixelScale",
    0x8482: "ModelTiepoint",
    0x85D8: "ModelTransformation",
    0x87AF: "GeoKeyDirectory",
    0x87B0: "GeoDoubleParams",
    0x87B1: "GeoAsciiParams",
    0x83BB: "IPTC",
    0x8649: "PhotoshopSettings",
    0x02BC: "XMLPacket",
    0x000B: "ProcessingSoftware",
    0x011D: "PageName",
    0xC761: "NoiseProfile",
    0xEA1C: "Padding",
    0xEA1D: "OffsetSchema",
}
# Those of the interoperability directory (DCF, Design rule for Camera File system); piexif knows the first alone.
_INTEROP_NAMES = {
    0x0001: "InteroperabilityIndex",
    0x0002: "InteroperabilityVersion",
    0x1000: "RelatedImageFileFormat",
    0x1001: "RelatedImageWidth",
    0x1002: "RelatedImageLength",
}


THUMBNAIL_TAGS = frozenset(
    {0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0112, 0x0115, 0x0116, 0x011A, 0x011B, 0x011C, 0x0128}
    | {0x0211, 0x0212, 0x0213, 0x0214}
)
"""What a thumbnail needs to be shown (Exif 2.32 table 21); its own Make and dates are not among it."""


def group_of(directory: Directory, entry: Entry) -> MetadataGroup | None:
    """Return what a field is about; None for a field that only says how the block is written."""
    if directory is Directory.GPS:
        return _G.LOCATION
    if directory is Directory.INTEROP:
        return None if len(entry.raw) <= _LONGEST_STRUCTURE else _G.OTHER
    if directory is Directory.IFD1 and entry.tag in THUMBNAIL_TAGS:
        return _G.THUMBNAIL
    if entry.tag in STRUCTURE and len(entry.raw) <= _LONGEST_STRUCTURE:
        return None
    return _GROUP_OF.get(entry.tag, _G.OTHER)


def is_blank(entry: Entry) -> bool:
    """Whether a text field says nothing: many cameras write Artist, Copyright and UserComment as blanks."""
    blank = (b"", b"ASCII", b"UNICODE", b"JIS")  # the character code of a UserComment is no text either
    return entry.type in (*_TEXT_TYPES, 7) and entry.raw.rstrip(b"\0 ") in blank


def tag_name(directory: Directory, tag: int) -> str:
    """Return the field's own name, or its number as "0x1234"."""
    import piexif  # noqa: PLC0415 - only reports and XMP need names

    if directory is Directory.INTEROP:
        return _INTEROP_NAMES.get(tag, f"0x{tag:04X}")
    for table in ("GPS",) if directory is Directory.GPS else ("Image", "Exif"):
        if tag in piexif.TAGS[table]:
            return str(piexif.TAGS[table][tag]["name"])
    return _LATER_NAMES.get(tag, f"0x{tag:04X}")


@cache
def _groups_by_name() -> dict[str, MetadataGroup]:
    import piexif  # noqa: PLC0415 - see tag_name

    names = {tag: str(facts["name"]) for table in ("Image", "Exif") for tag, facts in piexif.TAGS[table].items()}
    return {name: _GROUP_OF[tag] for tag, name in (names | _LATER_NAMES).items() if tag in _GROUP_OF}


def group_of_name(name: str) -> MetadataGroup | None:
    """Return the group of a field known by its EXIF name, as XMP mirrors them; None where unknown."""
    return _G.LOCATION if name.startswith("GPS") else _groups_by_name().get(name)


@dataclass(frozen=True, slots=True)
class Plain:
    """What a field must look like to pass as plain: type, count, and the largest number it may hold."""

    types: tuple[int, ...]
    most: int
    count: int = 1


# A fraction below 2**29 on both sides has no room for four printable characters, in either byte order.
_FRACTION = 0x1FFF_FFFF
PLAIN: dict[tuple[Directory, int], Plain] = {
    (Directory.IFD0, 0x011A): Plain((5,), _FRACTION),  # XResolution
    (Directory.IFD0, 0x011B): Plain((5,), _FRACTION),  # YResolution
    (Directory.IFD0, 0x0128): Plain((3,), 3),  # ResolutionUnit
    (Directory.EXIF, COLOR_SPACE): Plain((3,), 0xFFFF),
    (Directory.EXIF, 0x829A): Plain((5,), _FRACTION),  # ExposureTime
    (Directory.EXIF, 0x829D): Plain((5,), _FRACTION),  # FNumber
    (Directory.EXIF, 0x8822): Plain((3,), 9),  # ExposureProgram
    (Directory.EXIF, 0x8827): Plain((3,), 0xFFFF, count=2),  # PhotographicSensitivity; Kodak writes it twice
    (Directory.EXIF, 0x9204): Plain((10,), _FRACTION),  # ExposureBiasValue
    (Directory.EXIF, 0x9207): Plain((3,), 255),  # MeteringMode
    (Directory.EXIF, 0x9209): Plain((3,), 0x7F),  # Flash
    (Directory.EXIF, 0x920A): Plain((5,), _FRACTION),  # FocalLength
    (Directory.EXIF, 0xA402): Plain((3,), 2),  # ExposureMode
    (Directory.EXIF, 0xA403): Plain((3,), 1),  # WhiteBalance
    (Directory.EXIF, 0xA405): Plain((3,), 0xFFFF),  # FocalLengthIn35mmFilm
    (Directory.EXIF, 0xA406): Plain((3,), 4),  # SceneCaptureType
}
"""The numbers that the private policy lets through."""

_DATE = re.compile(rb"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d\0")
_FRACTION_OF_SECOND = re.compile(rb"\d{1,9} *\0*")


def plain(directory: Directory, entry: Entry, exif: Exif) -> Entry | None:
    """Return the field as the private policy writes it, or None where it is not on the allow-list.

    Numbers must have the type, count and range that Exif gives them and dates must be dates, so that no
    text hides in them. A copyright notice is the owner's own words and stays, but nothing behind its end.
    """
    spec = PLAIN.get((directory, entry.tag))
    if spec is not None:
        return entry if _is_plain(entry, spec, exif) else None
    if directory is Directory.EXIF and entry.tag == DATE_TIME_ORIGINAL:
        return entry if entry.type == 2 and _DATE.fullmatch(entry.raw) else None
    if directory is Directory.EXIF and entry.tag == SUBSEC_ORIGINAL:
        short = entry.type == 2 and len(entry.raw) <= 16
        return entry if short and _FRACTION_OF_SECOND.fullmatch(entry.raw) else None
    if directory is Directory.IFD0 and entry.tag == COPYRIGHT and entry.type in _TEXT_TYPES:
        return _notice(entry)
    return None


def _notice(entry: Entry) -> Entry | None:
    """Cut a copyright notice (photographer, NUL, editor, NUL) behind its end; None where it is blank."""
    raw = b"\0".join(entry.raw.split(b"\0")[:2]).rstrip(b"\0 ") + b"\0"
    return Entry(entry.tag, entry.type, len(raw), raw) if raw.strip(b"\0 ") else None


def _is_plain(entry: Entry, spec: Plain, exif: Exif) -> bool:
    if entry.type not in spec.types or not 1 <= entry.count <= spec.count:
        return False
    pairs = exif.rationals(entry)
    numbers = [abs(number) for pair in pairs for number in pair] if pairs else list(exif.ints(entry))
    return all(number <= spec.most for number in numbers)
