"""What a picture reveals as plain text, to be copied."""

from __future__ import annotations

from oimg.faces.gui.privacy.finding_row import spoken
from oimg.faces.messages import _, printable
from oimg.faces.verdicts import TOPICS, by_topic
from oimg.words.answers import Inspection


def as_text(inspection: Inspection) -> str:
    """Write all that is revealed, a line each under the heading of its topic."""
    lines = [printable(inspection.path.name)]
    for topic, prospects in by_topic(inspection.prospects).items():
        if prospects:
            lines += ["", _(TOPICS[topic]), *(f"  {spoken(each)}" for each in prospects)]
    if not inspection.prospects:
        lines += ["", _("Nothing private found")]
    return "\n".join(lines) + "\n"
