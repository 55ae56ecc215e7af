"""What few people need: effort, colours, when a result is worth it, files that hold more than a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QWidget

from oimg.faces import messages
from oimg.faces.gui.options import words
from oimg.faces.gui.options.byte_size import ByteSize
from oimg.faces.gui.options.choices import Choices
from oimg.faces.gui.options.color import ColorField
from oimg.faces.gui.options.fields import Field, NumberBox, Section, Switch, Values, quiet, stack
from oimg.faces.gui.options.scale import Level
from oimg.faces.messages import _
from oimg.words.recipe import Recipe, Target, facts_of

_OPAQUE: Final = frozenset({Target.KEEP, Target.AUTO, Target.JPEG, Target.GIF})
"""Formats that may have to lay transparent parts on a colour."""


class AdvancedSection(Section):
    """Shown folded at first."""

    def __init__(self) -> None:
        super().__init__()
        self.effort = Level(Recipe, "effort", _("Effort"))
        self.effort.name_ends(_("Fast"), _("Thorough"))
        self.color = Choices(Recipe, "color", _("Colour profile"), words.COLORS)
        self.background = ColorField(Recipe, "background", _("Colour behind transparency"))
        self.min_savings = NumberBox(Recipe, "min_savings", _("Smaller by at least, in percent"), decimals=1, unit="%")
        self.min_saved_bytes = ByteSize(Recipe, "min_saved_bytes", _("Smaller by at least, in bytes"))
        self.flatten_special = Switch(Recipe, "flatten_special", _("Take the plain picture of special files"))
        self._savings = Field(_("Write only if smaller by at least"), self.min_savings, self.min_saved_bytes)
        self._savings.explain(_("Both have to be reached. 0 takes whatever is smaller."))
        self._behind = Field(_("Colour behind transparency"), self.background)
        self._behind.explain(_("For formats that know no transparency, such as JPEG."))
        layout = stack(self, 14)
        for each in (self.effort, Field(_("Colour profile"), self.color), self._behind, self._savings):
            layout.addWidget(each)
        layout.addWidget(self._special())
        self._join()

    def _special(self) -> QWidget:
        owner = QWidget()
        column = stack(owner, 4)
        column.addLayout(self.flatten_special.row)
        column.addWidget(
            quiet(
                _(
                    "HDR photos, motion photos, depth maps and signed pictures stay as they are, unless this is on. "
                    "The report says what was left out."
                )
            )
        )
        return owner

    def _join(self) -> None:
        self.effort.changed.connect(lambda value: self.changed.emit({"effort": round(value)}))
        self.effort.settled.connect(self.settled)
        self.color.chosen.connect(lambda value: self.changed.emit({"color": value}))
        self.background.changed.connect(lambda text: self.changed.emit({"background": text}))
        self.min_savings.valueChanged.connect(lambda value: self.changed.emit({"min_savings": value}))
        self.min_saved_bytes.changed.connect(lambda value: self.changed.emit({"min_saved_bytes": value}))
        self.flatten_special.toggled.connect(lambda on: self.changed.emit({"flatten_special": on}))

    def show_values(self, values: Values) -> None:
        """Show all of it."""
        self.effort.show_value(values["effort"])
        self.color.show_value(values["color"])
        self.background.show_value(values["background"])
        self._behind.setVisible(values["format"] in _OPAQUE)
        self.min_savings.show_value(values["min_savings"])
        self.min_saved_bytes.show_value(values["min_saved_bytes"])
        self.flatten_special.show_value(values["flatten_special"])

    def summary(self, values: Values) -> str:
        """What differs from the defaults; the effort if nothing does."""
        if values["min_savings"]:
            return _("At least {percent} % smaller").format(percent=words.figure(values["min_savings"]))
        if values["min_saved_bytes"]:
            return _("At least {size} smaller").format(size=messages.size(values["min_saved_bytes"]))
        return _("Effort {number} of {most}").format(number=values["effort"], most=facts_of(Recipe, "effort").high)

    def fields(self) -> Mapping[str, Field]:
        """Give the fields that can be wrong."""
        return {
            "background": self._behind,
            "min_savings": self._savings,
            "min_saved_bytes": self._savings,
            "effort": self.effort.field,
        }
