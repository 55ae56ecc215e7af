"""The foot of the window: what will happen in one sentence, and the main button; during a run, its progress."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from oimg.faces.gui import icons, theme
from oimg.faces.gui.running import Standing
from oimg.faces.messages import _, ngettext, number, printable, seconds, size
from oimg.words.i18n import NN_
from oimg.words.recipe import Originals, Output, Place

_HEIGHT: Final = 64
_STEPS: Final = 1000
_BUTTON: Final = 40
_SPACE: Final = 16
# What is added to a name, as in "…_optimized", is no place to break a line at.
_ENDING: Final = re.compile(r"…(?=\S)")
_JOINER: Final = "\N{WORD JOINER}"


class Foot(QFrame):
    """Emits which button was pressed; its owner sets what it shows."""

    optimize = Signal()
    optimize_selected = Signal()
    privacy_asked = Signal()

    def __init__(self, pause: QAction, stop: QAction, results: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "foot")
        self._lines = 2 * self.fontMetrics().lineSpacing() + 4
        self.setFixedHeight(max(_HEIGHT, self._lines + 24))
        self._sentence = QLabel(self)
        self._sentence.setWordWrap(True)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._selected = QPushButton(self)
        self._primary = QPushButton(self)
        self._primary.setProperty("look", "primary")
        self._bar = QProgressBar(self)
        self._standing = QLabel(self)
        self._pages = QStackedWidget(self)
        self._results = _button(results, self)
        self._lay_out(pause, stop)
        self._primary.clicked.connect(self.optimize)
        self._selected.clicked.connect(self.optimize_selected)
        self.show_plan(0, 0, Output())
        self.show_note("")

    def _lay_out(self, pause: QAction, stop: QAction) -> None:
        self._lock = lock = QToolButton(self)
        lock.setIcon(icons.icon("lock", "good"))
        lock.setText(_("Processed on your device"))
        lock.setAccessibleName(lock.text())
        lock.setToolTip(lock.text())
        lock.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        lock.setProperty("look", "plain")
        lock.setFont(theme.font(theme.CAPTION))
        lock.clicked.connect(self.privacy_asked)
        self._pages.addWidget(self._planning())
        self._pages.addWidget(self._running(pause, stop))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(16)
        layout.addWidget(lock)
        layout.addWidget(self._pages, 1)

    def _planning(self) -> QWidget:
        page = QWidget(self)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._results)
        row.addWidget(self._selected)
        row.addWidget(self._primary)
        return page

    def _running(self, pause: QAction, stop: QAction) -> QWidget:
        page = QWidget(self)
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))
        texts = QVBoxLayout()
        texts.setSpacing(6)
        texts.addStretch()
        texts.addWidget(self._standing)
        texts.addWidget(self._bar)
        texts.addStretch()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(texts, 1)
        for action in (pause, stop):
            row.addWidget(_button(action, self))
        return page

    def show_plan(
        self, files: int, selected: int, output: Output, weight: int = 0, *, home: bool = False, again: bool = False
    ) -> None:
        """Say what Optimize would do with so many files and bytes, and with those selected where they are several.

        With `again` there are only files that have failed.
        """
        self._pages.setCurrentIndex(0)
        self.show_note(promise(output) if home else sentence(files, output, weight))
        self._primary.setText(_button_text(files, again=again).format(count=number(files)))
        self._primary.setEnabled(files > 0)
        text = ngettext("Only {count} selected", "Only the {count} selected", selected)
        self._selected.setText(text.format(count=number(selected)))
        self._selected.setAccessibleName(_("Optimize the selected files only"))
        self._selected.setVisible(0 < selected < files)
        self._fit()

    def show_standing(self, standing: Standing) -> None:
        """Show the progress of a batch."""
        self._pages.setCurrentIndex(1)
        self._bar.setValue(round(_STEPS * standing.fraction))
        self._standing.setText(standing_text(standing))

    def show_note(self, text: str) -> None:
        """Say something in place of the sentence, until the next plan is shown."""
        self._sentence.setToolTip(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt to another size."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there would be too many lines, show the lock without words, then break even before a name's ending."""
        buttons = (each for each in (self._results, self._selected, self._primary) if not each.isHidden())
        room = self.width() - sum(each.sizeHint().width() + _SPACE for each in buttons) - icons.SIZE - 4 * _SPACE
        said = self._sentence.toolTip()
        joined = _ENDING.sub(f"…{_JOINER}", said)
        worded = self._fits(joined, room - self._lock.fontMetrics().horizontalAdvance(self._lock.text()))
        style = Qt.ToolButtonStyle
        self._lock.setToolButtonStyle(style.ToolButtonTextBesideIcon if worded else style.ToolButtonIconOnly)
        self._sentence.setText(joined if worded or self._fits(joined, room) else said)

    def _fits(self, text: str, width: int) -> bool:
        box = QRect(0, 0, max(1, width), 10_000)
        flags = int(Qt.TextFlag.TextWordWrap)
        return self._sentence.fontMetrics().boundingRect(box, flags, text).height() <= self._lines


def _button(action: QAction, parent: QWidget) -> QToolButton:
    """Make a button of an action, which is there while there is something to do."""
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setAccessibleName(action.iconText())
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setMinimumSize(QSize(0, _BUTTON))
    button.setVisible(action.isEnabled())

    def follow() -> None:
        button.setVisible(action.isEnabled())
        button.setAccessibleName(action.iconText())

    action.changed.connect(follow)
    return button


def _button_text(files: int, *, again: bool) -> str:
    if not files:
        return _("Optimize")
    if again:
        return ngettext("Try {count} file again", "Try {count} files again", files)
    return ngettext("Optimize {count} file", "Optimize {count} files", files)


def sentence(files: int, output: Output, weight: int = 0) -> str:
    """Say how much there is to do, where results go and what becomes of the originals."""
    if not files:
        return _("Nothing is waiting.")
    match output.place:
        case Place.BESIDE:
            texts = NN_(
                "{count} file, {size}. The result goes beside the original as …{suffix}; the original stays.",
                "{count} files, {size}. Results go beside the originals as …{suffix}; the originals stay.",
            )
        case Place.FOLDER | Place.FILE:
            texts = NN_(
                "{count} file, {size}. The result goes into {folder}; the original stays.",
                "{count} files, {size}. Results go into {folder}; the originals stay.",
            )
        case Place.IN_PLACE if output.originals is Originals.TRASH:
            texts = NN_(
                "{count} file, {size}. It is replaced; the original goes to the trash, and Undo brings it back.",
                "{count} files, {size}. They are replaced; the originals go to the trash, and Undo brings them back.",
            )
        case _:
            texts = NN_(
                "{count} file, {size}. It is replaced; the original is kept, and Undo brings it back.",
                "{count} files, {size}. They are replaced; the originals are kept, and Undo brings them back.",
            )
    folder = printable(Path(output.path).name or output.path)
    text = ngettext(*texts, files)
    return text.format(count=number(files), size=size(weight), suffix=printable(output.suffix), folder=folder)


def promise(output: Output) -> str:
    """Say where results will go, before there are any files."""
    match output.place:
        case Place.BESIDE:
            text = _("Results will go beside the originals as …{suffix}; the originals stay.")
        case Place.FOLDER | Place.FILE:
            text = _("Results will go into {folder}; the originals stay.")
        case _:
            text = _("Results will replace the originals, and Undo brings those back.")
    folder = printable(Path(output.path).name or output.path)
    return text.format(suffix=printable(output.suffix), folder=folder)


def standing_text(standing: Standing) -> str:
    """Say how far a batch is, and how long it will take."""
    counts = {"done": number(standing.done), "files": number(standing.files)}
    if standing.stopping:
        return _("Stopping; finished files stay…")
    if standing.paused:
        return _("Paused at {done} of {files}").format(**counts)
    if standing.left is None:
        return _("{done} of {files}").format(**counts)
    return _("{done} of {files} · about {time} left").format(**counts, time=_time(standing.left))


def _time(left: int) -> str:
    """Write a time, rounded to what an estimate can know."""
    return _("{seconds} s").format(seconds=left) if left < 60 else seconds(left)
