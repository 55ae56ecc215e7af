"""Where results go and what they are called, with the sentence of what will happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLineEdit

from oimg.faces.gui.options import words
from oimg.faces.gui.options.choices import Choices
from oimg.faces.gui.options.fields import Field, Picker, Section, Switch, Values, introduce, quiet, stack
from oimg.faces.gui.options.folder import FolderField
from oimg.faces.messages import _, ngettext, printable
from oimg.words.recipe import Conflict, Originals, Output, Place


class OutputSection(Section):
    """Shows only what the chosen place needs."""

    def __init__(self) -> None:
        super().__init__()
        self._output = Output()
        self._days, self._example = 30, ""
        self.place = Choices(Output, "place", _("Where results go"), words.PLACES)
        self.suffix = QLineEdit()
        introduce(self.suffix, Output, "suffix", _("Added to the name"))
        self.folder = FolderField(Output, "path", _("Folder"))
        self.conflict = Picker(Output, "conflict", _("When the name is taken"), words.CONFLICTS)
        self.conflict_in_place = Picker(
            Output,
            "conflict",
            _("When the new name is taken"),
            {each: text for each, text in words.CONFLICTS.items() if each is not Conflict.OVERWRITE},
        )
        self.originals = Picker(Output, "originals", _("Originals go"), words.ORIGINALS)
        self.keep_dates = Switch(Output, "keep_dates", _("Keep dates and permissions"))
        self._sentence = quiet("")
        self._warning = quiet("")
        self._warning.setProperty("look", "warn")
        self._suffix = Field(_("Added to the name"), self.suffix)
        self._folder = Field(_("Folder"), self.folder)
        self._conflict = Field(_("When the name is taken"), self.conflict)
        self._conflict_in_place = Field(_("When the new name is taken"), self.conflict_in_place)
        self._originals = Field(_("Originals go"), self.originals)
        self._lay_out()
        self._join()

    def _lay_out(self) -> None:
        layout = stack(self, 12)
        layout.addWidget(self.place)
        layout.addWidget(self._sentence)
        for each in (self._suffix, self._folder, self._originals, self._conflict, self._conflict_in_place):
            layout.addWidget(each)
        layout.addLayout(self.keep_dates.row)
        layout.addWidget(self._warning)

    def _join(self) -> None:
        self.place.chosen.connect(self._choose_place)
        self.suffix.textEdited.connect(lambda text: self._tell(suffix=text))
        self.folder.changed.connect(lambda path: self._tell(path=path))
        for each in (self.conflict, self.conflict_in_place):
            each.chosen.connect(lambda value: self._tell(conflict=value))
        self.originals.chosen.connect(lambda value: self._tell(originals=value))
        self.keep_dates.toggled.connect(lambda on: self._tell(keep_dates=on))

    def show_keeping(self, days: int) -> None:
        """Set for how many days originals are kept; 0 means no limit."""
        self._days = days
        self._show_sentence()

    def show_example(self, name: str) -> None:
        """Set the name of the selected picture."""
        self._example = name
        self._show_sentence()

    def show_recent(self, paths: Sequence[str]) -> None:
        """Take the folders that were used before."""
        self.folder.show_recent(paths)

    def show_values(self, values: Values) -> None:
        """Show where results go."""
        self._output = now = values["output"]
        elsewhere, in_place = now.place in (Place.FOLDER, Place.FILE), now.place is Place.IN_PLACE
        # A single file can be named on the command line only; here it is the folder's business.
        self.place.show_value(Place.FOLDER if elsewhere else now.place)
        if now.suffix != self.suffix.text():
            self.suffix.setText(now.suffix)
        self.folder.show_value(now.path)
        self.conflict.show_value(now.conflict)
        self.conflict_in_place.show_value(Conflict.RENAME if now.conflict is Conflict.OVERWRITE else now.conflict)
        self.originals.show_value(now.originals)
        self.keep_dates.show_value(now.keep_dates)
        self._suffix.setVisible(now.place is Place.BESIDE)
        self._folder.setVisible(elsewhere)
        self._originals.setVisible(in_place)
        self._conflict.setVisible(not in_place)
        self._conflict_in_place.setVisible(in_place)
        self._show_sentence()

    def summary(self, values: Values) -> str:
        """Say where results go."""
        output = values["output"]
        match output.place:
            case Place.BESIDE:
                return _("Beside the originals, …{suffix}").format(suffix=printable(output.suffix))
            case Place.IN_PLACE:
                return _("In place of the originals")
            case _:
                return _("Into {folder}").format(folder=printable(Path(output.path).name or output.path or "…"))

    def fields(self) -> Mapping[str, Field]:
        """Give the fields that can be wrong."""
        conflict = self._conflict_in_place if self._output.place is Place.IN_PLACE else self._conflict
        return {"path": self._folder, "suffix": self._suffix, "conflict": conflict}

    def _show_sentence(self) -> None:
        self._sentence.setText(what_happens(self._output, self._example or _("photo.jpg"), self._days))
        self._sentence.setVisible(bool(self._sentence.text()))
        overwrites = self._output.place is not Place.IN_PLACE and self._output.conflict is Conflict.OVERWRITE
        self._warning.setText(_("Files of that name are replaced, and not kept."))
        self._warning.setVisible(overwrites)

    def _choose_place(self, place: Place) -> None:
        changes: dict[str, Any] = {"place": place}
        if place is Place.IN_PLACE and self._output.conflict is Conflict.OVERWRITE:
            changes["conflict"] = Conflict.RENAME
        if place is Place.FOLDER and not self._output.path and self.folder.recent:
            changes["path"] = self.folder.recent[0]
        self._tell(**changes)

    def _tell(self, **changes: Any) -> None:
        self.changed.emit({"output": replace(self._output, **changes)})


def what_happens(output: Output, example: str, days: int) -> str:
    """Say what becomes of the originals and what results are called; nothing where there is no folder yet."""
    path = Path(example)
    match output.place:
        case Place.BESIDE:
            name = printable(f"{path.stem}{output.suffix}{path.suffix}")
            return _("Originals stay as they are. Beside {example} there will be {name}.").format(
                example=printable(example), name=name
            )
        case Place.IN_PLACE if output.originals is Originals.TRASH:
            return _("Results take the place of the originals, which go to the trash. Undo brings them back.")
        case Place.IN_PLACE if days > 0:
            text = ngettext(
                "Results take the place of the originals, which are kept for {count} day. Undo brings them back.",
                "Results take the place of the originals, which are kept for {count} days. Undo brings them back.",
                days,
            )
            return text.format(count=days)
        case Place.IN_PLACE:
            return _("Results take the place of the originals, which are kept. Undo brings them back.")
        case _ if output.path:
            return _("Originals stay as they are. Results keep the folders that the pictures are in.")
        case _:
            return ""
