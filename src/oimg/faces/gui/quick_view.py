"""The content of the small window: a headline, progress, reasons, and the buttons at the end."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from oimg.faces.gui import icons, theme
from oimg.faces.messages import _

_WIDTH: Final = 480
_STEPS: Final = 1000
_LOGO: Final = 40
_TALLEST: Final = 200  # of the reasons; more of them scroll


class QuickView(QWidget):
    """Fills a window. Buttons are shown while they can be used."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._headline = QLabel(self)
        self._facts = QLabel(self)
        self._lines = QLabel(self)
        self._area = QScrollArea(self)
        self._bar = QProgressBar(self)
        self.open = QPushButton(_("Open in OIMG"), self)
        self.undo = _button(_("Undo"), "undo", self)
        self.show_results = _button(_("Show in folder"), "show-folder", self)
        self.close_button = QPushButton(self)
        self._set_texts()
        self._lay_out()
        whole = QVBoxLayout(window)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        whole.addWidget(self)
        window.setMinimumWidth(_WIDTH)
        window.resize(_WIDTH, 1)

    def _set_texts(self) -> None:
        self._headline.setFont(theme.font(theme.TITLE, bold=True))
        self._facts.setProperty("look", "quiet")
        self._lines.setProperty("look", "quiet")
        for label in (self._headline, self._facts, self._lines):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(_("Reasons"))
        self._area.setWidget(self._lines)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))

    def _lay_out(self) -> None:
        logo = QLabel(self)
        logo.setPixmap(icons.application().pixmap(QSize(_LOGO, _LOGO), self.devicePixelRatioF()))
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self._headline)
        texts.addWidget(self._facts)
        texts.addSpacing(8)
        texts.addWidget(self._bar)
        texts.addWidget(self._area)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(logo, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.open)
        buttons.addStretch()
        for each in (self.undo, self.show_results, self.close_button):
            buttons.addWidget(each)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(16)
        layout.addLayout(head)
        layout.addStretch()
        layout.addLayout(buttons)

    def show_text(self, headline: str, facts: str = "") -> None:
        """Say what is going on."""
        self._headline.setText(headline)
        self._facts.setText(facts)
        self._facts.setVisible(bool(facts))
        if self._bar.maximum() == 0:
            self._show_buttons()
        self._fit()

    def show_progress(self, text: str, fraction: float) -> None:
        """Say how far the work is."""
        self.show_text(_("Making pictures smaller…"), text)
        self._bar.setRange(0, _STEPS)
        self._bar.setValue(round(_STEPS * fraction))
        self._show_buttons(close=_("Stop"))

    def show_lines(self, text: str) -> None:
        """Give reasons; none where the text is empty."""
        self._lines.setText(text)
        self._area.setVisible(bool(text))
        # Measured beside a scroll bar: else a line that just fits makes one appear, which makes it wrap below the edge.
        beside = self._area.verticalScrollBar().sizeHint().width()
        tall = self._lines.heightForWidth(_WIDTH - 96 - beside) + 4
        self._area.setFixedHeight(min(_TALLEST, tall))

    def show_busy(self) -> None:
        """Disable the buttons during work whose progress is unknown."""
        self._bar.setRange(0, 0)
        self._bar.show()
        self._show_buttons()

    def show_end(self, *, can_undo: bool, can_show: bool, can_open: bool) -> None:
        """Offer what can be done now that the work has ended."""
        self._bar.hide()
        self._show_buttons(undo=can_undo, show=can_show, can_open=can_open)
        self.close_button.setFocus()
        self._fit()

    def _fit(self) -> None:
        """Set the height that the texts need at this width; Qt would use the one for the minimum width."""
        window, height = self.window(), 0
        for layout in (self.layout(), self.window().layout()):
            if layout is not None:
                layout.invalidate()  # what was just hidden or shown is not reckoned with yet
                layout.activate()
                height = layout.totalHeightForWidth(window.width())
        window.resize(window.width(), height)

    def _show_buttons(self, *, undo: bool = False, show: bool = False, can_open: bool = False, close: str = "") -> None:
        self.undo.setVisible(undo)
        self.show_results.setVisible(show)
        self.open.setVisible(can_open)
        self.close_button.setText(close or _("Close"))
        self._area.setVisible(bool(self._lines.text()))


def _button(text: str, icon: str, parent: QWidget) -> QPushButton:
    button = QPushButton(QIcon(icons.icon(icon)), text, parent)
    button.hide()
    return button
