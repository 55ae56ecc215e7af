"""What is reported at the start: repairs after a run that was cut short, settings that could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oimg.faces.gui.actions import SPECS, Act, plain
from oimg.faces.messages import _, ngettext, number, printable
from oimg.words.undo import Recovery

if TYPE_CHECKING:
    from oimg.work.session import Session


def told_at_start(session: Session) -> str:
    """Report about the last run and the settings; empty if there is nothing to report."""
    recovery = session.recovered
    parts = [recovery_text(recovery)] if recovery or recovery.replaced else []
    if session.notes:
        text = _("Settings that could not be read have their usual values: {files}")
        parts.append(text.format(files=printable("; ".join(session.notes))))
    return "\n".join(parts)


def recovery_text(recovery: Recovery) -> str:
    """Report what was repaired after a run that was cut short."""
    sentences = [_("The last run was cut short.")]
    if recovery:
        sentences.append(_("What it left half done was put right."))
    if recovery.rolled_back:
        text = ngettext("{count} file is as it was.", "{count} files are as they were.", recovery.rolled_back)
        sentences.append(text.format(count=number(recovery.rolled_back)))
    if recovery.temps_removed:
        count = recovery.temps_removed
        text = ngettext("{count} unfinished file was removed.", "{count} unfinished files were removed.", count)
        sentences.append(text.format(count=number(count)))
    if recovery.unclear:
        count = len(recovery.unclear)
        text = ngettext(
            "{count} file cannot be looked at now; the next start tries again.",
            "{count} files cannot be looked at now; the next start tries again.",
            count,
        )
        sentences.append(text.format(count=number(count)))
    if recovery.replaced:
        text = ngettext(
            "It had replaced {count} file; “{action}” brings the original back.",
            "It had replaced {count} files; “{action}” brings the originals back.",
            recovery.replaced,
        )
        action = plain(SPECS[Act.UNDO_EARLIER].text)
        sentences.append(text.format(count=number(recovery.replaced), action=action))
    return " ".join(sentences)
