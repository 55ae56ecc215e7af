"""Preferences: saved as soon as they are changed. What they mean is in `work.settings`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from oimg.faces.gui import scrolled_page, theme
from oimg.faces.gui.entries_field import EntriesField
from oimg.faces.gui.options import words
from oimg.faces.gui.privacy import stored_words
from oimg.faces.gui.privacy.glyph import set_look, text_label
from oimg.faces.gui.privacy.keeping import Keeping
from oimg.faces.gui.setting_fields import ChoiceField, NumberField
from oimg.faces.gui.theme import Choice
from oimg.faces.messages import _, size
from oimg.words.answers import Stored, StoredKind
from oimg.words.i18n import LANGUAGES, N_
from oimg.words.recipe import Originals
from oimg.work.settings import Settings

_SIZE: Final = QSize(600, 680)
_MEGABYTE: Final = 1_000_000
_GIGABYTE: Final = 1_000_000_000
_THEMES: Final = ((Choice.SYSTEM, N_("Follow the system")), (Choice.LIGHT, N_("Light")), (Choice.DARK, N_("Dark")))
_PLACES: Final = ((Originals.BACKUP, N_("A backup of OIMG")), (Originals.TRASH, N_("The trash")))
_CLEARED: Final = (StoredKind.ORIGINALS, StoredKind.MEMORY, StoredKind.WINDOW)


class Preferences(QDialog):
    """Shows the settings, and emits those that the user enters."""

    changed = Signal(object)
    """The `Settings` that the user made."""
    theme_chosen = Signal(str)

    def __init__(self, keeping: Keeping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Preferences"))
        self.resize(_SIZE)
        self._settings = Settings()
        self._keeping = keeping
        self._note = text_label()
        self._note.setAccessibleName(_("What was done"))
        self._theme = ChoiceField([(value, _(name)) for value, name in _THEMES], self)
        spoken = ((code, language.name) for code, language in LANGUAGES.items())
        self._language = ChoiceField([("", _("Follow the system")), *spoken], self)
        self._preset = ChoiceField([], self)
        self._jobs = NumberField("jobs", _("Automatic"), "", parent=self)
        self._memory = NumberField("memory_limit", _("Automatic"), "MB", _MEGABYTE, 256, self)
        self._originals = ChoiceField([(value, _(name)) for value, name in _PLACES], self)
        self._days = NumberField("backup_days", _("Forever"), _("days"), parent=self)
        self._most = NumberField("backup_limit", _("No limit"), "GB", _GIGABYTE, parent=self)
        self._cache = NumberField("cache_limit", _("Remember nothing"), "MB", _MEGABYTE, 16, self)
        self._amounts = {kind: text_label(look="quiet") for kind in _CLEARED}
        self._clear = {kind: QPushButton(self) for kind in _CLEARED}
        self.entries = EntriesField(self)
        self._lay_out()
        self._join()

    def _join(self) -> None:
        self._theme.given.connect(self.theme_chosen)
        for name, field in self._fields().items():
            field.given.connect(lambda value, name=name: self._change(name, value))
        for kind, button in self._clear.items():
            button.clicked.connect(lambda _=False, kind=kind: self._keeping.erase(kind, self))
        self._keeping.stored_told.connect(self._show_stored)
        self._keeping.erased.connect(self._tell_erased)
        self._keeping.failed.connect(self.show_error)

    def _fields(self) -> dict[str, ChoiceField | NumberField]:
        """The fields by the names of the settings."""
        return {
            "language": self._language,
            "preset": self._preset,
            "jobs": self._jobs,
            "memory_limit": self._memory,
            "originals": self._originals,
            "backup_days": self._days,
            "backup_limit": self._most,
            "cache_limit": self._cache,
        }

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what is stored."""
        super().showEvent(event)
        self._note.hide()
        self._keeping.ask_stored()

    def show_settings(self, settings: Settings, presets: Sequence[str], choice: Choice) -> None:
        """Show the settings."""
        self._settings = settings
        self._theme.show_value(choice)
        self._preset.show_choices([(name, words.preset(name)) for name in presets])
        for name, field in self._fields().items():
            field.show_value(getattr(settings, name))

    def show_error(self, text: str) -> None:
        """Show an error."""
        self._tell(text, "bad")

    def _change(self, name: str, value: object) -> None:
        self._settings = replace(self._settings, **{name: value})  # type: ignore[arg-type]
        self._note.hide()
        self.changed.emit(self._settings)

    def _lay_out(self) -> None:
        inner = QWidget(self)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        for title, section in (
            (_("Appearance"), self._appearance()),
            (_("Work"), self._work()),
            (_("File manager"), self._entries()),
            (_("Originals that are replaced"), self._safety()),
            (stored_words.title(StoredKind.MEMORY), self._remembering()),
        ):
            layout.addWidget(text_label(title, scale=theme.TITLE, bold=True))
            layout.addWidget(section)
            layout.addSpacing(10)
        layout.addStretch()
        _align(inner)
        close = QPushButton(_("Close"), self)
        close.setDefault(True)
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 10, 24, 12)
        foot.addWidget(self._note, 1)
        foot.addStretch()
        foot.addWidget(close)
        scrolled_page.lay_out(self, inner, foot)

    def _appearance(self) -> QFrame:
        clear = self._clearing(StoredKind.WINDOW, _("Forget…"))
        return _section(
            (_("&Theme"), self._theme, ""),
            (_("&Language"), self._language, _("Takes effect at the next start.")),
            (_("Look of the windo&w"), clear, ""),
        )

    def _work(self) -> QFrame:
        preset = _("For the right-click window, the command line, and a first start.")
        return _section(
            (_("&Usual preset"), self._preset, preset),
            (_("&Pictures at the same time"), self._jobs, _("Takes effect at the next start.")),
            (_("&Memory for pictures"), self._memory, _("Takes effect at the next start.")),
        )

    def _entries(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("look", "card")
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.addWidget(self.entries)
        return frame

    def _safety(self) -> QFrame:
        limit = _("When there is more, the oldest go first. The last work can always be undone.")
        return _section(
            (_("They go t&o"), self._originals, ""),
            (_("Backup is &kept for"), self._days, ""),
            (_("Backup takes at m&ost"), self._most, limit),
            (_("In use &now"), self._clearing(StoredKind.ORIGINALS, _("Clear now…")), ""),
        )

    def _remembering(self) -> QFrame:
        return _section(
            (_("At mo&st"), self._cache, stored_words.about(StoredKind.MEMORY)),
            (_("In use no&w"), self._clearing(StoredKind.MEMORY, _("Forget now…")), ""),
        )

    def _clearing(self, kind: StoredKind, text: str) -> QWidget:
        """The size of one kind of stored data, and the button that erases it."""
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._amounts[kind], 1)
        layout.addWidget(self._clear[kind])
        self._clear[kind].setText(text)
        self._clear[kind].setAccessibleName(_("Erase: {what}").format(what=stored_words.title(kind)))
        self._clear[kind].setEnabled(False)
        row.setFocusProxy(self._clear[kind])
        return row

    def _show_stored(self, stored: Sequence[Stored]) -> None:
        for each in stored:
            if each.kind in self._amounts:
                self._amounts[each.kind].setText(stored_words.amount(each))
                self._clear[each.kind].setEnabled(each.byte_size > 0 or each.count > 0)

    def _tell_erased(self, kind: StoredKind, freed: int) -> None:
        text = _("{what}: erased, {size} freed.")
        self._tell(text.format(what=stored_words.title(kind), size=size(freed)), "good")

    def _tell(self, text: str, look: str) -> None:
        self._note.setText(text)
        set_look(self._note, look)
        self._note.show()


def _align(page: QWidget) -> None:
    """Give the labels of all sections one width, and each the height of its field, in whose middle it is then."""
    labels = [label for label in page.findChildren(QLabel) if label.buddy() is not None]
    for label in labels:
        buddy = label.buddy()
        if buddy is not None:
            label.setMinimumWidth(max(each.sizeHint().width() for each in labels))
            label.setFixedHeight(max(label.sizeHint().height(), buddy.sizeHint().height()))


def _section(*rows: tuple[str, QWidget, str]) -> QFrame:
    """Lay fields out below each other: a label, the field, and a hint below it."""
    frame = QFrame()
    frame.setProperty("look", "card")
    form = QFormLayout(frame)
    form.setContentsMargins(16, 14, 16, 14)
    form.setHorizontalSpacing(20)
    form.setVerticalSpacing(10)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
    for text, field, hint in rows:
        label = QLabel(text)
        label.setBuddy(field)
        if not field.focusProxy():
            field.setAccessibleName(text.replace("&", ""))
        if not hint:
            form.addRow(label, field)
            continue
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(field)
        column.addWidget(text_label(hint, look="quiet", scale=theme.CAPTION))
        field.setAccessibleDescription(hint)
        form.addRow(label, below)
    return frame
