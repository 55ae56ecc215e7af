"""A section that can be folded; a line then says what is set in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from oimg.faces.gui import icons, theme
from oimg.faces.gui.options.fields import Section, Values, stack
from oimg.faces.gui.tokens import SMALL_RADIUS, now
from oimg.faces.messages import _

_ICON = 20


class Fold(QWidget):
    """A heading and a section below it."""

    toggled = Signal()

    def __init__(self, name: str, title: str, section: Section) -> None:
        super().__init__()
        self.name = name
        self.section = section
        self.heading = _Heading(title)
        self.heading.toggled.connect(self._show_section)
        self.heading.toggled.connect(self.toggled)
        layout = stack(self, 8)
        layout.addWidget(self.heading)
        layout.addWidget(section)
        section.setContentsMargins(0, 0, 0, 12)
        section.hide()

    @property
    def is_open(self) -> bool:
        """Whether the section is seen."""
        return self.heading.isChecked()

    def set_open(self, *, is_open: bool) -> None:
        """Open or fold it."""
        self.heading.setChecked(is_open)

    def show_values(self, values: Values) -> None:
        """Show what is set, and say it in the heading."""
        self.section.show_values(values)
        self.heading.show_summary(self.section.summary(values))

    def _show_section(self, is_open: bool) -> None:
        self.section.setVisible(is_open)


class _Heading(QAbstractButton):
    """A title above a quiet line, with an arrow that shows whether the section is open."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._summary = ""
        self.setText(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.toggled.connect(self._tell)
        self._tell()

    def show_summary(self, text: str) -> None:
        """Say in the second line what is set."""
        self._summary = text
        self._tell()
        self.update()

    def _tell(self) -> None:
        state = _("open") if self.isChecked() else _("folded")
        self.setAccessibleName(_("{title}, {state}").format(title=self.text(), state=state))
        self.setAccessibleDescription(self._summary)
        self.setToolTip("" if self.isChecked() else self._summary)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Ask for one line when open, for two when folded."""
        title, summary = QFontMetrics(theme.font(bold=True)), QFontMetrics(theme.font(theme.CAPTION))
        second = 0 if self.isChecked() else summary.height() + 2
        return QSize(title.horizontalAdvance(self.text()) + _ICON + 16, title.height() + second + 12)

    def minimumSizeHint(self) -> QSize:
        """Be as narrow as can be: what does not fit is cut with a sign."""
        return QSize(80, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Take another font, or another direction."""
        super().changeEvent(event)
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw arrow, title and line."""
        tokens, painter, mirrored = now(), QPainter(self), self.isRightToLeft()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised) if self.underMouse() else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), SMALL_RADIUS, SMALL_RADIUS)
        bold, small = theme.font(bold=True), theme.font(theme.CAPTION)
        arrow = "fold-open" if self.isChecked() else "fold-closed-mirrored" if mirrored else "fold-closed"
        left = self.width() - _ICON if mirrored else 0
        top = 6 + (QFontMetrics(bold).height() - _ICON) / 2
        icons.paint(painter, arrow, QRectF(left, top, _ICON, _ICON), tokens.quiet)
        room = QRectF(4 if mirrored else _ICON + 4, 6, self.width() - _ICON - 8, self.height() - 12)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        for font, color, text, edge in (
            (bold, tokens.text, self.text(), Qt.AlignmentFlag.AlignTop),
            (small, tokens.quiet, "" if self.isChecked() else self._summary, Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(font)
            painter.setPen(QColor(color))
            cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, int(side | edge), cut)
        painter.end()
