"""What metadata stays: a policy in plain words, and groups that are kept in addition."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from PySide6.QtWidgets import QWidget

from oimg.faces.gui.options.choices import Choices
from oimg.faces.gui.options.fields import Field, Section, Switch, Values, quiet, stack
from oimg.faces.messages import _
from oimg.words.i18n import N_
from oimg.words.privacy import MetadataGroup, MetadataPolicy
from oimg.words.recipe import Recipe

POLICIES: Final = MappingProxyType(
    {
        MetadataPolicy.PRIVATE: N_("Remove what is private"),
        MetadataPolicy.KEEP: N_("Keep all"),
        MetadataPolicy.STRIP: N_("Remove all"),
    }
)
_MEANINGS: Final = MappingProxyType(
    {
        MetadataPolicy.PRIVATE: N_(
            "Place, device, names and history go. Copyright, credit, the day it was taken, exposure and density stay."
        ),
        MetadataPolicy.KEEP: N_("Everything stays, the place where it was taken as well."),
        MetadataPolicy.STRIP: N_("Nothing stays but what is needed to show the picture right."),
    }
)
GROUPS: Final = MappingProxyType(
    {
        MetadataGroup.LOCATION: (N_("Place"), N_("GPS position, names of places")),
        MetadataGroup.DEVICE: (N_("Device"), N_("camera, lens, serial numbers")),
        MetadataGroup.OWNER: (N_("Owner"), N_("owner of the camera, artist, contact")),
        MetadataGroup.PEOPLE: (N_("People"), N_("faces and names of who is shown")),
        MetadataGroup.CAPTURE_DATE: (N_("Day it was taken"), N_("date and time of the picture")),
        MetadataGroup.DATES: (N_("Other dates"), N_("changes, time zone")),
        MetadataGroup.COPYRIGHT: (N_("Copyright"), N_("notice and terms of use")),
        MetadataGroup.CREDIT: (N_("Credit"), N_("who is to be named")),
        MetadataGroup.SOFTWARE: (N_("Software"), N_("programs that wrote or changed it")),
        MetadataGroup.HISTORY: (N_("History"), N_("steps of editing, ids of the document")),
        MetadataGroup.DESCRIPTION: (N_("Description"), N_("title, caption, keywords, rating")),
        MetadataGroup.COMMENTS: (N_("Comments"), N_("free texts in the file")),
        MetadataGroup.EXPOSURE: (N_("Exposure"), N_("aperture, shutter, sensitivity, flash")),
        MetadataGroup.THUMBNAIL: (N_("Embedded preview"), N_("a small copy inside the file")),
        MetadataGroup.MAKER_NOTES: (N_("Maker notes"), N_("whatever the camera writes for itself")),
        MetadataGroup.DENSITY: (N_("Density"), N_("pixels per inch, for printing")),
        MetadataGroup.OTHER: (N_("Everything else"), N_("fields that OIMG does not know")),
    }
)
WITHOUT: Final = MappingProxyType({MetadataGroup.RENDERING: "stays always: without it the picture looks wrong"})
"""Groups that cannot be chosen, and why."""
STAYS: Final = MappingProxyType(
    {
        MetadataPolicy.PRIVATE: frozenset(
            {
                MetadataGroup.COPYRIGHT,
                MetadataGroup.CREDIT,
                MetadataGroup.CAPTURE_DATE,
                MetadataGroup.EXPOSURE,
                MetadataGroup.DENSITY,
            }
        ),
        MetadataPolicy.STRIP: frozenset(),
    }
)
"""What stays by itself, so that there is nothing to choose."""


class MetadataSection(Section):
    """The policy, and a check box for each group that it would remove."""

    def __init__(self) -> None:
        super().__init__()
        self._keep: frozenset[MetadataGroup] = frozenset()
        self.policy = Choices(Recipe, "metadata", _("Metadata"), POLICIES)
        self._meaning = quiet("")
        self.groups: dict[MetadataGroup, Switch] = {}
        self._rows: dict[MetadataGroup, QWidget] = {}
        boxes = QWidget()
        column = stack(boxes, 6)
        for group, (name, holds) in GROUPS.items():
            self._rows[group] = self._make_row(group, _(name), _(holds))
            column.addWidget(self._rows[group])
        self._boxes = Field(_("Let stay as well"), boxes)
        layout = stack(self, 10)
        for each in (self.policy, self._meaning, self._boxes):
            layout.addWidget(each)
        self.policy.chosen.connect(lambda value: self.changed.emit({"metadata": value}))

    def _make_row(self, group: MetadataGroup, name: str, holds: str) -> QWidget:
        row = QWidget()
        text = _("{group}: {holds}").format(group=name, holds=holds)
        self.groups[group] = switch = Switch(Recipe, "keep", text)
        switch.toggled.connect(lambda on: self._choose(group, on=on))
        row.setLayout(switch.row)
        return row

    def show_values(self, values: Values) -> None:
        """Show the policy and the groups that stay beyond it."""
        policy, self._keep = values["metadata"], values["keep"]
        self.policy.show_value(policy)
        self._meaning.setText(_(_MEANINGS[policy]))
        self._boxes.setVisible(policy in STAYS)
        for group, switch in self.groups.items():
            switch.show_value(group in self._keep)
            self._rows[group].setVisible(group not in STAYS.get(policy, frozenset()))

    def summary(self, values: Values) -> str:
        """Say what goes."""
        policy = values["metadata"]
        more = values["keep"] & (set(GROUPS) - STAYS.get(policy, set(GROUPS)))
        if more:
            return _("{policy}, but for some").format(policy=_(POLICIES[policy]))
        return _(POLICIES[policy])

    def _choose(self, group: MetadataGroup, *, on: bool) -> None:
        self.changed.emit({"keep": self._keep | {group} if on else self._keep - {group}})
