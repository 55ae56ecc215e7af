"""Where the focus goes: Tab in reading order, and jumps from part to part of the window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QWidget,
)

# Their insides are Qt's own.
_WHOLE = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit)


def order_tabs(page: QWidget) -> None:
    """Set the Tab order to the reading order; by default it is the order in which widgets were created."""
    for before, after in pairwise(stops(page)):
        QWidget.setTabOrder(before, after)


def stops(page: QWidget) -> list[QWidget]:
    """The widgets that Tab stops at, in reading order, including hidden ones."""
    return [each for each in _read(page) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]


def jump(parts: Sequence[QWidget], way: int) -> None:
    """Move to the next (1) or previous (-1) visible part; each remembers which of its widgets had the focus last."""
    focus = QApplication.focusWidget()
    now = next((place for place, part in enumerate(parts) if focus is not None and _holds(part, focus)), -1)
    for step in range(1, len(parts) + 1):
        part = parts[(now + way * step) % len(parts)]
        stop = _first(part) if part.isVisible() else None
        if stop is not None:
            stop.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return


def _holds(part: QWidget, focus: QWidget) -> bool:
    return part is focus or part.isAncestorOf(focus)


def _first(part: QWidget) -> QWidget | None:
    last = part.focusWidget()
    ready = [each for each in stops(part) if each.isVisible() and each.isEnabled()]
    return last if last in ready else next(iter(ready), None)


def _read(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    if isinstance(widget, _WHOLE):
        return
    if isinstance(widget, QScrollArea):
        if (page := widget.widget()) is not None:
            yield from _read(page)
        return
    inside: list[QWidget] = []
    if isinstance(widget, QSplitter):
        inside += [each for place in range(widget.count()) if (each := widget.widget(place)) is not None]
    elif (layout := widget.layout()) is not None:
        inside += _laid_out(layout)
    others = [each for each in widget.children() if isinstance(each, QWidget) and not each.isWindow()]
    for each in dict.fromkeys((*inside, *others)):
        yield from _read(each)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _laid_out(inner)
