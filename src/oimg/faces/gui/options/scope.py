"""Which files the options apply to: all files, or only the selected ones."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from oimg.faces.gui import icons
from oimg.faces.gui.options.choices import ButtonRow, CutButton
from oimg.faces.gui.options.fields import quiet, stack
from oimg.faces.messages import _, ngettext, number


class ScopeBar(QWidget):
    """A switch with two sides, and a button that removes a file's own options."""

    chosen = Signal(bool)
    """Whether the options are for the selected files only."""
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.everyone, self.selected = CutButton(_("For all files")), CutButton()
        self._sides = ButtonRow({False: self.everyone, True: self.selected})
        layout = stack(self, 6)
        layout.addWidget(self._sides)
        for each, own in ((self.everyone, False), (self.selected, True)):
            each.clicked.connect(lambda _=False, own=own: self.chosen.emit(own))
        self._note = quiet("")
        self.back = CutButton(_("Back to common options"), icons.icon("back", "accent"))
        self.back.setProperty("look", "link")
        self.back.clicked.connect(self.back_wanted)
        layout.addWidget(self._note)
        layout.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeading)

    def show_selected(self, files: int, with_own: int, *, own: bool) -> None:
        """Show for how many files the options can be, how many have some of their own, and which side is on."""
        self.setVisible(files > 0)
        text = ngettext("Only this file", "Only the {count} selected", files)
        self.selected.write(text.format(count=number(files)))
        self._sides.use_room()
        (self.selected if own else self.everyone).setChecked(True)
        self._note.setText(_note(files, with_own, own=own))
        self._note.setVisible(bool(self._note.text()))
        self.back.setVisible(with_own > 0)


def _note(files: int, with_own: int, *, own: bool) -> str:
    if not with_own:
        return _("The first change here gives the selection options of its own.") if own else ""
    if with_own == files:
        return ngettext("This file has options of its own.", "These files have options of their own.", files)
    text = ngettext(
        "{count} of the selected files has options of its own.",
        "{count} of the selected files have options of their own.",
        with_own,
    )
    return text.format(count=number(with_own))
