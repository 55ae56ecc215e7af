"""Gain map metadata (ISO 21496-1, annex C): whether the picture that plain viewers show is the HDR one."""

from __future__ import annotations

# JPEG: the identifier of the APP2 segment. The picture's own segment holds versions only, the gain map's holds all.
JPEG_SIGNATURE = b"urn:iso:std:iso:ts:21496:-1\0"
# Versions (2 + 2), flags (1), then four numbers of four bytes: as much as is looked at here.
LENGTH = 21
_COMMON_DENOMINATOR = 0x08


def base_is_hdr(untrusted: bytes) -> bool:
    """Whether the base picture has more headroom than the one that the gain map makes of it.

    `untrusted` starts with the minimum version. False if it is too short, or of an unknown version.
    """
    if len(untrusted) < LENGTH or untrusted[:2] != b"\0\0":
        return False
    one, two, three, four = (int.from_bytes(untrusted[at : at + 4], "big") for at in (5, 9, 13, 17))
    if untrusted[4] & _COMMON_DENOMINATOR:
        # A flag of early writers (libultrahdr): one denominator, then the two numerators.
        return bool(one) and two > three
    # Base numerator and denominator, then those of the alternate picture.
    return bool(two and four) and one * four > three * two


def hdr_base_of_bundle(untrusted: bytes) -> bool:
    """The same of the content of a `jhgm` box (ISO/IEC 18181-2): version (1), length (2), metadata."""
    length = int.from_bytes(untrusted[1:3], "big")
    return untrusted[:1] == b"\0" and base_is_hdr(untrusted[3 : 3 + length])
