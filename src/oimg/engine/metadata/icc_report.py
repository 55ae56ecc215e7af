"""What a colour profile says in words: its name, its copyright, and the device it was made for.

A profile that was measured for one display or camera names the device, sometimes with its serial number, and the day of
the measurement. Source: ICC.1:2022 sections 7.2, 9.2, 10.15 (multi-localized text) and ICC.1:2001 6.5.17 (description).
Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oimg.words.privacy import Finding, MetadataGroup, told
from oimg.words.sayings import moment

_G = MetadataGroup
_TEXTS: Final = {
    b"desc": ("ICC:ProfileDescription", _G.RENDERING),
    b"cprt": ("ICC:ProfileCopyright", _G.RENDERING),
    b"dmnd": ("ICC:DeviceMfgDesc", _G.DEVICE),
    b"dmdd": ("ICC:DeviceModelDesc", _G.DEVICE),
    b"vued": ("ICC:ViewingCondDesc", _G.RENDERING),
    b"meta": ("ICC:Metadata", _G.OTHER),
}
_MAX_TAGS: Final = 200
_LONGEST: Final = 10_000


def findings(profile: bytes) -> Iterator[Finding]:
    """Yield the texts of a profile, the date it was made, and its serial-like identifiers."""
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return
    count = int.from_bytes(profile[128:132], "big")
    seen = set()
    most = min(count, _MAX_TAGS, (len(profile) - 132) // 12)
    for at in range(132, 132 + 12 * most, 12):
        signature, start, size = profile[at : at + 4], *_numbers(profile[at + 4 : at + 12], 4)
        if signature in _TEXTS and signature not in seen:
            seen.add(signature)
            name, group = _TEXTS[signature]
            text = _text(profile[start : start + min(size, _LONGEST)])
            if text:
                yield told(group, name, text)
    made = _numbers(profile[24:36], 2)
    if made[0]:
        stated = "{:04}:{:02}:{:02} {:02}:{:02}:{:02}".format(*made)
        yield told(_G.RENDERING, "ICC:ProfileDateTime", moment(stated))


def _numbers(data: bytes, size: int) -> tuple[int, ...]:
    return tuple(int.from_bytes(data[at : at + size], "big") for at in range(0, len(data), size))


def _text(data: bytes) -> str:
    """The text of a tag: plain, ASCII description, or the first of several languages."""
    match data[:4]:
        case b"text":
            raw = data[8:]
        case b"desc":
            raw = data[12 : 12 + int.from_bytes(data[8:12], "big")]
        case b"mluc":
            size, start = _numbers(data[20:28], 4) if len(data) >= 28 else (0, 0)
            return data[start : start + size].decode("utf-16-be", errors="replace").strip("\0 ")
        case _:
            return ""
    return raw.split(b"\0", 1)[0].decode("latin-1").strip()
