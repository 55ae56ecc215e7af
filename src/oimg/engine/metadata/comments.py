"""Free texts and parts of one container: what they are about. Nothing here raises.

Source: W3C PNG (third edition) 11.3.3.2 for the keywords; what ImageMagick and the freedesktop
thumbnail standard write.
"""

from __future__ import annotations

from oimg.engine.metadata.exif_tags import group_of_name
from oimg.words.images import Part
from oimg.words.privacy import MetadataGroup

_G = MetadataGroup
_KEYWORDS = {
    "title": _G.DESCRIPTION,
    "author": _G.OWNER,
    "artist": _G.OWNER,
    "description": _G.DESCRIPTION,
    "copyright": _G.COPYRIGHT,
    "creation time": _G.DATES,
    "software": _G.SOFTWARE,
    "disclaimer": _G.DESCRIPTION,
    "warning": _G.DESCRIPTION,
    "source": _G.DEVICE,  # "device used to create the image"
    "collection": _G.DESCRIPTION,
    "comment": _G.COMMENTS,
    "date:create": _G.DATES,
    "date:modify": _G.DATES,
    "date:timestamp": _G.DATES,
}
_PREFIXES = (
    ("exif:thumbnail:", _G.THUMBNAIL),
    ("thumb::", _G.HISTORY),  # where the file lay, and when it was changed
    ("raw profile type ", _G.OTHER),
)
_LONGEST_KEYWORD = 79
_PARTS = {"JFXX": _G.THUMBNAIL, "tIME": _G.DATES, "TEXT": _G.COMMENTS, "COMMENT": _G.COMMENTS, "udes": _G.DESCRIPTION}


def comment_group(comment: bytes) -> MetadataGroup:
    """What a comment is about, by the keyword before ": " (as PNG has them); COMMENTS where there is none."""
    head, colon, _ = comment[: 4 * _LONGEST_KEYWORD + 2].partition(b": ")
    keyword = head.decode("utf-8", errors="replace")
    lowered = keyword.lower()
    if not colon or len(keyword) > _LONGEST_KEYWORD:
        return _G.COMMENTS
    for prefix, group in _PREFIXES:
        if lowered.startswith(prefix):
            return group
    if lowered.startswith("exif:"):
        return group_of_name(keyword[5:]) or _G.OTHER
    return _KEYWORDS.get(lowered, _G.COMMENTS)


def part_group(part: Part) -> MetadataGroup:
    """What a part of one container is about; OTHER for all that nobody described."""
    return _PARTS.get(part.name, _G.OTHER)
