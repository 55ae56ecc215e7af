"""Which encodings are worth trying for one picture in one format, by the mode of the recipe."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from oimg.engine.codecs import ENCODERS, jxl
from oimg.engine.codecs.palette import count_colors
from oimg.engine.content import Kind, kind_of
from oimg.engine.metrics.color_shift import color_shift
from oimg.engine.prepared import Prepared, Proposal
from oimg.engine.search import (
    MAX_ENCODES,
    Candidate,
    Found,
    Trial,
    coarsest,
    for_bytes,
    for_score,
    shown,
    usual_quality,
)
from oimg.engine.steps import color, geometry
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import ColorModel, EncodeOptions, Format
from oimg.words.recipe import Mode

# A palette must look at least this good, however little the recipe asks: below, dithering shows in skies and skin.
PALETTE_FLOOR: Final = 85.0
# ... and may not move the mean colour of a cell of 8 by 8 pixels by more 8-bit steps than this: the rare colours of
# small icons may be replaced by common ones (seen: 14 to 25 steps at scores of 82 to 87, where icons visibly change).
PALETTE_SHIFT: Final = 8.0
_PALETTE_QUALITIES: Final = (100, 85, 70)
# Drawings look right in far fewer colours, and without dithering, which only disturbs what is flat. Soft shades that
# turn into bands do not pass: five drawn gradients, two with text, scored 61 at the most where that happened.
_DRAWN_QUALITIES: Final = (100, 85, 70, 58, 46, 34, 22)
# With so few colours a picture is drawn, not photographed, and lossless coding is often the smallest.
_DRAWN_COLORS: Final = 4096
# A JPEG with colour at full resolution has 0.8 to 1.6 of the bytes of 4:2:0 at a score of 80, where both reach it and
# no colour is sharp (benchmarks/search/README.md). So the search takes it where the priors predict fewer bytes, or
# 4:2:0 is less likely than this to reach the target, and for lettering and lines in colour, whose bleeding the score
# does not see; a fixed quality this high asks for fidelity.
_FULL_CHROMA_FROM: Final = 93
_LEAST_CHANCE: Final = 0.05
# In size mode quality goes no lower than where pictures score about this; then the dimensions shrink.
_BEARABLE: Final = 58.0
_SHRINK_ROUNDS: Final = 4


def propose(
    work: Prepared, *, lossy_source: bool, untouched: bool, most_bytes: float
) -> tuple[tuple[Proposal, ...], float | None]:
    """Make finished files that satisfy the recipe; if none does, also returns the best score that was reached.

    `untouched` means that the source has the same format and its pixels are not to change; `lossy_source`, that it is
    lossy as well: encoded with loss once more, it may have at most `most_bytes`.
    """
    capabilities = ENCODERS[work.target].capabilities
    mode = work.recipe.mode
    if work.target is Format.GIF:
        return _gif(work, untouched=untouched), None
    if work.target is Format.JPEG:  # two empty components would cost it two bits a block
        work = replace(work, image=color.drop_empty_chroma(work.image))
    if mode is Mode.SIZE:
        return _sized(work), None
    if work.target is Format.PNG and work.image.bit_depth == 8 and mode is not Mode.LOSSLESS:
        return _png(work), None
    if work.image.bit_depth == 16 or mode is Mode.LOSSLESS or not capabilities.lossy:
        return _lossless(work, lossy_source=lossy_source), None
    proposals, highest = _visual(work) if mode is Mode.VISUAL else (_fixed(work), None)
    if lossy_source:
        proposals = tuple(proposal for proposal in proposals if len(proposal.data) <= most_bytes)
    return proposals, highest


def _lossless(work: Prepared, *, lossy_source: bool = False) -> tuple[Proposal, ...]:
    if work.jpeg is not None:
        return _packed_jpeg(work)
    if work.has_lossless or not ENCODERS[work.target].capabilities.lossless:
        return ()
    if lossy_source:  # exact copies of a lossy picture only grow
        return ()
    data = work.finish(ENCODERS[work.target].encode(work.image, EncodeOptions(effort=work.recipe.effort)))
    return (Proposal(data, work.target, work.image, 100.0, None),)


def _packed_jpeg(work: Prepared) -> tuple[Proposal, ...]:
    """The JPEG itself inside JPEG XL; the codec verifies it bit for bit."""
    if work.jpeg is None:
        return ()
    try:
        data = jxl.from_jpeg(work.jpeg, work.image.size, work.recipe.effort)
    except OimgError as error:
        if error.code in (ErrorCode.VERIFY, ErrorCode.ENCODE):
            return ()
        raise
    return (Proposal(data, work.target, work.image, 100.0, None, is_proven=True),)


def _visual(work: Prepared) -> tuple[tuple[Proposal, ...], float | None]:
    """Search for the smallest lossy file that reaches the target; add a lossless one if that may be as small.

    Also returns the best score if no lossy file reaches the target.
    """
    found = _search(work)
    work.progress(0.8)
    proposals = [work.propose(found.best)] if found.best is not None else []
    if work.jpeg is not None:
        proposals += _packed_jpeg(work)
    elif ENCODERS[work.target].capabilities.lossless and _worth_lossless(work, found):
        proposals += (*_lossless(work), *_reduced_lossless(work))
    return tuple(proposals), found.highest if found.best is None else None


def _search(work: Prepared) -> Found:
    target = work.least_score
    if work.target is not Format.JPEG or work.image.color is ColorModel.CMYK:
        # One encode is left for a lossless try.
        return for_score(work.trial(), target, budget=MAX_ENCODES - 1)
    half, fine = work.trial(), work.trial(full_chroma=True)
    if takes_full_chroma(work):
        return for_score(fine, target)
    found = for_score(half, target, budget=MAX_ENCODES - 2, least_chance=_LEAST_CHANCE)
    if found.best is not None:
        return found
    more = for_score(fine, target, budget=MAX_ENCODES - found.encodes)
    return Found(more.best, max(found.highest, more.highest), found.encodes + more.encodes)


def takes_full_chroma(work: Prepared) -> bool:
    """Whether a JPEG gets its colour at full resolution; in a search for a score, whether that is tried first."""
    if work.target is not Format.JPEG or work.recipe.mode is Mode.LOSSLESS:
        return False
    if work.recipe.mode is Mode.QUALITY:
        return work.recipe.quality >= _FULL_CHROMA_FROM
    if work.recipe.mode is Mode.SIZE or work.needs_full_chroma:
        return work.needs_full_chroma
    half, fine = work.trial(), work.trial(full_chroma=True)
    return _expected_density(fine, work.least_score) <= _expected_density(half, work.least_score)


def _expected_density(trial: Trial, target: float) -> float:
    """Natural logarithm of the bytes per pixel that the target is expected to need, before anything is encoded."""
    return trial.belief().expected().density_at(target)


def _worth_lossless(work: Prepared, found: Found) -> bool:
    return found.best is None or _is_drawn(work)


def _is_drawn(work: Prepared) -> bool:
    few = count_colors(work.image.pixels, _DRAWN_COLORS) <= _DRAWN_COLORS  # type: ignore[arg-type]
    return few or kind_of(work.image) is not Kind.PHOTO


def _png(work: Prepared) -> tuple[Proposal, ...]:
    """A lossless proposal, and one in 256 colours if the picture has more and the target allows it."""
    proposals = _lossless(work)
    if count_colors(work.image.pixels) <= 256 or len(work.image.frames) > 1:  # type: ignore[arg-type]
        return proposals
    if work.recipe.mode is Mode.QUALITY:
        reduced = work.trial(palette=True).run(work.recipe.quality) if work.recipe.quality < 100 else None
    else:
        reduced = _reduced(work)
    return proposals if reduced is None else (*proposals, work.propose(reduced))


def _reduced(work: Prepared) -> Candidate | None:
    """Find the coarsest palette that still looks as good as asked."""
    floor = PALETTE_FLOOR if work.recipe.mode is Mode.SIZE else max(PALETTE_FLOOR, work.least_score)

    def passes(candidate: Candidate) -> bool:
        return (candidate.score or 0.0) >= floor and not _moves_colors(work, candidate)

    plain = work.trial(palette=True, dithering=False)
    found = coarsest(_DRAWN_QUALITIES, plain.run, passes) if kind_of(work.image) is not Kind.PHOTO else None
    return found or coarsest(_PALETTE_QUALITIES, work.trial(palette=True).run, passes)


def _reduced_lossless(work: Prepared) -> tuple[Proposal, ...]:
    """A drawing in 256 colours, encoded without loss: for text and charts, often the smallest that looks right."""
    is_still_rgb = work.image.color is ColorModel.RGB and len(work.image.frames) == 1
    if not is_still_rgb or count_colors(work.image.pixels) <= 256:  # type: ignore[arg-type]
        return ()
    found = _reduced(replace(work, target=Format.PNG))
    if found is None or found.decoded is None:
        return ()
    reduced = replace(work, image=replace(work.image, frames=found.decoded.frames, color=found.decoded.color))
    return tuple(replace(proposal, score=found.score) for proposal in _lossless(reduced))


def _moves_colors(work: Prepared, candidate: Candidate) -> bool:
    if candidate.decoded is None:
        return True
    before, after = (shown(image, image.pixels) for image in (work.image, candidate.decoded))
    return color_shift(before, after) > PALETTE_SHIFT


def _gif(work: Prepared, *, untouched: bool) -> tuple[Proposal, ...]:
    """One encoding in 256 colours; a GIF is never encoded again, which would only add dithering."""
    if untouched or work.recipe.mode is Mode.LOSSLESS:
        return ()
    made = work.trial(palette=True).run(100.0)
    wanted = work.least_score if work.recipe.mode is Mode.VISUAL else 0.0
    fits = work.recipe.mode is not Mode.SIZE or len(made.data) <= work.recipe.max_bytes
    return (work.propose(made),) if fits and (made.score or 0.0) >= wanted else ()


def _fixed(work: Prepared) -> tuple[Proposal, ...]:
    """One encoding at the quality that was asked for."""
    return (work.propose(work.trial(full_chroma=takes_full_chroma(work)).run(work.recipe.quality)),)


def _sized(work: Prepared) -> tuple[Proposal, ...]:
    """Lower the quality down to a floor, then the dimensions; spend what is left of the bytes on quality again."""
    current, ceiling = replace(work, has_lossless=False), work.recipe.max_bytes
    seen: list[tuple[int, int]] = []
    for _ in range(_SHRINK_ROUNDS):
        proposals, smallest = _attempt(current)
        fitting = [proposal for proposal in proposals if len(proposal.data) <= ceiling]
        if fitting:
            return (max(fitting, key=lambda proposal: (proposal.score or 0.0, -len(proposal.data))),)
        width, height = current.image.size
        seen.append((width * height, smallest))
        factor = min(0.9, 0.95 * math.sqrt(_pixels_for(ceiling, seen) / (width * height)))
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        if size == current.image.size:
            break
        current = replace(current, image=geometry.scale_to(current.image, size))
    return ()


def _pixels_for(ceiling: int, seen: list[tuple[int, int]]) -> float:
    """How many pixels should fit, from (pixels, bytes) seen so far; metadata does not shrink with the pixels."""
    pixels, size = seen[-1]
    beside = 0.0
    if len(seen) > 1:
        before, larger = seen[-2]
        beside = min(max(0.0, size - pixels * (larger - size) / (before - pixels)), 0.9 * size)
    return pixels * max(0.01, (ceiling - beside) / max(1.0, size - beside))


def _attempt(work: Prepared) -> tuple[tuple[Proposal, ...], int]:
    """Make what is possible at these dimensions; also returns the fewest bytes that were seen."""
    codec = ENCODERS[work.target]
    if work.target is Format.PNG or not codec.capabilities.lossy or work.image.bit_depth == 16:
        proposals = _png(work) if work.target is Format.PNG and work.image.bit_depth == 8 else _lossless(work)
        return proposals, min((len(proposal.data) for proposal in proposals), default=1)
    if codec.capabilities.lossless and _is_drawn(work):
        drawn = [*_lossless(work), *_reduced_lossless(work)]
        if any(len(proposal.data) <= work.recipe.max_bytes for proposal in drawn):
            return tuple(drawn), min(len(proposal.data) for proposal in drawn)
    floor = usual_quality(work.target, _BEARABLE)
    found = for_bytes(work.trial(full_chroma=takes_full_chroma(work)), work.recipe.max_bytes, work.finish, floor=floor)
    if found.best is not None:
        best = found.best
        made = Proposal(best.data, work.target, work.image, best.score, best.options.quality, best.decoded)
        return (replace(made, is_decoded=True),), len(best.data)
    return (), found.fewest
