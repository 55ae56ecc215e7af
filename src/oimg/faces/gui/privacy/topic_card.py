"""All that a picture says about one topic, and whether it may stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QFrame, QPushButton, QVBoxLayout, QWidget

from oimg.faces import findings
from oimg.faces.gui.privacy.field_names import title
from oimg.faces.gui.privacy.finding_row import FindingRow
from oimg.faces.gui.privacy.glyph import text_label
from oimg.faces.messages import _, ngettext, number
from oimg.faces.verdicts import TOPICS, Topic, groups_of, telling
from oimg.words.privacy import MetadataPolicy, Prospect
from oimg.words.recipe import Recipe

_SHOWN: Final = 4
_Direction: TypeAlias = QBoxLayout.Direction
# More of these than asked for would only hide what counts.
_FOLDED: Final = frozenset({Topic.SETTINGS, Topic.REST})


class TopicCard(QFrame):
    """Shows the most telling things of a topic, the rest on demand; stays the same widget for every picture."""

    keep_wanted = Signal(object, bool)
    """The metadata groups, and whether they shall stay."""

    def __init__(self, topic: Topic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.topic = topic
        self.setProperty("look", "card")
        self._prospects: Sequence[Prospect] = ()
        self._different = 0
        self._open = False
        heading = _(TOPICS[topic])
        self._keep = QCheckBox(_("Let all stay"), self)
        self._keep.setAccessibleName(_("Let all stay: {topic}").format(topic=heading))
        self._keep.toggled.connect(lambda on: self.keep_wanted.emit(groups_of(topic), on))
        self._more = QPushButton(self)
        self._more.setProperty("look", "link")
        self._more.setAccessibleName(heading)
        self._more.clicked.connect(self._turn)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(10)
        self._above: QWidget | None = None
        self._lay_out(heading)

    def _lay_out(self, heading: str) -> None:
        self._head = QBoxLayout(_Direction.LeftToRight)
        self._heading = text_label(heading, bold=True)
        self._head.addWidget(self._heading, 1)
        self._head.addWidget(self._keep, 0, Qt.AlignmentFlag.AlignTop)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(14, 12, 14, 12)
        self._layout.setSpacing(10)
        self._layout.addLayout(self._head)
        self._layout.addLayout(self._rows)
        self._layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeading)

    @property
    def wide(self) -> int:
        """The width in pixels that a heading takes with its box beside it."""
        margins, parts = self._layout.contentsMargins(), (self._heading, self._keep)
        inner = sum(part.minimumSizeHint().width() for part in parts) + self._head.spacing()
        return inner + margins.left() + margins.right()

    def stack(self, *, stacked: bool) -> None:
        """Put the box below the heading, or beside it again."""
        self._head.setDirection(_Direction.TopToBottom if stacked else _Direction.LeftToRight)

    def fold(self) -> None:
        """Show the first few only: another picture is looked at."""
        self._open = False

    def show_topic(self, prospects: Sequence[Prospect], recipe: Recipe, above: QWidget | None = None) -> None:
        """Show what there is, under the recipe that decides what becomes of it; `above` is shown before the rows."""
        self._prospects, self._different = _told_once_first(prospects)
        with QSignalBlocker(self._keep):
            everything = recipe.metadata is MetadataPolicy.KEEP
            self._keep.setChecked(everything or groups_of(self.topic) <= recipe.keep)
            self._keep.setEnabled(not everything)
            self._keep.setToolTip(_("All metadata stay, as the options say.") if everything else "")
        if self._above is not None:
            self._above.hide()
            self._above.deleteLater()
        self._above = above
        if above is not None:
            self._layout.insertWidget(1, above)
        self.setVisible(bool(prospects))
        self._show_rows()

    def _turn(self) -> None:
        self._open = not self._open
        self._show_rows()

    def _show_rows(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        few = 0 if self.topic in _FOLDED else min(_SHOWN, self._different, max(1, telling(self.topic, self._prospects)))
        if len(self._prospects) == few + 1:
            few += 1  # a button would take as much room as what it hides
        for each in self._prospects if self._open else self._prospects[:few]:
            row = FindingRow(each, self)
            self._rows.addWidget(row)
            row.show()  # now, with the heading, and not one turn of the loop later
        hidden = len(self._prospects) - few
        more = ngettext("Show {count} more", "Show {count} more", hidden) if few else _("Show all {count}")
        self._more.setText(_("Show less") if self._open else more.format(count=number(hidden)))
        self._more.setAccessibleName(f"{_(TOPICS[self.topic])}: {self._more.text()}")
        self._more.setVisible(hidden > 0)


def _told_once_first(prospects: Sequence[Prospect]) -> tuple[list[Prospect], int]:
    """Put last what only says again what EXIF, XMP or IPTC said already; gives how many are before that."""
    first: dict[tuple[str, str], Prospect] = {}
    for each in prospects:
        first.setdefault((title(each.finding.name), findings.value(each.finding)), each)
    once = {id(each) for each in first.values()}
    again = [each for each in prospects if id(each) not in once]
    return [*first.values(), *again], len(first)
