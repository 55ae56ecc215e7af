"""Photoshop image resources ("Adobe Photoshop File Formats", Image Resource Blocks): read and written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SIGNATURE = b"Photoshop 3.0\0"
IPTC = 0x0404
_MARKS = frozenset((b"8BIM", b"AgHg", b"DCSR", b"PHUT", b"MeSa"))
_MAX_RESOURCES = 10_000


@dataclass(frozen=True, slots=True)
class Resource:
    """One image resource: `number` 0 to 65535, `name` at most 255 bytes, its content."""

    number: int
    data: bytes
    name: bytes = b""
    mark: bytes = b"8BIM"


def resources(untrusted: bytes) -> tuple[Resource, ...]:
    """The resources up to the first thing that is none; of one that is cut short, what there is."""
    found: list[Resource] = []
    at = 0
    while at + 12 <= len(untrusted) and untrusted[at : at + 4] in _MARKS and len(found) < _MAX_RESOURCES:
        mark, number = untrusted[at : at + 4], int.from_bytes(untrusted[at + 4 : at + 6], "big")
        # The name is a Pascal string, padded so that name and length byte together are even.
        length = untrusted[at + 6]
        name = untrusted[at + 7 : at + 7 + length]
        at += 6 + (length + 2) // 2 * 2
        if at + 4 > len(untrusted):
            break
        size = int.from_bytes(untrusted[at : at + 4], "big")
        at += 4
        found.append(Resource(number, untrusted[at : at + size], name, mark))
        at += size + size % 2
    return tuple(found)


def serialize(found: Iterable[Resource]) -> bytes:
    """Resources one after the other, each padded to an even length."""
    out = bytearray()
    for each in found:
        out += each.mark + each.number.to_bytes(2, "big") + bytes((len(each.name),)) + each.name
        out += b"\0" * ((len(each.name) + 1) % 2)
        out += len(each.data).to_bytes(4, "big") + each.data + b"\0" * (len(each.data) % 2)
    return bytes(out)


def split(untrusted: bytes) -> tuple[bytes, bytes]:
    """The IPTC data (joined if there are several) and all other resources of a run of resources."""
    found = resources(untrusted)
    iptc = b"".join(each.data for each in found if each.number == IPTC)
    return iptc, serialize(each for each in found if each.number != IPTC)


def joined(iptc: bytes, others: bytes) -> bytes:
    """A run of resources of IPTC data and others; empty where there is nothing to say."""
    return (serialize((Resource(IPTC, iptc),)) if iptc else b"") + others
