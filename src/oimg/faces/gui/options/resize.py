"""The size in pixels: how it is computed, and the result for the selected picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from oimg.faces.gui import icons
from oimg.faces.gui.options import words
from oimg.faces.gui.options.fields import Field, NumberBox, Picker, Section, Switch, Values, line, quiet, stack
from oimg.faces.gui.options.gravity import GravityPicker
from oimg.faces.messages import _
from oimg.words.recipe import Fitting, Gravity, Resize
from oimg.words.sizes import plan_size

BOXES: Final = frozenset({Fitting.FIT, Fitting.FILL, Fitting.EXACT})
_FIRST_AMOUNT: Final = MappingProxyType(
    {Fitting.LONG_EDGE: 2048.0, Fitting.SHORT_EDGE: 1080.0, Fitting.SCALE: 50.0, Fitting.MEGAPIXELS: 4.0}
)
_FIRST_SIDE: Final = 2048


class ResizeSection(Section):
    """Shows the fields that the chosen way needs. Linked sides keep the proportions of the picture."""

    def __init__(self) -> None:
        super().__init__()
        self._resize = Resize()
        self._picture: tuple[int, int] | None = None
        self._ratio = 1.0
        self.fitting = Picker(Resize, "fitting", _("New size"), words.FITTINGS)
        self.width_box = NumberBox(Resize, "width", _("Width"), unit="px")
        self.height_box = NumberBox(Resize, "height", _("Height"), unit="px")
        self.amount = {
            each: NumberBox(Resize, "amount", _(words.FITTINGS[each]), decimals=digits, unit=unit)
            for each, digits, unit in (
                (Fitting.LONG_EDGE, 0, "px"),
                (Fitting.SHORT_EDGE, 0, "px"),
                (Fitting.SCALE, 1, "%"),
                (Fitting.MEGAPIXELS, 2, "MP"),
            )
        }
        self.linked = _link_button()
        self.enlarge = Switch(Resize, "enlarge", _("Enlarge pictures that are smaller"))
        self.linear = Switch(Resize, "linear", _("Resize in linear light"))
        self.gravity = GravityPicker()
        self.smart = Switch(Resize, "gravity", _("Find the part with the most detail"))
        self._outcome = quiet("")
        self._box = self._make_box()
        self._edges = Field("", *self.amount.values())
        self._part = Field(_("Part that stays"), self._make_part())
        self._lay_out()
        self._join()

    def _make_box(self) -> Field:
        """Width and height below one another, the link beside them: side by side they would be cut."""
        box, sides = QWidget(), stack(spacing=8)
        for title, each in ((_("Width"), self.width_box), (_("Height"), self.height_box)):
            label = QLabel(title)
            label.setBuddy(each)
            row = line(label, each)
            row.setStretch(0, 2)
            row.setStretch(1, 3)
            sides.addLayout(row)
        row = line()
        row.addLayout(sides, 1)
        row.addWidget(self.linked)
        box.setLayout(row)
        box.setFocusProxy(self.width_box)
        return Field("", box)

    def _make_part(self) -> QWidget:
        part = QWidget()
        beside = stack()
        beside.addLayout(self.smart.row)
        beside.addStretch()
        row = line(self.gravity, spacing=12)
        row.addLayout(beside, 1)
        part.setLayout(row)
        return part

    def _lay_out(self) -> None:
        layout = stack(self, 12)
        layout.addWidget(self.fitting)
        layout.addWidget(self._box)
        layout.addWidget(self._edges)
        layout.addWidget(self._part)
        layout.addWidget(self._outcome)
        layout.addLayout(self.enlarge.row)
        layout.addLayout(self.linear.row)

    def _join(self) -> None:
        self.fitting.chosen.connect(self._choose_fitting)
        self.width_box.valueChanged.connect(lambda value: self._take_side(width=round(value)))
        self.height_box.valueChanged.connect(lambda value: self._take_side(height=round(value)))
        self.linked.clicked.connect(self._link)
        for box in self.amount.values():
            box.valueChanged.connect(lambda value: self._tell(amount=value))
        self.enlarge.toggled.connect(lambda on: self._tell(enlarge=on))
        self.linear.toggled.connect(lambda on: self._tell(linear=on))
        self.gravity.chosen.connect(lambda value: self._tell(gravity=value))
        self.smart.toggled.connect(lambda on: self._tell(gravity=Gravity.SMART if on else Gravity.CENTER))

    def show_picture(self, size: tuple[int, int] | None) -> None:
        """Set the upright size of the selected picture."""
        self._picture = size
        self._show_outcome()

    def show_values(self, values: Values) -> None:
        """Show the new size."""
        self._resize = now = values["resize"]
        boxed, resized = now.fitting in BOXES, now.fitting is not Fitting.NONE
        self.fitting.show_value(now.fitting)
        self.width_box.show_value(now.width)
        self.height_box.show_value(now.height)
        self._box.setVisible(boxed)
        self._edges.setVisible(resized and not boxed)
        for each, box in self.amount.items():
            box.setVisible(each is now.fitting)
            box.show_value(now.amount)
        self._part.setVisible(now.fitting is Fitting.FILL)
        self.gravity.show_value(now.gravity)
        self.smart.show_value(now.gravity is Gravity.SMART)
        for switch, on in ((self.enlarge, now.enlarge), (self.linear, now.linear)):
            switch.show_value(on)
            switch.set_shown(shown=resized)
        self._show_outcome()

    def summary(self, values: Values) -> str:
        """Say what size it gets."""
        return words.new_size(values["resize"])

    def fields(self) -> Mapping[str, Field]:
        """Give the fields that can be wrong."""
        edges = self._box if self._resize.fitting in BOXES else self._edges
        return {"resize": edges, "width": self._box, "height": self._box, "amount": self._edges}

    def _show_outcome(self) -> None:
        self._outcome.setText(outcome(self._picture, self._resize))
        self._outcome.setVisible(bool(self._outcome.text()))

    def _choose_fitting(self, fitting: Fitting) -> None:
        """Propose a size where there is none, or only one that meant something else."""
        changes: dict[str, Any] = {"fitting": fitting}
        if fitting in BOXES and not (self._resize.width and self._resize.height):
            width, height = self._picture or (_FIRST_SIDE, _FIRST_SIDE)
            shrink = min(1.0, _FIRST_SIDE / max(width, height))
            changes |= {"width": round(width * shrink) or 1, "height": round(height * shrink) or 1}
        changes["amount"] = _FIRST_AMOUNT.get(fitting, 0.0)
        self.linked.setChecked(fitting is Fitting.EXACT)
        self._tell(**changes)
        self._link()

    def _link(self) -> None:
        """Take the proportions that the sides keep from now on."""
        width, height = self._picture or (self._resize.width, self._resize.height)
        self._ratio = width / height if width and height else 1.0
        _show_link(self.linked)
        if self.linked.isChecked() and self._resize.fitting in BOXES and self._resize.width:
            self._take_side(width=self._resize.width)

    def _take_side(self, **side: int) -> None:
        if self.linked.isChecked():
            if side.get("width"):
                side["height"] = max(1, round(side["width"] / self._ratio))
            elif side.get("height"):
                side["width"] = max(1, round(side["height"] * self._ratio))
        self._tell(**side)

    def _tell(self, **changes: Any) -> None:
        self.changed.emit({"resize": replace(self._resize, **changes)})


def outcome(picture: tuple[int, int] | None, resize: Resize) -> str:
    """Say what becomes of the size of a picture; nothing where there is none, or the size cannot be."""
    if picture is None or resize.fitting is Fitting.NONE:
        return ""
    if not (resize.width and resize.height if resize.fitting in BOXES else resize.amount > 0):
        return ""
    width, height = plan_size(picture, resize)[1]
    texts = {"before": words.dimensions(*picture), "after": words.dimensions(width, height)}
    if (width, height) == picture:
        return _("This picture stays at {before}.").format(**texts)
    return _("This picture: {before} becomes {after}.").format(**texts)


def _link_button() -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setProperty("look", "icon")
    button.setAccessibleName(_("Keep the proportions"))
    button.setToolTip(_("Keep the proportions: one side follows the other"))
    _show_link(button)
    return button


def _show_link(button: QToolButton) -> None:
    button.setIcon(icons.icon("linked" if button.isChecked() else "unlinked", "text"))
