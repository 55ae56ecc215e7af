"""An XMP packet without the words that point at pictures, films and maps elsewhere in the file, or embed them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oimg.engine.containers import xmp_special

# Namespaces of which every property describes such a thing, or how to show the picture by means of one.
_WHOLE: Final = frozenset({
    xmp_special.GAIN_MAP,
    xmp_special.APPLE_GAIN_MAP,
    xmp_special.APPLE_AUXILIARY,
    xmp_special.APPLE_DEPTH,
    "http://ns.apple.com/depthBlurEffect/1.0/",
    "http://ns.apple.com/portraitLightingEffect/1.0/",
    *xmp_special.APPLE_MATTES,
    xmp_special.CONTAINER,
    xmp_special.CONTAINER_ITEM,
    xmp_special.DEPTH,
    xmp_special.PICTURE,
})  # fmt: skip
# Namespaces of which some properties do, by how their names start. The last one is where C2PA (2.1, 11.3) says in
# which cloud the manifest lies.
_SOME: Final = {
    xmp_special.CAMERA: ("MotionPhoto", "MicroVideo"),
    xmp_special.OPLUS_CAMERA: ("MotionPhoto", "OLivePhoto", "VideoLength"),
    "http://purl.org/dc/terms/": ("provenance",),
}
_MAX_PREFIXES: Final = 100
# No "<" may stand in a tag, so that each try ends at the next one.
_TAG: Final = re.compile(r"<(?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*+>")
_NAME: Final = re.compile(r"</?([^\s/<>]{1,200})")
_ATTRIBUTE: Final = re.compile(r"(?<!\s)\s++([^\s=<>\"']{1,200})\s{0,20}=\s{0,20}(?:\"[^\"<]*\"|'[^'<]*')")
_DECLARED: Final = re.compile(r"xmlns:([\w.-]{1,50})\s{0,20}=\s{0,20}[\"']([^\"'<>]{1,200})[\"']")


def without_pointers(packet: bytes) -> bytes:
    """The packet without those properties, every other byte as it was; empty where that cannot be done.

    Never raises. A packet in UTF-16 or UTF-32, which no camera writes, goes as a whole where it names one of them.
    """
    if b"\0" in packet[:4] or packet[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        narrow = packet.replace(b"\0", b"").decode("latin-1")
        return b"" if any(uri in narrow for uri in (*_WHOLE, *_SOME, xmp_special.DYNAMIC_DEPTH)) else packet
    text = packet.decode("latin-1")  # every byte is one character, and comes back as itself
    spaces = {prefix: uri for prefix, uri in _DECLARED.findall(text) if uri in _SOME or _is_whole(uri)}
    if not spaces:
        return packet
    if len(spaces) > _MAX_PREFIXES:
        return b""
    text = "".join(_pieces(text, spaces))
    for prefix in spaces:
        # A declaration that nothing needs any more would still name the thing.
        if re.search(rf"[<\s]{re.escape(prefix)}:", text) is None:
            declared = rf"\sxmlns:{re.escape(prefix)}\s{{0,20}}=\s{{0,20}}[\"'][^\"'<>]{{0,200}}[\"']"
            text = re.sub(declared, "", text)
    after = text.encode("latin-1")
    said = xmp_special.said(after)
    return b"" if said.points_to or said.embeds else after


def _is_whole(uri: str) -> bool:
    return uri in _WHOLE or uri.startswith(xmp_special.DYNAMIC_DEPTH)


def _goes(name: str, spaces: dict[str, str]) -> bool:
    """Whether an element or attribute is one of those properties, or declares a prefix for nothing but them."""
    prefix, _, local = name.partition(":")
    if prefix == "xmlns":
        return _is_whole(spaces.get(local, ""))
    uri = spaces.get(prefix)
    return uri is not None and (_is_whole(uri) or local.startswith(_SOME[uri]))


def _pieces(text: str, spaces: dict[str, str]) -> Iterator[str]:
    """What stays of the text, tag by tag."""
    at = inside = 0
    for match in _TAG.finditer(text):
        tag = match.group()
        if not inside:
            yield text[at : match.start()]
        at = match.end()
        named = _NAME.match(tag)
        if named is None or tag[1] in "?!":
            yield "" if inside else tag
            continue
        opens, closes = tag[1] != "/", tag[1] == "/" or tag[-2] == "/"
        if inside:
            inside += opens - closes
        elif opens and _goes(named[1], spaces):
            inside = 0 if closes else 1
        else:
            yield _ATTRIBUTE.sub(lambda found: "" if _goes(found[1], spaces) else found[0], tag)
    yield "" if inside else text[at:]
