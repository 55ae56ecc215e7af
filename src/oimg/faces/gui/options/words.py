"""Names of presets, formats and the other choices as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oimg.faces.messages import _, number
from oimg.words.i18n import N_
from oimg.words.images import Format
from oimg.words.recipe import ColorPolicy, Conflict, Fitting, Mode, Originals, Place, RecipeError, Resize, Target

PRESETS: Final = MappingProxyType(
    {
        "balanced": N_("Balanced"),
        "lossless": N_("Lossless"),
        "web": N_("Web"),
        "email": N_("E-mail"),
        "social": N_("Social media"),
        "archive": N_("Archive"),
        "smallest": N_("Smallest"),
    }
)
FORMATS: Final = MappingProxyType(
    {
        Target.KEEP: N_("Keep the format"),
        Target.AUTO: N_("Best for each picture"),
        Target.JPEG: "JPEG",
        Target.PNG: "PNG",
        Target.WEBP: "WebP",
        Target.AVIF: "AVIF",
        Target.JXL: "JPEG XL",
        Target.GIF: "GIF",
        Target.TIFF: "TIFF",
    }
)
MODES: Final = MappingProxyType(
    {
        Mode.VISUAL: N_("By eye"),
        Mode.QUALITY: N_("Fixed quality"),
        Mode.SIZE: N_("Largest size"),
        Mode.LOSSLESS: N_("Without loss"),
    }
)
FITTINGS: Final = MappingProxyType(
    {
        Fitting.NONE: N_("Keep the size"),
        Fitting.FIT: N_("Fit into a box"),
        Fitting.FILL: N_("Fill a box, and crop"),
        Fitting.EXACT: N_("Exactly this size"),
        Fitting.LONG_EDGE: N_("Longer side"),
        Fitting.SHORT_EDGE: N_("Shorter side"),
        Fitting.SCALE: N_("Percentage"),
        Fitting.MEGAPIXELS: N_("Megapixels"),
    }
)
_SIZES: Final = MappingProxyType(
    {
        Fitting.FIT: N_("Fits into {width} × {height}"),
        Fitting.FILL: N_("Fills {width} × {height}"),
        Fitting.EXACT: N_("Exactly {width} × {height}"),
        Fitting.LONG_EDGE: N_("Longer side {amount} px"),
        Fitting.SHORT_EDGE: N_("Shorter side {amount} px"),
        Fitting.SCALE: N_("{amount} % of the size"),
        Fitting.MEGAPIXELS: N_("{amount} megapixels"),
    }
)
COLORS: Final = MappingProxyType({ColorPolicy.KEEP: N_("Keep"), ColorPolicy.SRGB: N_("Convert to sRGB")})
PLACES: Final[Mapping[Place, str]] = MappingProxyType(
    {
        Place.BESIDE: N_("Beside the originals"),
        Place.FOLDER: N_("Into a folder"),
        Place.IN_PLACE: N_("In place of the originals"),
    }
)
CONFLICTS: Final = MappingProxyType(
    {
        Conflict.RENAME: N_("Take another name"),
        Conflict.SKIP: N_("Leave the file out"),
        Conflict.OVERWRITE: N_("Replace what is there"),
    }
)
ORIGINALS: Final = MappingProxyType(
    {Originals.BACKUP: N_("Into the backup of OIMG"), Originals.TRASH: N_("Into the trash")}
)
_WRONG: Final = MappingProxyType(
    {
        "max_bytes": N_("How large may a file be? Give a size above 0."),
        "path": N_("Choose the folder that results go to."),
        "conflict": N_("In place, only the originals themselves can be replaced."),
        "suffix": N_("This cannot be part of a file name: it is too long, or holds a slash."),
        "background": N_("This is not a colour. Write it like #ffffff."),
    }
)


def preset(name: str) -> str:
    """Give the title of a preset; the user's own are called as they are."""
    return _(PRESETS[name]) if name in PRESETS else name


def target(format_: Target) -> str:
    """Give the title of a format."""
    return _(FORMATS[format_])


def format_name(format_: Format) -> str:
    """Give the name of a format; those that are only read are called by their code."""
    return target(Target(format_.value)) if format_.value in set(Target) else format_.value.upper()


def dimensions(width: int, height: int) -> str:
    """Write a size in pixels."""
    return _("{width} × {height}").format(width=width, height=height).replace(" ", "\N{NO-BREAK SPACE}")


def figure(value: float) -> str:
    """Write a number with the digits that it has, three after the point at most; pixels are not put into groups."""
    digits = next(each for each in range(4) if each == 3 or round(value, each) == value)
    return number(value, digits, grouped=False)


def new_size(resize: Resize) -> str:
    """Say in a few words what size pictures get."""
    if resize.fitting is Fitting.NONE:
        return _("As it is")
    pixels = resize.fitting in (Fitting.LONG_EDGE, Fitting.SHORT_EDGE)
    amount = f"{resize.amount:.0f}" if pixels else figure(resize.amount)  # pixels have no marks between thousands
    return _(_SIZES[resize.fitting]).format(width=resize.width, height=resize.height, amount=amount)


def wrong(error: RecipeError) -> str:
    """Say what is wrong with a field that cannot be as it is."""
    if error.name == "resize":
        return _("How large? Give a size above 0.")
    return _(_WRONG.get(error.name, N_("This value is not possible.")))
