"""XMP packets as text (ISO 16684-1; "XMP Specification Part 3", 1.1.3.1: extended XMP in JPEG).

A packet is cut and joined at the byte offsets an XML parser reports, so what is kept is kept byte for byte.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from xml.parsers import expat

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# Every repetition stops at a "<" or is short: untrusted text must not make a pattern slow.
_NOTE = re.compile(rb"""xmpNote:HasExtendedXMP\s?=\s?["'][0-9A-Fa-f]{0,64}["']""")
_NOTE_ELEMENT = re.compile(rb"<xmpNote:HasExtendedXMP>[^<]{0,64}</xmpNote:HasExtendedXMP>")
_WRAPPER = re.compile(rb"<\?xpacket[^>]*\?>")
_EMPTY_DESCRIPTION = re.compile(rb"<rdf:Description[^<>]*(?:>\s*</rdf:Description)?>")
_LONGEST_NAME = 256
_ATTRIBUTE = re.compile(rb"""\s([\w:.-]+)=""")


@dataclass(slots=True)
class _Outline:
    """Byte offsets inside one packet: the content of `rdf:RDF` and its direct children."""

    inner_end: int = -1
    children: list[tuple[int, int]] = field(default_factory=list)
    # Prefixes declared on or above rdf:RDF; a child taken elsewhere may rely on them.
    outer: dict[str, str] = field(default_factory=dict)


def guid(packet: bytes) -> bytes:
    """The name that ties an extended packet to its main packet: the MD5 of the former, in hex."""
    return hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode("ascii")


def join(main: bytes, extended: bytes) -> bytes:
    """One packet that says what both say; the main packet alone if they do not fit together."""
    alone = without_note(main)
    host, guest = _outline(alone), _outline(extended)
    if guest is None or not guest.children:
        return alone
    if host is None or host.inner_end < 0:
        return extended
    parts = [_with_prefixes(extended[a:b], guest.outer) for a, b in guest.children]
    joined = alone[: host.inner_end] + b"".join(parts) + alone[host.inner_end :]
    return joined if _outline(joined) is not None else alone


def split(packet: bytes, limit: int) -> tuple[bytes, bytes]:
    """A main packet of at most `limit` bytes and the extended packet with the rest (empty if not needed)."""
    if len(packet) <= limit:
        return packet, b""
    outline = _outline(packet)
    if outline is None or len(outline.children) < 2:
        return _bare_main(_WRAPPER.sub(b"", packet).strip())
    moved: set[int] = set()
    left = len(packet)
    # The largest descriptions are lists nobody shows; what people read stays in the main packet.
    for number in sorted(range(len(outline.children)), key=lambda n: _span(outline.children[n]), reverse=True):
        if left <= limit - 512:
            break
        moved.add(number)
        left -= _span(outline.children[number])
    if left > limit - 512 or len(moved) == len(outline.children):
        return _bare_main(_WRAPPER.sub(b"", packet).strip())
    parts = [_with_prefixes(packet[slice(*outline.children[n])], outline.outer) for n in sorted(moved)]
    extended = _packet(b"".join(parts))
    main, at = bytearray(), 0
    for number in sorted(moved):
        start, end = outline.children[number]
        main += packet[at:start]
        at = end
    main += packet[at : outline.inner_end] + _note(guid(extended)) + packet[outline.inner_end :]
    return bytes(main), extended


def _span(child: tuple[int, int]) -> int:
    return child[1] - child[0]


def _bare_main(extended: bytes) -> tuple[bytes, bytes]:
    """A main packet that only points at the extended one."""
    return _packet(_note(guid(extended))), extended


def _packet(content: bytes) -> bytes:
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="'
        + _RDF.encode("ascii")
        + b'">'
        + content
        + b"</rdf:RDF></x:xmpmeta>"
    )


def _note(name: bytes) -> bytes:
    return (
        b'<rdf:Description xmlns:rdf="' + _RDF.encode("ascii") + b'" rdf:about="" '
        b'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="' + name + b'"/>'
    )


def without_note(packet: bytes) -> bytes:
    """The packet without its pointer to an extended packet, and without a description left empty by that."""
    without = _NOTE_ELEMENT.sub(b"", _NOTE.sub(b"", packet))
    if without == packet:
        return packet
    return _EMPTY_DESCRIPTION.sub(lambda m: b"" if _says_nothing(m.group()) else m.group(), without)


def _says_nothing(description: bytes) -> bool:
    opening = description[: description.find(b">") + 1]
    if not description.endswith((b"/>", b"</rdf:Description>")):
        return False
    names = _ATTRIBUTE.findall(opening)
    return all(name.startswith(b"xmlns") or name == b"rdf:about" for name in names)


def _with_prefixes(child: bytes, prefixes: dict[str, str]) -> bytes:
    """The element with the prefixes declared that it uses but got from its surroundings."""
    opening = re.match(rb"<[^\s/>]+", child)
    if opening is None:
        return child
    first_tag = child[: child.find(b">") + 1]
    added = b""
    for prefix, uri in prefixes.items():
        name = b"xmlns:" + prefix.encode()
        if prefix and prefix.encode() + b":" in child and name not in first_tag:
            quoted = uri.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
            added += b" " + name + b'="' + quoted.encode() + b'"'
    return child[: opening.end()] + added + child[opening.end() :]


def _outline(packet: bytes) -> _Outline | None:
    """Where the parts of a UTF-8 packet lie; None if it is not well-formed XML."""
    try:
        packet.decode("utf-8")
        return _Walk().run(packet)
    except (UnicodeDecodeError, expat.ExpatError, ValueError):
        return None


class _Walk:
    """One pass of expat, which keeps its own stack and refuses entity bombs."""

    def __init__(self) -> None:
        self._found = _Outline()
        self._depth = 0
        self._rdf_depth = -1
        self._start = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.StartNamespaceDeclHandler = self._declare
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._packet = b""

    def run(self, packet: bytes) -> _Outline:
        """Walk the packet."""
        self._packet = packet.rstrip(b"\0")
        self._parser.Parse(self._packet, True)
        return self._found

    def _refuse(self, *_: object) -> None:
        raise ValueError("no document type in XMP")

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        if self._rdf_depth < 0:
            self._found.outer[prefix or ""] = uri or ""

    def _open(self, name: str, _: dict[str, str]) -> None:
        self._depth += 1
        if self._rdf_depth < 0 and name == f"{_RDF} RDF":
            self._rdf_depth = self._depth
        elif self._depth == self._rdf_depth + 1:
            self._start = self._parser.CurrentByteIndex

    def _close(self, _: str) -> None:
        here = self._parser.CurrentByteIndex
        if self._rdf_depth > 0 and self._depth == self._rdf_depth + 1:
            # An empty element (<a/>) is closed where the next thing starts, any other at its end tag.
            tag = self._packet[self._start : self._start + _LONGEST_NAME]
            name = re.match(rb"<([^\s/>]+)", tag)
            closed = name is not None and self._packet.startswith(b"</" + name.group(1), here)
            end = self._packet.index(b">", here) + 1 if closed else here
            self._found.children.append((self._start, end))
        elif self._depth == self._rdf_depth and self._found.inner_end < 0:
            self._found.inner_end = here if self._packet.startswith(b"</rdf:RDF", here) else -1
        self._depth -= 1
