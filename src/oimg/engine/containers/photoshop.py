"""Photoshop image resources ("Adobe Photoshop File Formats", Image Resource Blocks) around IPTC data."""

from __future__ import annotations

import struct

SIGNATURE = b"Photoshop 3.0\0"
_IPTC = 0x0404
_MARKS = frozenset((b"8BIM", b"AgHg", b"DCSR", b"PHUT", b"MeSa"))


def iptc(untrusted: bytes) -> bytes:
    """The IPTC data (resource 0x0404) in a run of resources; joined if there are several."""
    found: list[bytes] = []
    at = 0
    while at + 12 <= len(untrusted) and untrusted[at : at + 4] in _MARKS:
        number = struct.unpack_from(">H", untrusted, at + 4)[0]
        # The name is a Pascal string, padded so that name and length byte together are even.
        at += 6 + (untrusted[at + 6] + 2) // 2 * 2
        if at + 4 > len(untrusted):
            break
        size = struct.unpack_from(">I", untrusted, at)[0]
        at += 4
        if number == _IPTC:
            found.append(untrusted[at : at + size])
        at += size + size % 2
    return b"".join(found)


def resource(data: bytes) -> bytes:
    """IPTC data as one image resource."""
    return b"8BIM" + struct.pack(">HHI", _IPTC, 0, len(data)) + data + b"\0" * (len(data) % 2)
