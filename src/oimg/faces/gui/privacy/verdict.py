"""What a picture reveals in a sentence or two, before every single thing."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oimg.faces.gui import wording
from oimg.faces.gui.privacy.glyph import Glyph, text_label
from oimg.faces.gui.privacy.revealing import TECHNICAL, Revealed
from oimg.faces.messages import _, ngettext, number
from oimg.words.privacy import Fate


class Verdict(QWidget):
    """An icon, what was found, and what becomes of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glyph = Glyph("guard", "good", 28, self)
        self._found = text_label(bold=True)
        self._what = text_label(look="quiet")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._found)
        texts.addWidget(self._what)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 6)
        row.setSpacing(10)
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)

    def show_text(self, text: str) -> None:
        """Say one thing, without an icon."""
        self._show("", "", "", text)

    def show_revealed(self, revealed: Revealed) -> None:
        """Say what was found, and what becomes of it."""
        inspection = revealed.inspection
        private = [each for each in inspection.prospects if each.finding.group not in TECHNICAL]
        if not private:
            technical = _("What it says is only technical: size, colours, exposure.") if inspection.prospects else ""
            self._show("guard", "good", _("Nothing private found"), technical)
            return
        found = ngettext("{count} private thing found", "{count} private things found", len(private))
        found = found.format(count=number(len(private)))
        if inspection.kept is not None:
            text = _("This file stays as it is, and so does all of it. The reason: {reason}.")
            self._show("eye", "warn", found, text.format(reason=wording.kept(*inspection.kept)))
            return
        fates = Counter(each.fate for each in private)
        if fates[Fate.REMOVED] == len(private):
            self._show("guard", "good", found, _("All of it will be removed."))
            return
        self._show("eye", "warn", found, _what_becomes(fates))

    def _show(self, icon: str, color: str, found: str, what: str) -> None:
        self._glyph.setVisible(bool(icon))
        if icon:
            self._glyph.show_icon(icon, color)
        self._found.setText(found)
        self._found.setVisible(bool(found))
        self._what.setText(what)
        self._what.setVisible(bool(what))


def _what_becomes(fates: Counter[Fate]) -> str:
    """Say how many are removed, stay, or may stay."""
    counts = {fate: number(fates[fate]) for fate in Fate}
    if not fates[Fate.REMOVED] and not fates[Fate.DEPENDS]:
        return _("All of it stays.")
    if fates[Fate.DEPENDS]:
        text = _("{removed} will be removed, {stays} will stay, and {depends} may, as the picture is packed.")
    else:
        text = _("{removed} will be removed, {stays} will stay.")
    return text.format(removed=counts[Fate.REMOVED], stays=counts[Fate.STAYS], depends=counts[Fate.DEPENDS])
