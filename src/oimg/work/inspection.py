"""Answers about pictures without changing them: what one is and reveals, and how two differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from oimg.engine import guarded, thumbnails
from oimg.engine.disclosure import disclose
from oimg.engine.metrics import heatmap
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.engine.outlook import foresee
from oimg.engine.search import Judge, shown
from oimg.engine.steps.color import profile_name
from oimg.engine.steps.geometry import orient, scale_to
from oimg.engine.verify import same_pixels
from oimg.words.answers import Comparison, EmbeddedPicture, Inspection
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import DecodedImage, Feature, Frame, Limits
from oimg.words.preview import Shown
from oimg.words.recipe import Recipe
from oimg.words.report import Failed, Kept, SourceFile
from oimg.work.files.destinations import has_wrong_suffix
from oimg.work.files.probe import probe, read_source
from oimg.work.files.scan import Found

_LEGEND_HEIGHT: Final = 16
_SMALL: Final = 512
"""The longest side, in pixels, of a thumbnail that is returned."""


def look(path: Path, limits: Limits) -> SourceFile:
    """Probe one file that the user named; raises OimgError."""
    match probe(Found(path.absolute(), path.absolute().parent, named=True), limits):
        case SourceFile() as source:
            return source
        case Failed(code=code, detail=detail):
            raise OimgError(code, detail)
        case Kept():
            raise OimgError(ErrorCode.NOT_AN_IMAGE)


def inspect(path: Path, recipe: Recipe, limits: Limits) -> Inspection:
    """What a file is, what it reveals, and what a recipe would remove. Raises OimgError."""
    source = look(path, limits)
    untrusted = read_source(source)
    seen = foresee(untrusted, source.header, recipe)
    shows = thumbnails.compared(untrusted, source.header, seen.metadata, limits)
    return Inspection(
        path,
        source.byte_size,
        source.header,
        profile_name(seen.icc),
        seen.metadata.density,
        tuple(replace(each, finding=thumbnails.annotated(each.finding, shows)) for each in seen.prospects),
        seen.removed,
        not has_wrong_suffix(source),
        seen.kept,
    )


def embedded(path: Path, limits: Limits) -> tuple[EmbeddedPicture, ...]:
    """Decode the thumbnails in the metadata of a file. Raises OimgError."""
    source = look(path, limits)
    metadata, _, _ = disclose(read_source(source), source.header.format)
    found = thumbnails.pictures(metadata)
    return tuple(EmbeddedPicture(name, _small(thumbnails.turned_like(each, source.header))) for name, each in found)


def compare(one: Path, other: Path, limits: Limits) -> tuple[Comparison, npt.NDArray[np.uint8]]:
    """Compare two pictures as they are shown, upright and in sRGB; returns a heat map with a legend as well.

    Raises OimgError, with SIZES_DIFFER if their sizes or numbers of frames differ.
    """
    first, second = (orient(_decode(look(path, limits), limits)) for path in (one, other))
    if first.size != second.size or len(first.frames) != len(second.frames):
        sizes = [f"{image.size[0]}x{image.size[1]}, {len(image.frames)} frames" for image in (first, second)]
        raise OimgError(ErrorCode.SIZES_DIFFER, " / ".join(sizes))
    judge = Judge(first)
    before, after = _rgb(shown(first, first.pixels)), _rgb(shown(second, second.pixels))
    difference = np.abs(before.astype(np.int16) - after.astype(np.int16))
    cells = heatmap.local_scores(Reference(before), after)
    width, height = first.size
    comparison = Comparison(
        width,
        height,
        judge.score(second),
        float(cells.min()),
        float(difference.mean()),
        int(difference.max()),
        same_pixels(first, second),
        judge.approximate,
    )
    strip = heatmap.legend((width, _LEGEND_HEIGHT))
    return comparison, np.concatenate([heatmap.paint(cells, (width, height)), strip])


def _small(image: DecodedImage) -> Shown:
    pixels = _rgb(shown(image, image.pixels))
    longest = max(image.size)
    if longest > _SMALL:
        width, height = (max(1, round(side * _SMALL / longest)) for side in image.size)
        pixels = np.ascontiguousarray(scale_to(DecodedImage((Frame(pixels),)), (width, height)).pixels, np.uint8)
    pixels = pixels.view()
    pixels.flags.writeable = False
    return Shown(pixels)


def _decode(source: SourceFile, limits: Limits) -> DecodedImage:
    image = guarded.decode(read_source(source), source.header, limits)
    if Feature.MULTI_PAGE in source.header.features:
        return DecodedImage(image.frames[:1], image.color, image.icc, image.metadata, image.orientation)
    return image


def _rgb(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Blend with white and widen to three channels, to show where two pictures differ."""
    channels = pixels.shape[2]
    colors = pixels[..., :3] if channels >= 3 else pixels[..., :1]
    if channels in (2, 4):
        alpha = pixels[..., -1:].astype(np.float32) / 255
        colors = np.rint(colors * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(colors, 3, axis=2) if colors.shape[2] == 1 else colors)
