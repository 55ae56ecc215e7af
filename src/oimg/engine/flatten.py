"""The plain picture of a file that holds more: what is left out is reported, and nothing still refers to it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from oimg.engine.codecs import CODECS
from oimg.engine.containers import gain_map, gif, isobmff, isobmff_special, jpeg, jumbf, jxl, png, riff
from oimg.engine.metadata.xmp_pointers import without_pointers
from oimg.engine.request import Request
from oimg.words.images import Feature, Format, Header, Metadata, Part
from oimg.words.report import Notice

# What can be left out so that a whole picture remains, and the notice that names it. The pages of a document are its
# content, frames and HDR are the picture itself: none of them is here (docs/adr/0013-special-pictures.md).
DROPPED: Final = MappingProxyType(
    {
        Feature.GAIN_MAP: Notice.GAIN_MAP_DROPPED,
        Feature.MOTION_PHOTO: Notice.MOTION_DROPPED,
        Feature.DEPTH_MAP: Notice.DEPTH_MAP_DROPPED,
        Feature.MULTI_PICTURE: Notice.PICTURES_DROPPED,
        Feature.C2PA: Notice.CREDENTIALS_DROPPED,
    }
)
# Formats that cannot be repacked: if encoding again is not worth it, the picture is copied without the rest.
CUT_DOWN: Final = frozenset({Format.WEBP, Format.JXL})


def notices(header: Header) -> tuple[Notice, ...]:
    """One notice for each thing that the plain picture leaves out."""
    return tuple(notice for feature, notice in DROPPED.items() if feature in header.features)


def plain(request: Request) -> Request:
    """The same of the plain picture alone. Raises OimgError for a damaged file.

    HEIC, AVIF, GIF and TIFF files stay as they are: they are decoded, or packed block by block, and nothing but the
    picture goes on. The others are cut down to the picture and its metadata, which a result has to be smaller than.
    """
    header = request.header
    left = replace(header, features=header.features - DROPPED.keys())
    data = _cut_down(request.untrusted, header.format)
    around = 0
    if header.format in (Format.HEIC, Format.AVIF):
        around = isobmff.bytes_beside(request.untrusted)
    return replace(request, untrusted=data, header=left, beside=len(request.untrusted) - len(data), around=around)


def _cut_down(untrusted: bytes, kind: Format) -> bytes:
    if kind is Format.JPEG:
        return jpeg.rewrite(untrusted, *jpeg.read_metadata(untrusted))
    if kind is Format.PNG:
        return png.rewrite(untrusted, png.read_metadata(untrusted)[0], None)
    if kind is Format.WEBP:
        return riff.rewrite(untrusted, *riff.read_metadata(untrusted))
    if kind is Format.JXL:
        return jxl.rewrite(untrusted, jxl.read_metadata(untrusted)[0], keep_reconstruction=True)
    return untrusted


def copied(request: Request, metadata: Metadata, icc: bytes) -> bytes:
    """The plain picture of a format in `CUT_DOWN` as it is coded, with this metadata and profile."""
    if request.header.format is Format.WEBP:
        return riff.rewrite(request.untrusted, metadata, icc)
    # The data of a packed JPEG holds all that the JPEG file says.
    own, _ = CODECS[Format.JXL].read_metadata(request.untrusted)
    return jxl.rewrite(request.untrusted, metadata, keep_reconstruction=metadata == own)


def unlinked(metadata: Metadata) -> Metadata:
    """The metadata without references to what is left out, and without signatures."""
    packet = without_pointers(metadata.xmp) if metadata.xmp else b""
    return replace(metadata, xmp=packet, parts=tuple(part for part in metadata.parts if not _is_named(part)))


def _is_named(part: Part) -> bool:
    """Whether a part is of a gain map or a manifest store, whose loss has a notice of its own."""
    chunks = {Format.PNG: "caBX", Format.WEBP: "C2PA"}
    segment = part.data.startswith(gain_map.JPEG_SIGNATURE) or jumbf.is_manifest_segment(part.data)
    box = part.name == "jumb" and jumbf.is_manifest_store(b"\0\0\0\0jumb" + part.data[: jumbf.LONGEST_HEAD])
    block = part.data[3:14] == gif.C2PA
    return segment or box or block or part.data.startswith(isobmff_special.C2PA) or chunks.get(part.format) == part.name
