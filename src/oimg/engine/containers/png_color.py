"""Colour that a PNG tells by code points (W3C PNG, third edition, 11.3.2.6: cICP)."""

from __future__ import annotations

from .png_chunks import Chunk, places
from .stream import opened

_IDENTITY_FULL_RANGE = b"\0\1"


def code_points(untrusted: bytes) -> tuple[int, int] | None:
    """Primaries and transfer characteristics of the first intact cICP chunk; None where there is none."""
    for place in places(opened(untrusted)):
        if place.name == "cICP" and place.end <= len(untrusted):
            crc = int.from_bytes(untrusted[place.end - 4 : place.end], "big")
            one = Chunk(place.name, untrusted[place.data : place.end - 4], crc)
            if one.intact:
                return parse(one.data)
        elif place.name == "IDAT":
            break
    return None


def parse(data: bytes) -> tuple[int, int] | None:
    """Primaries and transfer of the chunk's data; None unless it is of RGB in full range, as the standard asks."""
    return (data[0], data[1]) if len(data) == 4 and data[2:] == _IDENTITY_FULL_RANGE else None
