"""The flags that make a recipe, and the recipe they make. Ranges and help come from the recipe's fields."""

from __future__ import annotations

import argparse
import re
from dataclasses import fields, replace
from typing import Any, Final

from oimg.faces.messages import _
from oimg.words.privacy import MetadataGroup, MetadataPolicy
from oimg.words.recipe import (
    ColorPolicy,
    Conflict,
    Fitting,
    Gravity,
    Mode,
    Originals,
    Output,
    Place,
    Recipe,
    RecipeError,
    Resize,
    Target,
    facts_of,
)

_UNITS: Final = {"": 1, "b": 1, "k": 1000, "kb": 1000, "kib": 1024, "m": 10**6, "mb": 10**6, "mib": 1 << 20,
                 "g": 10**9, "gb": 10**9, "gib": 1 << 30}  # fmt: skip


def recipe_flags(command: argparse.ArgumentParser) -> None:
    """Add the flags that make a recipe."""
    what = command.add_argument_group(_("what to write"))
    what.add_argument("-f", "--format", choices=list(Target), help=_("format to write (default: keep)"))
    mode = what.add_mutually_exclusive_group()
    mode.add_argument(
        "--target",
        type=float,
        metavar="SCORE",
        help=_("smallest file with at least this visual score (default: 80; 90 looks the same)"),
    )
    mode.add_argument("-q", "--quality", type=int, metavar="N", help=_("fixed encoder quality, 1 to 100"))
    mode.add_argument("--max-size", metavar="SIZE", help=_("at most this many bytes, such as 200KB"))
    mode.add_argument("--lossless", action="store_true", help=_("change no pixel"))
    what.add_argument("--effort", type=int, metavar="N", help=_help("effort"))
    what.add_argument("--preset", metavar="NAME", help=_("start from a preset (see `oimg presets list`)"))
    what.add_argument("--min-savings", metavar="N%|SIZE", help=_("write only if at least this much smaller"))
    what.add_argument(
        "--flatten-special",
        action="store_true",
        help=_(
            "of HDR photos with a gain map, motion photos, pairs, depth maps and signed pictures, which are kept as "
            "they are, write the plain picture"
        ),
    )
    size = command.add_argument_group(_("size in pixels (of the upright picture; never enlarges unless told)"))
    one = size.add_mutually_exclusive_group()
    one.add_argument("--fit", metavar="WxH", help=_("fit into a box"))
    one.add_argument("--fill", metavar="WxH", help=_("fill a box, cropping what sticks out"))
    one.add_argument("--exact", metavar="WxH", help=_("exactly this, proportions may change"))
    one.add_argument("--long-edge", type=int, metavar="PX", help=_("length of the longer side"))
    one.add_argument("--short-edge", type=int, metavar="PX", help=_("length of the shorter side"))
    one.add_argument("--scale", metavar="N%", help=_("percentage of the size"))
    one.add_argument("--megapixels", type=float, metavar="N", help=_("area in millions of pixels"))
    size.add_argument("--gravity", choices=list(Gravity), help=_("part that --fill keeps (default: center)"))
    size.add_argument("--enlarge", action="store_true", help=_help("enlarge", Resize))
    size.add_argument("--linear", action="store_true", help=_help("linear", Resize))
    meta = command.add_argument_group(_("metadata and colour"))
    meta.add_argument(
        "--metadata",
        choices=list(MetadataPolicy),
        help=_("private (default): take out what tells about you; keep: all; strip: nothing stays"),
    )
    meta.add_argument("--keep", metavar="GROUPS", help=_("metadata groups to keep as well, separated by commas"))
    meta.add_argument("--color", choices=list(ColorPolicy), help=_("keep the profile, or convert to sRGB"))
    meta.add_argument("--background", metavar="COLOR", help=_("behind transparency, such as #ffffff"))


def _help(name: str, kind: type = Recipe) -> str:
    facts = facts_of(kind, name)
    text = _(facts.doc)
    return text if facts.high is None else f"{text}, {facts.low:g} - {facts.high:g}"


def recipe_from(given: argparse.Namespace, base: Recipe) -> Recipe:
    """Apply the flags to a base recipe. Raises RecipeError with the name of an invalid flag."""
    changes: dict[str, Any] = {}
    for name in ("format", "effort", "metadata", "color", "background"):
        if (value := getattr(given, name)) is not None:
            changes[name] = value
    kinds = {"format": Target, "metadata": MetadataPolicy, "color": ColorPolicy}
    changes = {name: kinds[name](value) if name in kinds else value for name, value in changes.items()}
    changes |= _mode(given)
    if given.flatten_special:
        changes["flatten_special"] = True
    if given.keep is not None:
        changes["keep"] = _groups(given.keep)
    if given.min_savings is not None:
        changes |= _gate(given.min_savings)
    try:
        changes["resize"] = _resize(given, base.resize)
        changes["output"] = _output(given, base)
        return replace(base, **changes)
    except RecipeError as error:
        raise RecipeError(_flag_of(error.name, given), error.reason) from error


_SIZES: Final = ("fit", "fill", "exact", "long_edge", "short_edge", "scale", "megapixels")


def _flag_of(name: str, given: argparse.Namespace) -> str:
    """The flag that set a field of the recipe."""
    if name in {"resize", "width", "height", "amount"}:
        return next((f"--{each.replace('_', '-')}" for each in _SIZES if getattr(given, each) is not None), name)
    known = {
        each.name: facts_of(kind, each.name).flag for kind in (Recipe, Output) for each in fields(kind) if each.metadata
    }
    return known.get(name) or name


def _mode(given: argparse.Namespace) -> dict[str, Any]:
    if given.target is not None:
        return {"mode": Mode.VISUAL, "target": given.target}
    if given.quality is not None:
        return {"mode": Mode.QUALITY, "quality": given.quality}
    if given.max_size is not None:
        return {"mode": Mode.SIZE, "max_bytes": bytes_from(given.max_size, "--max-size")}
    return {"mode": Mode.LOSSLESS} if given.lossless else {}


def _groups(text: str) -> frozenset[MetadataGroup]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(MetadataGroup)]
    if unknown:
        raise RecipeError("--keep", f"{unknown[0]!r} is not one of {', '.join(MetadataGroup)}")
    return frozenset(map(MetadataGroup, names))


def _gate(text: str) -> dict[str, Any]:
    if text.strip().endswith("%"):
        return {"min_savings": number_from(text, "--min-savings"), "min_saved_bytes": 0}
    return {"min_saved_bytes": bytes_from(text, "--min-savings"), "min_savings": 0.0}


def _resize(given: argparse.Namespace, base: Resize) -> Resize:
    result = base
    for name, fitting in (("fit", Fitting.FIT), ("fill", Fitting.FILL), ("exact", Fitting.EXACT)):
        if (text := getattr(given, name)) is not None:
            width, height = _box(text, f"--{name}")
            result = Resize(fitting=fitting, width=width, height=height)
    for name, fitting in (
        ("long_edge", Fitting.LONG_EDGE),
        ("short_edge", Fitting.SHORT_EDGE),
        ("megapixels", Fitting.MEGAPIXELS),
    ):
        if (amount := getattr(given, name)) is not None:
            result = Resize(fitting=fitting, amount=float(amount))
    if given.scale is not None:
        result = Resize(fitting=Fitting.SCALE, amount=number_from(given.scale, "--scale"))
    if given.gravity is not None:
        result = replace(result, gravity=Gravity(given.gravity))
    return replace(result, enlarge=given.enlarge or result.enlarge, linear=given.linear or result.linear)


def _output(given: argparse.Namespace, base: Recipe) -> Any:
    changes: dict[str, Any] = {}
    if getattr(given, "output", None) is not None:
        if not given.output:
            raise RecipeError("--output", "is empty")
        if getattr(given, "in_place", False):
            raise RecipeError("--in-place", "cannot be combined with --output")
        changes |= {"place": Place.FOLDER, "path": given.output}
    if getattr(given, "in_place", False):
        if getattr(given, "suffix", None) is not None:
            raise RecipeError("--in-place", "cannot be combined with --suffix")
        changes |= {"place": Place.IN_PLACE, "path": ""}
    if getattr(given, "trash", False):
        if not getattr(given, "in_place", False):
            raise RecipeError("--trash", "is only for --in-place")
        changes["originals"] = Originals.TRASH
    if getattr(given, "suffix", None) is not None:
        changes["suffix"] = given.suffix
    if getattr(given, "on_conflict", None) is not None:
        changes["conflict"] = Conflict(given.on_conflict)
    if getattr(given, "no_keep_dates", False):
        changes["keep_dates"] = False
    return replace(base.output, **changes)


def bytes_from(text: str, flag: str) -> int:
    """Read "200KB", "1.5 MiB", "300000"; kB is 1000 bytes, KiB is 1024."""
    match = re.fullmatch(r"\s*([0-9]{1,15}(?:[.,][0-9]{1,15})?)\s*([a-z]*)\s*", text.lower())
    if match is None or match[2] not in _UNITS:
        raise RecipeError(flag, f"{text!r} is not a size such as 200KB")
    return int(float(match[1].replace(",", ".")) * _UNITS[match[2]])


def number_from(text: str, flag: str) -> float:
    """Read "50%" or "12.5"; a decimal comma is understood, too."""
    try:
        return float(text.strip().removesuffix("%").strip().replace(",", "."))
    except ValueError:
        raise RecipeError(flag, f"{text!r} is not a percentage such as 50%") from None


def _box(text: str, flag: str) -> tuple[int, int]:
    match = re.fullmatch(r"\s*([0-9]{1,7})\s*[xX\u00d7]\s*([0-9]{1,7})\s*", text)
    if match is None:
        raise RecipeError(flag, f"{text!r} is not a size such as 1600x1200")
    return int(match[1]), int(match[2])
