"""What the inspector shows of a file, asked of the session on a thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from oimg.faces.gui.background import Call
from oimg.words.answers import EmbeddedPicture, Inspection
from oimg.words.errors import OimgError
from oimg.words.preview import Shown
from oimg.words.privacy import MetadataGroup
from oimg.words.recipe import Recipe
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Session

_SIDE: Final = 320  # pixels of the picture beside its thumbnail
# They tell of pixels and light, not of persons.
TECHNICAL: Final = frozenset({MetadataGroup.EXPOSURE, MetadataGroup.DENSITY, MetadataGroup.RENDERING})


@dataclass(frozen=True, slots=True)
class Revealed:
    """What a file reveals, and the pictures inside it beside the one that it shows."""

    inspection: Inspection
    embedded: tuple[EmbeddedPicture, ...] = ()
    picture: Shown | None = None

    @property
    def private(self) -> bool:
        """Whether there is anything but technical facts."""
        return any(each.finding.group not in TECHNICAL for each in self.inspection.prospects)

    def shows_picture(self, name: str) -> bool | None:
        """Whether an embedded picture shows what the file shows; None where that is not known."""
        for each in self.inspection.prospects:
            if each.finding.name == name:
                told = dict(each.finding.facts).get("shows_picture")
                return told if isinstance(told, bool) else None
        return None


def reveal(session: Session, path: Path, source: SourceFile | None, recipe: Recipe) -> Call:
    """Make the call that looks into a file; it raises OimgError and Cancelled."""

    def look(token: CancelToken) -> Revealed:
        inspection = session.inspect(path, recipe)
        token.check()
        holds_pictures = any(each.finding.group is MetadataGroup.THUMBNAIL for each in inspection.prospects)
        embedded = session.embedded(path) if holds_pictures else ()
        if not embedded or source is None:
            return Revealed(inspection, embedded)
        try:
            return Revealed(inspection, embedded, session.previews().thumbnail(source, _SIDE, token))
        except OimgError:  # what the file says can be told all the same
            return Revealed(inspection, embedded)

    return look
