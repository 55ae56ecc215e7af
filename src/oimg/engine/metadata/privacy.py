"""What a picture says about its owner, as findings for a person to read. Nothing here raises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from oimg.engine.metadata import exif, exif_report, iptc, iptc_report, maker_notes, parts_report, xmp, xmp_report
from oimg.engine.metadata.comments import comment_group
from oimg.engine.metadata.facts import embedded
from oimg.engine.metadata.jpeg_streams import told_by
from oimg.words.i18n import N_
from oimg.words.images import Metadata
from oimg.words.privacy import Finding, MetadataGroup, told
from oimg.words.sayings import Coded, Joined, Number, Phrase, Saying, Size, phrase

MAX_FINDINGS = 2000
"""Findings in one report; a picture that says more says so in the last one."""

_DEEPEST = 2
"""A thumbnail has metadata of its own, which may have a thumbnail; no camera goes deeper."""

_G = MetadataGroup
ORDER = (
    *(_G.LOCATION, _G.THUMBNAIL, _G.DEVICE, _G.OWNER, _G.PEOPLE, _G.CAPTURE_DATE, _G.DATES, _G.SOFTWARE),
    *(_G.HISTORY, _G.DESCRIPTION, _G.COMMENTS, _G.MAKER_NOTES, _G.COPYRIGHT, _G.CREDIT, _G.EXPOSURE),
    *(_G.DENSITY, _G.RENDERING, _G.OTHER),
)
"""The order of a report: what gives away most comes first."""


def reveal(metadata: Metadata, *, structure: bool = False) -> tuple[Finding, ...]:
    """Return what the metadata says, most telling first; within a group in the order of the file.

    The place where a picture was taken is told once as "position", in decimal degrees. With `structure` also what
    only says how the blocks are written is told.
    """
    return ordered(_all(metadata, structure=structure))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings most telling first, the place once and at the head of all; at most `MAX_FINDINGS`."""
    found: list[Finding] = []
    placed = False
    for finding in findings:
        if finding.name == "position":
            if placed:
                continue
            placed = True
            found.insert(0, finding)
        else:
            found.append(finding)
    ranks = {group: rank for rank, group in enumerate(ORDER)}
    found.sort(key=lambda finding: ranks[finding.group])
    if len(found) > MAX_FINDINGS:
        rest = Finding(_G.OTHER, "more", str(len(found) - MAX_FINDINGS + 1))
        found[MAX_FINDINGS - 1 :] = [rest]
    return tuple(found)


def _all(metadata: Metadata, *, structure: bool, depth: int = 0) -> Iterator[Finding]:
    if metadata.exif:
        yield from _exif(metadata.exif, structure=structure, depth=depth)
    if metadata.xmp:
        properties = xmp.parse(metadata.xmp)
        if properties is None:
            yield told(_G.OTHER, "XMP", _unreadable(metadata.xmp))
        else:
            yield from xmp_report.findings(properties)
    if metadata.iptc:
        datasets = iptc.parse(metadata.iptc)
        yield from iptc_report.findings(datasets, structure=structure)
        if not datasets:
            yield told(_G.OTHER, "IPTC", _unreadable(metadata.iptc))
    if metadata.photoshop:
        yield from parts_report.resource_findings(metadata.photoshop, structure=structure)
    for comment in metadata.comments:
        yield told(comment_group(comment), "Comment", _text(comment))
    yield from (parts_report.part_finding(part) for part in metadata.parts)
    if metadata.density is not None:
        across, down = metadata.density
        said = phrase(N_("{across} × {down} per inch"), across=Number(across), down=Number(down))
        yield told(_G.DENSITY, "Density", Coded(f"{across:g} x {down:g} per inch", said))


def _exif(untrusted: bytes, *, structure: bool, depth: int) -> Iterator[Finding]:
    """Yield what an EXIF block says, with the blocks of other kinds in it, and what its thumbnail says of itself."""
    try:
        block = exif.parse(untrusted)
    except exif.BadExif:
        yield told(_G.OTHER, "EXIF", _unreadable(untrusted))
        return
    yield from exif_report.findings(block, structure=structure)
    yield from maker_notes.findings(untrusted, block)
    if depth >= _DEEPEST:
        return
    for entry in block.ifd0:
        yield from _all(embedded(entry), structure=structure, depth=depth + 1)
    if block.thumbnail:
        for finding in _all(told_by(block.thumbnail), structure=False, depth=depth + 1):
            yield replace(finding, name=f"Thumbnail:{finding.name}")


def _unreadable(block: bytes) -> Saying:
    return Joined((Size(len(block)), Phrase(N_("unreadable"))))


def _text(comment: bytes) -> str:
    try:
        return comment.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        return comment.decode("latin-1").strip("\0 ")
