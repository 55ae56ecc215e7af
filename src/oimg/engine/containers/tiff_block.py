"""The three facts a container needs from an EXIF block (TIFF 6.0, Exif 2.32): orientation and density.

Anything odd reads as "not said": metadata that cannot be read must not cost the picture.
"""

from __future__ import annotations

import struct

_ORIENTATION = 0x0112
_X_RESOLUTION = 0x011A
_Y_RESOLUTION = 0x011B
_RESOLUTION_UNIT = 0x0128
_WANTED = frozenset((_ORIENTATION, _X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT))
_MAX_ENTRIES = 4096
_BYTE, _SHORT, _LONG, _RATIONAL = 1, 3, 4, 5
_NO_UNIT, _CENTIMETRE = 1, 3


def orientation(untrusted: bytes) -> int:
    """EXIF orientation 1 to 8; 1 when absent or nonsense."""
    value = int(_first_directory(untrusted).get(_ORIENTATION, 1))
    return value if 1 <= value <= 8 else 1


def density(untrusted: bytes) -> tuple[float, float] | None:
    """Pixels per inch, horizontal and vertical; None when absent, not positive or without a unit."""
    tags = _first_directory(untrusted)
    across, down = tags.get(_X_RESOLUTION, 0.0), tags.get(_Y_RESOLUTION, 0.0)
    if across <= 0 or down <= 0 or tags.get(_RESOLUTION_UNIT) == _NO_UNIT:
        return None
    scale = 2.54 if tags.get(_RESOLUTION_UNIT) == _CENTIMETRE else 1.0
    return across * scale, down * scale


def is_tiff(untrusted: bytes) -> bool:
    """Whether the bytes start like a TIFF block."""
    return untrusted[:4] in {b"II*\0", b"MM\0*"}


def from_prefixed(untrusted: bytes) -> bytes:
    """The TIFF block of bytes that may or may not start with "Exif" and two more bytes."""
    return untrusted[6:] if untrusted[:4] == b"Exif" else untrusted


def _first_directory(untrusted: bytes) -> dict[int, float]:
    """The wanted numbers of the first image file directory."""
    if not is_tiff(untrusted):
        return {}
    order = "<" if untrusted[:1] == b"I" else ">"
    try:
        start = struct.unpack_from(order + "I", untrusted, 4)[0]
        count = min(struct.unpack_from(order + "H", untrusted, start)[0], _MAX_ENTRIES)
    except struct.error:
        return {}
    found: dict[int, float] = {}
    for offset in range(start + 2, start + 2 + 12 * count, 12):
        try:
            tag, kind = struct.unpack_from(order + "HH", untrusted, offset)
            if tag in _WANTED and tag not in found:
                value = _number(untrusted, order, kind, offset + 8)
                if value is not None:
                    found[tag] = value
        except struct.error:
            continue
    return found


def _number(untrusted: bytes, order: str, kind: int, offset: int) -> float | None:
    """The first value of an entry whose value field lies at `offset`."""
    if kind == _BYTE:
        return float(untrusted[offset]) if offset < len(untrusted) else None
    if kind == _SHORT:
        return float(struct.unpack_from(order + "H", untrusted, offset)[0])
    if kind == _LONG:
        return float(struct.unpack_from(order + "I", untrusted, offset)[0])
    if kind != _RATIONAL:
        return None
    where = struct.unpack_from(order + "I", untrusted, offset)[0]
    above, below = struct.unpack_from(order + "II", untrusted, where)
    return above / below if below else None
