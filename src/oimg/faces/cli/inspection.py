"""`oimg inspect` in words and as JSON: what a picture is, what it reveals, and what a recipe would leave of it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import Any, Final

from oimg.faces import findings
from oimg.faces.cli.columns import padded, width, wrapped
from oimg.faces.messages import _, in_a_sentence, labelled, listed, printable, size, why_kept
from oimg.faces.verdicts import TOPICS, Topic, answer, topic_of
from oimg.words.answers import Inspection
from oimg.words.i18n import N_
from oimg.words.images import ColorModel, Feature
from oimg.words.privacy import Fate, MetadataPolicy, Prospect
from oimg.words.recipe import Recipe

_MARKS: Final = {Fate.REMOVED: "-", Fate.STAYS: "+", Fate.DEPENDS: "?"}
_WIDEST_NAME: Final = 34
_SHOWN_AS = N_("stays as: {}")
_COLORS: Final = {ColorModel.GRAY: N_("grey"), ColorModel.RGB: "RGB", ColorModel.CMYK: "CMYK"}
_FEATURES: Final = {
    Feature.ANIMATION: N_("an animation"),
    Feature.MULTI_PAGE: N_("several pages"),
    Feature.MULTI_PICTURE: N_("several pictures"),
    Feature.GAIN_MAP: N_("a gain map (HDR)"),
    Feature.MOTION_PHOTO: N_("the video of a motion photo"),
    Feature.DEPTH_MAP: N_("a depth map"),
    Feature.HDR: N_("HDR brightness"),
    Feature.C2PA: N_("content credentials (C2PA)"),
    Feature.PREVIEW: N_("a smaller preview"),
    Feature.TRAILING_DATA: N_("bytes behind the picture"),
}


def as_json(inspection: Inspection) -> dict[str, Any]:
    """The inspection as one JSON object; every key is always there."""
    header = inspection.header
    width, height = header.upright_size
    kept = inspection.kept
    return {
        "file": str(inspection.path),
        "format": header.format,
        "bytes": inspection.byte_size,
        "width": width,
        "height": height,
        "orientation": header.orientation,
        "frames": header.frames,
        "alpha": header.has_alpha,
        "bit_depth": header.bit_depth,
        "color": header.color,
        "profile": inspection.profile or None,
        "has_profile": header.has_icc,
        "lossy": header.lossy,
        "density": inspection.density,
        "features": sorted(header.features),
        "right_suffix": inspection.right_suffix,
        "reveals": [_finding(each) for each in inspection.prospects],
        "removed": sorted(inspection.removed),
        "position": _position(inspection),
        "kept": None if kept is None else {"code": kept[0], "detail": kept[1]},
    }


def _finding(prospect: Prospect) -> dict[str, Any]:
    finding = prospect.finding
    return {
        "group": finding.group,
        "name": finding.name,
        "value": finding.value,
        "removed": prospect.fate is Fate.REMOVED,
        "fate": prospect.fate,
        "left": [each.value for each in prospect.left],
        "facts": dict(finding.facts),
    }


def _position(inspection: Inspection) -> dict[str, Any] | None:
    found = next((each.finding for each in inspection.prospects if each.finding.name == "position"), None)
    return None if found is None else {"altitude": None, **dict(found.facts)}


def show(inspection: Inspection, recipe: Recipe) -> None:
    """Print the inspection for a person: first what counts, then every single thing."""
    _show_picture(inspection)
    if not inspection.prospects:
        print(f"  {_('Reveals nothing in its metadata.')}")
        return
    by_topic: dict[Topic, list[Prospect]] = {topic: [] for topic in TOPICS}
    for each in inspection.prospects:
        by_topic[topic_of(each.finding)].append(each)
    print(f"\n  {_('What it reveals:')}")
    headings = {topic: _(heading) for topic, heading in TOPICS.items()}
    widest = max(map(width, headings.values()))
    for topic, prospects in by_topic.items():
        _show_row(f"    {padded(headings[topic], widest)}  ", answer(topic, prospects))
    print(f"\n  {_('Everything in it (- is removed by the recipe, + stays):')}")
    if any(each.fate is Fate.DEPENDS for each in inspection.prospects):
        print(f"  {_('? depends on the format or the packing that turns out smallest')}")
    names = min(max(len(each.finding.name) for each in inspection.prospects), _WIDEST_NAME)
    for topic, prospects in by_topic.items():
        if prospects:
            print(f"\n  {headings[topic]}")
        for each in prospects:
            _show_row(f"    {_MARKS[each.fate]} {each.finding.name:{names}}  ", _whole_value(each))
    print()
    _show_row("  ", _closing(inspection, by_topic, recipe))


def _show_picture(inspection: Inspection) -> None:
    header = inspection.header
    print(printable(str(inspection.path)))
    print(f"  {listed(_about(inspection))}")
    if not inspection.right_suffix:
        print(f"  {_('Its name claims another format than its content has.')}")
    if header.frames > 1:
        print(f"  {labelled(_('frames'), str(header.frames))}")
    if header.orientation != 1:
        print("  " + _("stored turned, shown upright (orientation {number})").format(number=header.orientation))
    profile = printable(inspection.profile) or (_("yes") if header.has_icc else _("none"))
    print(f"  {labelled(_('colour profile'), profile)}")
    if header.features:
        print(f"  {labelled(_('also holds'), listed(_(_FEATURES[each]) for each in sorted(header.features)))}")


def _about(inspection: Inspection) -> Iterator[str]:
    """What the picture is: format, size, colours, bytes."""
    header = inspection.header
    across, down = header.upright_size
    yield header.format.value
    yield _("{width} × {height}").format(width=across, height=down)
    yield _("{color}, {bits} bits").format(color=_(_COLORS[header.color]), bits=header.bit_depth)
    if header.has_alpha:
        yield _("transparency")
    yield size(inspection.byte_size)


def _whole_value(prospect: Prospect) -> str:
    """The value, a long text in full, and what it becomes where another value stays."""
    value = findings.in_a_line(prospect.finding)
    return f"{value}  [{_(_SHOWN_AS).format(findings.left(prospect))}]" if prospect.left else value


def _show_row(head: str, text: str) -> None:
    """Print a row; on a terminal, what does not fit goes on below its own beginning."""
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    room = columns - width(head)
    lines = [text] if room < 20 else wrapped(text, room)
    print(head + f"\n{' ' * width(head)}".join(lines).replace(findings.NO_BREAK, " "))


def _closing(inspection: Inspection, by_topic: dict[Topic, list[Prospect]], recipe: Recipe) -> str:
    """Say in a sentence what the recipe takes out and what it leaves."""
    if inspection.kept is not None:
        return _("This recipe leaves the file as it is: {}.").format(why_kept(inspection.kept[0]))
    flags = f"--metadata {recipe.metadata}"
    if recipe.keep:
        flags += f" --keep {','.join(sorted(recipe.keep))}"
    elif recipe.metadata is MetadataPolicy.PRIVATE:
        flags = _("{flags} (the default)").format(flags=flags)
    parts = []
    for words, chosen in (
        (_("removes all of {}"), [t for t, found in by_topic.items() if found and _fates(found) == {Fate.REMOVED}]),
        (_("removes some of {}"), [t for t, found in by_topic.items() if len(_fates(found)) > 1]),
        (_("leaves {}"), [t for t, found in by_topic.items() if _fates(found) == {Fate.STAYS}]),
        (_("may leave {}"), [t for t, found in by_topic.items() if _fates(found) == {Fate.DEPENDS}]),
    ):
        if chosen:
            parts.append(words.format(listed(in_a_sentence(_(TOPICS[topic])) for topic in chosen)))
    return _("With {flags}: {what}.").format(flags=flags, what=_("; ").join(parts))


def _fates(prospects: list[Prospect]) -> set[Fate]:
    return {each.fate for each in prospects}
