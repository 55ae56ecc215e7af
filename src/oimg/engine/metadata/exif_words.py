"""What the numbers of EXIF fields stand for, in the terms of the standard.

Source: CIPA DC-008 (Exif 2.32 and 3.0) sections 4.6.4 to 4.6.7 and annex A (light sources), TIFF 6.0, and for
compression and photometric interpretation ISO 12234-2 and DNG 1.7.
"""

from __future__ import annotations

from typing import Final

ORIENTATION: Final = 0x0112
FLASH: Final = 0x9209


def _words(table: str) -> dict[int, str]:
    """Read "0: this; 1: that"."""
    return {
        int(number): " ".join(words.split()) for number, _, words in (row.partition(":") for row in table.split(";"))
    }


NUMBERS: Final[dict[int, dict[int, str]]] = {
    0x00FE: _words("0: Full picture; 1: Smaller picture; 2: One page of several; 4: Transparency mask"),
    0x0103: _words(
        """1: Uncompressed; 2: CCITT 1D; 3: CCITT group 3; 4: CCITT group 4; 5: LZW; 6: JPEG; 7: JPEG; 8:
        Deflate; 32773: PackBits; 32946: Deflate; 34892: Lossy JPEG; 50001: WebP; 50002: JPEG XL"""
    ),
    0x0106: _words(
        """0: White is zero; 1: Black is zero; 2: RGB; 3: Palette; 4: Transparency mask; 5: CMYK; 6: YCbCr; 8:
        CIE Lab; 9: ICC Lab; 32803: Colour filter array; 34892: Linear raw"""
    ),
    0x010A: _words("1: Normal; 2: Reversed"),
    ORIENTATION: _words(
        """1: Upright; 2: Mirrored left to right; 3: Turned by 180 degrees; 4: Mirrored top to bottom; 5:
        Mirrored left to right, to be turned 270 degrees clockwise; 6: To be turned 90 degrees clockwise; 7:
        Mirrored left to right, to be turned 90 degrees clockwise; 8: To be turned 270 degrees clockwise"""
    ),
    0x011C: _words("1: Chunky; 2: Planar"),
    0x0128: _words("1: None; 2: Inch; 3: Centimetre"),
    0x013D: _words("1: None; 2: Horizontal differencing; 3: Floating point"),
    0x0153: _words("1: Unsigned; 2: Signed; 3: Floating point; 4: Undefined"),
    0x0213: _words("1: Centered; 2: Co-sited"),
    0x8822: _words(
        """0: Not defined; 1: Manual; 2: Normal program; 3: Aperture priority; 4: Shutter priority; 5: Creative
        program; 6: Action program; 7: Portrait mode; 8: Landscape mode; 9: Bulb"""
    ),
    0x8830: _words(
        """0: Unknown; 1: Standard output sensitivity; 2: Recommended exposure index; 3: ISO speed; 4: Standard
        output sensitivity and recommended exposure index; 5: Standard output sensitivity and ISO speed; 6:
        Recommended exposure index and ISO speed; 7: Standard output sensitivity, recommended exposure index
        and ISO speed"""
    ),
    0x9207: _words(
        """0: Unknown; 1: Average; 2: Center-weighted average; 3: Spot; 4: Multi-spot; 5: Pattern; 6: Partial;
        255: Other"""
    ),
    0x9208: _words(
        """0: Unknown; 1: Daylight; 2: Fluorescent; 3: Tungsten; 4: Flash; 9: Fine weather; 10: Cloudy; 11:
        Shade; 12: Daylight fluorescent; 13: Day white fluorescent; 14: Cool white fluorescent; 15: White
        fluorescent; 16: Warm white fluorescent; 17: Standard light A; 18: Standard light B; 19: Standard
        light C; 20: D55; 21: D65; 22: D75; 23: D50; 24: ISO studio tungsten; 255: Other"""
    ),
    0xA001: _words("1: sRGB; 2: Adobe RGB; 65535: Uncalibrated"),
    0xA210: _words("1: None; 2: Inch; 3: Centimetre"),
    0xA217: _words(
        """1: Not defined; 2: One-chip color area; 3: Two-chip color area; 4: Three-chip color area; 5: Color
        sequential area; 7: Trilinear; 8: Color sequential linear"""
    ),
    0xA300: _words("0: Other; 1: Transparency scanner; 2: Reflection print scanner; 3: Digital camera"),
    0xA301: _words("1: Directly photographed"),
    0xA401: _words("0: Normal; 1: Custom"),
    0xA402: _words("0: Auto; 1: Manual; 2: Auto bracket"),
    0xA403: _words("0: Auto; 1: Manual"),
    0xA406: _words("0: Standard; 1: Landscape; 2: Portrait; 3: Night; 4: Other"),
    0xA407: _words("0: None; 1: Low gain up; 2: High gain up; 3: Low gain down; 4: High gain down"),
    0xA408: _words("0: Normal; 1: Soft; 2: Hard"),
    0xA409: _words("0: Normal; 1: Low; 2: High"),
    0xA40A: _words("0: Normal; 1: Soft; 2: Hard"),
    0xA40C: _words("0: Unknown; 1: Macro; 2: Close; 3: Distant"),
    0xA460: _words(
        """0: Unknown; 1: Not composite; 2: General composite image; 3: Composite captured while shooting"""
    ),
}
"""Words for the numbers of fields outside GPS, by tag."""

GPS_NUMBERS: Final[dict[int, dict[int, str]]] = {
    0x05: {0: "Above sea level", 1: "Below sea level", 2: "Above the ellipsoid", 3: "Below the ellipsoid"},
    0x1E: {0: "Without correction", 1: "With differential correction"},
}

_SIDES = {"N": "North", "S": "South", "E": "East", "W": "West"}
_NORTH = {"T": "True north", "M": "Magnetic north"}
GPS_TEXTS: Final[dict[int, dict[str, str]]] = {
    **dict.fromkeys((0x01, 0x03, 0x13, 0x15), _SIDES),
    **dict.fromkeys((0x0E, 0x10, 0x17), _NORTH),
    0x09: {"A": "Measurement active", "V": "Measurement void"},
    0x0A: {"2": "2-dimensional measurement", "3": "3-dimensional measurement"},
    0x0C: {"K": "km/h", "M": "mph", "N": "knots"},
    0x19: {"K": "Kilometres", "M": "Miles", "N": "Nautical miles"},
}
"""Words for the letters of GPS fields, by tag."""

INTEROP_INDEX: Final = {
    "R98": "R98 (DCF basic file, sRGB)",
    "R03": "R03 (DCF option file, Adobe RGB)",
    "THM": "THM (DCF thumbnail file)",
}
COMPONENTS: Final = ("-", "Y", "Cb", "Cr", "R", "G", "B")
"""ComponentsConfiguration: what each of its four bytes stands for."""
FILTERS: Final = ("Red", "Green", "Blue", "Cyan", "Magenta", "Yellow", "White")
"""CFAPattern: the colour of each filter."""

# Bits 1 and 2: was the light seen to come back; bits 3 and 4: the mode (Exif 2.32, 4.6.5, Flash).
_RETURN = {2: "return light not detected", 3: "return light detected"}
_MODE = {1: "forced on", 2: "forced off", 3: "auto"}


def flash(value: int) -> str:
    """Say what the bits of Flash mean (Exif 2.32, table 17)."""
    parts = [
        "Fired" if value & 1 else "Did not fire",
        _MODE.get(value >> 3 & 3, ""),
        _RETURN.get(value >> 1 & 3, ""),
        "no flash function" if value & 0x20 else "",
        "red-eye reduction" if value & 0x40 else "",
    ]
    return ", ".join(part for part in parts if part)
