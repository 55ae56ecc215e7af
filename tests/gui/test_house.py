"""The sheet of keys, About, and the dialog for what nobody foresaw."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from oimg import __version__
from oimg.faces.gui import actions, shortcuts, unexpected
from oimg.faces.gui.about import AboutDialog, libraries
from oimg.faces.gui.actions import SPECS, Act
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.unexpected import Unexpected, UnexpectedDialog
from oimg.work.session import Session


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_the_sheet_tells_every_key_of_every_action(qtbot: QtBot) -> None:
    sheet = shortcuts.ShortcutSheet()
    qtbot.addWidget(sheet)
    told = texts(sheet)
    for spec in SPECS.values():
        for keys in spec.keys:
            assert shortcuts.native(keys) in told
            assert actions.plain(spec.text) in told
    assert told.count(shortcuts.native("F1")) == 1


def test_f1_shows_the_sheet_and_escape_closes_it(window: MainWindow, qtbot: QtBot) -> None:
    assert window.actions_[Act.SHORTCUTS].shortcut().toString() == "F1"
    window.actions_[Act.SHORTCUTS].trigger()
    (sheet,) = window.findChildren(shortcuts.ShortcutSheet)
    qtbot.waitExposed(sheet)
    with qtbot.waitSignal(sheet.destroyed):
        sheet.reject()
    assert window.findChildren(shortcuts.ShortcutSheet) == []


@pytest.mark.parametrize(
    ("text", "told"), [("&Open…", "Open"), ("打开文件(&F)…", "打开文件"), ("Ö&ffnen", "Öffnen"), ("a (b)", "a (b)")]
)
def test_marks_of_keys_are_not_shown(text: str, told: str) -> None:
    assert actions.plain(text) == told


def test_about_tells_versions_and_licence(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    window.actions_[Act.ABOUT].trigger()
    (dialog,) = window.findChildren(AboutDialog)
    told = "\n".join(texts(dialog))
    assert __version__ in told
    assert "GNU General Public License, version 3 or later" in told
    (field,) = dialog.findChildren(QPlainTextEdit)
    whole = libraries(session.diagnose().codecs)
    qtbot.waitUntil(lambda: field.toPlainText() == whole, timeout=60_000)
    assert all(each in whole for each in ("Qt ", "JPEG:", "AVIF:"))
    dialog.copy()
    assert QGuiApplication.clipboard().text().startswith(f"OIMG {__version__}\nPython ")
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()


def test_about_is_there_before_the_libraries_are_known(
    window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    may_go_on, asked_on = threading.Event(), []
    diagnose = session.diagnose

    def slow() -> object:
        asked_on.append(threading.current_thread())
        assert may_go_on.wait(60)
        return diagnose()

    monkeypatch.setattr(session, "diagnose", slow)
    window.actions_[Act.ABOUT].trigger()
    (dialog,) = window.findChildren(AboutDialog)
    (field,) = dialog.findChildren(QPlainTextEdit)
    assert "Qt " in field.toPlainText()
    assert "JPEG:" not in field.toPlainText()
    may_go_on.set()
    qtbot.waitUntil(lambda: "JPEG:" in field.toPlainText(), timeout=60_000)
    assert threading.main_thread() not in asked_on
    dialog.reject()


@pytest.fixture
def watched(
    qapp: QApplication, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Unexpected]:
    """The hooks of the real program around the test's window, with a log of its own."""
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)  # pytest-qt would take exceptions before us
    window.activateWindow()
    made = Unexpected(qapp)
    made.watch(tmp_path / "state" / "errors.log")
    yield made
    made.close()
    made.deleteLater()


def fail() -> None:
    message = "the moon is full"
    raise RuntimeError(message)


def shown(watched: Unexpected, qtbot: QtBot) -> UnexpectedDialog:
    qtbot.waitUntil(lambda: watched.dialog is not None, timeout=10_000)
    assert watched.dialog is not None
    return watched.dialog


def test_an_exception_in_a_slot_is_told_and_the_window_goes_on(
    watched: Unexpected, window: MainWindow, pictures: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    QTimer.singleShot(0, window, fail)
    dialog = shown(watched, qtbot)
    details = dialog.findChild(QPlainTextEdit).toPlainText()
    assert details.startswith("Traceback (most recent call last):")
    assert details.endswith("RuntimeError: the moon is full")
    assert any("No picture is lost" in text for text in texts(dialog))
    logged = (tmp_path / "state" / "errors.log").read_text(encoding="utf-8")
    assert f"OIMG {__version__}" in logged
    assert details in logged
    dialog.copy()
    assert details in QGuiApplication.clipboard().text()
    (go_on,) = (button for button in dialog.findChildren(QPushButton) if button.isDefault())
    go_on.click()
    assert watched.dialog is None
    with qtbot.waitSignal(window.importing.finished):
        window.add([pictures])
    assert window.model.rowCount() == 3


def test_one_place_is_told_of_once(watched: Unexpected, window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    for _ in range(3):
        QTimer.singleShot(0, window, fail)
    dialog = shown(watched, qtbot)
    qtbot.wait(100)
    assert dialog.findChild(QPlainTextEdit).toPlainText().count("the moon is full") == 1
    assert (tmp_path / "state" / "errors.log").read_text(encoding="utf-8").count("RuntimeError: ") == 1
    dialog.accept()
    QTimer.singleShot(0, window, fail)
    qtbot.wait(100)
    assert watched.dialog is None


def test_another_error_joins_the_dialog_that_is_there(watched: Unexpected, window: MainWindow, qtbot: QtBot) -> None:
    QTimer.singleShot(0, window, fail)
    dialog = shown(watched, qtbot)
    QTimer.singleShot(0, window, lambda: {}["missing"])
    field = dialog.findChild(QPlainTextEdit)
    qtbot.waitUntil(lambda: "KeyError: 'missing'" in field.toPlainText())
    assert [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()] == [
        dialog
    ]
    dialog.accept()


def test_an_exception_on_a_thread_is_told(watched: Unexpected, qtbot: QtBot) -> None:
    thread = threading.Thread(target=fail, name="oimg-test")
    thread.start()
    thread.join()
    dialog = shown(watched, qtbot)
    assert "the moon is full" in dialog.findChild(QPlainTextEdit).toPlainText()
    dialog.accept()


def test_ctrl_c_is_no_mistake(watched: Unexpected, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    passed = []
    monkeypatch.setattr(watched, "_before", (lambda *given: passed.append(given[0]), threading.excepthook))
    watched._take(KeyboardInterrupt, KeyboardInterrupt(), None)
    qtbot.wait(50)
    assert (passed, watched.dialog) == ([KeyboardInterrupt], None)


def test_the_log_begins_anew_when_it_is_long(tmp_path: Path) -> None:
    path = tmp_path / "errors.log"
    path.write_bytes(b"x" * 300_000)
    handler = unexpected.keep_log(path)
    logging.getLogger("oimg").removeHandler(handler)
    handler.close()
    assert not path.exists()


def test_a_disk_that_takes_no_log_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    handler = unexpected.keep_log(tmp_path / "file" / "errors.log")
    try:
        logging.getLogger("oimg.test").error("lost")
    finally:
        logging.getLogger("oimg").removeHandler(handler)
        handler.close()
    assert capsys.readouterr().err == ""
