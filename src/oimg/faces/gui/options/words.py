"""Names of presets and formats as people read them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from oimg.faces.messages import _
from oimg.words.i18n import N_
from oimg.words.recipe import Target

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


def preset(name: str) -> str:
    """Give the title of a preset; the user's own are called as they are."""
    return _(PRESETS[name]) if name in PRESETS else name


def target(format_: Target) -> str:
    """Give the title of a format."""
    return _(FORMATS[format_])
