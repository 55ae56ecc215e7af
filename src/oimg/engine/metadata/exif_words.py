"""What the numbers of EXIF fields stand for, in the terms of the standard.

Source: CIPA DC-008 (Exif 2.32 and 3.0) sections 4.6.4 to 4.6.7 and annex A (light sources), TIFF 6.0, and for
compression and photometric interpretation ISO 12234-2 and DNG 1.7.
"""

from __future__ import annotations

from typing import Final

from oimg.words.i18n import N_, PN_
from oimg.words.sayings import Joined, Phrase, Saying

ORIENTATION: Final = 0x0112
FLASH: Final = 0x9209

NUMBERS: Final[dict[int, dict[int, str]]] = {
    0x00FE: {  # NewSubfileType
        0: N_("Full picture"),
        1: N_("Smaller picture"),
        2: N_("One page of several"),
        4: N_("Transparency mask"),
    },
    0x0103: {  # Compression
        1: N_("Uncompressed"),
        2: "CCITT 1D",
        3: N_("CCITT group 3"),
        4: N_("CCITT group 4"),
        5: "LZW",
        6: "JPEG",
        7: "JPEG",
        8: "Deflate",
        32773: "PackBits",
        32946: "Deflate",
        34892: N_("Lossy JPEG"),
        50001: "WebP",
        50002: "JPEG XL",
    },
    0x0106: {  # PhotometricInterpretation
        0: N_("White is zero"),
        1: N_("Black is zero"),
        2: "RGB",
        3: N_("Palette"),
        4: N_("Transparency mask"),
        5: "CMYK",
        6: "YCbCr",
        8: "CIE Lab",
        9: "ICC Lab",
        32803: N_("Colour filter array"),
        34892: N_("Linear raw"),
    },
    0x010A: {  # FillOrder
        1: N_("Normal"),
        2: N_("Reversed"),
    },
    ORIENTATION: {
        1: N_("Upright"),
        2: N_("Mirrored left to right"),
        3: N_("Turned by 180 degrees"),
        4: N_("Mirrored top to bottom"),
        5: N_("Mirrored left to right, to be turned 270 degrees clockwise"),
        6: N_("To be turned 90 degrees clockwise"),
        7: N_("Mirrored left to right, to be turned 90 degrees clockwise"),
        8: N_("To be turned 270 degrees clockwise"),
    },
    0x011C: {  # PlanarConfiguration
        1: N_("Chunky"),
        2: N_("Planar"),
    },
    0x0128: {  # ResolutionUnit
        1: N_("None"),
        2: N_("Inch"),
        3: N_("Centimetre"),
    },
    0x013D: {  # Predictor
        1: N_("None"),
        2: N_("Horizontal differencing"),
        3: N_("Floating point"),
    },
    0x0153: {  # SampleFormat
        1: N_("Unsigned"),
        2: N_("Signed"),
        3: N_("Floating point"),
        4: N_("Undefined"),
    },
    0x0213: {  # YCbCrPositioning
        1: N_("Centered"),
        2: N_("Co-sited"),
    },
    0x8822: {  # ExposureProgram
        0: N_("Not defined"),
        1: N_("Manual"),
        2: N_("Normal program"),
        3: N_("Aperture priority"),
        4: N_("Shutter priority"),
        5: N_("Creative program"),
        6: N_("Action program"),
        7: N_("Portrait mode"),
        8: N_("Landscape mode"),
        9: N_("Bulb"),
    },
    0x8830: {  # SensitivityType
        0: N_("Unknown"),
        1: N_("Standard output sensitivity"),
        2: N_("Recommended exposure index"),
        3: N_("ISO speed"),
        4: N_("Standard output sensitivity and recommended exposure index"),
        5: N_("Standard output sensitivity and ISO speed"),
        6: N_("Recommended exposure index and ISO speed"),
        7: N_("Standard output sensitivity, recommended exposure index and ISO speed"),
    },
    0x9207: {  # MeteringMode
        0: N_("Unknown"),
        1: N_("Average"),
        2: N_("Center-weighted average"),
        3: N_("Spot"),
        4: N_("Multi-spot"),
        5: N_("Pattern"),
        6: N_("Partial"),
        255: N_("Other"),
    },
    0x9208: {  # LightSource
        0: N_("Unknown"),
        1: N_("Daylight"),
        2: N_("Fluorescent"),
        3: N_("Tungsten"),
        4: PN_("light", "Flash"),
        9: N_("Fine weather"),
        10: N_("Cloudy"),
        11: N_("Shade"),
        12: N_("Daylight fluorescent"),
        13: N_("Day white fluorescent"),
        14: N_("Cool white fluorescent"),
        15: N_("White fluorescent"),
        16: N_("Warm white fluorescent"),
        17: N_("Standard light A"),
        18: N_("Standard light B"),
        19: N_("Standard light C"),
        20: "D55",
        21: "D65",
        22: "D75",
        23: "D50",
        24: N_("ISO studio tungsten"),
        255: N_("Other"),
    },
    0xA001: {  # ColorSpace
        1: "sRGB",
        2: "Adobe RGB",
        65535: N_("Uncalibrated"),
    },
    0xA210: {  # FocalPlaneResolutionUnit
        1: N_("None"),
        2: N_("Inch"),
        3: N_("Centimetre"),
    },
    0xA217: {  # SensingMethod
        1: N_("Not defined"),
        2: N_("One-chip color area"),
        3: N_("Two-chip color area"),
        4: N_("Three-chip color area"),
        5: N_("Color sequential area"),
        7: N_("Trilinear"),
        8: N_("Color sequential linear"),
    },
    0xA300: {  # FileSource
        0: N_("Other"),
        1: N_("Transparency scanner"),
        2: N_("Reflection print scanner"),
        3: N_("Digital camera"),
    },
    0xA301: {  # SceneType
        1: N_("Directly photographed"),
    },
    0xA401: {  # CustomRendered
        0: N_("Normal"),
        1: N_("Custom"),
    },
    0xA402: {  # ExposureMode
        0: N_("Auto"),
        1: N_("Manual"),
        2: N_("Auto bracket"),
    },
    0xA403: {  # WhiteBalance
        0: N_("Auto"),
        1: N_("Manual"),
    },
    0xA406: {  # SceneCaptureType
        0: N_("Standard"),
        1: PN_("scene", "Landscape"),
        2: PN_("scene", "Portrait"),
        3: PN_("scene", "Night"),
        4: N_("Other"),
    },
    0xA407: {  # GainControl
        0: N_("None"),
        1: N_("Low gain up"),
        2: N_("High gain up"),
        3: N_("Low gain down"),
        4: N_("High gain down"),
    },
    0xA408: {  # Contrast
        0: N_("Normal"),
        1: N_("Soft"),
        2: N_("Hard"),
    },
    0xA409: {  # Saturation
        0: N_("Normal"),
        1: N_("Low"),
        2: N_("High"),
    },
    0xA40A: {  # Sharpness
        0: N_("Normal"),
        1: N_("Soft"),
        2: N_("Hard"),
    },
    0xA40C: {  # SubjectDistanceRange
        0: N_("Unknown"),
        1: N_("Macro"),
        2: PN_("distance", "Close"),
        3: N_("Distant"),
    },
    0xA460: {  # CompositeImage
        0: N_("Unknown"),
        1: N_("Not composite"),
        2: N_("General composite image"),
        3: N_("Composite captured while shooting"),
    },
}
"""Words for the numbers of fields outside GPS, by tag; as keys of the catalogues."""

GPS_NUMBERS: Final[dict[int, dict[int, str]]] = {
    0x05: {
        0: N_("Above sea level"),
        1: N_("Below sea level"),
        2: N_("Above the ellipsoid"),
        3: N_("Below the ellipsoid"),
    },
    0x1E: {0: N_("Without correction"), 1: N_("With differential correction")},
}

_SIDES = {"N": N_("North"), "S": N_("South"), "E": N_("East"), "W": N_("West")}
_NORTH = {"T": N_("True north"), "M": N_("Magnetic north")}
GPS_TEXTS: Final[dict[int, dict[str, str]]] = {
    **dict.fromkeys((0x01, 0x03, 0x13, 0x15), _SIDES),
    **dict.fromkeys((0x0E, 0x10, 0x17), _NORTH),
    0x09: {"A": N_("Measurement active"), "V": N_("Measurement void")},
    0x0A: {"2": N_("2-dimensional measurement"), "3": N_("3-dimensional measurement")},
    0x0C: {"K": "km/h", "M": "mph", "N": N_("knots")},
    0x19: {"K": N_("Kilometres"), "M": N_("Miles"), "N": N_("Nautical miles")},
}
"""Words for the letters of GPS fields, by tag."""

INTEROP_INDEX: Final = {
    "R98": N_("R98 (DCF basic file, sRGB)"),
    "R03": N_("R03 (DCF option file, Adobe RGB)"),
    "THM": N_("THM (DCF thumbnail file)"),
}
COMPONENTS: Final = ("-", "Y", "Cb", "Cr", "R", "G", "B")
"""ComponentsConfiguration: what each of its four bytes stands for."""
FILTERS: Final = (N_("Red"), N_("Green"), N_("Blue"), N_("Cyan"), N_("Magenta"), N_("Yellow"), N_("White"))
"""CFAPattern: the colour of each filter."""

# Bits 1 and 2: was the light seen to come back; bits 3 and 4: the mode (Exif 2.32, 4.6.5, Flash).
_RETURN = {2: N_("return light not detected"), 3: N_("return light detected")}
_MODE = {1: PN_("flash", "forced on"), 2: PN_("flash", "forced off"), 3: PN_("flash", "auto")}


def flash(value: int) -> Saying:
    """Say what the bits of Flash mean (Exif 2.32, table 17)."""
    parts = (
        PN_("flash", "Fired") if value & 1 else PN_("flash", "Did not fire"),
        _MODE.get(value >> 3 & 3),
        _RETURN.get(value >> 1 & 3),
        N_("no flash function") if value & 0x20 else None,
        N_("red-eye reduction") if value & 0x40 else None,
    )
    return Joined(tuple(Phrase(part) for part in parts if part))
