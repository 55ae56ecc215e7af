"""Format and mode: by eye, a fixed quality, a largest size, or lossless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from oimg.faces import messages
from oimg.faces.gui.options import words
from oimg.faces.gui.options.byte_size import ByteSize
from oimg.faces.gui.options.choices import Choices
from oimg.faces.gui.options.fields import Field, Picker, Section, Values, quiet, stack
from oimg.faces.gui.options.metadata import POLICIES
from oimg.faces.gui.options.scale import Level, VisualScale, stop_name
from oimg.faces.messages import _
from oimg.words.recipe import Fitting, Mode, Recipe

FIRST_SIZE: Final = 500_000
"""The largest size that is proposed to who sets one for the first time."""


class QualitySection(Section):
    """Shows only what the chosen way needs."""

    def __init__(self) -> None:
        super().__init__()
        self.format = Picker(Recipe, "format", _("Format"), words.FORMATS)
        self.mode = Choices(Recipe, "mode", _("What counts"), words.MODES)
        self.target = VisualScale()
        self.quality = Level(Recipe, "quality", _("Quality of the encoder"))
        self.quality.field.explain(
            _("The same number looks different from format to format. By eye holds the look instead.")
        )
        self.max_bytes = ByteSize(Recipe, "max_bytes", _("At most"))
        self._size = Field(_("At most"), self.max_bytes)
        self._size.explain(_("For each file. It gets the best quality that fits."))
        self._lossless = quiet(_("Every pixel stays as it is; the file is only packed better."))
        self._mode = Field(_("What counts"), self.mode)
        layout = stack(self, 14)
        layout.addWidget(Field(_("Format"), self.format))
        for each in (self._mode, self.target, self.quality, self._size, self._lossless):
            layout.addWidget(each)
        self._max_bytes = 0
        self._join()

    def _join(self) -> None:
        self.format.chosen.connect(lambda value: self.changed.emit({"format": value}))
        self.mode.chosen.connect(self._choose_mode)
        self.target.changed.connect(lambda value: self.changed.emit({"target": value}))
        self.quality.changed.connect(lambda value: self.changed.emit({"quality": round(value)}))
        self.max_bytes.changed.connect(lambda value: self.changed.emit({"max_bytes": value}))
        for each in (self.target, self.quality):
            each.settled.connect(self.settled)

    def show_values(self, values: Values) -> None:
        """Show format, mode, and the mode's own field."""
        mode = values["mode"]
        self.format.show_value(values["format"])
        self.mode.show_value(mode)
        self.target.show_value(values["target"])
        self.quality.show_value(values["quality"])
        self.max_bytes.show_value(values["max_bytes"])
        self._max_bytes = values["max_bytes"]
        shown = {
            Mode.VISUAL: self.target,
            Mode.QUALITY: self.quality,
            Mode.SIZE: self._size,
            Mode.LOSSLESS: self._lossless,
        }
        for each, widget in shown.items():
            widget.setVisible(each is mode)

    def summary(self, values: Values) -> str:
        """Say how good it gets."""
        return how_good(**{name: values[name] for name in ("mode", "target", "quality", "max_bytes")})

    def fields(self) -> Mapping[str, Field]:
        """Give the fields that can be wrong."""
        return {
            "mode": self._mode,
            "target": self.target.field,
            "quality": self.quality.field,
            "max_bytes": self._size,
        }

    def _choose_mode(self, mode: Mode) -> None:
        changes: dict[str, Any] = {"mode": mode}
        if mode is Mode.SIZE and not self._max_bytes:
            changes["max_bytes"] = FIRST_SIZE
        self.changed.emit(changes)


def how_good(mode: Mode, target: float, quality: int, max_bytes: int) -> str:
    """Say in a few words what decides how good a result gets."""
    match mode:
        case Mode.VISUAL:
            return stop_name(target)
        case Mode.QUALITY:
            return _("Quality {number}").format(number=quality)
        case Mode.SIZE:
            return _("At most {size}").format(size=messages.size(max_bytes))
        case _:
            return _("Without loss")


def in_short(recipe: Recipe) -> str:
    """Say in a line what a recipe makes of pictures: format, looks, size in pixels, metadata."""
    facts = [words.target(recipe.format), how_good(recipe.mode, recipe.target, recipe.quality, recipe.max_bytes)]
    if recipe.resize.fitting is not Fitting.NONE:
        facts.append(words.new_size(recipe.resize))
    return " · ".join([*facts, _(POLICIES[recipe.metadata])])
