"""Every window and dialog there is: no control without a name, no text that is cut, in long languages and mirrored."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from oimg.faces import messages
from oimg.faces.gui.actions import SPECS, Act
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.unexpected import UnexpectedDialog
from oimg.words.i18n import catalogue

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
# What ends the window or empties it; the rest may open whatever it opens.
NOT_TRIGGERED = {Act.QUIT, Act.REMOVE, Act.CLEAR, Act.PASTE, Act.OPTIMIZE, Act.OPTIMIZE_SELECTED, Act.RETRY, Act.SHOW}
TRIGGERED = sorted(set(SPECS) - NOT_TRIGGERED)
SIZES = [QSize(900, 600), QSize(1600, 1000)]


class Longer(gettext.NullTranslations):
    """Texts that are 40 % longer than they are in English."""

    def gettext(self, message: str) -> str:
        more = round(0.4 * len(message)) + 1
        return f"{message} {('so viel länger ' * (more // 14 + 1))[: more - 1].strip()}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


LANGUAGES: dict[str, Callable[[], gettext.NullTranslations]] = {
    "longer": Longer,
    "de": lambda: catalogue("de"),
    "zh_CN": lambda: catalogue("zh_CN"),
}


@pytest.fixture(params=["en", *LANGUAGES])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have texts in another language, in every module that holds the function already."""
    if request.param in LANGUAGES:
        monkeypatch.setattr(messages._translations, "_fallback", LANGUAGES[request.param]())
    return str(request.param)


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.fixture(autouse=True)
def nothing_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dialogs are shown and looked at; those for files, which are Qt's own, are closed at once."""
    monkeypatch.setattr(QDialog, "exec", lambda self: self.show())
    for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_args, **_options: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args, **_options: "")


def seen(window: QWidget) -> list[QWidget]:
    """Give what of a window is on the screen, without the insides of Qt's own controls."""
    inside = [each for each in window.findChildren(QWidget) if each.isVisible() and each.window() is window]
    return [each for each in inside if not isinstance(each.parent(), (QComboBox, QAbstractSpinBox, QLineEdit))]


def nameless(window: QWidget) -> list[str]:
    labelled = {label.buddy() for label in window.findChildren(QLabel)}
    return [
        describe(each)
        for each in seen(window)
        if isinstance(each, CONTROLS)
        and each.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not (each.accessibleName() or getattr(each, "text", str)() or each in labelled)
    ]


def cut(window: QWidget) -> list[str]:
    """Name what has less room than its text takes, or sticks out of what it lies in."""
    found = []
    for each in seen(window):
        text = isinstance(each, (QLabel, QAbstractButton, QComboBox))
        if text and each.width() + 1 < each.minimumSizeHint().width():
            found.append(f"{describe(each)}: {each.width()} of {each.minimumSizeHint().width()} wide")
        elif isinstance(each, QLabel) and each.wordWrap() and each.height() + 1 < each.heightForWidth(each.width()):
            found.append(f"{describe(each)}: {each.height()} of {each.heightForWidth(each.width())} high")
        elif text and each.height() + 1 < min(each.minimumSizeHint().height(), each.sizeHint().height()):
            found.append(f"{describe(each)}: {each.height()} of {each.minimumSizeHint().height()} high")
        elif text and sticks_out(each):
            found.append(f"{describe(each)}: sticks out of {describe(each.parentWidget())}")
    return found


def sticks_out(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    if parent is None or isinstance(parent.parent(), QAbstractScrollArea):
        return False
    return not parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry())


def describe(widget: QObject) -> str:
    text = getattr(widget, "text", str)()
    name = text or getattr(widget, "accessibleName", str)()
    return f"{type(widget).__name__} {name!r}"


def look_at(window: QWidget, qtbot: QtBot) -> None:
    qtbot.waitExposed(window)
    qtbot.wait(20)
    assert nameless(window) == []
    assert cut(window) == []


def dialogs() -> list[QWidget]:
    """Give our dialogs that are open; those for files are Qt's own, and closed."""
    opened = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
    for each in opened:
        if isinstance(each, QFileDialog):
            each.close()
    return [each for each in opened if not isinstance(each, QFileDialog)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size.width()))
def test_the_window_shows_all_of_its_texts(language: str, size: QSize, window: MainWindow, qtbot: QtBot) -> None:
    window.resize(size)
    look_at(window, qtbot)
    smallest = window.minimumSizeHint()
    assert smallest.width() <= size.width(), language
    assert smallest.height() <= size.height(), language


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size.width()))
def test_with_pictures_it_does_so_too(
    language: str,
    size: QSize,
    filled: MainWindow,
    optimize: Callable[[MainWindow], None],
    qtbot: QtBot,
) -> None:
    filled.resize(size)
    qtbot.wait(200)
    look_at(filled, qtbot)
    filled.queue.view.selectAll()
    qtbot.wait(200)
    look_at(filled, qtbot)
    optimize(filled)
    qtbot.wait(200)
    look_at(filled, qtbot)
    assert filled.minimumSizeHint().width() <= size.width(), language


@pytest.mark.usefixtures("right_to_left")
def test_mirrored_windows_show_all_and_begin_at_the_right(filled: MainWindow, qtbot: QtBot) -> None:
    filled.resize(SIZES[0])
    qtbot.wait(200)
    look_at(filled, qtbot)
    assert filled.queue.x() > filled.column.x() > filled.options.x()


@pytest.mark.usefixtures("language")
def test_whatever_an_action_opens_has_names_and_room(filled: MainWindow, qtbot: QtBot) -> None:
    for name in TRIGGERED:
        action = filled.actions_[name]
        action.trigger()
        qtbot.wait(20)
        for dialog in dialogs():
            look_at(dialog, qtbot)
            dialog.close()
        qtbot.waitUntil(lambda: not dialogs())
        if action.isCheckable():
            action.trigger()


@pytest.mark.usefixtures("language")
def test_the_questions_and_messages_have_room(filled: MainWindow, qtbot: QtBot) -> None:
    filled.foot.privacy_asked.emit()
    filled.leaving._ask()
    unforeseen = UnexpectedDialog("Traceback (most recent call last):\nRuntimeError", filled)
    unforeseen.show()
    filled.show_unusable("ImportError: no such library")
    qtbot.wait(50)
    opened = dialogs()
    assert len(opened) >= 3
    for dialog in opened:
        look_at(dialog, qtbot)
        dialog.close()
    qtbot.waitUntil(lambda: not dialogs())


def test_the_walk_finds_what_is_wrong(qtbot: QtBot) -> None:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(100, 100)
    label = QLabel("a text that is far too long", made)
    label.setGeometry(0, 0, 30, 20)
    QLineEdit(made).setGeometry(0, 40, 50, 20)
    made.show()
    assert nameless(made) == ["QLineEdit ''"]
    assert cut(made) == [f"QLabel 'a text that is far too long': 30 of {label.minimumSizeHint().width()} wide"]
