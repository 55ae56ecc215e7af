"""Numbers of EXIF and XMP with their units, as photographers say them.

Source: CIPA DC-008 (Exif 2.32 and 3.0) sections 4.6.5 and 4.6.6.
"""

from __future__ import annotations

import math
from typing import Final

from oimg.words.i18n import N_
from oimg.words.sayings import Coded, Joined, Number, Phrase, Saying, phrase, plain_number

# FocalLength, FocalLengthIn35mmFilm, BrightnessValue, FlashEnergy, and of Exif 2.31 Humidity, Pressure, WaterDepth,
# Acceleration.
_UNITS: Final = {
    **dict.fromkeys((0x920A, 0xA405), N_("{number} mm")),
    0x9203: N_("{number} EV"),
    0xA20B: N_("{number} BCPS"),
    0x9401: N_("{number} %"),
    0x9402: N_("{number} hPa"),
    0x9403: N_("{number} m"),
    0x9404: N_("{number} mGal"),
}
# AmbientTemperature and CameraElevationAngle: programs read "degrees" in place of the sign.
_DEGREES: Final = {0x9400: (N_("{number} °C"), "degrees C"), 0x9405: (N_("{number}°"), "degrees")}
WITH_UNITS: Final = (*_UNITS, *_DEGREES)
_ABOVE: Final = {0: N_("{number} m above sea level"), 1: N_("{number} m below sea level")}
_NORTH: Final = {
    "T": (N_("{number}°, true north"), ", true north"),
    "M": (N_("{number}°, magnetic north"), ", magnetic north"),
}
_SPEEDS: Final = {"K": N_("{number} km/h"), "M": N_("{number} mph"), "N": N_("{number} knots")}
_DISTANCES: Final = {"K": N_("{number} km"), "M": N_("{number} miles"), "N": N_("{number} nautical miles")}
INFINITY: Final = 0xFFFF_FFFF  # SubjectDistance


def with_unit(tag: int, number: float) -> Saying:
    """Write a number with the unit of its field; empty for a field without one."""
    rounded = Number(round(number, 2))
    if tag in _DEGREES:
        text, unit = _DEGREES[tag]
        return Coded(f"{plain_number(rounded.value)} {unit}", phrase(text, number=rounded))
    return phrase(_UNITS[tag], number=rounded) if tag in _UNITS else ""


def exposure_time(seconds: float) -> Saying:
    """Write a time as photographers do: 1/250 s, 0.5 s, 30 s."""
    if 0 < seconds < 0.3 and 1 / seconds < 1e9:
        return phrase(N_("{number} s"), number=f"1/{round(1 / seconds)}")
    return phrase(N_("{number} s"), number=Number(round(seconds, 1) if math.isfinite(seconds) else seconds))


def f_number(number: float) -> Saying:
    """Write an aperture: f/2.8, f/11."""
    digits = 1 if number >= 1 else 2
    return phrase(N_("f/{number}"), number=Number(round(number, digits) if math.isfinite(number) else number))


def lens(found: tuple[float, ...]) -> Saying:
    """Write LensSpecification (shortest and longest focal length, lowest f-number at each): 24-70 mm f/2.8."""
    lengths, stops = (
        tuple(Number(round(number, 2)) for number in dict.fromkeys(pair) if math.isfinite(number) and number)
        for pair in (found[:2], found[2:4])
    )
    return phrase(N_("{lengths} mm f/{stops}"), lengths=_span(lengths), stops=_span(stops))


def _span(numbers: tuple[Number, ...]) -> Saying:
    return Joined(tuple(dict.fromkeys(numbers)), "-") if numbers else "?"


def exposure_bias(number: float) -> Saying:
    """Write a correction of the exposure with its sign: +0.33 EV."""
    text = N_("+{number} EV") if number > 0 else N_("{number} EV")
    return phrase(text, number=Number(round(number, 2)))


def subject_distance(number: float) -> Saying:
    """Write how far away the subject was."""
    if number >= INFINITY:
        return Phrase(N_("infinity"))
    return metres(number) if number else Phrase(N_("unknown"))


def metres(number: float) -> Saying:
    """Write a length."""
    return phrase(N_("{number} m"), number=Number(number))


def altitude(number: float, side: int | None) -> Saying:
    """Write GPSAltitude with the side of the sea that GPSAltitudeRef tells."""
    return metres(number) if side not in _ABOVE else phrase(_ABOVE[side], number=Number(number))


def heading(number: float, reference: str) -> Saying:
    """Write a direction with the north that it counts from."""
    text, north = _NORTH.get(reference, (N_("{number}°"), ""))
    return Coded(f"{plain_number(number)} degrees{north}", phrase(text, number=Number(number)))


def speed(number: float, letter: str) -> Saying:
    """Write GPSSpeed with the unit that GPSSpeedRef tells."""
    return phrase(_SPEEDS.get(letter, "{number}"), number=Number(number))


def distance(number: float, letter: str) -> Saying:
    """Write GPSDestDistance with the unit that GPSDestDistanceRef tells."""
    return phrase(_DISTANCES.get(letter, "{number}"), number=Number(number))
