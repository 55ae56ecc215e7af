"""The preset in use, whether the options still match it, and the actions on presets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QMenu, QSizePolicy, QToolButton, QWidget

from oimg.faces import messages
from oimg.faces.gui import icons
from oimg.faces.gui.options import words
from oimg.faces.gui.options.choices import CutButton
from oimg.faces.gui.options.fields import Field, line, stack
from oimg.faces.gui.options.preset_dialogs import NameDialog, ask_for_file, ask_whether, say
from oimg.faces.messages import _
from oimg.words.recipe import Recipe
from oimg.work.settings import PresetStore, SettingsError, write_preset


class PresetBar(QWidget):
    """Shows the preset that the recipe equals or was based on. Presets do not include where results go."""

    chosen = Signal(str)
    renamed = Signal(str, str)
    """From which name to which; the options stay as they are."""
    presets_changed = Signal()
    """Emitted when presets were added or removed."""

    def __init__(self, store: PresetStore) -> None:
        super().__init__()
        self._store = store
        self._known: dict[str, Recipe] = {}
        self._name, self._recipe = "", Recipe()
        self.box = QComboBox()
        self.box.setAccessibleName(_("Preset"))
        self.box.setPlaceholderText(_("Options of your own"))
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(8)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.more = QToolButton()
        self.more.setIcon(icons.icon("more"))
        self.more.setProperty("look", "icon")
        self.more.setAccessibleName(_("More about presets"))
        self.more.setToolTip(_("Save, rename, share presets"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.back = CutButton(icon=icons.icon("back", "accent"))
        self.back.setProperty("look", "link")
        self.back.clicked.connect(lambda: self.chosen.emit(self._name))
        row = QWidget()
        row.setLayout(line(self.box, self.more, grow=self.box, spacing=6))
        row.setFocusProxy(self.box)
        layout = stack(self, 4)
        layout.addWidget(Field(_("Preset"), row))
        layout.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeading)
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self._fill_menu()
        self.box.activated.connect(lambda: self.chosen.emit(self.box.currentData()))
        self.read()

    def _fill_menu(self) -> None:
        self.save = self._action(_("Save as preset…"), self.ask_to_save)
        self.update_preset = self._action("", self._update)
        self.rename = self._action("", self.ask_to_rename)
        self.delete = self._action("", self.ask_to_delete)
        self.menu.addSeparator()
        self.import_ = self._action(_("Import…"), lambda: ask_for_file(self, _("Import a preset"), "", self.read_in))
        self.export = self._action(_("Export…"), self.ask_to_export)

    def _action(self, text: str, do: Callable[[], object]) -> QAction:
        action = self.menu.addAction(text)
        action.triggered.connect(lambda _on=False: do())
        return action

    def read(self) -> None:
        """Read the presets again."""
        self._known = {}
        for name in self._store.names():
            with suppress(SettingsError):  # an unreadable one is ignored
                self._known[name] = self._store.get(name)
        with QSignalBlocker(self.box):
            self.box.clear()
            for name in self._known:
                self.box.addItem(words.preset(name), name)
        self._show()

    def name_of(self, recipe: Recipe) -> str:
        """Give the name of the preset that a recipe is; nothing where there is none."""
        return next((name for name, known in self._known.items() if _same(known, recipe)), "")

    def show_recipe(self, name: str, recipe: Recipe) -> None:
        """Show a recipe, and the preset that it is or came from."""
        self._name, self._recipe = name, recipe
        self._show()

    @property
    def is_changed(self) -> bool:
        """Whether the options differ from the preset."""
        return self._name in self._known and not _same(self._known[self._name], self._recipe)

    def _show(self) -> None:
        title, own = words.preset(self._name), self._name in self._known and not self._store.is_built_in(self._name)
        with QSignalBlocker(self.box):
            for index in range(self.box.count()):
                name = self.box.itemData(index)
                changed = name == self._name and self.is_changed
                text = _("{preset}, changed") if changed else "{preset}"
                self.box.setItemText(index, text.format(preset=words.preset(name)))
            self.box.setCurrentIndex(self.box.findData(self._name) if self._name else -1)
        self.back.write(_("Back to {preset}").format(preset=title))
        self.back.setVisible(self.is_changed)
        shown = title if own else _("preset")
        self.update_preset.setText(_("Update {preset}").format(preset=shown.replace("&", "&&")))
        self.rename.setText(_("Rename {preset}…").format(preset=shown.replace("&", "&&")))
        self.delete.setText(_("Delete {preset}…").format(preset=shown.replace("&", "&&")))
        self.update_preset.setEnabled(own and self.is_changed)
        self.rename.setEnabled(own)
        self.delete.setEnabled(own)

    def ask_to_save(self) -> NameDialog:
        """Ask for a name to save the options under."""
        dialog = NameDialog(_("Save as preset"), _("Save"), "", self._wrong_with, self)
        dialog.named.connect(self._save_as)
        dialog.open()
        return dialog

    def ask_to_rename(self) -> NameDialog:
        """Ask for the preset's new name."""
        dialog = NameDialog(_("Rename preset"), _("Rename"), self._name, self._wrong_with, self)
        dialog.named.connect(self._rename_to)
        dialog.open()
        return dialog

    def ask_to_delete(self) -> None:
        """Ask whether to delete the preset."""
        name = self._name
        question = _("Delete the preset {name}?").format(name=name)
        more = _("The options stay as they are now.")
        ask_whether(self, question, more, _("Delete"), lambda: self._try(lambda: self._store.delete(name)))

    def ask_to_export(self) -> None:
        """Ask for a file to write the options to."""
        name = self._name or _("preset")
        ask_for_file(self, _("Export a preset"), name, lambda path: self.write_out(Path(path)))

    def write_out(self, path: Path) -> None:
        """Write the options as a preset with the name of the file."""
        self._try(lambda: write_preset(path, path.stem, self._recipe))

    def read_in(self, path: str) -> None:
        """Read a preset from a file. If its name is taken, it gets a number."""

        def take() -> None:
            name, recipe = self._store.read(Path(path))
            free, number = name, 2
            while self._is_taken(free):
                free, number = f"{name[:58]} {number}", number + 1
            self._store.save(free, recipe)
            taken.append(free)

        taken: list[str] = []
        if self._try(take):
            self.chosen.emit(taken[0])

    def _save_as(self, name: str) -> None:
        if self._try(lambda: self._store.save(name, self._recipe)):
            self.chosen.emit(name)

    def _update(self) -> None:
        self._save_as(self._name)

    def _rename_to(self, name: str) -> None:
        old = self._name
        if name != old and self._try(lambda: self._store.rename(old, name)):
            self.renamed.emit(old, name)

    def _wrong_with(self, name: str) -> str:
        if self._is_taken(name) and name != self._name:
            return _("There is a preset of this name already.")
        try:
            self._store.check(name)
        except SettingsError as error:
            return _sentence(messages.settings_error(error.reason, ""))
        return ""

    def _is_taken(self, name: str) -> bool:
        return name.casefold() in {each.casefold() for each in self._store.names()}

    def _try(self, do: Callable[[], object]) -> bool:
        """Do something with the store; say what went wrong, or read it anew."""
        try:
            do()
        except SettingsError as error:
            say(self, _sentence(messages.settings_error(error.reason, error.detail)))
            return False
        except OSError as error:
            say(self, messages.printable(str(error)))
            return False
        self.read()
        self.presets_changed.emit()
        return True


def _same(preset: Recipe, recipe: Recipe) -> bool:
    return replace(preset, output=recipe.output) == recipe


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
