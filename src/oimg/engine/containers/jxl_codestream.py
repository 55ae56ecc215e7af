"""The first bits of a JPEG XL codestream (ISO/IEC 18181-1, annex D: image header; F: frame header)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .stream import corrupt, truncated

SIGNATURE = b"\xff\x0a"
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_ALPHA, _SPOT, _BLACK, _FILTER = 0, 2, 4, 5
_GRAY, _XYB = 1, 2
_CUSTOM = 2
_D65, _SRGB, _SRGB_CURVE = 1, 1, 13
_PQ, _HLG = 16, 18

# A variable-length number (U32): a two-bit selector picks (bits, offset).
_Choice = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
_SIZE: _Choice = ((9, 1), (13, 1), (18, 1), (30, 1))
_PREVIEW_DIV8: _Choice = ((0, 16), (0, 32), (5, 1), (9, 33))
_PREVIEW: _Choice = ((6, 1), (8, 65), (10, 321), (12, 1345))
_TICKS: _Choice = ((0, 100), (0, 1000), (10, 1), (30, 1))
_TICK_UNIT: _Choice = ((0, 1), (0, 1001), (8, 1), (10, 1))
_LOOPS: _Choice = ((0, 0), (3, 0), (16, 0), (32, 0))
_INTEGER_BITS: _Choice = ((0, 8), (0, 10), (0, 12), (6, 1))
_FLOAT_BITS: _Choice = ((0, 32), (0, 16), (0, 24), (6, 1))
_EXTRA: _Choice = ((0, 0), (0, 1), (4, 2), (12, 1))
_SHIFT: _Choice = ((0, 0), (0, 3), (0, 4), (3, 1))
_NAME: _Choice = ((0, 0), (4, 0), (5, 16), (10, 48))
_FILTER_CHANNEL: _Choice = ((0, 1), (2, 0), (4, 3), (8, 19))
_ENUM: _Choice = ((0, 0), (0, 1), (4, 2), (6, 18))
_XY: _Choice = ((19, 0), (19, 524288), (20, 1048576), (21, 2097152))


class _Bits:
    """Bits of the codestream, least significant first."""

    def __init__(self, untrusted: bytes) -> None:
        self._data = untrusted
        self.at = 0

    def take(self, count: int) -> int:
        at, self.at = self.at, self.at + count
        if self.at > 8 * len(self._data):
            truncated("JPEG XL header cut short")
        window = int.from_bytes(self._data[at >> 3 : (self.at + 7) >> 3], "little")
        return (window >> (at & 7)) & ((1 << count) - 1)

    def flag(self) -> bool:
        return bool(self.take(1))

    def number(self, choice: _Choice) -> int:
        bits, offset = choice[self.take(2)]
        return self.take(bits) + offset

    def skip(self, count: int) -> None:
        self.at += count

    def align(self) -> None:
        self.at = (self.at + 7) & ~7

    def long(self) -> int:
        """A U64 (B.2.4)."""
        selector = self.take(2)
        if selector < 3:
            return (0, 1 + self.take(4) if selector == 1 else 0, 17 + self.take(8) if selector == 2 else 0)[selector]
        value, shift = self.take(12), 12
        while self.flag():
            if shift == 60:
                return value | self.take(4) << shift
            value |= self.take(8) << shift
            shift += 8
        return value


@dataclass(slots=True)
class ImageHeader:
    """What the image header says; defaults are those of its "all default" flag."""

    width: int
    height: int
    orientation: int = 1
    preview: bool = False
    animation: bool = False
    bit_depth: int = 8
    channels: list[int] = field(default_factory=list)
    xyb: bool = True
    gray: bool = False
    icc: bool = False
    transfer: int = 0
    srgb: bool = True
    # Where the colour encoding stands, and where all of the header ends, in bits; 0 where that was not reached.
    color_bits: tuple[int, int] = (0, 0)
    end: int = 0
    # Whether the first frame is coded with DCT, which is never exact; None if it could not be reached.
    dct: bool | None = None

    @property
    def alpha(self) -> bool:
        """Whether an extra channel is alpha."""
        return _ALPHA in self.channels

    @property
    def black(self) -> bool:
        """Whether an extra channel is the K of CMYK."""
        return _BLACK in self.channels

    @property
    def hdr(self) -> bool:
        """Whether the transfer function is PQ or HLG."""
        return self.transfer in {_PQ, _HLG}


def image_header(untrusted: bytes) -> ImageHeader:
    """Read the image header, and the frame header as far as its coding where that is cheap."""
    if untrusted[:2] != SIGNATURE:
        corrupt("no JPEG XL codestream")
    bits = _Bits(untrusted)
    bits.skip(16)
    header = ImageHeader(*_size(bits))
    if bits.flag():
        return header
    extra = bits.flag()
    if extra:
        header.orientation = bits.take(3) + 1
        if bits.flag():
            _size(bits)
        header.preview = bits.flag()
        if header.preview:
            _preview(bits)
        header.animation = bits.flag()
        if header.animation:
            bits.number(_TICKS)
            bits.number(_TICK_UNIT)
            bits.number(_LOOPS)
            bits.flag()
    header.bit_depth = _bit_depth(bits)
    bits.flag()
    header.channels = [_extra_channel(bits) for _ in range(bits.number(_EXTRA))]
    header.xyb = bits.flag()
    start = bits.at
    _colour(bits, header)
    header.color_bits = start, bits.at
    if not (header.xyb or header.icc or header.preview):
        header.dct = _first_frame_is_dct(bits, header, extra=extra)
    return header


def _size(bits: _Bits) -> tuple[int, int]:
    """Width and height of a SizeHeader (D.2)."""
    small = bits.flag()
    height = 8 * (bits.take(5) + 1) if small else bits.number(_SIZE)
    ratio = bits.take(3)
    if ratio:
        above, below = _RATIOS[ratio]
        return max(1, height * above // below), height
    return 8 * (bits.take(5) + 1) if small else bits.number(_SIZE), height


def _preview(bits: _Bits) -> None:
    choice = _PREVIEW_DIV8 if bits.flag() else _PREVIEW
    bits.number(choice)
    if bits.take(3) == 0:
        bits.number(choice)


def _bit_depth(bits: _Bits) -> int:
    if not bits.flag():
        return bits.number(_INTEGER_BITS)
    depth = bits.number(_FLOAT_BITS)
    bits.take(4)
    return depth


def _extra_channel(bits: _Bits) -> int:
    """Kind of one extra channel (D.3.6)."""
    if bits.flag():
        return _ALPHA
    kind = bits.number(_ENUM)
    _bit_depth(bits)
    bits.number(_SHIFT)
    bits.skip(8 * bits.number(_NAME))
    if kind == _ALPHA:
        bits.flag()
    elif kind == _SPOT:
        bits.skip(4 * 16)
    elif kind == _FILTER:
        bits.number(_FILTER_CHANNEL)
    return kind


def _colour(bits: _Bits, header: ImageHeader) -> None:
    """Colour encoding (E.2)."""
    if bits.flag():
        return
    header.icc = bits.flag()
    space = bits.number(_ENUM)
    header.gray = space == _GRAY
    if header.icc:
        return
    if space != _XYB:
        white = bits.number(_ENUM)
        if white == _CUSTOM:
            _points(bits, 1)
        primaries = bits.number(_ENUM) if space != _GRAY else _SRGB
        if primaries == _CUSTOM:
            _points(bits, 3)
        if bits.flag():
            bits.take(24)
        else:
            header.transfer = bits.number(_ENUM)
        header.srgb = (white, primaries, header.transfer) == (_D65, _SRGB, _SRGB_CURVE)
    bits.number(_ENUM)


def _points(bits: _Bits, count: int) -> None:
    for _ in range(2 * count):
        bits.number(_XY)


def _first_frame_is_dct(bits: _Bits, header: ImageHeader, *, extra: bool) -> bool | None:
    """Walk over tone mapping, extensions and transform data to the first frame header (D.3.1, F.2)."""
    if extra and not bits.flag():
        bits.skip(2 * 16 + 1 + 16)
    extensions = bits.long()
    sizes = [bits.long() for number in range(64) if extensions >> number & 1]
    bits.skip(sum(sizes))
    if not bits.flag():
        # Not XYB, so only the upsampling weights can follow.
        mask = bits.take(3)
        bits.skip(16 * sum(count for bit, count in ((1, 15), (2, 55), (4, 210)) if mask & bit))
    header.end = bits.at
    bits.align()
    if bits.flag():
        return True
    bits.take(2)
    return not bits.flag()
