"""What an XMP packet says about other pictures, films and maps in its file, told without parsing it as a whole.

Android Ultra HDR 1.1 (hdrgm, Container), Motion Photo 1.0 (GCamera, Container), Depthmap Metadata (GDepth) and Dynamic
Depth 1.0 (Device, Container), Vr180 and Cardboard (GImage), what Apple writes into the auxiliary pictures of a JPEG.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from oimg.words.images import Feature

GAIN_MAP: Final = "http://ns.adobe.com/hdr-gain-map/1.0/"
APPLE_GAIN_MAP: Final = "http://ns.apple.com/HDRGainMap/1.0/"
APPLE_AUXILIARY: Final = "http://ns.apple.com/pixeldatainfo/1.0/"
APPLE_DEPTH: Final = "http://ns.apple.com/depthData/1.0/"
APPLE_MATTES: Final = (
    "http://ns.apple.com/portraitEffectsMatte/1.0/",
    "http://ns.apple.com/semanticSegmentationMatte/1.0/",
)
CAMERA: Final = "http://ns.google.com/photos/1.0/camera/"
CONTAINER: Final = "http://ns.google.com/photos/1.0/container/"
CONTAINER_ITEM: Final = "http://ns.google.com/photos/1.0/container/item/"
DEPTH: Final = "http://ns.google.com/photos/1.0/depthmap/"
PICTURE: Final = "http://ns.google.com/photos/1.0/image/"
# Dynamic Depth has one namespace for each kind of element.
DYNAMIC_DEPTH: Final = "http://ns.google.com/photos/dd/1.0/"
OPLUS_CAMERA: Final = "http://ns.oplus.com/photos/1.0/camera/"

_DECLARED = re.compile(rb"xmlns:([\w.-]{1,50})\s{0,20}=\s{0,20}[\"']([^\"'<>\s]{1,200})[\"']")
_NAME = re.compile(rb"[<\s]([\w.-]{1,50}):([\w.-]{1,100})")
_SEMANTIC = re.compile(rb":Semantic(?:\s{0,20}=\s{0,20}[\"']|\s{0,20}>\s{0,20})(\w{1,40})")
_MOTION = re.compile(rb":(?:MotionPhoto|MicroVideo)(?:\s{0,20}=\s{0,20}[\"']|\s{0,20}>\s{0,20})1\b")
_HDR_BASE = re.compile(rb":BaseRenditionIsHDR(?:\s{0,20}=\s{0,20}[\"']|\s{0,20}>\s{0,20})True\b", re.IGNORECASE)
_AUXILIARY = re.compile(rb":AuxiliaryImageType(?:\s{0,20}=\s{0,20}[\"']|\s{0,20}>\s{0,20})([\w:.-]{1,120})")
_APPLE_GAIN_MAP_TYPE = b"urn:com:apple:photo:2020:aux:hdrgainmap"
_DEPTH_TYPES = (b":auxid:2", b":aux:depth", b":aux:disparity", b"matte")
_DEPTH_SEMANTICS = frozenset((b"Depth", b"DepthMap", b"DepthPhoto"))


@dataclass(frozen=True, slots=True)
class Said:
    """What one packet says.

    `points_to` are things elsewhere in the file; HDR beside GAIN_MAP says that the picture itself is the HDR one.
    `embeds` are pictures written into XMP as text: here where `is_here`, else in the extended packet.
    """

    points_to: frozenset[Feature] = frozenset()
    embeds: frozenset[Feature] = frozenset()
    is_here: bool = False


def said(packet: bytes) -> Said:
    """What the packet says; whether it is so is for the reader of the file to see.

    A namespace that is declared and not used says nothing. The cost is linear in the packet, which is one segment or
    item long.
    """
    spaces = {prefix: uri.decode("latin-1") for prefix, uri in _DECLARED.findall(packet)}
    used = {(spaces[prefix], name) for prefix, name in _NAME.findall(packet) if prefix in spaces}
    uris = {uri for uri, _ in used}
    embeds = {DEPTH: Feature.DEPTH_MAP, PICTURE: Feature.MULTI_PICTURE}
    return Said(
        frozenset(_pointed_to(packet, uris)),
        frozenset(feature for uri, feature in embeds.items() if uri in uris),
        any((uri, b"Data") in used for uri in embeds),
    )


def _pointed_to(packet: bytes, uris: set[str]) -> set[Feature]:
    """Features by the namespaces that are used and by the values of a few properties."""
    semantics = set(_SEMANTIC.findall(packet)) if any("container/" in uri for uri in uris) else set()
    kinds = _AUXILIARY.findall(packet) if APPLE_AUXILIARY in uris else []
    found: set[Feature] = set()
    if uris & {GAIN_MAP, APPLE_GAIN_MAP} or b"GainMap" in semantics or _APPLE_GAIN_MAP_TYPE in kinds:
        found.add(Feature.GAIN_MAP)
        if GAIN_MAP in uris and _HDR_BASE.search(packet):
            found.add(Feature.HDR)
    depth = {APPLE_DEPTH, *APPLE_MATTES, f"{DYNAMIC_DEPTH}device/", f"{DYNAMIC_DEPTH}depthmap/"}
    if uris & depth or semantics & _DEPTH_SEMANTICS or any(kind.endswith(_DEPTH_TYPES) for kind in kinds):
        found.add(Feature.DEPTH_MAP)
    if (CAMERA in uris and _MOTION.search(packet)) or b"MotionPhoto" in semantics:
        found.add(Feature.MOTION_PHOTO)
    return found
