"""One thing that a picture says: its name, its value, and what becomes of it, as an icon and in words."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from oimg.faces import findings
from oimg.faces.gui import icons, theme
from oimg.faces.gui.privacy.field_names import title
from oimg.faces.gui.privacy.glyph import Glyph, text_label
from oimg.faces.messages import _
from oimg.words.i18n import N_
from oimg.words.privacy import Fate, Prospect

# Icon, colour, words.
FATES: Final = MappingProxyType(
    {
        Fate.REMOVED: ("eye-off", "good", N_("will be removed")),
        Fate.STAYS: ("eye", "warn", N_("stays")),
        Fate.DEPENDS: ("depends", "quiet", N_("depends")),
    }
)
_TO_COPY: Final = frozenset({"position"})


class FindingRow(QWidget):
    """Shows a prospect."""

    def __init__(self, prospect: Prospect, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        icon, color, words = FATES[prospect.fate]
        name = text_label(title(prospect.finding.name), look="quiet", scale=theme.CAPTION)
        fate = text_label(_(words), look=color, scale=theme.CAPTION)
        fate.setWordWrap(False)
        fate.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
        if prospect.fate is Fate.DEPENDS:
            fate.setToolTip(_("This depends on the format or the way of packing that turns out smallest."))
        name.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        value = text_label(whole_value(prospect))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Glyph(icon, color, 16, self), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(name, 0, 1)
        grid.addWidget(fate, 0, 2)
        if prospect.finding.name in _TO_COPY:
            grid.addWidget(value, 1, 1)
            grid.addWidget(self._copying(prospect), 1, 2, Qt.AlignmentFlag.AlignTrailing)
        else:
            grid.addWidget(value, 1, 1, 1, 2)
        self.setAccessibleName(spoken(prospect))

    def _copying(self, prospect: Prospect) -> QToolButton:
        button = QToolButton(self)
        button.setText(_("Copy"))
        button.setAccessibleName(_("Copy {name}").format(name=title(prospect.finding.name)))
        button.setIcon(icons.icon("copy"))
        button.setProperty("look", "small")
        button.setToolTip(button.accessibleName())
        button.clicked.connect(lambda: QGuiApplication.clipboard().setText(prospect.finding.value))
        return button


def whole_value(prospect: Prospect) -> str:
    """Give a value as text, a long one in full, with what it becomes where something else stays."""
    value = _shown(findings.value(prospect.finding))
    if not prospect.left:
        return value
    return _("{value} (stays as: {left})").format(value=value, left=findings.left(prospect))


def _shown(text: str) -> str:
    return "".join(
        c if c.isprintable() or c in ("\n", findings.NO_BREAK) else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def spoken(prospect: Prospect) -> str:
    """Say a prospect in one line."""
    text = _("{name}: {value} ({fate})")
    fate = _(FATES[prospect.fate][2])
    value = whole_value(prospect).replace(findings.NO_BREAK, " ")
    return text.format(name=title(prospect.finding.name), value=value, fate=fate)
