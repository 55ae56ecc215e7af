"""Colours and measures of the window: plain values, the same names for light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GRID: Final = 8
RADIUS: Final = 8
SMALL_RADIUS: Final = 6
CONTROL: Final = 32
"""The height of buttons and fields."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme. `faint` is for disabled controls, which need no minimum contrast."""

    window: str
    surface: str
    raised: str
    border: str
    text: str
    quiet: str
    faint: str
    accent: str
    accent_hover: str
    on_accent: str
    good: str
    warn: str
    bad: str
    selection: str


LIGHT: Final = Tokens(
    window="#f4f5f7",
    surface="#ffffff",
    raised="#fafbfc",
    border="#d9dde3",
    text="#1a1d21",
    quiet="#57606c",
    faint="#9aa2ad",
    accent="#2e6ade",
    accent_hover="#2459c2",
    on_accent="#ffffff",
    good="#1b7a4b",
    warn="#8a5300",
    bad="#be2d2d",
    selection="#dce7fb",
)
DARK: Final = Tokens(
    window="#15171b",
    surface="#1d2025",
    raised="#24282e",
    border="#333841",
    text="#e9ebee",
    quiet="#a6aeba",
    faint="#626a76",
    accent="#7aa7ff",
    accent_hover="#97bbff",
    on_accent="#0e1116",
    good="#5ccb95",
    warn="#e5b05c",
    bad="#ff8a80",
    selection="#263a5e",
)


@dataclass(slots=True)
class _InUse:
    tokens: Tokens = LIGHT


_in_use: Final = _InUse()


def now() -> Tokens:
    """The tokens in use. Read them at each painting, so that changes of the theme show."""
    return _in_use.tokens


def use(tokens: Tokens) -> None:
    """Use other tokens from now on; called by `theme.Theme`, which notifies the widgets."""
    _in_use.tokens = tokens


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    values = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
