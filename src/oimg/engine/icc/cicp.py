"""Colour told by code points (ITU-T H.273: nclx boxes, cICP chunks), and the ICC profile that says the same."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Matrix: TypeAlias = npt.NDArray[np.float64]

_D65, _C, _DCI, _EQUAL = (0.3127, 0.3290), (0.310, 0.316), (0.314, 0.351), (1 / 3, 1 / 3)
# Chromaticities x, y of red, green, blue and white (H.273, table 2).
_PRIMARIES: Final = {
    1: (0.640, 0.330, 0.300, 0.600, 0.150, 0.060, *_D65),  # Rec. 709, sRGB
    4: (0.670, 0.330, 0.210, 0.710, 0.140, 0.080, *_C),  # Rec. 470 M
    5: (0.640, 0.330, 0.290, 0.600, 0.150, 0.060, *_D65),  # Rec. 470 BG, Rec. 601 of 625 lines
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),  # Rec. 601 of 525 lines
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),  # SMPTE ST 240
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, *_C),  # film
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),  # Rec. 2020
    10: (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, *_EQUAL),  # CIE 1931 XYZ
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_DCI),  # DCI P3
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),  # Display P3
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),  # EBU 3213
}
_SRGB_PRIMARIES: Final = 1
_PQ, _HLG = 16, 18
# Parameters g, a, b, c, d of ICC's curve type 3 (ICC.1:2022, 10.18), or g alone, by H.273's table 3. Rec. 709, 601
# and 2020 define cameras, not displays: viewers show them with the curve of sRGB, and so is it here.
_SRGB_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_CURVES: Final[dict[int, tuple[float, ...]]] = {
    4: (2.2,),
    5: (2.8,),
    7: (1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4.0, 0.0913),
    8: (1.0,),
    17: (2.6,),
}
D50: Final = (0.9642, 1.0, 0.8249)  # the white of the connection space (ICC.1:2022, 7.2.16)
_BRADFORD: Final = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))  # ICC.1, annex E
_VERSION: Final = 0x04300000


def colorants(chromaticities: tuple[float, ...]) -> Matrix:
    """Give the matrix from linear RGB to XYZ under D50, adapted by Bradford's transform.

    `chromaticities` are x, y of red, green, blue and white.
    """
    points = np.array(chromaticities, np.float64).reshape(4, 2)
    # X and Z where y is 0 would be infinite, so columns are scaled by y: the sums below undo it.
    columns = np.column_stack([points, 1 - points.sum(axis=1)]).T
    white = columns[:, 3] / points[3, 1]
    matrix = columns[:, :3] * np.linalg.solve(columns[:, :3], white)
    adapted: Matrix = _adaptation(white) @ matrix
    return adapted


def _adaptation(white: Matrix) -> Matrix:
    bradford = np.array(_BRADFORD)
    gains = (bradford @ np.array(D50)) / (bradford @ white)
    turned: Matrix = np.linalg.solve(bradford, gains[:, np.newaxis] * bradford)
    return turned


SRGB: Final = colorants(_PRIMARIES[_SRGB_PRIMARIES])


def is_srgb(primaries: int, transfer: int) -> bool:
    """Whether code points mean sRGB, or say nothing that could be shown otherwise (2 is "unspecified")."""
    return _PRIMARIES.get(primaries, _PRIMARIES[1]) == _PRIMARIES[1] and transfer not in _CURVES


@lru_cache(maxsize=64)
def profile(primaries: int, transfer: int, *, gray: bool = False) -> bytes:
    """Build a display profile (ICC.1:2010, version 4.3) for code points; empty where they mean sRGB.

    Code points without a meaning count as unspecified. PQ and HLG give no profile: a plain one cannot say them.
    """
    if is_srgb(primaries, transfer) or (gray and transfer not in _CURVES) or transfer in {_PQ, _HLG}:
        return b""
    found = _PRIMARIES.get(primaries, _PRIMARIES[_SRGB_PRIMARIES])
    curve = _curve(_CURVES.get(transfer, _SRGB_CURVE))
    name = f"CICP {primaries}/{transfer}"
    tags = [(b"desc", _text(name)), (b"cprt", _text("No copyright")), (b"wtpt", _xyz(D50))]
    if gray:
        return _assemble([*tags, (b"kTRC", curve)], b"GRAY")
    white = np.array([found[6] / found[7], 1.0, (1 - found[6] - found[7]) / found[7]])
    tags.append((b"chad", b"sf32\0\0\0\0" + b"".join(_fixed(value) for value in _adaptation(white).ravel())))
    matrix = colorants(found)
    tags += [(name, _xyz(matrix[:, i])) for i, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    return _assemble(tags, b"RGB ")


def _fixed(value: float) -> bytes:
    """A signed number with 16 bits behind the point (ICC.1:2022, 4.6)."""
    return struct.pack(">i", round(float(value) * 65536))


def _xyz(values: npt.ArrayLike) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(value) for value in np.asarray(values, np.float64))


def _curve(parameters: tuple[float, ...]) -> bytes:
    kind = 0 if len(parameters) == 1 else 3
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(_fixed, parameters))


def _text(words: str) -> bytes:
    raw = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(raw), 28) + raw


def _assemble(tags: list[tuple[bytes, bytes]], space: bytes) -> bytes:
    """Header, tag table and data (ICC.1:2022, 7.2 and 7.3); equal data is stored once."""
    start = 128 + 4 + 12 * len(tags)
    body, table, places = bytearray(), bytearray(), dict[bytes, int]()
    for name, data in tags:
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += name + struct.pack(">II", places[data], len(data))
    header = struct.pack(">I4xI4s4s4s", start + len(body), _VERSION, b"mntr", space, b"XYZ ")
    header += struct.pack(">6H4s28x", 2000, 1, 1, 0, 0, 0, b"acsp")
    header += b"".join(_fixed(value) for value in D50)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + bytes(table + body)
