"""An ICC profile for a JPEG XL codestream that was written without one (ISO/IEC 18181-1, annexes B, C, D and E).

libjxl's encoder is out of reach behind a plugin that cannot be told a profile. The profile stands between the image
header and the first frame, which starts at a whole byte: so it can be put there without touching a coded pixel.
"""

from __future__ import annotations

from typing import Final

from .jxl_codestream import image_header
from .stream import corrupt

_HEADER: Final = 128
# What a decoder takes the header of a profile for; only the difference is stored (E.4.3).
_EXPECTED: Final = (
    b"\0\0\0\0\0\0\0\0\4\0\0\0mntrRGB XYZ ".ljust(36, b"\0") + b"acsp".ljust(32, b"\0")
    + b"\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d"
).ljust(_HEADER, b"\0")  # fmt: skip
# By the first letters of the platform, the rest of it (E.4.3).
_PLATFORMS: Final = ((b"A", b"PPL"), (b"M", b"SFT"), (b"SG", b"I "), (b"SU", b"NW"))
_NO_TAG_LIST, _INSERT = 0, 1
_REVERSED: Final = tuple(int(f"{value:08b}"[::-1], 2) for value in range(256))


class _Writer:
    """Bits of a codestream, least significant first."""

    def __init__(self) -> None:
        self._value = 0
        self._count = 0
        self._done = bytearray()

    def put(self, value: int, count: int) -> None:
        self._value |= value << self._count
        self._count += count
        whole = self._count // 8
        self._done += (self._value & ((1 << 8 * whole) - 1)).to_bytes(whole, "little")
        self._value >>= 8 * whole
        self._count -= 8 * whole

    def put_bytes(self, data: bytes) -> None:
        """All at once: shifting a growing number byte by byte would take the square of its length."""
        shifted = (int.from_bytes(data, "little") << self._count) | self._value
        self._done += shifted.to_bytes(len(data) + 1, "little")[:-1]
        self._value = shifted >> 8 * len(data)

    def aligned(self) -> bytes:
        """Everything, filled up with zeros to a whole byte."""
        return bytes(self._done) + (bytes((self._value,)) if self._count else b"")


def with_profile(codestream: bytes, icc: bytes) -> bytes:
    """Give the same coded picture with this profile in place of sRGB; `icc` has more than 128 bytes.

    The codestream is one of our own, whose numbers are those of the picture (no XYB), so that the profile does
    not change them. Raises OimgError(CORRUPT) for any other.
    """
    header = image_header(codestream)
    if header.xyb or header.icc or header.preview or not header.end or len(icc) <= _HEADER:
        corrupt("a codestream that cannot take a profile")
    start, end = header.color_bits
    first = -(-header.end // 8)
    bits = int.from_bytes(codestream[:first], "little")
    out = _Writer()
    out.put(bits & ((1 << start) - 1), start)
    # ColourEncoding (E.2): not all default, a profile, and the colour space by its number: RGB 0, gray 1.
    out.put(0b10 | int(header.gray) << 2, 4)
    out.put((bits >> end) & ((1 << (header.end - end)) - 1), header.end - end)
    _put_profile(out, icc)
    return out.aligned() + codestream[first:]


def _put_profile(out: _Writer, icc: bytes) -> None:
    """Entropy-coded bytes in the plainest way the format has: one code for all contexts, eight bits a symbol."""
    data = _encoded(icc)
    _put_long(out, len(data))
    out.put(0, 1)  # no LZ77 (C.2.1)
    out.put(1, 1)  # a simple map of contexts (C.2.2) ...
    out.put(0, 2)  # ... that sends all of them to the first distribution
    out.put(1, 1)  # prefix codes (C.2.1)
    out.put(8, 4)  # split exponent 8: symbols to 255 stand for themselves (C.2.3)
    out.put(0, 8)
    out.put(1, 1)  # 256 symbols: 1 + 2^7 + 127 (C.2.1)
    out.put(7, 4)
    out.put(127, 7)
    out.put(0, 2)  # code lengths are told by a code (RFC 7932, section 3.5), ...
    for place in range(18):  # ... which knows one length only, 8, the eleventh in its order: that takes no bits
        out.put(1 if place == 10 else 0, 2)
    out.put_bytes(data.translate(bytes(_REVERSED)))


def _put_long(out: _Writer, value: int) -> None:
    """A U64 (B.2.4) of at least 273."""
    out.put(3, 2)
    out.put(value & 0xFFF, 12)
    value >>= 12
    while value:
        out.put(1, 1)
        out.put(value & 0xFF, 8)
        value >>= 8
    out.put(0, 1)


def _encoded(icc: bytes) -> bytes:
    """The profile as commands and data (E.4): the header as differences, all that follows as it is."""
    commands = bytes((_NO_TAG_LIST, _INSERT)) + _varint(len(icc) - _HEADER)
    header = bytes((own - told) & 0xFF for own, told in zip(icc, _predicted(icc), strict=False))
    return _varint(len(icc)) + _varint(len(commands)) + commands + header + icc[_HEADER:]


def _predicted(icc: bytes) -> bytes:
    """What a decoder expects of the header, having read the bytes before (E.4.3)."""
    expected = bytearray(_EXPECTED)
    expected[:4] = len(icc).to_bytes(4, "big")
    for first, rest in _PLATFORMS:
        if icc[40:].startswith(first):
            expected[40 + len(first) : 44] = rest
    expected[80:84] = icc[4:8]
    return bytes(expected)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first (E.4.2)."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))
