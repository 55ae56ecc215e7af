"""What the colours of the difference mean, and how strongly they are shown."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from oimg.faces.gui import theme
from oimg.faces.gui.slider import Slider
from oimg.faces.gui.tokens import now
from oimg.faces.messages import _

# Score, red, green, blue: those that the map is painted with.
STOPS: Final = (
    (0, 96, 0, 64),
    (30, 220, 0, 0),
    (50, 255, 128, 0),
    (70, 240, 220, 0),
    (80, 0, 150, 120),
    (90, 16, 48, 112),
    (100, 6, 12, 32),
)
STRONGEST: Final = 8
_BAR: Final = 10
_SPACE: Final = 4
_BESIDE: Final = 160  # what the words and the number beside the slider take


class Legend(QWidget):
    """A scale of colours with words, and a slider."""

    gain_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slider = Slider(1, STRONGEST)
        self._slider.setFixedWidth(112)
        self._slider.setAccessibleName(_("Strength of the colours"))
        self._slider.setToolTip(_("Makes small differences easier to see"))
        caption = QLabel(_("S&trength"), self)
        caption.setBuddy(self._slider)
        self._value = QLabel(self)
        self._value.setFont(theme.font())
        self._value.setMinimumWidth(self._value.fontMetrics().horizontalAdvance("×88"))
        self._scale = ColorScale(self)
        strength = QHBoxLayout()
        strength.setSpacing(8)
        for each in (caption, self._slider, self._value):
            strength.addWidget(each)
        strength.addStretch()
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 8, 0, 0)
        self._layout.setSpacing(_SPACE)
        self._layout.addWidget(self._scale, 1)
        self._layout.addSpacing(12)
        self._layout.addLayout(strength)
        self._slider.valueChanged.connect(self._changed)
        self._changed(1)

    @property
    def gain(self) -> float:
        """How many times the differences are to be shown."""
        return float(self._slider.value())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the slider below the scale where the words would not fit beside it."""
        super().resizeEvent(event)
        beside = self.width() >= self._scale.sizeHint().width() + self._slider.width() + _BESIDE
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if way is not self._layout.direction():
            self._layout.setDirection(way)

    def _changed(self, value: int) -> None:
        self._value.setText(_("×{gain}").format(gain=value))
        self._scale.show_gain(value)
        self.gain_changed.emit(float(value))


class ColorScale(QWidget):
    """The colours from no difference to a strong one, in the direction of reading."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Meaning of the colours"))
        self.setAccessibleDescription(
            _("Dark blue: no difference seen. Green and yellow: a slight one. Orange and red: clearly visible.")
        )
        self.setFont(theme.font(theme.CAPTION))
        self._gain = 1

    @property
    def ends(self) -> tuple[str, str]:
        """What the colours at both ends mean."""
        strong = (
            _("clearly visible") if self._gain == 1 else _("{gain} times as strong as it is").format(gain=self._gain)
        )
        return _("no difference seen"), strong

    def show_gain(self, gain: int) -> None:
        """Say that differences are shown stronger than they are."""
        self._gain = gain
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the words need."""
        metrics = QFontMetrics(self.font())
        width = sum(metrics.horizontalAdvance(each) for each in self.ends) + 24
        return QSize(width, _BAR + _SPACE + metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Words may be cut before the window has to grow."""
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the scale, and the words for its ends below it."""
        mirrored = self.isRightToLeft()
        bar = QRectF(0.5, 0.5, self.width() - 1, _BAR)
        shades = QLinearGradient(
            bar.topRight() if mirrored else bar.topLeft(), bar.topLeft() if mirrored else bar.topRight()
        )
        for place, color in stops():
            shades.setColorAt(place, color)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(now().border))
        painter.setBrush(shades)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(QColor(now().quiet))
        metrics = QFontMetrics(self.font())
        words = QRectF(0, _BAR + _SPACE, self.width(), metrics.height())
        for text, leading in zip(self.ends, (True, False), strict=True):
            at_left = leading is not mirrored
            side = Qt.AlignmentFlag.AlignLeft if at_left else Qt.AlignmentFlag.AlignRight
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width() // 2 - 6)
            painter.drawText(words, side | Qt.AlignmentFlag.AlignAbsolute, shown)
        painter.end()


def stops() -> list[tuple[float, QColor]]:
    """The colours by their place on the scale: 0 no difference, 1 the strongest."""
    return [(1 - score / 100, QColor(*color)) for score, *color in reversed(STOPS)]
