"""The panes of the window side by side: list, picture, options, inspector."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

WIDTHS: Final = (360, 608, 312)
TABLE: Final = 620
"""The width of a list with columns: all of them are seen."""
_ENOUGH: Final = 400
"""What the picture gets before the list gets all that it wants."""


class Panes(QSplitter):
    """In a narrow window the list shrinks in favour of the picture, and grows back with the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list, _picture, self._options = WIDTHS
        self._before = 0
        self.splitterMoved.connect(self._remember)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Distribute the new width."""
        super().resizeEvent(event)
        sizes = self.sizes()
        if len(sizes) < len(WIDTHS) or not (sizes[0] and sizes[1]):
            return
        room = sum(sizes[:3])
        least, smallest, narrowest = (self._least(place) for place in range(3))
        options = min(self._options, max(narrowest, room - least - smallest)) if sizes[2] else 0
        files = min(self._list, max(least, room - options - _ENOUGH))
        wanted = [files, room - files - options, options, *sizes[3:]]
        if wanted != sizes:
            self.setSizes(wanted)

    def widen_list(self, width: int) -> None:
        """Give the list so much width, or what the picture can spare; 0 gives back what it had before."""
        sizes = self.sizes()
        if len(sizes) < len(WIDTHS) or not (sizes[0] and sizes[1]):
            return
        if width:
            self._before = self._list
        self._list = max(width, self._list) if width else self._before or self._list
        files = max(self._least(0), min(self._list, sizes[0] + sizes[1] - _ENOUGH))
        self.setSizes([files, sizes[0] + sizes[1] - files, *sizes[2:]])

    def _least(self, place: int) -> int:
        pane = self.widget(place)
        return 0 if pane is None else pane.minimumWidth()

    def _remember(self) -> None:
        """Remember the widths that the user has set."""
        sizes = self.sizes()
        self._list, self._options = sizes[0] or self._list, sizes[2] or self._options
