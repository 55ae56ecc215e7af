"""The line above the picture: its name, and facts about it and its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from oimg.faces import messages
from oimg.faces.gui import theme
from oimg.faces.gui.options.words import format_name
from oimg.faces.gui.queue.rows import Row, State, line
from oimg.faces.gui.stage import words
from oimg.faces.messages import _, ngettext
from oimg.words.preview import Result

_BETWEEN: Final = " · "
_SPACE: Final = 12


class FactsStrip(QWidget):
    """Two lines; what does not fit is left out from the end, and is in the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._facts: Sequence[str] = ()
        self._title = QLabel(self)
        self._title.setFont(theme.font(theme.TITLE, bold=True))
        self._line = QLabel(self)
        self._line.setProperty("look", "quiet")
        self._share = QLabel(self)
        self._share.setProperty("look", "good")
        self._share.setFont(theme.font(theme.TITLE, bold=True))
        for each in (self._title, self._line):
            each.setMinimumWidth(1)  # a long name is cut, and does not push the panes
            each.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            each.setTextFormat(Qt.TextFormat.PlainText)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(_SPACE)
        layout.setVerticalSpacing(2)
        layout.addWidget(self._title, 0, 0)
        layout.addWidget(self._share, 0, 1)
        layout.addWidget(self._line, 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)

    def show_facts(self, row: Row | None, result: Result | None, *, old: bool) -> None:
        """Show what is known of a row, and of the result of now or of an `old` one."""
        self._name = "" if row is None else messages.printable(row.path.name)
        self._facts = [] if row is None else facts_of(row, result)
        share = "" if row is None or result is None or result.shown is None else _share_of(row, result)
        self._share.setText(share)
        self._share.setEnabled(not old)
        self._share.setAccessibleName(_("Saved: {share}").format(share=share) if share else "")
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the texts to the new width."""
        super().resizeEvent(event)
        self._cut()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the direction of the texts, also with names in other letters."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
            for each in (self._title, self._line):
                each.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)

    def _cut(self) -> None:
        room = self.width() - self._share.sizeHint().width() - _SPACE  # which is there for an empty one, too
        self._title.setText(self._title.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, room))
        self._title.setToolTip(self._name)
        whole = _BETWEEN.join(self._facts)
        count, metrics = len(self._facts), self._line.fontMetrics()
        while count > 1 and metrics.horizontalAdvance(_BETWEEN.join(self._facts[:count])) > self.width():
            count -= 1
        text = _BETWEEN.join(self._facts[:count])
        self._line.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width()))
        self._line.setToolTip(whole)
        self._line.setAccessibleName(whole)


def facts_of(row: Row, result: Result | None) -> list[str]:
    """Say what is known, the most telling first."""
    if row.source is None or (result is None and row.state in (State.KEPT, State.FAILED)):
        return [line(row)]
    header, before = row.source.header, messages.size(row.source.byte_size)
    width, height = header.upright_size
    frames = [_frames(header.frames)] if header.frames > 1 else []
    if result is None or result.shown is None:
        stays = [] if result is None else [_("stays as it is")]
        return [before, *stays, _size(width, height), format_name(header.format), *frames]
    facts = [_("{before} → {after}").format(before=before, after=messages.size(result.byte_size))]
    facts += [_scored(result)] if result.score is not None or result.lossless else []
    facts.append(_resized((width, height), result.shown.size))
    if result.quality is not None:
        facts.append(
            _("{format}, quality {quality}").format(format=format_name(result.format), quality=f"{result.quality:g}")
        )
    else:
        facts.append(format_name(result.format))
    facts += frames
    facts.append(_("made in {time}").format(time=messages.seconds(result.seconds)))
    return [*facts, *(messages.notice(each) for each in result.notices)]


def _scored(result: Result) -> str:
    if result.lossless or result.score is None:
        return words.score(100.0, lossless=True)
    return _("{words} ({score})").format(words=words.score(result.score), score=f"{result.score:.0f}")


def _resized(before: tuple[int, int], after: tuple[int, int]) -> str:
    if before == after:
        return _size(*after)
    return _("{before} → {after}").format(before=_size(*before), after=_size(*after))


def _frames(count: int) -> str:
    return ngettext("{count} frame", "{count} frames", count).format(count=messages.number(count))


def _size(width: int, height: int) -> str:
    return _("{width} × {height}").format(width=width, height=height)


def _share_of(row: Row, result: Result) -> str:
    return messages.share(row.before or 0, result.byte_size).replace("-", "−")
