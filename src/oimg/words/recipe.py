"""A recipe: what to do with a picture. Pure data, to and from JSON; flags, widgets and checks are derived from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from oimg.words.i18n import N_
from oimg.words.privacy import MetadataGroup, MetadataPolicy

SCHEMA: Final = 1
_LONGEST_SUFFIX: Final = 100  # bytes; a file name has 255
T = TypeVar("T")


class Target(StrEnum):
    """The format to write."""

    KEEP = "keep"
    AUTO = "auto"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    JXL = "jxl"
    GIF = "gif"
    TIFF = "tiff"


class Mode(StrEnum):
    """What decides the quality of the result."""

    VISUAL = "visual"
    QUALITY = "quality"
    SIZE = "size"
    LOSSLESS = "lossless"


class Fitting(StrEnum):
    """How a new size is computed."""

    NONE = "none"
    FIT = "fit"
    FILL = "fill"
    EXACT = "exact"
    LONG_EDGE = "long-edge"
    SHORT_EDGE = "short-edge"
    SCALE = "scale"
    MEGAPIXELS = "megapixels"


class Gravity(StrEnum):
    """Which part stays when a picture is cropped to fill. Of a corner, only the side that is cropped counts."""

    CENTER = "center"
    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"
    SMART = "smart"


class ColorPolicy(StrEnum):
    """What happens to the colour profile."""

    KEEP = "keep"
    SRGB = "srgb"


class Place(StrEnum):
    """Where results go."""

    BESIDE = "beside"
    FOLDER = "folder"
    FILE = "file"
    IN_PLACE = "in-place"


class Originals(StrEnum):
    """Where originals go when they are replaced by results."""

    BACKUP = "backup"
    TRASH = "trash"


class Conflict(StrEnum):
    """What happens when a result's name is taken."""

    RENAME = "rename"
    SKIP = "skip"
    OVERWRITE = "overwrite"


class Facts(NamedTuple):
    """What faces need to know about a field: its flag, help text, range and unit."""

    flag: str
    doc: str
    low: float | None = None
    high: float | None = None
    unit: str = ""


def setting(
    default: Any, flag: str, doc: str, low: float | None = None, high: float | None = None, unit: str = ""
) -> Any:
    """Make a dataclass field that carries its own `Facts`."""
    return field(default=default, metadata={"facts": Facts(flag, doc, low, high, unit)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize:
    """A new size. All sizes are those of the upright picture."""

    fitting: Fitting = setting(Fitting.NONE, "", N_("How the new size is chosen"))
    width: int = setting(0, "", N_("Width of the box"), 0, 1_000_000, "px")
    height: int = setting(0, "", N_("Height of the box"), 0, 1_000_000, "px")
    amount: float = setting(0.0, "", N_("Edge length, percentage or megapixels"), 0, 1_000_000)
    enlarge: bool = setting(False, "--enlarge", N_("Allow the picture to grow"))
    gravity: Gravity = setting(Gravity.CENTER, "--gravity", N_("Part that stays when cropping to fill"))
    linear: bool = setting(False, "--linear", N_("Resize in linear light"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where the result goes and what it is called."""

    place: Place = setting(Place.BESIDE, "", N_("Where results go"))
    path: str = setting("", "--output", N_("Folder or file to write to"))
    suffix: str = setting("_optimized", "--suffix", N_("Added to the name beside the original"))
    conflict: Conflict = setting(Conflict.RENAME, "--on-conflict", N_("When the name is taken"))
    keep_dates: bool = setting(True, "--no-keep-dates", N_("Keep dates and permissions"))
    originals: Originals = setting(Originals.BACKUP, "--trash", N_("Where originals go that were replaced"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that is done to one picture. Equal recipes give equal results; the default is Balanced."""

    format: Target = setting(Target.KEEP, "--format", N_("Format to write"))
    mode: Mode = setting(Mode.VISUAL, "", N_("What decides the quality"))
    target: float = setting(80.0, "--target", N_("Lowest visual score"), 10, 100)
    quality: int = setting(80, "--quality", N_("Encoder quality"), 1, 100)
    max_bytes: int = setting(0, "--max-size", N_("Largest file"), 0, 1 << 40, "bytes")
    effort: int = setting(5, "--effort", N_("Encoder effort"), 0, 10)
    resize: Resize = field(default_factory=Resize)
    metadata: MetadataPolicy = setting(MetadataPolicy.PRIVATE, "--metadata", N_("What metadata stays"))
    keep: frozenset[MetadataGroup] = setting(frozenset(), "--keep", N_("Metadata groups to keep as well"))
    color: ColorPolicy = setting(ColorPolicy.KEEP, "--color", N_("Colour profile"))
    background: str = setting("#ffffff", "--background", N_("Colour behind transparency"))
    flatten_special: bool = setting(
        False, "--flatten-special", N_("Write the plain picture of files that hold more, and say what is left out")
    )
    min_savings: float = setting(0.0, "--min-savings", N_("Write only if this much smaller"), 0, 100, "%")
    min_saved_bytes: int = setting(0, "--min-savings", N_("Write only if this much smaller"), 0, 1 << 40, "bytes")
    output: Output = field(default_factory=Output)

    def __post_init__(self) -> None:
        """Raise RecipeError for impossible values, so that no later code has to check."""
        check_ranges(self)
        check_ranges(self.resize)
        check_ranges(self.output)
        background_rgb(self.background)
        box = {Fitting.FIT, Fitting.FILL, Fitting.EXACT}
        if self.resize.fitting in box and not (self.resize.width and self.resize.height):
            raise RecipeError("resize", "needs a width and a height")
        if self.resize.fitting not in box | {Fitting.NONE} and self.resize.amount <= 0:
            raise RecipeError("resize", "needs an amount above 0")
        if self.mode is Mode.SIZE and self.max_bytes <= 0:
            raise RecipeError("max_bytes", "needs a size above 0")
        check_output(self.output)


class RecipeError(ValueError):
    """An impossible recipe: `name` is the field, `reason` what is wrong with it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


def facts_of(kind: type, name: str) -> Facts:
    """The `Facts` of the field `name` of `Recipe`, `Resize` or `Output`."""
    for each in fields(kind):
        if each.name == name:
            found: Facts = each.metadata["facts"]
            return found
    raise KeyError(name)


def check_ranges(values: Any) -> None:
    """Raise RecipeError for a number outside the range of its field."""
    for each in fields(values):
        facts = each.metadata.get("facts")
        value = getattr(values, each.name)
        if facts is None or facts.low is None or isinstance(value, bool):
            continue
        if not facts.low <= value <= facts.high:
            raise RecipeError(each.name, f"{value} is not between {facts.low:g} and {facts.high:g}")


def check_output(output: Output) -> None:
    """Raise RecipeError for an impossible place, or a suffix with a path separator or of excessive length."""
    elsewhere = output.place in (Place.FOLDER, Place.FILE)
    if elsewhere and (not output.path or "\0" in output.path):
        raise RecipeError("path", "is needed to write elsewhere")
    if output.place is Place.IN_PLACE and output.conflict is Conflict.OVERWRITE:
        raise RecipeError("conflict", "overwrite is not for --in-place: only the original is replaced, nothing else")
    if set("/\\\0") & set(output.suffix):
        raise RecipeError("suffix", "must not hold a path separator")
    if len(output.suffix.encode(errors="surrogatepass")) > _LONGEST_SUFFIX:
        raise RecipeError("suffix", f"is longer than {_LONGEST_SUFFIX} bytes")


def background_rgb(text: str) -> tuple[int, int, int]:
    """Read "#rgb" or "#rrggbb" (the # may be left out) as three numbers from 0 to 255."""
    digits = text.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise RecipeError("background", f"{text!r} is not a colour such as #ffffff")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def to_dict(values: Any) -> dict[str, Any]:
    """Convert a recipe to plain JSON values, without fields that have their default."""
    result: dict[str, Any] = {}
    default = type(values)()
    for each in fields(values):
        value = getattr(values, each.name)
        if value == getattr(default, each.name):
            continue
        if is_dataclass(value):
            value = to_dict(value)
        elif isinstance(value, frozenset):
            value = sorted(value)
        result[each.name] = value
    return result


def from_dict(data: Any, kind: type[T] = Recipe) -> T:  # type: ignore[assignment]
    """Build a recipe from JSON values; RecipeError for unknown names, wrong types and wrong ranges."""
    if not isinstance(data, dict):
        raise RecipeError(kind.__name__, "is not an object")
    hints = get_type_hints(kind)
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(data) - known)
    if unknown:
        raise RecipeError(unknown[0], "is not known")
    return kind(**{name: _value(name, value, hints[name]) for name, value in data.items()})


def _value(name: str, value: Any, hint: Any) -> Any:
    if is_dataclass(hint):
        return from_dict(value, hint)  # type: ignore[arg-type]
    if get_origin(hint) is frozenset:
        if not isinstance(value, list):
            raise RecipeError(name, "is not a list")
        return frozenset(_value(name, item, get_args(hint)[0]) for item in value)
    try:
        if issubclass(hint, StrEnum):
            return hint(value)
        if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    except ValueError:
        raise RecipeError(name, f"{value!r} is not one of {', '.join(hint)}") from None
    if type(value) is not hint:
        raise RecipeError(name, f"{value!r} is not of type {hint.__name__}")
    return value
