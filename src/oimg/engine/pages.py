"""TIFF files with several pages: each page is repacked without loss and all are verified, or the file is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PIL import Image, ImageFile

from oimg.engine import child, flatten
from oimg.engine.codecs import tiff_pages
from oimg.engine.codecs.base import check_limits, foreign, open_pillow
from oimg.engine.codecs.tiff_file import STRUCTURE, lifted_metadata, write
from oimg.engine.codecs.tiff_pages import NotPackable, Page
from oimg.engine.metadata.exif import Exif, orientation
from oimg.engine.metadata.policy import apply
from oimg.engine.metadata.tiff import ByteOrder
from oimg.engine.request import Made, Refusal, Request
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format, Header, Metadata
from oimg.words.privacy import MetadataGroup
from oimg.words.report import KeptCode

_RESOLUTION: Final = (282, 283, 296)
_LEVELS: Final = (6, 9)
_MIDDLE: Final = 5
_MAKER_NOTE: Final = 0x927C
_SECONDS: Final = 12.0
_SECONDS_PER_MEGAPIXEL: Final = 0.2


def packed(request: Request) -> Made | Refusal:
    """Repack all pages, or refuse if they cannot be carried. Raises Cancelled, and OimgError(VERIFY)."""
    header = request.header
    try:
        order, pages = tiff_pages.pages(request.untrusted)
        if len(pages) != header.frames:
            raise NotPackable(f"{len(pages)} of {header.frames} pages")
        for page in pages:
            _check(page, request)
        # libtiff meets the file in the child first, page by page.
        seconds = _SECONDS + _SECONDS_PER_MEGAPIXEL * sum(page.size[0] * page.size[1] for page in pages) / 1e6
        child.call("pages", {}, request.untrusted, seconds)
        files: list[bytes] = []
        removed: set[MetadataGroup] = set()
        for page in pages:
            request.check()
            file, gone = _rewritten(request, page, order, is_first=not files)
            files.append(file)
            removed |= gone
            request.progress(0.9 * len(files) / len(pages))
        data = tiff_pages.joined(files, order)
    except NotPackable as error:
        return Refusal(KeptCode.MULTI_PAGE, str(error))
    except OimgError as error:
        if error.code in {ErrorCode.CORRUPT, ErrorCode.TRUNCATED, ErrorCode.UNSUPPORTED, ErrorCode.ENCODE}:
            return Refusal(KeptCode.MULTI_PAGE, error.detail)
        raise
    prove(request.untrusted, data, request)
    width, height = header.upright_size
    return Made(
        data, Format.TIFF, width, height, len(pages), 100.0, None, flatten.notices(header), tuple(sorted(removed))
    )


def _check(page: Page, request: Request) -> None:
    width, height = page.size
    check_limits(Header(Format.TIFF, width, height, lossy=False), len(request.untrusted), request.limits)


def _rewritten(
    request: Request, page: Page, order: ByteOrder, *, is_first: bool
) -> tuple[bytes, frozenset[MetadataGroup]]:
    """A file of one page, with the metadata that the recipe leaves, and the groups of which something is gone."""
    recipe = request.recipe
    said = lifted_metadata(tiff_pages.view(request.untrusted, page, order), STRUCTURE)
    if said is None or said.parts:
        raise NotPackable("metadata that cannot be read, or further pictures below a page")
    if recipe.flatten_special:
        said = flatten.unlinked(said)
    left, removed = apply(
        said,
        recipe.metadata,
        recipe.keep,
        orientation_left=orientation(said.exif),
        size=page.size,
        pixels_changed=False,
    )
    if not is_first and _MAKER_NOTE.to_bytes(2, order) in left.exif and _holds_maker_note(left.exif):
        raise NotPackable("a maker note behind the first page, whose offsets would lead nowhere")
    coded = tiff_pages.packed(page, _LEVELS[recipe.effort > _MIDDLE])
    if left.density is not None:
        # Where the resolution stays it stays as it was said, not as a rounded number.
        kept = tuple(page.entries[tag] for tag in _RESOLUTION if tag in page.entries)
        coded, left = replace(coded, fields=(*coded.fields, *kept)), replace(left, density=None)
    with foreign(ErrorCode.ENCODE):
        return write(coded, _in_order(left, order), b"", STRUCTURE), removed
    raise AssertionError  # pragma: no cover


def _holds_maker_note(block: bytes) -> bool:
    from oimg.engine.metadata.exif import parse  # noqa: PLC0415

    return any(entry.tag == _MAKER_NOTE for entry in parse(block).exif)


def _in_order(metadata: Metadata, order: ByteOrder) -> Metadata:
    """The metadata with an EXIF block that at least tells the byte order of the samples."""
    return metadata if metadata.exif else replace(metadata, exif=Exif(order).serialize())


def prove(untrusted: bytes, data: bytes, request: Request) -> None:
    """Decode every page of both files and compare what comes out; OimgError(VERIFY) where anything differs."""
    with open_pillow(untrusted, "TIFF") as before, open_pillow(data, "TIFF") as after, foreign(ErrorCode.VERIFY):
        if getattr(before, "n_frames", 1) != getattr(after, "n_frames", 1):
            raise OimgError(ErrorCode.VERIFY, "number of pages")
        for number in range(getattr(before, "n_frames", 1)):
            request.check()
            if _shown(before, number) != _shown(after, number):
                raise OimgError(ErrorCode.VERIFY, f"page {number + 1}")


def _shown(image: ImageFile.ImageFile, number: int) -> tuple[str, tuple[int, int], bytes, object, object]:
    """Everything that makes a page look as it does, as Pillow gives it."""
    image.seek(number)
    image.load()
    palette = image.getpalette("RGB") if image.mode in {"P", "PA"} else None
    return image.mode, image.size, Image.Image.tobytes(image), palette, image.info.get("icc_profile")
