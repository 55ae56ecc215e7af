"""About OIMG: its version, its licence, and the libraries that do the work, each with its version."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QObject, QSize, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from oimg import __version__
from oimg.faces.gui import icons, theme
from oimg.faces.gui.background import Answer, Background
from oimg.faces.gui.options import words
from oimg.faces.gui.privacy.glyph import text_label
from oimg.faces.messages import _
from oimg.words.images import Format

if TYPE_CHECKING:
    from oimg.faces.gui.main_window import MainWindow
    from oimg.words.answers import CodecState
    from oimg.work.session import Session

_SIDE = 64


class About(QObject):
    """Shows the dialog. Versions of libraries are fetched on a thread, since that loads all of them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session: Session | None = None
        self._dialog: AboutDialog | None = None
        self._background = Background("about", keep=1, parent=self)
        self._background.arrived.connect(self._take)
        window.session_opened.connect(self._use)
        window.closed.connect(self._background.close)

    def show(self) -> None:
        """Show what this program is."""
        self._dialog = AboutDialog(self._window)
        self._dialog.finished.connect(self._closed)
        self._dialog.open()
        if self._session is not None:
            session = self._session
            self._background.ask("libraries", lambda _token: session.diagnose().codecs)

    def _use(self, session: Session) -> None:
        self._session = session

    def _take(self, answer: Answer) -> None:
        if self._dialog is not None and answer.error is None:
            self._dialog.show_libraries(libraries(answer.value))

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None


def libraries(codecs: Sequence[CodecState]) -> str:
    """Name the libraries with their versions, a line each."""
    lines = [f"Python {platform.python_version()}", f"Qt {qVersion()} (PySide6 {PySide6.__version__})"]
    lines += [f"{words.format_name(Format(codec.format))}: {codec.library}" for codec in codecs if codec.library]
    return "\n".join(lines)


class AboutDialog(QDialog):
    """Shows it all; the list of libraries can be copied into a report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About OIMG"))
        picture = QLabel(self)
        picture.setPixmap(icons.application().pixmap(QSize(_SIDE, _SIDE)))
        picture.setAccessibleName("OIMG")
        title = QLabel(_("OIMG {version}").format(version=__version__), self)
        title.setFont(theme.font(theme.WELCOME, bold=True))
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(title)
        texts.addWidget(text_label(_("Makes pictures smaller, on your own computer.")))
        texts.addStretch()
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        self._libraries = QPlainTextEdit(libraries(()), self)
        self._libraries.setReadOnly(True)
        self._libraries.setTabChangesFocus(True)
        self._libraries.setAccessibleName(_("Libraries and their versions"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(
            text_label(
                _(
                    "Free software under the GNU General Public License, version 3 or later: you may use it, study it, "
                    "change it and pass it on. It comes without any warranty."
                ),
                look="quiet",
            )
        )
        layout.addWidget(text_label(_("OIMG stands on these libraries. Thank you to all who make them.")))
        layout.addWidget(self._libraries, 1)
        buttons = self._buttons()
        layout.addWidget(buttons)
        buttons.button(QDialogButtonBox.StandardButton.Close).setFocus()
        self.resize(520, 460)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        copy = buttons.addButton(_("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAccessibleName(_("Copy the versions"))
        copy.clicked.connect(self.copy)
        return buttons

    def show_libraries(self, text: str) -> None:
        """Show them all, a line each."""
        self._libraries.setPlainText(text)

    def copy(self) -> None:
        """Put versions into the clipboard."""
        QGuiApplication.clipboard().setText(f"OIMG {__version__}\n{self._libraries.toPlainText()}\n")
