"""The page behind the lock and the preferences, joined with the window: what is changed there is done here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from oimg.faces import menus
from oimg.faces.gui.actions import THEMES, Act
from oimg.faces.gui.integrating import Integrating
from oimg.faces.gui.preferences import Preferences
from oimg.faces.gui.privacy.guard_page import GuardPage
from oimg.faces.gui.privacy.keeping import Keeping
from oimg.faces.gui.theme import Choice
from oimg.faces.messages import _
from oimg.words.answers import StoredKind
from oimg.words.recipe import Originals
from oimg.work import settings as store

if TYPE_CHECKING:
    from oimg.faces.gui.main_window import MainWindow
    from oimg.work.session import Session
    from oimg.work.settings import Settings


class Dialogs(QObject):
    """Makes the dialogs when they are first asked for."""

    def __init__(self, window: MainWindow, keeping: Keeping) -> None:
        super().__init__(window)
        self._window = window
        self._keeping = keeping
        self._session: Session | None = None
        self._guards: GuardPage | None = None
        self._preferences: Preferences | None = None
        self._integrating = Integrating(self)
        window.actions_[Act.GUARDS].triggered.connect(self.show_guards)
        window.actions_[Act.PREFERENCES].triggered.connect(self.show_preferences)
        window.foot.privacy_asked.connect(self.show_guards)
        window.theme.changed.connect(self._renew)
        keeping.erased.connect(self._erased)

    def use(self, session: Session) -> None:
        """From now on there is a session."""
        self._session = session
        self._keeping.use(session)
        self._integrating.use(session)

    def close(self) -> None:
        """Ask for nothing more."""
        self._integrating.close()

    def show_guards(self) -> GuardPage:
        """Open the page behind the lock."""
        if self._guards is None:
            self._guards = GuardPage(self._keeping, self._window)
        _open(self._guards)
        return self._guards

    def show_preferences(self) -> Preferences:
        """Open the preferences."""
        if self._preferences is None:
            self._preferences = Preferences(self._keeping, self._window)
            self._preferences.changed.connect(self._change)
            self._preferences.theme_chosen.connect(self._choose_theme)
            self._join_entries(self._preferences)
            self._window.dropping.let_through()
        self._renew()
        self._integrating.look()
        _open(self._preferences)
        return self._preferences

    def _join_entries(self, preferences: Preferences) -> None:
        entries, integrating = preferences.entries, self._integrating
        entries.install_wanted.connect(integrating.install)
        entries.remove_wanted.connect(integrating.remove)
        integrating.told.connect(entries.show_statuses)
        integrating.changed.connect(lambda: entries.show_hint(menus.restart_hint()))
        integrating.impossible.connect(entries.show_impossible)
        integrating.failed.connect(preferences.show_error)

    def _presets(self) -> tuple[str, ...]:
        return store.PresetStore().names()

    def _renew(self) -> None:
        if self._preferences is not None:
            settings = store.load()[0] if self._session is None else self._session.settings
            self._preferences.show_settings(settings, self._presets(), self._window.theme.choice)

    def _change(self, wanted: Settings) -> None:
        """Save what the user set, and go by it."""
        before = store.load()[0] if self._session is None else self._session.settings
        try:
            if self._session is None:
                store.save(wanted)
            else:
                self._session.change_settings(wanted)
        except OSError as error:
            self._tell(error)
            return
        if wanted.originals != before.originals:
            recipe = self._window.recipe
            output = replace(recipe.output, originals=Originals(wanted.originals))
            self._window.use_recipe(replace(recipe, output=output))
        self._window.options.output.show_keeping(wanted.backup_days)
        self._keeping.ask_stored()

    def _choose_theme(self, choice: str) -> None:
        action = next(act for act, each in THEMES.items() if each is Choice(choice))
        self._window.actions_[action].trigger()
        try:
            store.save_window(self._window.state())
        except OSError as error:
            self._tell(error)
        else:
            self._window.leaving.remembers = True

    def _tell(self, error: OSError) -> None:
        if self._preferences is not None:
            text = _("This could not be saved: {reason}.")
            self._preferences.show_error(text.format(reason=error.strerror or error))

    def _erased(self, kind: StoredKind) -> None:
        if kind is StoredKind.WINDOW:
            self._window.leaving.remembers = False
        elif kind is StoredKind.PRESETS:
            self._window.options.presets.read()
            self._window.home.show_presets(self._presets())
            self._window.use_recipe(self._window.recipe)
        self._renew()


def _open(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
