"""Sentences that name a control name it as it is called."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QLabel

from oimg.faces.gui.actions import Act
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.options.words import figure
from oimg.faces.gui.wording import SWITCHES


def test_switches_are_called_as_their_controls_are(window: MainWindow) -> None:
    there = {each.text() for kind in (QAbstractButton, QLabel) for each in window.options.findChildren(kind)}
    there.add(window.actions_[Act.UNDO_FILES].text().replace("&", ""))
    named = {SWITCHES.flatten, SWITCHES.srgb, SWITCHES.format, SWITCHES.undo_file}
    assert {each.strip("“”") for each in named} <= there


def test_figures_have_the_digits_that_they_need() -> None:
    assert [figure(value) for value in (50, 2.5, 0.25, 1 / 3, 12345.0)] == ["50", "2.5", "0.25", "0.333", "12345"]
