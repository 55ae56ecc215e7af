"""The trailer that Samsung's cameras put after a JPEG: named blocks and a directory of them, told from the end.

Undocumented by its maker; the layout is the one that ExifTool describes (Samsung.pm, ProcessSamsung) and that the
files of these cameras bear out: blocks, then "SEFH", version, count and the directory, its length, then "SEFT".
"""

from __future__ import annotations

from typing import BinaryIO

from oimg.words.images import Feature

_MAX_BLOCKS = 256
_MAX_DIRECTORY = 12 + 12 * _MAX_BLOCKS
_LONGEST_NAME = 100
_MOTION = b"MotionPhoto_Data"
_DEPTH = (b"DepthMap", b"DepthMap_1", b"DepthMap_2")


def features(stream: BinaryIO, start: int, size: int) -> frozenset[Feature]:
    """What the blocks between `start` and the end of the file are: film, depth map, or TRAILING_DATA for others."""
    found = {_kind(name) for name in _names(stream, start, size)}
    return frozenset(found)


def _kind(name: bytes) -> Feature:
    if name == _MOTION:
        return Feature.MOTION_PHOTO
    return Feature.DEPTH_MAP if name.endswith(_DEPTH) else Feature.TRAILING_DATA


def _names(stream: BinaryIO, start: int, size: int) -> list[bytes]:
    """Names of the blocks; none where the file does not end with a sound directory."""
    stream.seek(max(start, size - 8))
    tail = stream.read(8)
    length = int.from_bytes(tail[:4], "little")
    head = size - 8 - length
    if tail[4:] != b"SEFT" or not 12 <= length <= _MAX_DIRECTORY or head < start:
        return []
    stream.seek(head)
    directory = stream.read(length)
    if directory[:4] != b"SEFH":
        return []
    found: list[bytes] = []
    count = int.from_bytes(directory[8:12], "little")
    for at in range(12, min(12 + 12 * count, length - 11), 12):
        # Kind (2 + 2), distance back from the directory (4), length (4).
        where = head - int.from_bytes(directory[at + 4 : at + 8], "little")
        if not start <= where < head:
            continue
        # The block repeats its kind (2 + 2), then length of the name (4) and the name.
        stream.seek(where)
        block = stream.read(8 + _LONGEST_NAME)
        if block[:4] == directory[at : at + 4]:
            found.append(block[8 : 8 + min(int.from_bytes(block[4:8], "little"), _LONGEST_NAME)])
    return found
