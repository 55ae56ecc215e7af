"""Colour profiles written byte by byte (ICC.1:2022; version 2 where said), so that tests know what is in them."""

from __future__ import annotations

import struct

import numpy as np

D50 = (0.9642, 1.0, 0.8249)
D65 = (0.3127, 0.3290)
# x, y of red, green and blue, then of white, as the standards of these spaces print them.
SPACES = {
    "srgb": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), D65),
    "display-p3": ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), D65),
    "adobe-rgb": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), D65),
    "prophoto": ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), (0.3457, 0.3585)),
    "rec2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    "turned": ((0.30, 0.60), (0.15, 0.06), (0.64, 0.33), D65),  # red is green, green is blue, blue is red
}
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def gamma(exponent: float) -> bytes:
    return b"curv" + struct.pack(">IIHxx", 0, 1, round(exponent * 256))


def sampled(values: np.ndarray) -> bytes:
    """A curve of samples from 0 to 1."""
    raw = np.rint(np.asarray(values) * 65535).astype(">u2").tobytes()
    return b"curv" + struct.pack(">II", 0, len(values)) + raw


def parametric(kind: int, *parameters: float) -> bytes:
    return b"para" + struct.pack(">IHH", 0, kind, 0) + fixed(*parameters)


SRGB_CURVE = parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
REC2020_CURVE = parametric(3, 1 / 0.45, 1 / 1.0993, 0.0993 / 1.0993, 1 / 4.5, 0.08145)


def xyz(values: np.ndarray | tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + fixed(*values)


def words(text: str, version: int) -> bytes:
    if version >= 4:
        raw = text.encode("utf-16-be")
        return b"mluc" + struct.pack(">III4sII", 0, 1, 12, b"enUS", len(raw), 28) + raw
    return b"desc" + struct.pack(">II", 0, len(text) + 1) + text.encode() + bytes(1 + 8 + 3 + 67)


def colorants(space: str) -> np.ndarray:
    """Linear RGB to XYZ under D50 (Lindbloom's derivation: scale the primaries to white, then adapt it)."""
    *primaries, white = SPACES[space]
    columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in primaries]).T
    light = np.array([white[0] / white[1], 1, (1 - white[0] - white[1]) / white[1]])
    scaled = columns * np.linalg.solve(columns, light)
    gains = np.diag((BRADFORD @ D50) / (BRADFORD @ light))
    return np.linalg.inv(BRADFORD) @ gains @ BRADFORD @ scaled


def assembled(
    tags: dict[bytes, bytes], *, space: bytes = b"RGB ", version: int = 2, connection: bytes = b"XYZ "
) -> bytes:
    """Header, table, data."""
    own = {b"desc": words("made for a test", version), b"cprt": b"text\0\0\0\0none\0", b"wtpt": xyz(D50)}
    if version >= 4:
        own[b"cprt"] = words("none", version)
    every = own | tags
    table, body = b"", b""
    start = 128 + 4 + 12 * len(every)
    for name, data in every.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I4xI4s4s4s", start + len(body), version << 24, kind, space, connection)
    head += struct.pack(">6H4s28x", 2026, 1, 1, 0, 0, 0, b"acsp") + fixed(*D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(every)) + table + body


def matrix(space: str, curve: bytes, version: int = 2) -> bytes:
    """A profile of three colorants and one curve."""
    columns = colorants(space)
    tags = {name: xyz(columns[:, i]) for i, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    return assembled(tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve), version=version)


def gray(curve: bytes, version: int = 2) -> bytes:
    return assembled({b"kTRC": curve}, space=b"GRAY", version=version)


def _table(grid: np.ndarray) -> bytes:
    """A lut16Type (ICC.1:2022, 10.10) of a grid (n, ..., n, 3) from 0 to 1, all curves straight."""
    inputs, points = grid.ndim - 1, grid.shape[0]
    line = struct.pack(">HH", 0, 65535)
    head = b"mft2" + struct.pack(">I4B", 0, inputs, 3, points, 0) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    values = np.rint(np.clip(grid, 0, 1) * 65535).astype(">u2").tobytes()
    return head + struct.pack(">HH", 2, 2) + line * inputs + values + line * 3


def _lab(colors: np.ndarray) -> np.ndarray:
    """XYZ under D50 as Lab, stored as lut16Type has it: L 100 is 65280, a and b 0 are 32768."""
    ratio = colors / np.array(D50)
    bent = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    light = 116 * bent[..., 1] - 16
    a, b = 500 * (bent[..., 0] - bent[..., 1]), 200 * (bent[..., 1] - bent[..., 2])
    return np.stack([light * 652.8, (a + 128) * 256, (b + 128) * 256], axis=-1) / 65535


def table(space: str, exponent: float, points: int = 33) -> bytes:
    """An RGB profile of version 4 that is nothing but a table to Lab."""
    steps = np.linspace(0, 1, points) ** exponent
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
    return assembled({b"A2B0": _table(_lab(grid @ colorants(space).T))}, version=4, connection=b"Lab ")


def cmyk(points: int = 9) -> bytes:
    """Inks as filters: cyan takes most of the red, and so on; paper is white, four inks are not quite black."""
    steps = np.linspace(0, 1, points)
    c, m, y, k = np.meshgrid(steps, steps, steps, steps, indexing="ij")
    linear = np.stack([1 - 0.92 * c, 1 - 0.85 * m, 1 - 0.95 * y], axis=-1) * (1 - 0.93 * k[..., np.newaxis])
    return assembled({b"A2B0": _table(_lab(linear**1.6 @ colorants("srgb").T))}, space=b"CMYK", connection=b"Lab ")
