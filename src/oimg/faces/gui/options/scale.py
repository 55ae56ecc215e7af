"""Sliders beside their number: the visual scale with its named stops, and plain ones with words at both ends."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from oimg.faces.gui import theme
from oimg.faces.gui.options.fields import Field, NumberBox, line, quiet, stack
from oimg.faces.gui.options.track import Track
from oimg.faces.gui.slider import RADIUS, Marks
from oimg.faces.gui.tokens import SMALL_RADIUS, now
from oimg.faces.messages import _
from oimg.words.i18n import N_
from oimg.words.recipe import Recipe, facts_of

STOPS: Final = (
    (60, N_("Smallest"), N_("Smallest: the loss can be seen when you look for it. Good for previews and chats.")),
    (70, N_("Good"), N_("Good: small changes in fine detail. Fine for web pages.")),
    (80, N_("Very good"), N_("Very good: hard to tell from the original, even side by side.")),
    (90, N_("Looks the same"), N_("Looks the same: no difference to be seen, at any normal distance.")),
)
_WRAPPED: Final = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
_WORSE: Final = N_("Very small: the loss is plain to see.")
_BELOW: Final = 55
"""Below this score, the lowest stop no longer describes the picture."""


class Level(QWidget):
    """A number of the recipe, its slider, and words below."""

    changed = Signal(float)
    settled = Signal()

    def __init__(
        self, kind: type, name: str, title: str, *, marks: Marks = (), stops: tuple[float, ...] = (), decimals: int = 0
    ) -> None:
        super().__init__()
        self.slider = Track(kind, name, title, marks, stops)
        self.number = NumberBox(kind, name, title, decimals=decimals)
        self.field = Field(title, self.slider, beside=self.number)
        self.column = stack(self)
        self.column.addWidget(self.field)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self.settled)
        self.number.valueChanged.connect(self._typed)

    def show_value(self, value: float) -> None:
        """Show a value without emitting it."""
        self.number.show_value(value)
        blocked = self.slider.blockSignals(True)
        if round(value) != self.slider.value():
            self.slider.setValue(round(value))
        self.slider.blockSignals(blocked)

    def set_value(self, value: float) -> None:
        """Set a value and emit it."""
        self.show_value(value)
        self.changed.emit(value)

    def name_ends(self, low: str, high: str) -> None:
        """Write what both ends of the slider mean."""
        first, last = quiet(low), quiet(high)
        last.setAlignment(Qt.AlignmentFlag.AlignTrailing)
        self.column.setSpacing(2)
        self.column.addLayout(line(first, last))

    def _slid(self, value: int) -> None:
        self.number.show_value(value)
        self.changed.emit(float(value))

    def _typed(self, value: float) -> None:
        self.set_value(value)


class VisualScale(Level):
    """How good it shall look: the score, and four stops that say it in words."""

    def __init__(self) -> None:
        facts = facts_of(Recipe, "target")
        shares = [(value, (2 * number + 1) / (2 * len(STOPS))) for number, (value, *_names) in enumerate(STOPS)]
        marks = [(facts.low or 0, 0.0), *shares, (facts.high or 100, 1.0)]
        super().__init__(
            Recipe, "target", _("How good it looks"), marks=marks, stops=tuple(each[0] for each in STOPS), decimals=1
        )
        row = QHBoxLayout()
        row.setContentsMargins(RADIUS, 0, RADIUS, 0)
        row.setSpacing(0)
        self._stops: dict[int, _Stop] = {}
        for value, name, _meaning in STOPS:
            self._stops[value] = stop = _Stop(_(name))
            stop.clicked.connect(lambda _=False, value=value: self._go(value))
            row.addWidget(stop, 1)
        self._meaning = quiet("")
        self.column.setSpacing(2)
        self.column.addLayout(row)
        self.column.addSpacing(4)
        self.column.addWidget(self._meaning)

    def show_value(self, value: float) -> None:
        """Show a score, and say what it means."""
        super().show_value(value)
        near = nearest(value)
        for each, stop in self._stops.items():
            stop.setChecked(each == near)
        self._meaning.setText(meaning(value))

    def _slid(self, value: int) -> None:
        self.set_value(float(value))

    def _go(self, value: int) -> None:
        self.set_value(float(value))
        self.settled.emit()


def nearest(value: float) -> int | None:
    """Give the stop that a score is at: the last one that it reaches, a little less being enough for the first."""
    if value < _BELOW:
        return None
    return max((stop for stop, *_names in STOPS if stop <= value), default=STOPS[0][0])


def stop_name(value: float) -> str:
    """Give the name of the stop that a score is at."""
    near = nearest(value)
    return next((_(name) for stop, name, _meaning in STOPS if stop == near), _("Very small"))


def meaning(value: float) -> str:
    """Say in a line what a score looks like."""
    near = nearest(value)
    return next((_(text) for stop, _name, text in STOPS if stop == near), _(_WORSE))


class _Stop(QAbstractButton):
    """A name below the slider that can be clicked; long names take a second line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setFont(theme.font(theme.CAPTION))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the slider goes there by its keys

    def sizeHint(self) -> QSize:
        """Ask for two lines."""
        return QSize(self._longest() + 4, 2 * self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:
        """Ask for no more than a long word needs."""
        return QSize(24, self.fontMetrics().height() + 6)

    def heightForWidth(self, width: int) -> int:
        """Ask for as many lines as the words take."""
        room = QRect(0, 0, width, 1000)
        return self.fontMetrics().boundingRect(room, int(_WRAPPED), self.text()).height() + 6

    def _fitting(self) -> QFont:
        """Give the font, smaller where its longest word would be cut."""
        font, longest = QFont(self.font()), self._longest()
        if longest > self.width() > 0:
            font.setPointSizeF(font.pointSizeF() * self.width() / longest)
        return font

    def _longest(self) -> int:
        return max(self.fontMetrics().horizontalAdvance(word) for word in self.text().split())

    def nextCheckState(self) -> None:
        """Leave it to the value."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the name, in the accent where the value is."""
        tokens, painter = now(), QPainter(self)
        if self.underMouse() or self.isDown():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(Qt.PenStyle.NoPen))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(self.rect(), SMALL_RADIUS, SMALL_RADIUS)
        painter.setFont(self._fitting())
        painter.setPen(QColor(tokens.accent if self.isChecked() else tokens.quiet))
        painter.drawText(QRect(0, 3, self.width(), self.height() - 3), int(_WRAPPED), self.text())
        painter.end()
