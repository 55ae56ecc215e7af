"""ICC profiles made of curves and a matrix (ICC.1:2022, 8.3.3 and 8.3.4), evaluated in 16 bits a channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from oimg.engine.icc.cicp import D50, SRGB, Matrix

_STEPS: Final = 65536
_MAX_TAGS: Final = 100  # a profile has about ten; LittleCMS stops at as many
_BAND: Final = 1 << 18  # pixels at a time, so that what lies between is a few megabytes
_GRAY_CURVE, _CURVES, _COLUMNS = (b"kTRC",), (b"rTRC", b"gTRC", b"bTRC"), (b"rXYZ", b"gXYZ", b"bXYZ")
_WANTED: Final = frozenset((*_GRAY_CURVE, *_CURVES, *_COLUMNS))
_LUTS: Final = frozenset((b"A2B0", b"A2B1", b"A2B2", b"D2B0", b"D2B1", b"D2B2"))
# Count of parameters by function type of a parametric curve (ICC.1:2022, table 68).
_PARAMETERS: Final = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}
_MAX_BLACK: Final = 50.0  # L* beyond which no black is believed, as in Adobe's black-point compensation (2006)


@dataclass(frozen=True, slots=True, eq=False)
class MatrixProfile:
    """How device values become colours.

    `curves` holds one row of 65536 linear values from 0 to 1 for each channel; `matrix` takes linear RGB to XYZ
    under D50 and is None for gray.
    """

    curves: npt.NDArray[np.float32]
    matrix: Matrix | None


@lru_cache(maxsize=8)
def parse(untrusted: bytes) -> MatrixProfile | None:
    """Read a gray or RGB profile of curves and a matrix; None for any other, and for what is not in order.

    A profile that has tables as well is not taken: they count first (ICC.1:2022, 8.10).
    """
    tags = _tags(untrusted)
    space, connection = untrusted[16:20], untrusted[20:24]
    if tags is None or connection != b"XYZ " or _LUTS & tags.keys():
        return None
    gray = space == b"GRAY"
    if not gray and space != b"RGB ":
        return None
    data = {name: untrusted[start : start + size] for name, (start, size) in tags.items() if name in _WANTED}
    curves = [_curve(data.get(name, b"")) for name in (_GRAY_CURVE if gray else _CURVES)]
    columns = [] if gray else [_xyz(data.get(name, b"")) for name in _COLUMNS]
    rows = [curve for curve in curves if curve is not None]
    primaries = [column for column in columns if column is not None]
    if len(rows) < len(curves) or len(primaries) < len(columns):
        return None
    return MatrixProfile(np.stack(rows), None if gray else np.column_stack(primaries))


def to_srgb(pixels: npt.NDArray[np.uint16], profile: MatrixProfile) -> npt.NDArray[np.uint16]:
    """Convert colours, shape (h, w, 1 or 3), to sRGB: relative colorimetric, with black-point compensation.

    What lies outside of sRGB is clipped channel by channel. Gray stays one channel.
    """
    if profile.matrix is None:
        linear = _without_black(profile.curves[0].astype(np.float64)[:, np.newaxis] * np.array(D50))[:, 1]
        return _encoded(linear)[pixels]
    black = profile.matrix @ profile.curves[:, 0].astype(np.float64)
    scale, shift = _compensation(black)
    turn = (np.linalg.solve(SRGB, scale[:, np.newaxis] * profile.matrix)).T.astype(np.float32)
    offset = np.linalg.solve(SRGB, shift).astype(np.float32)
    flat = pixels.reshape(-1, 3)
    out = np.empty_like(flat)
    for start in range(0, len(flat), _BAND):
        band = flat[start : start + _BAND]
        linear = np.stack([curve[band[:, i]] for i, curve in enumerate(profile.curves)], axis=1)
        out[start : start + _BAND] = _encoded(linear @ turn + offset)
    return out.reshape(pixels.shape)


def _without_black(colors: Matrix) -> Matrix:
    scale, shift = _compensation(colors[0])
    moved: Matrix = colors * scale + shift
    return moved


def _compensation(black: Matrix) -> tuple[Matrix, Matrix]:
    """Scale and shift of XYZ that take the darkest colour of a profile to zero and leave white where it is.

    Only the lightness of the black counts, as a neutral colour (Adobe Systems' Black Point Compensation, 2006).
    """
    darkest = min(max(float(black[1]), 0.0), ((_MAX_BLACK + 16) / 116) ** 3)
    scale = np.full(3, 1 / (1 - darkest))
    return scale, -np.array(D50) * darkest * scale


def _encoded(linear: npt.NDArray[np.floating]) -> npt.NDArray[np.uint16]:
    """Bend linear light by the curve of sRGB (IEC 61966-2-1) into 16-bit steps."""
    light = np.clip(linear, 0, 1)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    steps: npt.NDArray[np.uint16] = np.rint(shown * (_STEPS - 1)).astype(np.uint16)
    return steps


def _tags(untrusted: bytes) -> dict[bytes, tuple[int, int]] | None:
    """Offset and size by the name of a tag; None where the table does not lie inside the profile."""
    count = int.from_bytes(untrusted[128:132], "big")
    if len(untrusted) < 132 or untrusted[36:40] != b"acsp" or not 0 < count <= _MAX_TAGS:
        return None
    found: dict[bytes, tuple[int, int]] = {}
    for place in range(132, 132 + 12 * count, 12):
        row = untrusted[place : place + 12]
        start, size = int.from_bytes(row[4:8], "big"), int.from_bytes(row[8:12], "big")
        if len(row) < 12 or start + size > len(untrusted):
            return None
        found.setdefault(row[:4], (start, size))
    return found


def _fixed(raw: bytes) -> Matrix:
    """Signed numbers with 16 bits behind the point."""
    values: Matrix = np.frombuffer(raw, ">i4").astype(np.float64) / 65536
    return values


def _xyz(data: bytes) -> Matrix | None:
    return _fixed(data[8:20]) if data[:4] == b"XYZ " and len(data) >= 20 else None


def _curve(data: bytes) -> npt.NDArray[np.float32] | None:
    """Linear values of a curve at 65536 even steps; None where it is no curve."""
    if data[:4] == b"curv":
        values = _sampled(data)
    elif data[:4] == b"para":
        values = _parametric(data)
    else:
        return None
    if values is None or not np.isfinite(values).all():
        return None
    return np.clip(values, 0, 1).astype(np.float32)


def _sampled(data: bytes) -> Matrix | None:
    """Evaluate a curveType (ICC.1:2022, 10.6): nothing, a gamma of 8.8 bits, or samples with straight lines between."""
    steps = np.linspace(0.0, 1.0, _STEPS)
    count = int.from_bytes(data[8:12], "big")
    if len(data) < 12 or len(data) < 12 + 2 * count:
        return None
    samples = np.frombuffer(data[12 : 12 + 2 * count], ">u2").astype(np.float64)
    if count == 0:
        return steps
    if count == 1:
        gamma: Matrix = steps ** (samples[0] / 256)
        return gamma
    return np.interp(steps, np.linspace(0.0, 1.0, count), samples / 65535)


def _parametric(data: bytes) -> Matrix | None:
    """Evaluate a parametricCurveType (ICC.1:2022, 10.18): (aX + b)^g + e above d, cX + f below."""
    count = _PARAMETERS.get(int.from_bytes(data[8:10], "big"))
    if count is None or len(data) < 12 + 4 * count:
        return None
    given = _fixed(data[12 : 12 + 4 * count])
    g, a, b, c, d, e, f = _all_seven(given)
    steps = np.linspace(0.0, 1.0, _STEPS)
    with np.errstate(all="ignore"):
        above = np.power(np.maximum(a * steps + b, 0), g) + e
        values: Matrix = np.where(steps >= d, above, c * steps + f)
    return values


def _all_seven(given: Matrix) -> tuple[float, ...]:
    """The parameters g, a, b, c, d, e, f of the largest function type that do the same as fewer."""
    numbers = [float(number) for number in given]
    if len(numbers) == 1:
        return numbers[0], 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if len(numbers) in (3, 4):
        g, a, b, *rest = numbers
        lift = rest[0] if rest else 0.0
        # Below -b/a both types are flat.
        return g, a, b, 0.0, -b / a if a else 0.0, lift, lift
    return (*numbers, *([0.0] * (7 - len(numbers))))
