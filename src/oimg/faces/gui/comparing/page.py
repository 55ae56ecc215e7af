"""What the pages of the drawer share: while visible, they work on the selected picture; otherwise they rest."""

from __future__ import annotations

from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from oimg.faces.gui.comparing.stream import Stream
from oimg.words.errors import OimgError
from oimg.words.recipe import Recipe
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Previews

# A moving slider makes many recipes; only the one where it rests is worth seconds of work.
_REST: Final = 250

# So many pictures are shown again at once; what is known of one takes a few hundred bytes.
_REMEMBERED: Final = 64


class Page(QWidget):
    """Requests a series of values about a picture and a recipe, and starts again when one of them changes."""

    preview_wanted = Signal(object)
    """The `Recipe` to show in the picture's place; None for the common one again."""
    recipe_chosen = Signal(object)
    """The `Recipe` that the user took."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source: SourceFile | None = None
        self.recipe = Recipe()
        self._previews: Previews | None = None
        self._under_way: tuple[SourceFile, Recipe] | None = None
        self._whole = False
        self._values: list[Any] = []
        self._known: OrderedDict[tuple[SourceFile, Recipe], list[Any]] = OrderedDict()
        self._stream = Stream(name, self)
        self._stream.arrived.connect(self._arrived)
        self._stream.ended.connect(self._ended)
        self._timer = QTimer(self, singleShot=True, interval=_REST)
        self._timer.timeout.connect(self._begin)

    def use(self, previews: Previews) -> None:
        """Use this source of values from now on."""
        self._previews = previews
        self._consider()

    def look(self, source: SourceFile | None, recipe: Recipe) -> None:
        """Use this picture and recipe, or none."""
        self.source, self.recipe = source, recipe
        self._consider()

    def close_threads(self) -> None:
        """End the thread."""
        self._timer.stop()
        self._stream.close()

    def showEvent(self, event: QShowEvent) -> None:
        """Work."""
        super().showEvent(event)
        self._consider()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest: cancel what is under way, and keep what was found."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.preview_wanted.emit(None)
            self._timer.stop()
            self._stream.stop()
            if not self._whole:
                self._under_way = None

    def _consider(self) -> None:
        """Start again for another picture or recipe; otherwise only mark the chosen value."""
        if not self.isVisible():
            return
        wanted = None
        if self.source is not None and self._previews is not None and self._applies():
            wanted = self.source, self._matter(self.recipe)
        if wanted != self._under_way or wanted is None:
            self._stream.stop()
            self._timer.stop()
            self._under_way, self._whole, self._values = wanted, False, []
            self._clear()
            if wanted is not None and wanted in self._known:
                self._known.move_to_end(wanted)
                self._tell_again(self._known[wanted])
            elif wanted is not None:
                self._timer.start()
        self._mark()

    def _begin(self) -> None:
        if self._previews is not None and self._under_way is not None:
            previews, source, recipe = self._previews, self._under_way[0], self.recipe
            self._stream.begin(lambda token: self._series(previews, source, recipe, token))

    def _tell_again(self, values: list[Any]) -> None:
        for value in values:
            self._take(value)
        self._whole = True
        self._end(None)

    def _arrived(self, value: Any) -> None:
        self._values.append(value)
        self._take(value)

    def _ended(self, error: OimgError | None) -> None:
        self._whole = error is None
        if self._under_way is not None and error is None:
            self._known[self._under_way] = self._values
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        self._end(error)

    def _applies(self) -> bool:
        """Whether there is a series for the present picture and recipe."""
        return True

    @abstractmethod
    def _matter(self, recipe: Recipe) -> Recipe:
        """Remove from a recipe what makes no difference to the series."""

    @abstractmethod
    def _series(self, previews: Previews, source: SourceFile, recipe: Recipe, token: CancelToken) -> Iterator[Any]:
        """Yield the series; called on a thread."""

    @abstractmethod
    def _clear(self) -> None:
        """Show that nothing is known yet."""

    @abstractmethod
    def _take(self, value: Any) -> None:
        """Show one value more."""

    @abstractmethod
    def _end(self, error: OimgError | None) -> None:
        """Show that this was all."""

    @abstractmethod
    def _mark(self) -> None:
        """Show what the recipe chooses among the values."""
