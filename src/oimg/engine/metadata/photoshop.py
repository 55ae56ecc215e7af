"""What Photoshop's image resources are about, and which of them a result may carry. Nothing here raises.

Source: "Adobe Photoshop File Formats Specification" (2019), Image Resource IDs.
"""

from __future__ import annotations

from oimg.engine.containers.photoshop import Resource, resources, serialize
from oimg.engine.metadata.jpeg_streams import bare
from oimg.words.privacy import MetadataGroup

EXIF_COPIES = (0x0422, 0x0423)
XMP_COPY = 0x0424
IPTC_DIGEST = 0x0425

_G = MetadataGroup
_THUMBNAILS = (0x0409, 0x040C)
_THUMBNAIL_HEAD = 28
_RESOLUTION, _RESOLUTION_BYTES = 0x03ED, 16
_DIGEST_BYTES = 16
_GROUPS: dict[MetadataGroup, tuple[int, ...]] = {
    _G.THUMBNAIL: _THUMBNAILS,
    _G.COPYRIGHT: (0x040A,),
    # URL, URL list: where the owner is to be found
    _G.OWNER: (0x040B, 0x041E),
    # JPEG quality, version of the writer and the reader
    _G.SOFTWARE: (0x0406, 0x0421),
    # Document ids, slices (which name the document), workflow URL, layer state, layer comps, measurements, counts
    _G.HISTORY: (0x0400, 0x0402, 0x0414, 0x041A, 0x041B, 0x0429, 0x0432, 0x0434, 0x0438),
    # Caption, alpha names in both codings, path names
    _G.DESCRIPTION: (0x03EE, 0x03F0, 0x0415, 0x0BB7),
    # ICC profile, "has no profile", background, monitor
    _G.RENDERING: (0x040F, 0x0411, 0x03F2),
}
_GROUP_OF = {number: group for group, numbers in _GROUPS.items() for number in numbers}


def group_of(resource: Resource) -> MetadataGroup | None:
    """What a resource is about; None where it repeats or sums up what other blocks say."""
    if resource.number == _RESOLUTION and len(resource.data) <= _RESOLUTION_BYTES:
        return None
    if resource.number == IPTC_DIGEST and len(resource.data) <= _DIGEST_BYTES:
        return None
    return _GROUP_OF.get(resource.number, _G.OTHER)


def filtered(block: bytes, groups: frozenset[MetadataGroup]) -> bytes:
    """The resources of these groups, without names; copies of other blocks and sums over them are left out."""
    copies = {*EXIF_COPIES, XMP_COPY}
    kept = (each for each in resources(block) if each.number not in copies and group_of(each) in groups)
    return serialize(Resource(each.number, _bare(each)) for each in kept)


def _bare(resource: Resource) -> bytes:
    """The content; of a thumbnail, a header of 28 bytes with the length at 20, and the JPEG stream by itself."""
    if resource.number not in _THUMBNAILS:
        return resource.data
    stream = bare(resource.data[_THUMBNAIL_HEAD:])
    return resource.data[:20] + len(stream).to_bytes(4, "big") + resource.data[24:_THUMBNAIL_HEAD] + stream


def redrawn(block: bytes) -> bytes:
    """The resources without pictures of what the file no longer shows, and without copies of other blocks.

    What cannot be read is returned as it is.
    """
    found = resources(block)
    stale = {*_THUMBNAILS, *EXIF_COPIES, XMP_COPY, IPTC_DIGEST, _RESOLUTION}
    kept = tuple(each for each in found if each.number not in stale)
    return block if kept == found else serialize(kept)
