"""Everything a file reveals: its metadata, and what lies beside them and behind the picture. No pixel is decoded."""

from __future__ import annotations

from typing import Final

from oimg.engine.codecs import CODECS
from oimg.engine.containers.jpeg_segments import APP11, segments
from oimg.engine.containers.jumbf import is_manifest_segment, is_manifest_store
from oimg.engine.containers.stream import opened
from oimg.engine.containers.trailing import end_of_picture, stretches
from oimg.engine.metadata import content_credentials, icc_report, origin_words
from oimg.engine.metadata.privacy import ordered, reveal
from oimg.words.errors import OimgError
from oimg.words.i18n import N_
from oimg.words.images import Format, Metadata
from oimg.words.privacy import Fact, Finding, MetadataGroup, told
from oimg.words.sayings import Joined, Phrase, Size, phrase

_G = MetadataGroup
_MOST_BOXES: Final = 64


def disclose(untrusted: bytes, format: Format) -> tuple[Metadata, bytes, tuple[Finding, ...]]:  # noqa: A002
    """Return the metadata, the colour profile, and all that the file reveals, most telling first; raises OimgError."""
    metadata, icc = CODECS[format].read_metadata(untrusted)
    found = [*reveal(metadata, structure=True), *icc_report.findings(icc)]
    found += _credentials(untrusted, format)
    found += _behind(untrusted, format)
    return metadata, icc, ordered(found)


def _behind(untrusted: bytes, format: Format) -> list[Finding]:  # noqa: A002
    """What follows the picture: how many bytes, and what they look like."""
    end = end_of_picture(untrusted, format)
    if end is None or end >= len(untrusted):
        return []
    count = len(untrusted) - end
    parts = stretches(untrusted, end)
    shown = tuple(phrase(N_("{kind} ({size})"), kind=Phrase(part.kind), size=Size(part.size)) for part in parts)
    said = phrase(N_("{size}: {list}"), size=Size(count), list=Joined(shown))
    kinds = " ".join(dict.fromkeys(part.kind for part in parts))
    return [told(_G.OTHER, "TrailingData", said, (("bytes", count), ("kinds", kinds)))]


def _credentials(untrusted: bytes, format: Format) -> list[Finding]:  # noqa: A002
    """What content credentials say, told by the manifest alone; nothing is verified."""
    store = manifest_store(untrusted, format)
    if not store:
        return []
    said = content_credentials.read(store)
    facts: tuple[tuple[str, Fact], ...] = (("bytes", len(store)), ("manifests", said.manifests))
    found = [told(_G.HISTORY, "C2PA", Joined((Phrase(N_("content credentials")), Size(len(store)))), facts)]
    for name, group, text in (
        ("C2PA:Signer", _G.OWNER, said.signer),
        ("C2PA:ClaimGenerator", _G.SOFTWARE, said.generator),
        ("C2PA:Title", _G.DESCRIPTION, said.title),
        ("C2PA:Actions", _G.HISTORY, origin_words.in_words(said.actions, origin_words.ACTIONS)),
        ("C2PA:DigitalSourceType", _G.HISTORY, origin_words.in_words(said.source_types, origin_words.SOURCE_TYPES)),
    ):
        if text:
            found.append(told(group, name, text))
    return found


def manifest_store(untrusted: bytes, format: Format) -> bytes:  # noqa: A002
    """The C2PA manifest store of a file; empty where there is none in one piece."""
    return _joined_segments(untrusted) if format is Format.JPEG else _store_in_one_piece(untrusted)


def _store_in_one_piece(untrusted: bytes) -> bytes:
    at = untrusted.find(b"jumb")
    for _ in range(_MOST_BOXES):
        if at < 4:
            return b""
        head = untrusted[at - 4 : at + 60]
        if is_manifest_store(head):
            size = int.from_bytes(head[8:16] if head[:4] == b"\0\0\0\1" else head[:4], "big")
            return untrusted[at - 4 : at - 4 + size]
        at = untrusted.find(b"jumb", at + 4)
    return b""


def _joined_segments(untrusted: bytes) -> bytes:
    """The box in APP11 segments; each starts with "JP", instance, packet number and the head of the box.

    Source: ISO/IEC 19566-5, D.2.
    """
    parts: dict[bytes, list[tuple[int, bytes]]] = {}
    wanted = b""
    try:
        for segment in segments(opened(untrusted)):
            payload = segment.payload
            if segment.marker == APP11 and payload[:2] == b"JP":
                parts.setdefault(payload[2:4], []).append((int.from_bytes(payload[4:8], "big"), payload[8:]))
                wanted = wanted or (payload[2:4] if is_manifest_segment(payload) else b"")
    except OimgError:
        return b""
    packets = [packet for _, packet in sorted(parts.get(wanted, ()))]
    head = 16 if packets and packets[0][:4] == b"\0\0\0\1" else 8
    return b"".join([*packets[:1], *(packet[head:] for packet in packets[1:])])
