"""Colours that can be read, icons that are there and follow the theme, one style sheet for both."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication

from oimg.faces.gui import icons, theme
from oimg.faces.gui.actions import SPECS
from oimg.faces.gui.queue.rows import State
from oimg.faces.gui.style_sheet import style_sheet
from oimg.faces.gui.theme import Choice, Theme
from oimg.faces.gui.tokens import DARK, LIGHT, Tokens, contrast, now

TEXTS = ("text", "quiet", "accent", "good", "warn", "bad")
GROUNDS = ("window", "surface", "raised")
NAMES = sorted(path.stem for path in icons.path("add").parent.glob("*.svg"))


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_texts_can_be_read_on_every_ground(tokens: Tokens, text: str) -> None:
    for ground in GROUNDS:
        assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5, ground


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_what_lies_on_accent_and_selection_can_be_read(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent_hover) >= 4.5
    assert contrast(tokens.text, tokens.selection) >= 4.5
    assert contrast(tokens.quiet, tokens.selection) >= 4.5
    assert contrast(tokens.quiet, tokens.border) >= 4.5  # the big button, switched off


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_is_complete(tokens: Tokens) -> None:
    sheet = style_sheet(tokens)
    assert "$" not in sheet
    for url in re.findall(r"url\((.+?)\)", sheet):
        assert icons.path("x").parent.joinpath(url).is_file()


def test_the_theme_is_applied_and_told(qapp: QApplication) -> None:
    chosen = Theme(Choice.LIGHT)
    told: list[Tokens] = []
    chosen.changed.connect(lambda: told.append(now()))
    chosen.choose(Choice.DARK)
    assert told == [DARK]
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    chosen.choose(Choice.SYSTEM)
    dark = qapp.styleHints().colorScheme() is Qt.ColorScheme.Dark
    assert now() is (DARK if dark else LIGHT)


def test_fonts_grow_with_the_system(qapp: QApplication) -> None:
    assert theme.font(theme.TITLE).pointSizeF() == pytest.approx(qapp.font().pointSizeF() * theme.TITLE)
    assert theme.font(bold=True).weight() > theme.font().weight()


def inked(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal, size: int = 40) -> set[str]:
    image = icon.pixmap(QSize(size, size), mode).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    colors = (QColor.fromRgba(image.pixel(x, y)) for x in range(image.width()) for y in range(image.height()))
    return {color.name() for color in colors if color.alpha() == 255}


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_can_be_drawn(name: str) -> None:
    assert inked(icons.icon(name)), name


def test_icons_have_the_colours_of_the_theme_in_use() -> None:
    icon, chosen = icons.icon("stop"), Theme(Choice.LIGHT)
    assert LIGHT.text in inked(icon)
    assert LIGHT.faint in inked(icon, QIcon.Mode.Disabled)
    chosen.choose(Choice.DARK)
    assert DARK.text in inked(icon)
    assert DARK.accent in inked(icons.icon("stop", "accent"))


def test_every_icon_that_is_asked_for_is_there() -> None:
    wanted = {spec.icon for spec in SPECS.values() if spec.icon} | set(State)
    assert wanted <= set(NAMES)


@pytest.mark.parametrize("size", [16, 20, 30, 40, 64, 256])
def test_icons_are_as_large_as_asked(size: int) -> None:
    assert icons.icon("lock").pixmap(QSize(size, size)).size() == QSize(size, size)
    assert not icons.application().pixmap(QSize(size, size)).isNull()


@pytest.mark.parametrize(("name", "turns"), [("undo", True), ("back", True), ("search", False)])
def test_arrows_back_point_to_where_one_reads_from(qapp: QApplication, name: str, *, turns: bool) -> None:
    """A magnifying glass is held the same way everywhere; an arrow to what was before is not."""
    size, before = QSize(40, 40), qapp.layoutDirection()
    try:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        one = icons.icon(name).pixmap(size).toImage()
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        other = icons.icon(name).pixmap(size).toImage()
    finally:
        qapp.setLayoutDirection(before)
    assert (other == one) is not turns
    assert _unlike(other, one.flipped(Qt.Orientation.Horizontal) if turns else one) < 0.02


def _unlike(one: QImage, other: QImage) -> float:
    """The share of pixels that differ by more than smoothing makes them."""
    places = [(x, y) for x in range(one.width()) for y in range(one.height())]
    apart = [abs(one.pixelColor(*at).alpha() - other.pixelColor(*at).alpha()) > 64 for at in places]
    return sum(apart) / len(apart)
