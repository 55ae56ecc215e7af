"""What a recipe would leave of what a file reveals: told by writing it, with the code that writes results.

A sample of 16 by 16 pixels takes the place of the picture, so that this costs next to nothing. Where it is open which
format or way of packing will be smallest, all that can come about are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from oimg.engine import flatten
from oimg.engine.codecs import ENCODERS, RECOMPRESSORS
from oimg.engine.containers import jpeg as jpeg_container
from oimg.engine.containers import png as png_container
from oimg.engine.disclosure import disclose
from oimg.engine.eligibility import Reason, refusal
from oimg.engine.request import Request
from oimg.engine.steps import color, sizes
from oimg.engine.targets import moves_pixels, target_formats
from oimg.engine.transform import metadata_carried, metadata_left
from oimg.words.errors import OimgError
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Format, Frame, Header, Metadata
from oimg.words.privacy import Fate, Finding, MetadataGroup, Prospect
from oimg.words.recipe import ColorPolicy, Mode, Recipe, background_rgb
from oimg.words.report import KeptCode

_SIDE: Final = 16


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a file says, and what a recipe would do to it.

    `kept` is why the file would be left as it is, as far as its header tells; then everything stays. `removed` are the
    metadata groups of which something goes in every result that can come about.
    """

    metadata: Metadata
    icc: bytes
    prospects: tuple[Prospect, ...]
    removed: frozenset[MetadataGroup] = frozenset()
    kept: Reason | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    request: Request
    metadata: Metadata
    icc: bytes

    def carried(self, target: Format, size: tuple[int, int], left: int) -> tuple[Metadata, frozenset[MetadataGroup]]:
        """The metadata of a result, and the groups of which something is gone."""
        # A picture of the result's size that takes no memory: all of its pixels are one.
        pixels = np.broadcast_to(np.uint8(0), (size[1], size[0], 1))
        image = DecodedImage((Frame(pixels),), ColorModel.GRAY, metadata=self.metadata)
        kept, removed = metadata_left(self.request, image, left)
        return metadata_carried(kept, target), removed


@dataclass(frozen=True, slots=True)
class _Result:
    """What one possible result would reveal."""

    findings: tuple[Finding, ...]
    removed: frozenset[MetadataGroup]


def foresee(untrusted: bytes, header: Header, recipe: Recipe) -> Outlook:
    """Tell what a file reveals, and what the recipe would leave of it; raises OimgError for what cannot be read."""
    metadata, icc, findings = disclose(untrusted, header.format)
    targets = target_formats(header, recipe)
    kept: Reason | None = None if targets else (KeptCode.READ_ONLY_FORMAT, header.format.value)
    kept = kept or refusal(lambda: untrusted, header, recipe, targets)
    try:
        source = _source(Request(untrusted, header, recipe), metadata, icc)
    except OimgError as error:  # cut short: there is no plain picture to take out
        source, kept = _Source(Request(untrusted, header, recipe), metadata, icc), (KeptCode.DAMAGED, error.detail)
    results: list[_Result] = []
    for target in targets if kept is None else ():
        made = [result for result in _results(source, target) if isinstance(result, _Result)]
        results += made
        kept = kept if made or results else _refused(source, target)
    if not results:
        return Outlook(metadata, icc, tuple(Prospect(finding, Fate.STAYS) for finding in findings), frozenset(), kept)
    removed = frozenset.intersection(*(result.removed for result in results))
    left = [_matched(findings, result.findings) for result in results]
    prospects = tuple(_prospect(finding, [each[at] for each in left]) for at, finding in enumerate(findings))
    return Outlook(metadata, icc, prospects, removed)


def _source(request: Request, metadata: Metadata, icc: bytes) -> _Source:
    """What the recipe works from: with `flatten_special` the plain picture of a special one."""
    if not request.recipe.flatten_special:
        return _Source(request, metadata, icc)
    plain = flatten.plain(request) if flatten.notices(request.header) else request
    return _Source(plain, flatten.unlinked(metadata), icc)


def _refused(source: _Source, target: Format) -> Reason:
    fitted = _sample(source, target)
    return (fitted.refused or KeptCode.COLOR), target.value


def _results(source: _Source, target: Format) -> Iterator[_Result]:
    """The results that can come about in one format: coded anew, or only packed anew."""
    header, recipe = source.request.header, source.request.recipe
    untouched = target is header.format and not moves_pixels(header, recipe)
    packed = untouched and target in RECOMPRESSORS and (header.orientation == 1 or target is Format.JPEG)
    if packed:
        with_tag, removed = source.carried(target, (header.width, header.height), header.orientation)
        yield from _told(_packed(source, target, with_tag), target, removed)
    if packed and recipe.mode is Mode.LOSSLESS and target is Format.JPEG:
        return  # pixels of a JPEG cannot be coded anew without loss
    fitted = _sample(source, target)
    if fitted.refused is None:
        size = sizes.plan_size(header.upright_size, recipe.resize)[1]
        metadata, removed = source.carried(target, size, 1)
        yield from _told(_coded(replace(fitted.image, metadata=metadata), target, recipe), target, removed)


def _told(data: bytes, target: Format, removed: frozenset[MetadataGroup]) -> Iterator[_Result]:
    if data:
        yield _Result(disclose(data, target)[2], removed)


def _sample(source: _Source, target: Format) -> color.Fitted:
    """A sample of the picture's kind, in the colours that the format can carry."""
    header, recipe = source.request.header, source.request.recipe
    depth = np.uint16 if header.bit_depth > 8 else np.uint8
    pixels = np.zeros((_SIDE, _SIDE, header.color.channels + header.has_alpha), depth)
    pixels[::2, :, -1] = np.iinfo(depth).max if header.has_alpha else 0  # half of it is transparent
    image = DecodedImage((Frame(pixels),), header.color, source.icc)
    if recipe.color is ColorPolicy.SRGB:
        image, _ = color.to_srgb(image)
    return color.fit_to(image, ENCODERS[target].capabilities, background_rgb(recipe.background))


def _coded(image: DecodedImage, target: Format, recipe: Recipe) -> bytes:
    capabilities = ENCODERS[target].capabilities
    lossless = capabilities.lossless and (recipe.mode is Mode.LOSSLESS or not capabilities.lossy)
    low, high, _ = capabilities.qualities
    try:
        return ENCODERS[target].encode(image, EncodeOptions(None if lossless else (low + high) / 2, 0))
    except OimgError:
        return b""


def _packed(source: _Source, target: Format, metadata: Metadata) -> bytes:
    """The source packed as it is, without the search for fewer bytes."""
    try:
        match target:
            case Format.JPEG:
                return jpeg_container.rewrite(source.request.untrusted, metadata, source.icc)
            case Format.PNG:
                return png_container.rewrite(source.request.untrusted, metadata, None)
            case _:
                return RECOMPRESSORS[target].recompress(source.request.untrusted, metadata, source.icc, 0)
    except OimgError:
        return b""


def _matched(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> list[Finding | None]:
    """For each finding, the one that is left of it: of the same name, with the same value where there is one."""
    remaining: dict[tuple[MetadataGroup, str], list[Finding]] = {}
    for finding in after:
        remaining.setdefault((finding.group, finding.name), []).append(finding)
    found: list[Finding | None] = []
    for finding in before:
        same = remaining.get((finding.group, finding.name), [])
        equal = next((each for each in same if each.value == finding.value), None)
        if equal is not None:
            same.remove(equal)
        found.append(equal)
    for at, finding in enumerate(before):
        same = remaining.get((finding.group, finding.name), [])
        if found[at] is None and same:
            found[at] = same.pop(0)
    return found


def _prospect(finding: Finding, left: list[Finding | None]) -> Prospect:
    stays = [each for each in left if each is not None]
    fate = Fate.REMOVED if not stays else Fate.STAYS if len(stays) == len(left) else Fate.DEPENDS
    values: dict[str, Finding] = {}
    for each in stays:
        values.setdefault(each.value, each)
    return Prospect(finding, fate, () if [*values] == [finding.value] else tuple(values.values()))
