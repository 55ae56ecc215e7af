"""One picture from bytes to bytes: everything OIMG does to a file, without disk, threads or sentences.

untrusted bytes -> decoded -> upright, resized, colours converted -> candidates -> the smallest that passes
-> verified by decoding it again -> Made, or Refusal with the reason
"""  # fmt: skip

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Final

from oimg.engine import flatten, forecast, guarded, pages
from oimg.engine.candidates import propose
from oimg.engine.codecs import ENCODERS, RECOMPRESSORS
from oimg.engine.codecs.base import check_limits
from oimg.engine.containers import jpeg as jpeg_container
from oimg.engine.containers import jxl as jxl_container
from oimg.engine.containers import png as png_container
from oimg.engine.content import kind_of
from oimg.engine.eligibility import refusal
from oimg.engine.generations import most_bytes, most_bytes_as
from oimg.engine.metadata.carrying import carriable
from oimg.engine.metadata.policy import apply, lost
from oimg.engine.prepared import Prepared, Proposal
from oimg.engine.request import Made, Refusal, Request
from oimg.engine.search import SMALLEST_EXACT
from oimg.engine.steps import color, geometry, sizes
from oimg.engine.targets import moves_pixels, target_formats
from oimg.engine.verify import prove, prove_untouched
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import DecodedImage, Feature, Format, Header, Metadata
from oimg.words.privacy import MetadataGroup
from oimg.words.recipe import ColorPolicy, Mode, Recipe, Target, background_rgb
from oimg.words.report import KeptCode, Notice

__all__ = ["Made", "Refusal", "Request", "inspect_header", "metadata_carried", "metadata_left", "transform"]

# Packing a JPEG's coefficients leaves at least this share of their bytes, except in nearly empty pictures, which have
# few bytes per pixel: of 49 JPEGs of the corpus two became smaller, both with 0.03 or less
# (benchmarks/search/packing.py).
_PACKED_SHARE: Final = 0.70
_EMPTY: Final = 0.1


def transform(request: Request) -> Made | Refusal:
    """Do what the recipe asks with one picture; raises OimgError, or Cancelled."""
    header, recipe = request.header, request.recipe
    # Pages are handled one by one, and each is checked by itself.
    in_pages = Feature.MULTI_PAGE in header.features
    check_limits(replace(header, frames=1) if in_pages else header, len(request.untrusted), request.limits)
    targets = target_formats(header, recipe)
    if not targets:
        return Refusal(KeptCode.READ_ONLY_FORMAT, header.format)
    if (refused := refusal(lambda: request.untrusted, header, recipe, targets)) is not None:
        return Refusal(*refused)
    if recipe.format is Target.AUTO and _within_size(request) and not moves_pixels(header, recipe):
        return Refusal(KeptCode.WITHIN_SIZE)
    if in_pages:
        packed = pages.packed(request)
        return _gate(request, packed) if isinstance(packed, Made) else packed
    if named := flatten.notices(header):
        result = _transformed(flatten.plain(request), targets)
        return replace(result, notices=(*named, *result.notices)) if isinstance(result, Made) else result
    return _transformed(request, targets)


def _transformed(request: Request, targets: tuple[Format, ...]) -> Made | Refusal:
    """Decode, prepare, and choose among the formats."""
    header = request.header
    is_jpeg = header.format is Format.JPEG
    reduced = sizes.reduction(header.upright_size, request.recipe.resize) if is_jpeg else 1
    source = guarded.decode(request.untrusted, header, request.limits, reduced)
    if found := guarded.damage(request.untrusted, header):
        return Refusal(KeptCode.DAMAGED, found)
    if len(source.frames) < header.frames:
        raise OimgError(ErrorCode.CORRUPT, f"{len(source.frames)} of {header.frames} frames")
    if header.bit_depth > max(8, source.bit_depth) and targets != (header.format,):
        return Refusal(KeptCode.BIT_DEPTH, f"{header.bit_depth} bits")
    if request.recipe.flatten_special:
        source = replace(source, metadata=flatten.unlinked(source.metadata))
    request.check()
    request.progress(0.15)
    prepared, notices = _prepare(source, request, reduced)
    if request.recipe.format is Target.AUTO and request.recipe.mode is Mode.VISUAL and len(targets) > 1:
        results = _likely(request, source, prepared, targets)
    else:
        results = [_make(request, source, prepared, target) for target in targets]
    return _choose(request, results, notices)


def _likely(
    request: Request, source: DecodedImage, prepared: DecodedImage, targets: tuple[Format, ...]
) -> list[Made | Refusal]:
    """Make only the formats that may turn out smallest, predicted from the kind of picture and from each result."""
    kind, pixels = kind_of(prepared), prepared.size[0] * prepared.size[1]
    most = {target: most_bytes_as(request, target) for target in targets}
    known: dict[Format, int] = {}
    results: list[Made | Refusal] = []
    while (target := forecast.next_format(kind, request.recipe.target, pixels, known, most)) is not None:
        del most[target]
        result = _make(request, source, prepared, target)
        results.append(result)
        if isinstance(result, Made):
            if target is not Format.JPEG or result.quality is not None:  # else it is the source's own coding
                known[target] = len(result.data)
            if _worth_changing(request, result):
                most = {each: min(bound, len(result.data)) for each, bound in most.items()}
    return results


def _prepare(source: DecodedImage, request: Request, reduced: int) -> tuple[DecodedImage, tuple[Notice, ...]]:
    """Orient, resize and convert a picture, which was decoded with its sides divided by `reduced`."""
    image = geometry.resize(geometry.orient(source), request.recipe.resize, reduced)
    request.check()
    if request.recipe.color is ColorPolicy.SRGB:
        return color.to_srgb(image)
    return image, ()


def _make(request: Request, source: DecodedImage, prepared: DecodedImage, target: Format) -> Made | Refusal:
    """Make the smallest verified file of one format."""
    untouched = target is request.header.format and not moves_pixels(request.header, request.recipe)
    # A JPEG is repacked only if encoding it again is not clearly better, and cutting a file down is the last resort;
    # for the other formats, repacking is the lossless attempt.
    late = target is Format.JPEG or target in flatten.CUT_DOWN
    recompressed = _recompress(request, source, target) if untouched and not late else None
    fitted = color.fit_to(prepared, ENCODERS[target].capabilities, background_rgb(request.recipe.background))
    proposals: tuple[Proposal, ...] = ()
    highest: float | None = None
    if fitted.refused is None and not (untouched and _is_tied(request)):
        work = _work(request, source, fitted.image, target, recompressed)
        proposals, highest = _proposals(request, work, untouched=untouched)
    if untouched and late and not _clearly_beaten(request, proposals):
        recompressed = _recompress(request, source, target)
    if fitted.refused is not None and recompressed is None:
        return Refusal(fitted.refused, target)
    if recompressed is not None:
        proposals = (*proposals, recompressed)
    if not proposals:
        return _nothing(request, highest, fitted.notices)
    best = _best(proposals, recipe=request.recipe)
    prove(best, request.limits.without_ratio())
    return _made(request, best, fitted, is_recompressed=best is recompressed)


def _is_tied(request: Request) -> bool:
    """Whether a PNG's colours only keep their meaning in its own coding: gAMA, cHRM, code points of HDR."""
    if request.header.format is not Format.PNG:
        return False
    return Feature.HDR in request.header.features or not png_container.is_plain_srgb(request.untrusted)


def _clearly_beaten(request: Request, proposals: tuple[Proposal, ...]) -> bool:
    """Whether a lossy file is so small that repacking the source's coefficients cannot come near it."""
    if not proposals or request.recipe.mode is Mode.SIZE or request.header.format is not Format.JPEG:
        return False
    coded = len(jpeg_container.rewrite(request.untrusted, Metadata(), b""))
    if coded < _EMPTY * request.header.pixels:
        return False
    return min(len(proposal.data) for proposal in proposals) < _PACKED_SHARE * coded


def _work(
    request: Request, source: DecodedImage, image: DecodedImage, target: Format, recompressed: Proposal | None
) -> Prepared:
    """Put together what candidates are made from."""
    kept, _ = metadata_left(request, image, orientation_left=1)
    return Prepared(
        replace(image, metadata=metadata_carried(kept, target)),
        target,
        request.recipe,
        request.limits.without_ratio(),
        request.check,
        request.progress,
        jpeg=_plain_jpeg(request, source, target),
        has_lossless=recompressed is not None,
        threads=request.threads,
    )


def _made(request: Request, best: Proposal, fitted: color.Fitted, *, is_recompressed: bool) -> Made:
    """Put together the values that describe a finished file."""
    notices = () if is_recompressed else fitted.notices
    left = request.header.orientation if is_recompressed else 1
    kept, removed = metadata_left(request, fitted.image, orientation_left=left)
    # A JPEG packed into JPEG XL comes back with all that it held.
    is_whole = best.format is Format.JXL and jxl_container.has_jpeg_reconstruction(best.data)
    if not is_whole and lost(kept, metadata_carried(kept, best.format)):
        notices = (*notices, Notice.METADATA_DROPPED)
    if best.score is not None and best.score < 100 and min(best.image.size) < SMALLEST_EXACT:
        notices = (*notices, Notice.APPROXIMATE_SCORE)
    width, height = best.image.size
    frames = request.header.frames if is_recompressed else len(best.image.frames)
    return Made(
        best.data, best.format, width, height, frames, best.score, best.quality, notices, tuple(sorted(removed))
    )


def _proposals(request: Request, work: Prepared, *, untouched: bool) -> tuple[tuple[Proposal, ...], float | None]:
    """Try encodings, unless the file is small enough as it is."""
    if untouched and _within_size(request):
        return (), None
    return propose(
        work,
        lossy_source=untouched and request.header.lossy,
        untouched=untouched,
        most_bytes=most_bytes(request) if untouched else request.picture_bytes,
    )


def _within_size(request: Request) -> bool:
    return request.recipe.mode is Mode.SIZE and request.file_bytes <= request.recipe.max_bytes


def _best(proposals: tuple[Proposal, ...], recipe: Recipe) -> Proposal:
    """The smallest proposal; in size mode, the best looking one that fits."""
    if recipe.mode is Mode.SIZE:
        fitting = [proposal for proposal in proposals if len(proposal.data) <= recipe.max_bytes] or proposals
        return max(fitting, key=lambda proposal: (proposal.score or 0.0, -len(proposal.data)))
    return min(proposals, key=lambda proposal: (len(proposal.data), -(proposal.score or 0.0)))


def _nothing(request: Request, highest: float | None, notices: tuple[Notice, ...]) -> Refusal:
    recipe = request.recipe
    if _within_size(request):
        return Refusal(KeptCode.WITHIN_SIZE, "", None, notices)
    if recipe.mode is Mode.SIZE:
        return Refusal(KeptCode.SIZE_UNREACHABLE, f"{recipe.max_bytes} bytes", highest, notices)
    if recipe.mode is Mode.LOSSLESS:
        return Refusal(KeptCode.LOSSLESS, "", None, notices)
    if highest is not None:
        return Refusal(KeptCode.TARGET_UNREACHABLE, f"{highest:.1f}", highest, notices)
    return Refusal(KeptCode.ALREADY_OPTIMIZED, "", None, notices)


def metadata_carried(metadata: Metadata, target: Format) -> Metadata:
    """The part of the metadata that the format can carry."""
    return carriable(metadata, ENCODERS[target].capabilities.blocks, ENCODERS[target].carries)


def metadata_left(
    request: Request, image: DecodedImage, orientation_left: int
) -> tuple[Metadata, frozenset[MetadataGroup]]:
    """Filter the metadata for a picture of this size; returns what stays, and the groups that lose something."""
    upright = request.header.upright_size
    turned = request.header.orientation != orientation_left
    return apply(
        image.metadata,
        request.recipe.metadata,
        request.recipe.keep,
        orientation_left=orientation_left,
        size=image.size,
        pixels_changed=image.size not in (upright, (request.header.width, request.header.height)) or turned,
        reframed=turned or sizes.plan_size(upright, request.recipe.resize)[0] != upright,
    )


def _plain_jpeg(request: Request, source: DecodedImage, target: Format) -> bytes | None:
    """The source's own JPEG stream with its metadata filtered, for packing into JPEG XL without loss."""
    fit = request.header.format is Format.JPEG and target is Format.JXL
    if not fit or moves_pixels(request.header, request.recipe) or request.header.orientation != 1:
        return None
    metadata, _ = metadata_left(request, source, orientation_left=1)
    return jpeg_container.rewrite(request.untrusted, metadata, source.icc)


def _recompress(request: Request, source: DecodedImage, target: Format) -> Proposal | None:
    """Repack the source's own coding without changing a pixel, if the format allows it."""
    if target not in RECOMPRESSORS and not (request.beside and target in flatten.CUT_DOWN):
        return None
    turned = request.header.orientation != 1
    if turned and target is not Format.JPEG:  # a PNG is better turned for good, without loss; a JPEG keeps its tag
        return None
    metadata, _ = metadata_left(request, source, orientation_left=request.header.orientation)
    try:
        carried = metadata_carried(metadata, target)
        if target in RECOMPRESSORS:
            data = RECOMPRESSORS[target].recompress(request.untrusted, carried, source.icc, request.recipe.effort)
        else:
            data = flatten.copied(request, carried, source.icc)
    except OimgError as error:
        # An unusual coding (arithmetic JPEG, junk after the last row) that the packer does not accept.
        request.check()
        if error.code in {ErrorCode.ENCODE, ErrorCode.CODEC_CRASHED, ErrorCode.CORRUPT, ErrorCode.TRUNCATED}:
            return None
        raise
    request.check()
    prove_untouched(data, source, target, request.limits.without_ratio())
    return Proposal(data, target, geometry.orient(source), 100.0, None, is_proven=True)


def _choose(request: Request, results: list[Made | Refusal], notices: tuple[Notice, ...]) -> Made | Refusal:
    """Take the smallest file, if it is small enough to be worth writing."""
    made = [result for result in results if isinstance(result, Made) and _worth_changing(request, result)]
    if not made:
        refusals = [result for result in results if isinstance(result, Refusal)]
        return refusals[0] if refusals else Refusal(KeptCode.ALREADY_OPTIMIZED, "", None, notices)
    best = min(made, key=lambda result: _order(request.recipe, result))
    best = replace(best, notices=tuple(dict.fromkeys((*notices, *best.notices, *_dropped(request)))))
    return _gate(request, best)


def _order(recipe: Recipe, result: Made) -> tuple[float, ...]:
    """What makes one format better than another: fewer bytes, then no loss; to given bytes, more pixels, more look."""
    size = len(result.data)
    if recipe.mode is Mode.SIZE:
        return size > recipe.max_bytes, -result.width * result.height, -(result.score or 0.0), size
    return size, -(result.score or 0.0)


def _worth_changing(request: Request, result: Made) -> bool:
    """Whether a format chosen by `auto` saves enough to justify another generation of a lossy source."""
    if request.recipe.format is not Target.AUTO:
        return True
    return len(result.data) <= most_bytes_as(request, result.format)


def _gate(request: Request, best: Made) -> Made | Refusal:
    recipe, before = request.recipe, request.file_bytes
    saved = before - len(best.data)
    on_purpose = recipe.format not in (Target.KEEP, Target.AUTO) and best.format is not request.header.format
    wanted = max(recipe.min_saved_bytes, before * recipe.min_savings / 100)
    if recipe.mode is Mode.SIZE and len(best.data) > recipe.max_bytes:
        return Refusal(KeptCode.SIZE_UNREACHABLE, f"{len(best.data)} bytes", best.score, best.notices)
    if wanted and saved < wanted:
        return Refusal(KeptCode.BELOW_GATE, f"{saved} bytes", best.score, best.notices)
    if on_purpose:
        return best
    return best if saved > 0 else Refusal(KeptCode.NOT_SMALLER, f"{len(best.data)} bytes", None, best.notices)


def _dropped(request: Request) -> tuple[Notice, ...]:
    """What lay behind the picture and is in no result."""
    behind = {Feature.TRAILING_DATA: Notice.TRAILING_DATA, Feature.PREVIEW: Notice.PREVIEW_DROPPED}
    return tuple(notice for feature, notice in behind.items() if feature in request.header.features)


def inspect_header(untrusted: bytes) -> Header:
    """Read a header from bytes in memory; raises OimgError."""
    from oimg.engine.codecs import detect  # noqa: PLC0415

    return detect(untrusted[:64]).probe(BytesIO(untrusted))
