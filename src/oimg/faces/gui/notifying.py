"""Tells of a batch beyond the window: a notification when it ends unseen, its progress in the taskbar.

Notifications go through the desktop portal. The older org.freedesktop.Notifications wants an unsigned number, which
PySide6 cannot put into a message; where there is no portal, `notify-send` speaks to it. A desktop that has nothing
of this misses nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, cast

from PySide6.QtCore import SLOT, QObject, QProcess, QStandardPaths, Qt, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from oimg.faces.gui.desktop_bus import session_bus
from oimg.faces.gui.receiving import bring_to_front
from oimg.faces.gui.running import Running, Standing
from oimg.faces.messages import _
from oimg.words.report import Report

_PORTAL: Final = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop")
_NOTIFICATION: Final = "org.freedesktop.portal.Notification"
_LAUNCHER: Final = ("/com/canonical/unity/launcherentry/oimg", "com.canonical.Unity.LauncherEntry")
_ID: Final = "oimg-done"
_STEP: Final = 0.01  # the taskbar is told of whole per cents
_APPLICATION: Final = "application://oimg.desktop"


class Notifying(QObject):
    """Watches a runner for a window. `sentence` returns a summary of the batch that has just ended."""

    def __init__(
        self, window: QWidget, running: Running, sentence: Callable[[], str], bus: QDBusConnection | None = None
    ) -> None:
        super().__init__(window)
        self._window = window
        self._sentence = sentence
        self._bus = bus
        self._looked = bus is not None
        self._listen()
        self._shown = -1.0
        self._pending: QDBusPendingCallWatcher | None = None
        running.moved.connect(self._moved)
        running.ended.connect(self._ended)

    def _moved(self, standing: Standing) -> None:
        if abs(standing.fraction - self._shown) >= _STEP:
            self._shown = standing.fraction
            self._show_progress(visible=True)

    def _ended(self, report: Report | None) -> None:
        if self._shown >= 0:
            self._show_progress(visible=False)
            self._shown = -1.0
        if report is not None and self._window.isVisible() and not self._is_in_front():
            QApplication.alert(self._window)
            self._notify(_("OIMG is done"), self._sentence())

    def _is_in_front(self) -> bool:
        return QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive

    def _show_progress(self, *, visible: bool) -> None:
        bus = self._connected()
        if bus is None:
            return
        update = QDBusMessage.createSignal(*_LAUNCHER, "Update")
        facts = {"progress": max(0.0, self._shown), "progress-visible": visible}
        update.setArguments([_APPLICATION, facts])
        bus.send(update)

    def _notify(self, title: str, text: str) -> None:
        bus = self._connected()
        if bus is None:
            return
        add = QDBusMessage.createMethodCall(*_PORTAL, _NOTIFICATION, "AddNotification")
        facts: dict[str, Any] = {"title": title, "body": text, "priority": "normal", "default-action": "show"}
        add.setArguments([_ID, facts])
        self._pending = QDBusPendingCallWatcher(bus.asyncCall(add), self)
        self._pending.finished.connect(lambda watcher: self._answered(watcher, title, text))

    def _answered(self, watcher: QDBusPendingCallWatcher, title: str, text: str) -> None:
        """Use the older interface if there is no portal."""
        if watcher.isError() and (program := QStandardPaths.findExecutable("notify-send")):
            # With the name of our desktop entry, a press on it brings the window up where the desktop knows that.
            known = ["--app-name=OIMG", "--icon=oimg", "--hint=string:desktop-entry:oimg"]
            QProcess.startDetached(program, [*known, "--", title, text])
        watcher.deleteLater()
        self._pending = None

    def _connected(self) -> QDBusConnection | None:
        """Give the bus, looked for once and only where desktops have one."""
        if not self._looked:
            self._looked = True
            if sys.platform not in ("win32", "darwin"):
                self._bus = session_bus()
                self._listen()
        return self._bus

    def _listen(self) -> None:
        """Come to the front when the notification is pressed."""
        if self._bus is not None:
            service, path = _PORTAL
            self._bus.connect(service, path, _NOTIFICATION, "ActionInvoked", self, _slot("take(QDBusMessage)"))

    @Slot(QDBusMessage)
    def take(self, message: QDBusMessage) -> None:
        """Handle the portal's signal: a notification was pressed, perhaps ours."""
        if message.arguments()[:1] == [_ID]:
            bring_to_front(self._window)


def _slot(name: str) -> bytes:
    """Name a slot as the bus wants it; a text is what PySide6 takes, whatever its stubs say."""
    return cast("bytes", SLOT(name))
