"""The windows of this process, large or small, and the requests of later starts of the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from oimg.faces.gui.dropping import let_see_pictures
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.opening import Opening
from oimg.faces.gui.quick_window import QuickWindow
from oimg.faces.gui.receiving import Receiving, bring_to_front
from oimg.faces.gui.theme import Choice, Theme
from oimg.faces.messages import _
from oimg.work import spool as spools
from oimg.work.settings import load_window
from oimg.work.spool import Request, Spool

Window: TypeAlias = MainWindow | QuickWindow
_PATIENCE: Final = 2.0  # seconds that a click waits for another window to answer


class Windows(QObject):
    """Opens windows and connects them with the session; a small one may hand over to a large one."""

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self._opening = opening
        self._state = load_window()
        self._shown: list[Window] = []
        self._receiving: list[Receiving] = []

    def open_main(self, paths: Sequence[Path], spool: Spool | None = None) -> None:
        """Show a large window with these pictures; later starts come to it where it holds the lock of the spool."""
        window = MainWindow(self._state)
        self._show(window)
        if paths:
            window.add(list(paths))
        self._receive(window, spool)

    def open_quick(self, paths: Sequence[Path], spool: Spool | None = None) -> None:
        """Show a small window that works on these pictures at once, and on those of starts that join in."""
        if not paths:
            self._ask_which()
            return
        self._theme = Theme(Choice(self._state.theme) if self._state.theme in set(Choice) else Choice.SYSTEM)
        window = QuickWindow(paths)
        window.open_asked.connect(lambda: self._hand_over(window))
        self._show(window)
        receiving = self._receive(window, spool)
        if receiving is not None:
            window.settled.connect(receiving.close)

    def _ask_which(self) -> None:
        """Let the user choose pictures: the entry in a launcher's menu passes none."""
        dialog = QFileDialog(None, _("Pictures to optimize"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        let_see_pictures(dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.open_quick([Path(name) for name in names]))
        self._dialog = dialog
        dialog.open()

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Add pictures to the large window, and open it if there is none."""
        large = next((each for each in self._shown if isinstance(each, MainWindow) and each.isVisible()), None)
        if large is None:
            self.open_main(paths)
            if self._opening.session is not None:  # of the small window
                self._shown[-1].use(self._opening.session)
        else:
            self._asked(large, Request(tuple(paths)))

    def leave(self) -> None:
        """Close all windows without a question."""
        for each in self._shown:
            if each.isVisible():
                each.leave()

    def close(self) -> None:
        """Accept nothing more from later starts."""
        for each in self._receiving:
            each.close()

    @property
    def left_at_work(self) -> bool:
        """Whether native calls are still running although the windows are closed."""
        return any(window.leaving.left_at_work for window in self._shown)

    def _show(self, window: Window) -> None:
        self._opening.opened.connect(window.use)
        self._opening.failed.connect(window.show_unusable)
        self._shown.append(window)
        window.show()

    def _receive(self, window: Window, spool: Spool | None) -> Receiving | None:
        if spool is None or not spool.held:
            return None
        receiving = Receiving(spool, lambda: window.isVisible() and not window.leaving.under_way, self)
        receiving.asked.connect(lambda request: self._asked(window, request))
        self._receiving.append(receiving)
        return receiving

    def _asked(self, window: Window, request: Request) -> None:
        if request.paths:
            window.add(list(request.paths))
        bring_to_front(window, request.token)

    def _hand_over(self, quick: QuickWindow) -> None:
        """Continue in a large window: the one that is already open, or else a new one."""
        spool = spools.opened("window")
        if spool is not None and spool.hand_over(Request(quick.paths), _PATIENCE):
            quick.close()
            return
        self.open_main((), spool)
        window = self._shown[-1]
        if isinstance(window, MainWindow) and self._opening.session is not None:
            window.use(self._opening.session)
            quick.hand_over(window)
        quick.close()
